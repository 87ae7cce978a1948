"""What is to be won: the targets of the ultimate metric, where that is money (product.md 7)."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from metrics.aims import Aims
from metrics.measures import MEASURES, MONEY
from metrics.models import Metric
from metrics.periods import Periods, Span
from people.calendar import Calendar


@dataclass(frozen=True)
class Goals:
    """In major units of the organisation's currency; `metric` is None where nothing is aimed at.

    A goal is None without a target. Its days are shared out as everywhere: absences and holidays
    take their part from it.
    """

    aims: Aims
    metric: Metric | None

    @classmethod
    def load(
        cls,
        people: Collection[int] | None,
        span: Span,
        calendar: Calendar,
        teams: Collection[int] | None = None,
    ) -> Self:
        """Of people, by id, or of whoever was in some teams; for any days within the span."""
        periods = Periods(calendar.week_start, calendar.year_start)
        aims = Aims.load(people, span, periods, calendar.holidays, teams)
        return cls(aims, _ultimate(aims))

    def of_person(self, person: int, span: Span) -> Decimal | None:
        if self.metric is None:
            return None
        return _cents(self.aims.of_person(person, self.metric, span, span.last).whole)

    def of_team(self, team: int, below: Collection[int], span: Span) -> Decimal | None:
        """The sum of its people's; `below` are the ids of it and of all teams under it."""
        if self.metric is None:
            return None
        return _cents(self.aims.of_team(team, below, self.metric, span, span.last).whole)


def _ultimate(aims: Aims) -> Metric | None:
    """The ultimate metric, if it has targets and is money."""
    targets = (target for found in aims.targets.values() for target in found)
    metrics = (target.metric for target in targets)
    return next((each for each in metrics if each.is_ultimate and _is_money(each)), None)


def _is_money(metric: Metric) -> bool:
    measure = MEASURES.get(metric.measure)
    return metric.is_active and measure is not None and measure.unit == MONEY


def _cents(amount: Fraction | None) -> Decimal | None:
    """Halves of a cent go up."""
    return None if amount is None else Decimal((amount * 100 + Fraction(1, 2)) // 1) / 100
