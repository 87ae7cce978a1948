"""A deal as it stood when a 1-on-1 began, and what was said of its odds."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models

from lib.versions import Versioned
from people.models import User
from pipeline.models import Opportunity
from reviews.models.review import Review
from reviews.models.review_rows import OfReviewQuerySet

if TYPE_CHECKING:
    from reviews.review_deals import DealLine

AT_ONCE = 1_000  # rows a statement
ANSWERS = {"own_probability", "own_probability_reason", "better_odds"}


class ReviewDeal(Versioned):
    """The columns are those of `reviews/review_deals.py`'s `DealLine`, never written again.

    `own_probability` (percent), why, and what would improve the odds are answered in the meeting;
    the probability of the stage is shown only after that (product.md 6).
    """

    review = models.ForeignKey(Review, models.CASCADE, related_name="deals")
    opportunity = models.ForeignKey(
        Opportunity, models.SET_NULL, null=True, related_name="frozen_in_reviews"
    )
    name = models.CharField(max_length=200)
    account_name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=4, choices=Opportunity.STATUSES)
    stage_order = models.PositiveSmallIntegerField()
    stage_name = models.CharField(max_length=200)
    stage_since = models.DateField(null=True)
    probability = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    close_date = models.DateField(null=True)
    next_step = models.CharField(max_length=500, blank=True)
    next_step_on = models.DateField(null=True)
    buyer_acted_on = models.DateField(null=True)
    was_open = models.BooleanField()
    was_stage_order = models.PositiveSmallIntegerField(null=True)
    was_stage_name = models.CharField(max_length=200, blank=True)
    was_close_date = models.DateField(null=True)
    was_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    was_currency = models.CharField(max_length=3, blank=True)
    was_next_step = models.CharField(max_length=500, blank=True)
    was_next_step_on = models.DateField(null=True)
    evidence = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    own_probability = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    own_probability_reason = models.CharField("Why", max_length=500, blank=True)
    better_odds = models.CharField("What would improve the odds?", max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "opportunity"], name="one_frozen_deal")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def revealed_probability(self) -> int | None:
        """That of the stage, in percent, once the rep has said their own."""
        return self.probability if self.is_answered else None

    @classmethod
    def freeze(cls, review: Review, lines: "list[DealLine]") -> None:
        """Write them down."""
        made: list[Any] = [cls(review=review, **line.columns) for line in lines]
        cls.objects.bulk_create(made, batch_size=AT_ONCE)

    def answer(
        self,
        *,
        own_probability: int | None,
        own_probability_reason: str,
        better_odds: str = "",
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> None:
        """The rep's own probability and why, and what would improve it; kept on the deal as well.

        Raises `Stale`, PermissionDenied for all but the two, ValidationError without a probability
        or its reason, for a deal that is not forecast here, and when the review does not run.
        """
        from reviews.review_deals import closes_soon

        self.review.require_one_of_two(by)
        if not closes_soon(self, self.review.window(at)):
            raise ValidationError("This deal is not forecast to close within 30 days.")
        missing = {}
        if own_probability is None:
            missing["own_probability"] = "Say how likely it is, in percent."
        if not own_probability_reason.strip():
            missing["own_probability_reason"] = "Say why."
        if missing:
            raise ValidationError(missing)
        with self.editing(version):
            self.own_probability = own_probability
            self.own_probability_reason = own_probability_reason.strip()
            self.better_odds = better_odds.strip()
            self.answered_at, self.answered_by = at, by
            self.clean_fields(exclude=[f.name for f in self._meta.fields if f.name not in ANSWERS])
            self.save()
            self.review.note_change()
            if self.opportunity:
                self.opportunity.describe(
                    own_probability=own_probability,
                    own_probability_reason=self.own_probability_reason,
                )
