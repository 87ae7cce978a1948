"""What people won in a period, against a goal and beside their team.

Money is counted in one currency, in major units, by the business date on which a deal was won, for
whoever owned it then, like the tallies. Periods follow the organisation's fiscal calendar
(product.md 6 and 7).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncMonth

from lib.calendar import add_months, fiscal_quarter, fiscal_year, month_of
from people.models import User
from pipeline.models import Opportunity

CENT = Decimal("0.01")
LEAST_SHOWN = 3  # fewer people and a figure of all would tell that of one
MONTHS_BACK = 12
NUMBERS = ("won", "deals", "elsewhere", "lost")


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
    """Of `people`, by id, month by month, until a date; they and theirs are read in one statement.

    What somebody closed stays theirs when the deal goes to somebody else.
    """

    def __init__(
        self, people: QuerySet[User], currency: str, day: date, fiscal_year_start: int
    ) -> None:
        """For the periods and the last months as they stand on a date."""
        self.people: set[int] = set()
        self.by_month: dict[tuple[int, date], Result] = {}
        first = min(
            add_months(day.replace(day=1), 1 - MONTHS_BACK),
            *(period.begin for period in periods(day, fiscal_year_start)),
        )
        whose = people.order_by()
        found = _by_month(whose, currency, first, day).union(_everybody(whose), all=True)
        for person, month, won, *counts in found:
            self.people.add(person)
            if month is not None:
                self.by_month[person, month] = Result(won or Decimal(), *counts)

    def of(self, people: Collection[int], begin: date, end: date) -> Result:
        """Together, in whole months or, with the month of the last day, until that day."""
        found = Result()
        for (person, month), result in self.by_month.items():
            if person in people and begin <= month <= end:
                found.add(result)
        return found

    def months(self, person: int, day: date) -> list[tuple[date, Decimal]]:
        """Won in each of the last twelve months, that of the day included."""
        first = add_months(day.replace(day=1), 1 - MONTHS_BACK)
        each = (add_months(first, n) for n in range(MONTHS_BACK))
        return [(month, self.of({person}, month, month).won) for month in each]


def _by_month(
    people: QuerySet[User], currency: str, first: date, day: date
) -> "QuerySet[Any, Any]":
    """Person, month, and the numbers of a `Result`."""
    deals = Opportunity.objects.filter(closing_owner__in=people.values("pk")).order_by()
    ended = deals.filter(closed_on__gte=first.replace(day=1), closed_on__lte=day)
    in_it, won = Q(currency=currency), Q(status=Opportunity.WON)
    months = ended.annotate(month=TruncMonth("closed_on")).values("closing_owner", "month")
    return months.annotate(
        won=Sum("amount", filter=in_it & won),
        deals=Count("pk", filter=in_it & won),
        elsewhere=Count("pk", filter=~in_it & won),
        lost=Count("pk", filter=Q(status=Opportunity.LOST)),
    ).values_list("closing_owner", "month", *NUMBERS)


def _everybody(people: QuerySet[User]) -> "QuerySet[Any, Any]":
    """A row a person in the same columns, without a month: who closed nothing counts as well."""
    nothing: dict[str, Any] = {name: Value(0) for name in NUMBERS}
    month = Value(None, output_field=DateField())
    return people.annotate(month=month, **nothing).values_list("pk", "month", *NUMBERS)


def compared(manager: User, rep: int) -> Any:
    """The people whose results are compared: the rep, by id, and all active ones who report to
    this manager.
    """
    with_them = Q(is_active=True, reports_to=manager)
    return User.objects.led_by(manager).filter(with_them | Q(pk=rep))
