"""How a new hire's targets grow: percent of the full one by month of employment."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from lib.events import publish, publishing
from lib.versions import Versioned
from metrics.periods import months_employed
from people.models import User

MOST_MONTHS = 36


class RampQuerySet(models.QuerySet["Ramp"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees how targets grow; administrators decide it."""
        return self


class Ramp(Versioned):
    """`percents[0]` holds in the first month; after the last the target is the full one."""

    name = models.CharField(
        max_length=60,
        unique=True,
        error_messages={"unique": "There is a ramp table of that name already."},
    )
    percents = models.JSONField(default=list)

    objects = RampQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        percents = self.percents
        if not isinstance(percents, list) or not 1 <= len(percents) <= MOST_MONTHS:
            raise ValidationError({"percents": f"Give 1 to {MOST_MONTHS} months."})
        if any(type(each) is not int or not 0 <= each <= 100 for each in percents):
            raise ValidationError({"percents": "Each month is a whole percent from 0 to 100."})

    @classmethod
    def add(cls, *, name: str, percents: list[int]) -> "Ramp":
        """Make a table. Raises ValidationError for a name that is taken and wrong percents."""
        ramp = cls(name=name.strip(), percents=percents)
        ramp.full_clean()
        with transaction.atomic():
            ramp.save()
            publish("added", ramp)
        return ramp

    def change(self, *, name: str, percents: list[int], version: int | None = None) -> None:
        """Change the table: targets that use it follow, what was judged does not."""
        with self.editing(version), publishing(self, "changed"):
            self.name, self.percents = name.strip(), percents
            self.full_clean()
            self.save()

    def remove(self, *, version: int | None = None) -> None:
        """Delete a table that no target in force uses; those of the past lose their ramp."""
        with self.editing(version):
            if self.targets.filter(replaced_at=None).exists():
                raise ValidationError("Targets use this ramp table: change them first.")
            publish("removed", self, gone=True)
            self.targets.update(ramp=None)
            self.delete()

    def percent(self, joined_on: date | None, day: date) -> int:
        """Of the full target on a day; 100 for whoever joined at a date we do not know."""
        if joined_on is None or day < joined_on:
            return 100
        month = months_employed(joined_on, day)
        return int(self.percents[month]) if month < len(self.percents) else 100
