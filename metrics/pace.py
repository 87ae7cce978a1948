"""How a figure stands against its target, and when that is a miss: product.md 7.

Pure functions of numbers: `pace = actual / (target x elapsed share of working days)`. A miss is a
pace under 0.80 that is at least one whole unit short once 40 % of the period is gone. A ratio has
no elapsed share, and says nothing on fewer than 5.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

MISSED_UNDER = Fraction(4, 5)
LEAST_SHORT = 1
LEAST_GONE = Fraction(2, 5)
LEAST_DENOMINATOR = 5

NO_TARGET, AWAY, NOT_ENOUGH, TOO_EARLY = "no_target", "away", "not_enough", "too_early"
ON_TARGET, BEHIND, MISSED = "on_target", "behind", "missed"
STATES = [
    (ON_TARGET, "On target"),
    (BEHIND, "Behind"),
    (MISSED, "Missed"),
    (TOO_EARLY, "Too early to tell"),
    (NOT_ENOUGH, "Not enough yet"),
    (AWAY, "Away"),
    (NO_TARGET, "No target"),
]


@dataclass(frozen=True)
class Aim:
    """What is to be reached in a period, and by the day of judgement.

    `whole` is None without a target. `gone` and `days` are working days of this person (of all of
    them for a team): absences and holidays are none. A ratio's `whole` and `due` are the same.
    """

    whole: Fraction | None = None
    due: Fraction = Fraction(0)
    gone: int = 0
    days: int = 0

    @property
    def share_gone(self) -> Fraction:
        return Fraction(self.gone, self.days) if self.days else Fraction(0)


@dataclass(frozen=True)
class Actual:
    """What happened: a sum, or for a ratio its numerator and denominator."""

    total: Decimal = Decimal(0)
    of: Decimal | None = None
    scale: int = 1  # 100 for percent

    @property
    def value(self) -> Fraction | None:
        """None for a ratio of nothing."""
        if self.of is None:
            return Fraction(self.total)
        return Fraction(self.total) * self.scale / Fraction(self.of) if self.of else None


@dataclass(frozen=True)
class Standing:
    """The judgement. `pace` is 1 when exactly on target; `short` is in the measure's unit."""

    state: str
    pace: Fraction | None = None
    short: Fraction = Fraction(0)

    @property
    def is_missed(self) -> bool:
        return self.state == MISSED


def judge(actual: Actual, aim: Aim, *, lower_is_better: bool = False) -> Standing:
    """What is to be said of a figure at this point of its period."""
    if aim.whole is None:
        return Standing(NO_TARGET)
    is_ratio = actual.of is not None
    if not aim.days:
        return Standing(AWAY)
    if not aim.whole and not lower_is_better:
        return Standing(NO_TARGET)  # nothing is to be reached, as in a first month of 0 %
    value = actual.value
    if value is None or (is_ratio and actual.of < LEAST_DENOMINATOR):  # type: ignore[operator]
        return Standing(NOT_ENOUGH)
    if not aim.due and (aim.whole or not aim.gone):
        return Standing(TOO_EARLY)
    pace, short = _pace(value, aim.due, lower_is_better=lower_is_better)
    if pace is None or pace >= 1:
        return Standing(ON_TARGET, pace)
    if pace >= MISSED_UNDER or short < LEAST_SHORT:
        return Standing(BEHIND, pace, short)
    return Standing(MISSED if aim.share_gone >= LEAST_GONE else TOO_EARLY, pace, short)


def _pace(
    value: Fraction, due: Fraction, *, lower_is_better: bool
) -> tuple[Fraction | None, Fraction]:
    """And how much is short; no pace when there is nothing of what there should be little of."""
    if lower_is_better:
        return (due / value if value else None), value - due
    return value / due, due - value
