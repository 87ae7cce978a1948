"""How somebody's scores in a behaviour go: the last eight by a manager, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

LAST = 8
ENOUGH = 4  # fewer scores say nothing of a direction
STANDING = 3  # the scores whose mean is held against the minimum
BY = 1  # points between the means of the halves

IMPROVING, FLAT, FALLING, TOO_FEW = "improving", "flat", "falling", "too_few"
DIRECTIONS = {
    IMPROVING: "Improving",
    FLAT: "Flat",
    FALLING: "Falling",
    TOO_FEW: "Not enough yet",
}
RULE = (
    f"Of the last {LAST} scores by a manager the mean of the newer half is held against that of "
    f"the older half: {BY} point or more up is improving, {BY} or more down is falling, else it is "
    f"flat. With fewer than {ENOUGH} there is no trend yet. Above the minimum is who reaches it "
    f"with the mean of the last {STANDING}."
)


@dataclass(frozen=True)
class Trend:
    """Scores of one rep in one behaviour, at most LAST, oldest first; `minimum` is today's."""

    scores: Sequence[int]
    minimum: int

    @property
    def direction(self) -> str:
        """One of DIRECTIONS. Of an odd number the middle one belongs to neither half."""
        half = len(self.scores) // 2
        if len(self.scores) < ENOUGH:
            return TOO_FEW
        change = sum(self.scores[-half:]) - sum(self.scores[:half])
        if abs(change) < BY * half:
            return FLAT
        return IMPROVING if change > 0 else FALLING

    @property
    def words(self) -> str:
        return DIRECTIONS[self.direction]

    @property
    def mean(self) -> Fraction | None:
        """Of the last STANDING; None with fewer."""
        if len(self.scores) < STANDING:
            return None
        return Fraction(sum(self.scores[-STANDING:]), STANDING)

    @property
    def reaches_minimum(self) -> bool | None:
        """Whether the mean is at or above the minimum; None when that cannot be said yet."""
        return None if self.mean is None else self.mean >= self.minimum


def trend(scores: Sequence[int], minimum: int) -> Trend:
    """Of any number of scores, oldest first."""
    return Trend(scores[-LAST:], minimum)
