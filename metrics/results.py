"""What people won in a period, against a goal and beside their team.

Money is counted in one currency, in major units, by the business date on which a deal was won.
Periods follow the organisation's fiscal calendar (product.md 6 and 7).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth

from lib.calendar import (
    add_months,
    fiscal_quarter,
    fiscal_year,
    month_of,
    working_days_between,
)
from people.models import User
from pipeline.models import Opportunity
from pipeline.models.opportunity import OpportunityQuerySet

CENT = Decimal("0.01")
MONTHS_A_QUARTER = 3
LEAST_SHOWN = 3  # fewer people and a figure of all would tell that of one
MONTHS_BACK = 12


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    name: str
    label: str
    begin: date
    end: date


def periods(day: date, fiscal_year_start: int) -> list[Period]:
    """Year to date, previous quarter, previous month, as they stand on a date."""
    quarter = fiscal_quarter(day, fiscal_year_start)[0] - timedelta(days=1)
    month = day.replace(day=1) - timedelta(days=1)
    return [
        Period("year_to_date", "Year to date", fiscal_year(day, fiscal_year_start)[0], day),
        Period("previous_quarter", "Previous quarter", *fiscal_quarter(quarter, fiscal_year_start)),
        Period("previous_month", "Previous month", *month_of(month)),
    ]


@dataclass
class Result:
    """Won in one currency, how many deals that were, how many in others, and how many lost."""

    won: Decimal = Decimal()
    deals: int = 0
    elsewhere: int = 0
    lost: int = 0

    def add(self, other: "Result") -> None:
        self.won += other.won
        self.deals += other.deals
        self.elsewhere += other.elsewhere
        self.lost += other.lost


class Results:
    """Of some people, month by month, until a date; read in one statement."""

    def __init__(self, rows: OpportunityQuerySet, currency: str, first: date, day: date) -> None:
        """`rows` are the deals that count; months before `first`'s are left out."""
        self.by_month: dict[tuple[int, date], Result] = {}
        ended = rows.filter(closed_on__gte=first.replace(day=1), closed_on__lte=day)
        in_it, won = Q(currency=currency), Q(status=Opportunity.WON)
        months = ended.order_by().annotate(month=TruncMonth("closed_on")).values("owner", "month")
        for row in months.annotate(
            won=Sum("amount", filter=in_it & won),
            deals=Count("pk", filter=in_it & won),
            elsewhere=Count("pk", filter=~in_it & won),
            lost=Count("pk", filter=Q(status=Opportunity.LOST)),
        ):
            self.by_month[row["owner"], row["month"]] = Result(
                row["won"] or Decimal(), row["deals"], row["elsewhere"], row["lost"]
            )

    def of(self, people: Collection[int], begin: date, end: date) -> Result:
        """Together, in whole months or, with the month of the last day, until that day."""
        found = Result()
        for (owner, month), result in self.by_month.items():
            if owner in people and begin <= month <= end:
                found.add(result)
        return found

    def months(self, person: int, day: date) -> list[tuple[date, Decimal]]:
        """Won in each of the last twelve months, that of the day included."""
        first = add_months(day.replace(day=1), 1 - MONTHS_BACK)
        each = (add_months(first, n) for n in range(MONTHS_BACK))
        return [(month, self.of({person}, month, month).won) for month in each]


def results(
    manager: User, people: Collection[int], currency: str, day: date, fiscal_year_start: int
) -> Results:
    """Of people, by id, whose deals this manager sees: for the periods and the last months."""
    first = min(
        add_months(day.replace(day=1), 1 - MONTHS_BACK),
        *(period.begin for period in periods(day, fiscal_year_start)),
    )
    rows = Opportunity.objects.visible_to(manager).filter(owner__in=people)
    return Results(rows, currency, first, day)


def goal_of(
    quarterly: Decimal | None, period: Period, holidays: Collection[date]
) -> Decimal | None:
    """A third of the quarter's goal for each whole month; of a month that is not over, the share
    of its working days that are. None without a goal.
    """
    if quarterly is None:
        return None
    months = sum(_shares(period, holidays), Decimal())
    return (quarterly * months / MONTHS_A_QUARTER).quantize(CENT, ROUND_HALF_UP)


def _shares(period: Period, holidays: Collection[date]) -> Iterator[Decimal]:
    month = period.begin.replace(day=1)
    while month <= period.end:
        first, last = month_of(month)
        yield Decimal(1) if last <= period.end else _share(first, period.end, last, holidays)
        month = add_months(month, 1)


def _share(first: date, day: date, last: date, holidays: Collection[date]) -> Decimal:
    """How much of the month's working days lie before the end of `day`."""
    before = first - timedelta(days=1)
    worked, all_of_it = (working_days_between(before, end, holidays) for end in (day, last))
    return Decimal(worked) / all_of_it if all_of_it else Decimal()


def team_of(manager: User) -> Any:
    """The people whose results are compared: all active ones who report to this manager."""
    return User.objects.led_by(manager).active().filter(reports_to=manager)
