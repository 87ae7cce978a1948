"""What a miss will cost the ultimate metric, at this person's own conversion: product.md 7.

Of each unit of the precursor so much of the ultimate metric came in the twelve months before; on
fewer than 5 units the team's conversion is taken, and said to be.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from metrics.models import Checkpoint
from metrics.pace import LEAST_DENOMINATOR
from metrics.periods import DAY, Span

LOOKED_BACK = timedelta(days=364)


@dataclass(frozen=True)
class Cost:
    """In the unit of the ultimate metric; `basis` says whose conversion, as on `Checkpoint`."""

    amount: Fraction
    basis: str


@dataclass(frozen=True)
class Conversion:
    """So much of the ultimate metric from so many units of the precursor."""

    ultimate: Decimal
    precursor: Decimal

    @property
    def tells(self) -> bool:
        return self.precursor >= LEAST_DENOMINATOR

    def of(self, units: Fraction) -> Fraction:
        return units * Fraction(self.ultimate) / Fraction(self.precursor)


def cost(short: Fraction, own: Conversion, team: Conversion | None) -> Cost | None:
    """None when neither the person nor the team has done enough of it to tell."""
    if own.tells:
        return Cost(own.of(short), Checkpoint.OWN)
    if team is not None and team.tells:
        return Cost(team.of(short), Checkpoint.TEAM)
    return None


def looked_back(first_day: date) -> Span:
    """The twelve months before a period, from which conversions come."""
    return Span(first_day - LOOKED_BACK, first_day - DAY)
