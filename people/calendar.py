"""The organisation's calendar, read in one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import TextField, Value
from django.db.models.functions import Cast

from lib.calendar import local_date
from people.models import Holiday, Organisation


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
        text = TextField()
        own = Organisation.objects.order_by("pk")[:1].values("pk")
        rows = Organisation.objects.filter(pk__in=own).order_by()
        nothing = [Value("", text)] * 3
        holidays = Holiday.objects.order_by().values_list(Cast("day", text), *nothing)
        names = ("week_start", "fiscal_year_start", "currency")
        setting = rows.values_list(Cast("time_zone", text), *(Cast(name, text) for name in names))
        read = list(setting.union(holidays, all=True))
        days = frozenset(date.fromisoformat(day) for day, week_start, *_ in read if not week_start)
        for zone, week_start, year_start, currency in read:
            if week_start:
                return cls(ZoneInfo(zone), int(week_start), days, int(year_start), currency)
        made = Organisation.current()
        return cls(made.zone, made.week_start, days, made.fiscal_year_start, made.currency)

    def today(self, now: datetime) -> date:
        """The date on the organisation's calendar."""
        return local_date(now, self.zone)
