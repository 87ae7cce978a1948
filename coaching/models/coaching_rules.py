"""What the organisation decides of coaching."""

from datetime import datetime
from typing import Self

from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from lib.events import publishing
from lib.versions import Versioned
from people.models import User

MINIMUM = 7  # of ten, until the organisation says another


class CoachingRulesQuerySet(models.QuerySet["CoachingRules"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees by what they are judged."""
        return self


class CoachingRules(Versioned):
    """One row. `minimum` is the score of a call, 1 to 10, at or above which it was proficient."""

    minimum = models.PositiveSmallIntegerField(
        "Proficiency minimum of a call",
        default=MINIMUM,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )

    objects = CoachingRulesQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Proficient from {self.minimum} on"

    @classmethod
    def current(cls) -> "CoachingRules":
        """The rules, made with their defaults the first time they are asked for."""
        return cls.objects.first() or cls.objects.get_or_create(pk=1)[0]

    def change(self, *, minimum: int, by: User, at: datetime, version: int | None = None) -> None:
        """Scores given from now on are held against it; those given before keep theirs.

        Raises PermissionDenied for all but administrators, ValidationError and `Stale`.
        """
        if not by.is_administrator:
            raise PermissionDenied("Administrators change the rules of coaching.")
        with self.editing(version), publishing(self, "changed", by, at):
            self.minimum = minimum
            self.full_clean()
            self.save()
