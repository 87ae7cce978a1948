"""What was decided on a deal in a pipeline call."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from lib.events import publish
from people import reporting_line
from people.models import User
from pipeline.models import Opportunity
from reviews.models.deal_decision import DECISIONS, PUSH, DealDecision, DealDecisionQuerySet, Said

if TYPE_CHECKING:
    from reviews.models.pipeline_call import PipelineCall

CALL_DECISIONS = [each for each in DECISIONS if each[0] != PUSH]  # the five of a pipeline call


class PipelineCallDecisionQuerySet(DealDecisionQuerySet):
    def visible_to(self, user: User) -> Self:
        """Those on one's own deals and on those of everybody under one, as they were owned then."""
        return self.filter(owner_id__in=reporting_line.ids_below(user))


class PipelineCallDecision(DealDecision):
    call = models.ForeignKey("reviews.PipelineCall", models.CASCADE, related_name="decisions")

    MEETING: ClassVar = ["call"]

    objects = PipelineCallDecisionQuerySet.as_manager()

    class Meta(DealDecision.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["call", "opportunity", "kind"], name="one_decision_a_kind"
            )
        ]

    @classmethod
    def make(
        cls,
        call: "PipelineCall",
        deal: Opportunity,
        said: Said,
        *,
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "PipelineCallDecision":
        """Decide, and do it: one transaction. `version` is the deal's, as it was on the screen.

        The same words twice are one decision, whichever screen they came from. Raises `Stale` with
        the deal when it has moved on since, PermissionDenied for all but who runs the call, and
        ValidationError as the verbs do.
        """
        call.require_runner(by)
        with transaction.atomic():
            _lock(call)
            call.require_running()
            same = cls.objects.filter(call=call, opportunity=deal, kind=said.kind)
            made: PipelineCallDecision | None = same.first()
            if made and made.says(said):
                return made
            if not call.deals(by).filter(pk=deal.pk).exists():
                raise ValidationError({"opportunity": "This deal is not on this call."})
            with deal.editing(version):
                decision = made or cls(call=call, opportunity=deal, kind=said.kind)
                decision.decide(said, deal, by=by, at=at)
                publish("made", decision, by, at)
        return decision


def _lock(call: "PipelineCall") -> None:
    """Two screens decide one after the other."""
    list(type(call).objects.select_for_update().filter(pk=call.pk))
    call.refresh_from_db(fields=["closed_at", "closed_by", "day"])
