"""What was decided on a deal in a 1-on-1."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from coaching.help_queue import stands_stalled
from coaching.models import HelpRequest
from coaching.models.help_request import UNBLOCK
from lib.events import publish
from people.models import User
from pipeline.models import Opportunity
from reviews.models.deal_decision import DealDecision, DealDecisionQuerySet, Said
from reviews.models.review import Review
from reviews.models.review_rows import OfReviewQuerySet


class ReviewDecisionQuerySet(DealDecisionQuerySet):
    visible_to = OfReviewQuerySet.visible_to


class ReviewDecision(DealDecision):
    review = models.ForeignKey(Review, models.CASCADE, related_name="decisions")

    MEETING: ClassVar = ["review"]

    objects = ReviewDecisionQuerySet.as_manager()

    class Meta(DealDecision.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["review", "opportunity", "kind"], name="one_decision_a_kind_and_review"
            )
        ]

    @classmethod
    def make(
        cls,
        review: Review,
        deal: Opportunity,
        said: Said,
        *,
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "ReviewDecision":
        """Decide, and do it: one transaction. `version` is the deal's, as it was on the screen.

        The same words twice are one decision. Raises `Stale` with the deal when it has moved on,
        PermissionDenied for all but the two, and ValidationError as the verbs do.
        """
        review.require_one_of_two(by)
        with transaction.atomic():
            review.lock()
            review.require_running()
            same = cls.objects.filter(review=review, opportunity=deal, kind=said.kind)
            made: ReviewDecision | None = same.first()
            if made and made.says(said):
                return made
            own = Opportunity.objects.visible_to(by).filter(owner=review.rep_id)
            if not own.filter(pk=deal.pk).exists():
                raise ValidationError({"opportunity": "This deal is not the rep's."})
            review.note_change()
            with deal.editing(version):
                decision = made or cls(review=review, opportunity=deal, kind=said.kind)
                decision.decide(said, deal, by=by, at=at)
                publish("made", decision, by, at)
        return decision

    def _ask_for_help(self, deal: Opportunity, open_one: HelpRequest | None) -> HelpRequest:
        """The rep asks, here and now."""
        assert self.by
        return open_one or HelpRequest.ask(
            deal,
            by=self.by,
            at=self.at,
            kind=self.how or UNBLOCK,
            how_it_helps=self.note,
            wanted_on=self.on or self.review.day,
            was_stalled=stands_stalled(deal, self.at),
        )
