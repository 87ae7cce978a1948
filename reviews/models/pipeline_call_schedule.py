"""When a team holds its weekly pipeline call."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction

from lib.calendar import instant_near, local_date, next_working_day, start_of_day
from lib.events import publishing
from lib.versions import Versioned
from people.models import Holiday, Organisation, Team, User
from people.models.organisation import WEEKDAYS
from reviews import call_people

WORKING_WEEKDAYS = WEEKDAYS[:5]
BEFORE, AFTER = 5, 60  # weeks looked at: holidays may push an occurrence over some of them


class PipelineCallScheduleQuerySet(models.QuerySet["PipelineCallSchedule"]):
    def visible_to(self, user: User) -> Self:
        """Those of one's own team, the teams above it and the teams one leads; all to an
        administrator.
        """
        if user.is_administrator:
            return self
        return self.filter(team_id__in=call_people.teams_around(user))

    def active(self) -> Self:
        return self.filter(is_active=True)


class PipelineCallSchedule(Versioned):
    """Once a week; a holiday moves it to the next working day.

    `time` is what clocks show where the team's manager is (the organisation's zone without one).
    """

    CHANGEABLE = frozenset({"weekday", "time", "minutes", "is_active"})

    team = models.OneToOneField(
        Team, models.CASCADE, related_name="pipeline_call_schedule", editable=False
    )
    weekday = models.PositiveSmallIntegerField(
        "Day", choices=WORKING_WEEKDAYS, default=0, validators=[MaxValueValidator(4)]
    )
    time = models.TimeField(default=time(9))
    minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    is_active = models.BooleanField("Held every week", default=True)

    objects = PipelineCallScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["team__name", "pk"]

    def __str__(self) -> str:
        return f"{self.team}, {self.get_weekday_display()} {self.time:%H:%M}"

    @classmethod
    @transaction.atomic
    def set_up(cls, team: Team, *, by: User, **values: Any) -> "PipelineCallSchedule":
        """The team's schedule, made or changed. By whoever runs the team's calls."""
        _require_runner(by, team)
        schedule = cls.objects.get_or_create(team=team)[0]
        schedule.change(by=by, **values)
        return schedule

    def change(self, *, by: User, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`. Raises ValidationError and PermissionDenied."""
        _require_runner(by, self.team)
        unknown = values.keys() - self.CHANGEABLE
        if unknown:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version), publishing(self, "changed", by):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean()
            self.save()

    @property
    def zone(self) -> ZoneInfo:
        manager = self.team.manager
        return manager.zone if manager else Organisation.current().zone

    def next_after(self, moment: datetime, holidays: Collection[date] | None = None) -> datetime:
        """The instant of the first occurrence after a moment, in UTC."""
        zone = self.zone
        today = local_date(moment, zone)
        days_off = _holidays(today) if holidays is None else holidays
        nominal = today + timedelta(days=(self.weekday - today.weekday()) % 7 - 7 * BEFORE)
        for _ in range(AFTER):
            begins = instant_near(next_working_day(nominal, days_off), self.time, zone)
            if begins > moment:
                return begins
            nominal += timedelta(days=7)
        raise ValidationError("Every day for a year is a holiday.")

    def on(self, day: date, holidays: Collection[date] | None = None) -> datetime | None:
        """The occurrence on a date in the schedule's zone; None when there is none."""
        before = start_of_day(day, self.zone) - timedelta(microseconds=1)
        begins = self.next_after(before, holidays)
        return begins if local_date(begins, self.zone) == day else None


def _holidays(today: date) -> set[date]:
    near = Holiday.objects.filter(day__gte=today - timedelta(weeks=BEFORE))
    return set(near.values_list("day", flat=True))


def _require_runner(by: User, team: Team) -> None:
    if not call_people.runs(by, team):
        raise PermissionDenied("Only who leads the team sets up its pipeline call.")
