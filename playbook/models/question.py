"""The question bank: ask, do not tell."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from pipeline.models import Stage
from playbook.models.material import MaterialQuerySet, UsedMaterial

PLAN, INSPECTION, REVIEW = "plan", "inspection", "review"
SITUATIONS = [
    (PLAN, "Of the buyer, in a call"),
    (INSPECTION, "Of the rep, about a plan"),
    (REVIEW, "Of the rep, in the 1-on-1"),
]
MOST_OFFERED = 5


class QuestionQuerySet(MaterialQuerySet):
    def for_situation(self, situation: str, stages: Iterable[int]) -> Self:
        """Those to be asked there, of deals in these stages: their own first, then those of any.

        `stages` are ids, or a queryset of them.
        """
        own = Q(stage__in=stages)
        return (
            self.active()
            .filter(own | Q(stage=None), situation=situation)
            .order_by(F("stage__order").asc(nulls_last=True), "place", "pk")
        )

    def in_order(self) -> Self:
        """By situation, those of any stage first."""
        return self.select_related("stage").order_by(
            "situation", F("stage__order").asc(nulls_first=True), "place", "pk"
        )


class Question(UsedMaterial):
    """Something to ask. Without a stage it may be asked in any."""

    CHANGEABLE: ClassVar = frozenset({"text", "situation", "stage"})
    FOR: ClassVar = ("situation", "stage")
    TWIN: ClassVar = "This is asked there already."

    situation = models.CharField(max_length=10, choices=SITUATIONS)
    stage = models.ForeignKey(
        Stage, models.CASCADE, null=True, blank=True, related_name="questions"
    )

    objects = QuestionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["place", "pk"]
