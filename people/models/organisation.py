"""The one organisation of this installation and its calendar."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from lib.calendar import add_months, local_date
from lib.events import publish, publishing
from lib.money import CURRENCIES
from lib.versions import Versioned
from people.models.user import User
from people.zones import validate_zone

MONTHS = [(number, date(2000, number, 1).strftime("%B")) for number in range(1, 13)]
WEEKDAYS = [(number, date(2024, 1, number + 1).strftime("%A")) for number in range(7)]


def quarters(first_month: int) -> list[str]:
    """What the four quarters of a fiscal year are: `quarters(2)[0] == "Q1 = Feb–Apr"`."""
    begins = [add_months(date(2000, first_month, 1), 3 * n) for n in range(4)]
    return [
        f"Q{n} = {begin:%b}–{add_months(begin, 2):%b}" for n, begin in enumerate(begins, start=1)
    ]


class Organisation(Versioned):
    """One row. Its calendar rules all totals; a person's own zone rules their "today"."""

    CHANGEABLE = frozenset(
        {
            "name",
            "time_zone",
            "week_start",
            "fiscal_year_start",
            "currency",
            "managers_manager_reads_reviews",
        }
    )

    name = models.CharField(max_length=200, default="Our organisation")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    week_start = models.PositiveSmallIntegerField(
        choices=WEEKDAYS, default=0, validators=[MaxValueValidator(6)]
    )
    fiscal_year_start = models.PositiveSmallIntegerField(
        "Fiscal year begins in",
        choices=MONTHS,
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    currency = models.CharField(max_length=3, default="EUR")
    managers_manager_reads_reviews = models.BooleanField(
        "A manager's manager may read closed 1-on-1s", default=False
    )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Organisation":
        """The organisation, made with its defaults the first time it is asked for."""
        return cls.objects.first() or cls.objects.get_or_create(pk=1)[0]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The date on the organisation's calendar."""
        return local_date(now, self.zone)

    def clean(self) -> None:
        if self.currency not in CURRENCIES:
            raise ValidationError({"currency": f"Choose one of {', '.join(CURRENCIES)}."})

    def change(self, *, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`. Raises ValidationError, and `Stale` like all verbs."""
        unknown = values.keys() - self.CHANGEABLE
        if unknown:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version), publishing(self, "changed"):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean()
            self.save()


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees the organisation's calendar; administrators change it."""
        return self


class Holiday(models.Model):
    """A day on which nobody works."""

    day = models.DateField(unique=True, error_messages={"unique": "That day is a holiday already."})
    name = models.CharField(max_length=100)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"

    @classmethod
    def add(cls, day: date, name: str) -> "Holiday":
        """Raises ValidationError when that day is a holiday already."""
        holiday = cls(day=day, name=name)
        holiday.full_clean()
        with transaction.atomic():
            holiday.save()
            publish("added", holiday)
        return holiday

    @classmethod
    def add_many(cls, names: Mapping[date, str]) -> int:
        """Add the days that are not holidays yet; returns how many those were.

        Raises ValidationError, and adds none, when a name is empty or too long.
        """
        for day, name in names.items():
            cls(day=day, name=name).full_clean(validate_unique=False)
        known = set(cls.objects.filter(day__in=names).values_list("day", flat=True))
        new = [Holiday(day=day, name=name) for day, name in names.items() if day not in known]
        Holiday.objects.bulk_create(new, ignore_conflicts=True)
        return len(new)
