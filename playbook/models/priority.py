"""What the organisation wants pushed, and from when to when."""

from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from lib.calendar import EARLIEST, LATEST
from pipeline.models import Product
from playbook.models.material import TEXT_LENGTH, Material, MaterialQuerySet

MOST_SHOWN = 3
COMING, IN_FORCE, OVER = "coming", "in_force", "over"


def standing(first_day: date, last_day: date | None, day: date) -> str:
    """How these days stand to a day of the organisation's; both belong to them.

    The object form of `PriorityQuerySet.on`.
    """
    if day < first_day:
        return COMING
    return OVER if last_day is not None and day > last_day else IN_FORCE


class PriorityQuerySet(MaterialQuerySet):
    def on(self, day: date) -> Self:
        """Those in force on that day of the organisation's calendar, first and last day too."""
        return self.between(day, day).order_by("place", "pk")

    def between(self, first: date, last: date) -> Self:
        """Those in force on any of these days."""
        open_end = Q(last_day=None) | Q(last_day__gte=first)
        return self.active().filter(open_end, first_day__lte=last)

    def in_order(self) -> Self:
        """As they matter, retired ones last."""
        return self.select_related("product").order_by(
            F("retired_at").asc(nulls_first=True), "place", "pk"
        )


class Priority(Material):
    """A product, or something of every deal, to be pushed. Without a last day until it is retired.

    The days are those of the organisation, both of them in force.
    """

    CHANGEABLE: ClassVar = frozenset({"product", "title", "reason", "first_day", "last_day"})
    SAID_BY: ClassVar = "title"
    TWIN: ClassVar = "There is a priority of that title from that day already."

    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="priorities"
    )
    title = models.CharField(max_length=120)
    reason = models.CharField(max_length=TEXT_LENGTH)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    objects = PriorityQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["place", "pk"]
        verbose_name_plural = "priorities"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="priority_ends_after_it_begins",
                violation_error_message="The last day lies before the first.",
            )
        ]

    def set_keys(self) -> None:
        super().set_keys()
        self.key = self.key_for(self.words, self.first_day)

    def refuse_nonsense(self) -> None:
        super().refuse_nonsense()
        for name in ("first_day", "last_day"):
            day = getattr(self, name)
            if day and not EARLIEST <= day <= LATEST:
                raise ValidationError({name: f"Give a day from {EARLIEST} to {LATEST}."})
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day lies before the first."})
