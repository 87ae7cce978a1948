"""When a manager and a rep hold their 1-on-1."""

from datetime import date, datetime, time
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q

from lib.calendar import in_words, local_date
from lib.events import publishing
from lib.versions import Versioned
from people.models import Organisation, User
from people.models.organisation import WEEKDAYS
from reviews import rhythm
from reviews.rhythm import DAY_OF_MONTH, EVERY_WEEKS, NTH_WEEKDAY

RHYTHMS = [
    (NTH_WEEKDAY, "On a weekday of the month"),
    (DAY_OF_MONTH, "On a day of the month"),
    (EVERY_WEEKS, "Every so many weeks"),
]
NTH_CHOICES = [(number, name.capitalize()) for number, name in rhythm.NTH.items()]
WORKING_WEEKDAYS = WEEKDAYS[:5]


class ReviewScheduleQuerySet(models.QuerySet["ReviewSchedule"]):
    def visible_to(self, user: User) -> Self:
        """Those of the two people."""
        return self.filter(Q(manager=user) | Q(rep=user))

    def kept_up(self) -> Self:
        """Those whose reviews are drafted: switched on, and the rep still reports there."""
        both = Q(rep__is_active=True, manager__is_active=True)
        return self.filter(both, is_active=True, rep__reports_to=F("manager"))


class ReviewSchedule(Versioned):
    """A monthly rhythm (product.md 6). `time` is what clocks show where the manager is.

    `weekday` 0 is Monday; `nth` 5 is the last one of the month; the 31st is the last day of a
    shorter month; every `weeks` weeks are counted from `starts_on`.
    """

    CHANGEABLE = frozenset(
        {
            "rhythm",
            "nth",
            "weekday",
            "day",
            "weeks",
            "starts_on",
            "time",
            "minutes",
            "is_active",
        }
    )

    manager = models.ForeignKey(
        User, models.CASCADE, related_name="review_schedules_led", editable=False
    )
    rep = models.ForeignKey(User, models.CASCADE, related_name="review_schedules", editable=False)
    rhythm = models.CharField(max_length=12, choices=RHYTHMS, default=NTH_WEEKDAY)
    nth = models.PositiveSmallIntegerField("Which one", choices=NTH_CHOICES, default=1)
    weekday = models.PositiveSmallIntegerField(choices=WORKING_WEEKDAYS, default=1)
    day = models.PositiveSmallIntegerField(
        "Day of the month", default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    weeks = models.PositiveSmallIntegerField(
        "Weeks between", default=4, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )
    starts_on = models.DateField("From")
    time = models.TimeField(default=time(10))
    minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(10), MaxValueValidator(240)]
    )
    is_active = models.BooleanField("Held every month", default=True)

    objects = ReviewScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["rep__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["manager", "rep"], name="one_review_schedule_a_pair")
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """ "The first Tuesday at 10:00"."""
        weekday = dict(WEEKDAYS)[self.weekday]
        often = "week" if self.weeks == 1 else f"{self.weeks} weeks"
        when = {
            NTH_WEEKDAY: f"The {rhythm.NTH[self.nth]} {weekday} of the month",
            DAY_OF_MONTH: f"Day {self.day} of the month",
            EVERY_WEEKS: f"Every {often} on {weekday}, from {in_words(self.starts_on)}",
        }[self.rhythm]
        return f"{when} at {self.time:%H:%M}"

    @property
    def zone(self) -> ZoneInfo:
        return self.manager.zone

    def dates(self, begin: date, end: date) -> list[date]:
        """From begin to end, both included, before holidays and absences move them."""
        found = rhythm.dates(
            self.rhythm,
            begin,
            end,
            nth=self.nth,
            weekday=self.weekday,
            day=self.day,
            weeks=self.weeks,
            since=self.starts_on,
        )
        return list(found)

    @classmethod
    @transaction.atomic
    def set_up(cls, rep: User, *, by: User, at: datetime, **values: Any) -> "ReviewSchedule":
        """The rhythm of a manager with somebody who reports to them, made or changed."""
        if rep.reports_to_id != by.pk:
            raise PermissionDenied("Only the manager to whom somebody reports plans their 1-on-1s.")
        today = local_date(at, Organisation.current().zone)
        schedule = cls.objects.get_or_create(manager=by, rep=rep, defaults={"starts_on": today})[0]
        schedule.change(by=by, at=at, **values)
        return schedule

    def change(self, *, by: User, at: datetime, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`; drafts that nobody touched follow at once.

        Raises ValidationError, and PermissionDenied for all but the manager.
        """
        from reviews.review_planning import plan

        if by.pk != self.manager_id:
            raise PermissionDenied("Only the manager plans these 1-on-1s.")
        unknown = values.keys() - self.CHANGEABLE
        if unknown:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version), publishing(self, "changed", by, at):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean()
            self.save()
            plan(ReviewSchedule.objects.filter(pk=self.pk), at)
