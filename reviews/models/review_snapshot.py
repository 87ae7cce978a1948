"""The rep's open deals as they stood when a 1-on-1 was closed: what the next is compared with."""

from datetime import datetime
from typing import Any

from django.db import models

from pipeline.as_of import with_state_at
from pipeline.models import Opportunity
from reviews.models.review import Review
from reviews.models.review_rows import OfReviewQuerySet

COLUMNS = (
    "stage_order",
    "stage_name",
    "close_date",
    "amount",
    "currency",
    "next_step",
    "next_step_on",
)
AT_ONCE = 1_000  # rows a statement


class ReviewSnapshot(models.Model):
    """One open deal. Never written again; names are kept in words."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="snapshots")
    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="review_snapshots")
    stage_order = models.PositiveSmallIntegerField()
    stage_name = models.CharField(max_length=200)
    close_date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    next_step = models.CharField(max_length=500, blank=True)
    next_step_on = models.DateField(null=True)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "opportunity"], name="one_snapshot_a_deal")
        ]

    def __str__(self) -> str:
        return f"{self.opportunity_id} in {self.review_id}"

    @classmethod
    def take(cls, review: Review, at: datetime) -> None:
        """Of every deal of the rep that was open at that moment: one statement to read them.

        From then on these deals are compared with it, where they went back a stage.
        """
        own = Opportunity.objects.visible_to(review.rep).filter(owner=review.rep)
        stood: Any = with_state_at(own, at, "then_", *COLUMNS)
        stood = stood.filter(then_open=True)
        names = [f"then_{name}" for name in COLUMNS]
        made: list[Any] = [
            cls(
                review=review,
                opportunity_id=pk,
                **dict(zip(COLUMNS, values, strict=True)),
            )
            for pk, *values in stood.order_by().values_list("pk", *names)
        ]
        cls.objects.bulk_create(made, batch_size=AT_ONCE)
        own.filter(pk__in=[each.opportunity_id for each in made]).note_review(at)
