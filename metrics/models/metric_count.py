"""Counts that outside systems post: dials of a dialler, mails of a mail program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models, transaction

from lib.events import publish, publishing
from lib.versions import Versioned
from people import reporting_line
from people.models import Organisation, User

HIGHER, LOWER = "higher", "lower"
DIRECTIONS = [(HIGHER, "Higher is better"), (LOWER, "Lower is better")]
MOST = 1_000_000_000


class PostedMeasureQuerySet(models.QuerySet["PostedMeasure"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees what is counted; administrators say what is."""
        return self


class PostedMeasure(Versioned):
    """What an outside system may post counts of. `name` is how programs call it."""

    name = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z", "Small letters, digits and _ only.")],
        error_messages={"unique": "There is a measure of that name already."},
    )
    label = models.CharField(max_length=100)
    unit = models.CharField(max_length=20)
    direction = models.CharField(max_length=6, choices=DIRECTIONS, default=HIGHER)

    objects = PostedMeasureQuerySet.as_manager()

    class Meta:
        ordering = ["label", "pk"]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def add(cls, *, name: str, label: str, unit: str, direction: str = HIGHER) -> "PostedMeasure":
        """Make one. Raises ValidationError for a name that is taken or cannot be one."""
        measure = cls(name=name, label=label.strip(), unit=unit.strip(), direction=direction)
        measure.full_clean()
        with transaction.atomic():
            measure.save()
            publish("added", measure)
        return measure

    def change(self, *, label: str, unit: str, direction: str, version: int | None = None) -> None:
        """Say it in other words; its name stays, for programs know it."""
        with self.editing(version), publishing(self, "changed"):
            self.label, self.unit, self.direction = label.strip(), unit.strip(), direction
            self.full_clean()
            self.save()


class MetricCountQuerySet(models.QuerySet["MetricCount"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(person_id__in=reporting_line.ids_below(user))


@dataclass(frozen=True)
class Posted:
    """A count as an outside system says it."""

    source: str
    person: User
    measure: PostedMeasure
    day: date
    count: int

    def check(self, today: date) -> None:
        """Raise ValidationError for a day yet to come."""
        if self.day > today:
            raise ValidationError({"day": "That day has not come yet."})


class MetricCount(models.Model):
    """How often somebody did something on a day, by one system; several systems add up."""

    KEY: ClassVar = ["source", "person", "measure", "day"]

    source = models.CharField(max_length=50)
    person = models.ForeignKey(User, models.CASCADE, related_name="metric_counts")
    measure = models.ForeignKey(PostedMeasure, models.PROTECT, related_name="counts")
    day = models.DateField()
    count = models.PositiveIntegerField(validators=[MaxValueValidator(MOST)])
    posted_at = models.DateTimeField(editable=False)
    posted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = MetricCountQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "person", "measure", "day"], name="one_count_a_source_and_day"
            )
        ]
        indexes = [
            models.Index(fields=["person", "day"], name="count_by_person"),
            models.Index(fields=["day", "person"], name="count_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.measure.unit} on {self.day}"

    @classmethod
    def post(cls, counts: Iterable[Posted], *, by: User, at: datetime) -> "list[MetricCount]":
        """Write counts down; the same source, person, measure and day again replaces the count.

        Raises ValidationError, and writes none, for a day yet to come or a wrong value.
        """
        today = Organisation.current().today(at)
        rows = {}
        for each in counts:
            each.check(today)
            row = cls(
                source=each.source.strip(),
                person=each.person,
                measure=each.measure,
                day=each.day,
                count=each.count,
                posted_at=at,
                posted_by=by,
            )
            row.clean_fields(exclude=["person", "measure", "posted_by"])  # these were read
            rows[row.source, row.person_id, row.measure_id, row.day] = row
        cls.objects.bulk_create(
            [rows[key] for key in sorted(rows)],  # always in the same order: no two wait crosswise
            update_conflicts=True,
            unique_fields=cls.KEY,
            update_fields=["count", "posted_at", "posted_by"],
        )
        return list(rows.values())

    def withdraw(self) -> None:
        """Take it back: it was posted by mistake."""
        self.delete()
