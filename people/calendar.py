"""The organisation's calendar, read in one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast

from lib.calendar import local_date
from people.models import Holiday, Organisation

ALSO = "also"  # marks what was read beside it


@dataclass(frozen=True)
class Calendar:
    """Time zone, first day of the week (0 is Monday), first month of the fiscal year, holidays,
    and the currency of totals.
    """

    zone: ZoneInfo
    week_start: int
    holidays: frozenset[date]
    year_start: int = 1
    currency: str = "EUR"

    @classmethod
    def current(cls) -> "Calendar":
        return cls.beside()[0]

    @classmethod
    def beside(
        cls, rows: QuerySet[Any] | None = None, text: Any = None
    ) -> tuple["Calendar", list[str]]:
        """It, and of each of the rows this text, in one statement for a page that needs both."""
        as_text = TextField()
        own = Organisation.objects.order_by("pk")[:1].values("pk")
        names = ("week_start", "fiscal_year_start", "currency")
        setting = Organisation.objects.filter(pk__in=own).order_by()
        holidays = Holiday.objects.order_by().values_list(
            Cast("day", as_text), *[Value("", as_text)] * 3
        )
        parts = [holidays]
        if rows is not None:
            empty = [Value("", as_text)] * 2
            parts += [rows.order_by().values_list(Cast(text, as_text), Value(ALSO), *empty)]
        read = list(
            setting.values_list(
                Cast("time_zone", as_text), *(Cast(name, as_text) for name in names)
            ).union(*parts, all=True)
        )
        also = [row[0] for row in read if row[1] == ALSO]
        return cls._of([row for row in read if row[1] != ALSO]), also

    @classmethod
    def _of(cls, read: list[tuple[str, ...]]) -> "Calendar":
        days = frozenset(date.fromisoformat(day) for day, week_start, *_ in read if not week_start)
        for zone, week_start, year_start, currency in read:
            if week_start:
                return cls(ZoneInfo(zone), int(week_start), days, int(year_start), currency)
        made = Organisation.current()
        return cls(made.zone, made.week_start, days, made.fiscal_year_start, made.currency)

    def today(self, now: datetime) -> date:
        """The date on the organisation's calendar."""
        return local_date(now, self.zone)
