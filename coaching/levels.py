"""When a rep's inspection level is earned and when it is lost: product.md 3.

Up one level when the last five debriefs that a manager scored are all at or above the minimum;
down one when two of the last three are below it, or a call was held without a plan. A level begins
with a clean sheet: only what was scored since counts, so that nothing is rewarded or held against
anybody twice. Scores count in the order in which managers gave them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coaching.sampling import LEVELS

UP_AFTER = 5
LOOKED_AT, DOWN_AFTER = 3, 2
ORDER = [level for level, _ in LEVELS]  # from most inspected to least
RULE = (
    f"Fewer plans are inspected, by one level, when the last {UP_AFTER} debriefs that a manager "
    f"scored are all at or above the minimum. More are, by one level, when {DOWN_AFTER} of the "
    f"last {LOOKED_AT} are below it, or when a call is held without a plan. Each level begins with "
    "a clean sheet. A manager may set any level by hand, with a reason."
)


def reaches(scores: Sequence[bool]) -> int:
    """1 for a level up, -1 for one down, 0 for neither.

    `scores` are those since the level began, oldest first: whether each reached the minimum.
    """
    if len(scores) >= UP_AFTER and all(scores[-UP_AFTER:]):
        return 1
    if sum(not reached for reached in scores[-LOOKED_AT:]) >= DOWN_AFTER:
        return -1
    return 0


def moved(level: str, by: int) -> str:
    """The level so many steps on; the first and the last are as far as it goes."""
    return ORDER[min(max(ORDER.index(level) + by, 0), len(ORDER) - 1)]


@dataclass(frozen=True)
class Progress:
    """How far the scores since a level began are from another one.

    `in_a_row` is how many of the latest reached the minimum, at most UP_AFTER, which earn a level;
    `below` how many of the last LOOKED_AT did not, of which DOWN_AFTER lose one.
    """

    in_a_row: int
    below: int


def progress(scores: Sequence[bool]) -> Progress:
    """Of the same scores as `reaches`: since the level began, oldest first."""
    in_a_row = 0
    for reached in reversed(scores[-UP_AFTER:]):
        if not reached:
            break
        in_a_row += 1
    return Progress(in_a_row, sum(not reached for reached in scores[-LOOKED_AT:]))
