"""Where material was used."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from people.models import User
from playbook.models.differentiator import Differentiator
from playbook.models.question import Question

ONE = Q(differentiator=None) ^ Q(question=None)


class MaterialUseQuerySet(models.QuerySet["MaterialUse"]):
    def visible_to(self, user: User) -> Self:
        """Nobody's: the piece says how often it was used, and not by whom."""
        return self.none()


class MaterialUse(models.Model):
    """A piece of material stands in what was written in one place: counted once a place."""

    PLAN, INSPECTION, REVIEW = "plan", "inspection", "review"
    PLACES: ClassVar = [(PLAN, "Plan"), (INSPECTION, "Inspection"), (REVIEW, "1-on-1")]

    differentiator = models.ForeignKey(
        Differentiator, models.CASCADE, null=True, related_name="used"
    )
    question = models.ForeignKey(Question, models.CASCADE, null=True, related_name="used")
    place = models.CharField(max_length=10, choices=PLACES)
    ref = models.PositiveBigIntegerField()  # the id of the plan, inspection or 1-on-1
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = MaterialUseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE, name="one_piece_was_used"),
            models.UniqueConstraint(
                fields=["place", "ref", "differentiator"], name="differentiator_counts_once"
            ),
            models.UniqueConstraint(
                fields=["place", "ref", "question"], name="question_counts_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.differentiator or self.question} in {self.place} {self.ref}"
