"""The one organisation of this installation and its calendar."""

from datetime import date
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from lib.versions import Versioned
from people.zones import validate_zone

MONTHS = [(number, date(2000, number, 1).strftime("%B")) for number in range(1, 13)]
WEEKDAYS = [(number, date(2024, 1, number + 1).strftime("%A")) for number in range(7)]


class Organisation(Versioned):
    """One row. Its calendar rules all totals; a person's own zone rules their "today"."""

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

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Organisation":
        """The organisation, made with its defaults the first time it is asked for."""
        return cls.objects.first() or cls.objects.get_or_create(pk=1)[0]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Holiday(models.Model):
    """A day on which nobody works."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"
