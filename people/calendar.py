"""The organisation's calendar, read in one statement."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import TextField, Value
from django.db.models.functions import Cast

from people.models import Holiday, Organisation


@dataclass(frozen=True)
class Calendar:
    """Time zone, first day of the week (0 is Monday) and holidays."""

    zone: ZoneInfo
    week_start: int
    holidays: frozenset[date]

    @classmethod
    def current(cls) -> "Calendar":
        text = TextField()
        own = Organisation.objects.order_by("pk")[:1].values("pk")
        rows = Organisation.objects.filter(pk__in=own).order_by()
        holidays = Holiday.objects.order_by().values_list(Cast("day", text), Value("", text))
        setting = rows.values_list(Cast("time_zone", text), Cast("week_start", text))
        read = list(setting.union(holidays, all=True))
        days = frozenset(date.fromisoformat(day) for day, week_start in read if not week_start)
        for zone, week_start in read:
            if week_start:
                return cls(ZoneInfo(zone), int(week_start), days)
        organisation = Organisation.current()
        return cls(organisation.zone, organisation.week_start, days)
