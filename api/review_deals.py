"""The rep's deals in a 1-on-1: as it began with them, their odds, what was decided on them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.concurrency import seen_version
from api.fields import Day, Instant, Money, Small, Text
from api.filters import FilterSet, IdFilter
from api.opportunities import OpportunitySerializer
from api.pipeline_calls import NewDecisionSerializer
from api.resource import Operation, verb
from api.review_reading import BelowReview, TextsOfReviews, note_reading, with_review
from api.shapes import Body, Representation
from people.models import User
from pipeline.models import Opportunity
from reviews.models import ReviewDeal, ReviewDecision
from reviews.models.deal_decision import DECISIONS, Said
from reviews.review_page import Shown
from reviews.window import KINDS


class ReviewDealEvidenceSerializer(serializers.Serializer[Any]):
    """What the customer did; `who` is "" where that is not known."""

    on = Day()
    what = Text()
    who = Text()


class ReviewDealReasonSerializer(serializers.Serializer[Any]):
    """Why the deal was stalled."""

    name = Text()
    kind = Text()
    short = Text()
    sentence = Text()


def nullable(field: type[serializers.Field[Any, Any, Any, Any]], **limits: Any) -> Any:
    return field(allow_null=True, **limits)


class ReviewDealSerializer(serializers.Serializer[Any]):
    """A deal as it is now and, with `was_`, as it was at the last review.

    `id`, `review` and `version` are null until the review starts: then it is frozen.
    `stage_probability` (percent) is null until the rep's own was answered.
    """

    id = nullable(serializers.IntegerField)
    review = nullable(serializers.IntegerField)
    opportunity = nullable(serializers.IntegerField)
    name = Text()
    account_name = Text()
    status = serializers.ChoiceField(choices=Opportunity.STATUSES)
    stage_name = Text()
    stage_since = nullable(Day)
    days_in_stage = nullable(serializers.IntegerField)
    amount = nullable(Money, max_digits=14, decimal_places=2)
    currency = Text()
    close_date = nullable(Day)
    next_step = Text()
    next_step_on = nullable(Day)
    was_open = serializers.BooleanField()
    was_stage_name = Text()
    was_amount = nullable(Money, max_digits=14, decimal_places=2)
    was_currency = Text()
    was_close_date = nullable(Day)
    was_next_step = Text()
    was_next_step_on = nullable(Day)
    changes = serializers.ListField(child=serializers.ChoiceField(choices=list(KINDS.items())))
    strip = serializers.ListField(child=Text())
    buyer_acted_on = nullable(Day)
    is_quiet = serializers.BooleanField()
    evidence = ReviewDealEvidenceSerializer(many=True)
    stall_reasons = ReviewDealReasonSerializer(many=True)
    own_probability = nullable(serializers.IntegerField)
    own_probability_reason = Text()
    better_odds = Text()
    stage_probability = nullable(serializers.IntegerField)
    answered_at = nullable(Instant)
    answered_by = nullable(serializers.IntegerField)
    version = nullable(serializers.IntegerField)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Of a frozen deal, or of one with its window."""
        if isinstance(instance, ReviewDeal):
            instance = deal_as_data(Shown.of(instance, instance.review.window(timezone.now())))
        return super().to_representation(instance)


AS_THEY_ARE = (
    "name",
    "account_name",
    "status",
    "stage_name",
    "stage_since",
    "amount",
    "currency",
    "close_date",
    "next_step",
    "next_step_on",
    "was_open",
    "was_stage_name",
    "was_amount",
    "was_currency",
    "was_close_date",
    "was_next_step",
    "was_next_step_on",
    "buyer_acted_on",
    "evidence",
)
SAID = {
    "own_probability": None,
    "own_probability_reason": "",
    "better_odds": "",
    "answered_at": None,
    "version": None,
}


def deal_as_data(shown: Shown) -> Mapping[str, Any]:
    """What `ReviewDealSerializer` shows of a live line or a frozen deal."""
    line = shown.line
    return {
        "id": getattr(line, "pk", None),
        "review": getattr(line, "review_id", None),
        "opportunity": line.opportunity_id,
        "days_in_stage": shown.days_in_stage,
        "changes": shown.kinds,
        "strip": shown.strip,
        "is_quiet": shown.is_quiet,
        "stall_reasons": line.reasons,
        "stage_probability": getattr(line, "revealed_probability", None),
        "answered_by": getattr(line, "answered_by_id", None),
        **{name: getattr(line, name) for name in AS_THEY_ARE},
        **{name: getattr(line, name, unsaid) for name, unsaid in SAID.items()},
    }


class AnswerSerializer(Body):
    """How likely the rep says it is, in percent, why, and what would improve the odds."""

    own_probability = Small(max_value=100)
    own_probability_reason = Text(max_length=500)
    better_odds = Text(max_length=500, required=False, allow_blank=True)


class ReviewDealFilters(FilterSet):
    review, opportunity = IdFilter(), IdFilter()

    class Meta:
        model = ReviewDeal
        fields: ClassVar[list[str]] = []


class ReviewDeals(TextsOfReviews):
    """Frozen when the review started. Live ones are in the review itself."""

    queryset = ReviewDeal.objects.all()
    serializer_class = ReviewDealSerializer
    filterset_class = ReviewDealFilters

    @verb("answer", AnswerSerializer, method="put")
    def put_answer(
        self,
        deal: ReviewDeal,
        sent: dict[str, Any],
        *,
        by: User,
        at: datetime,
        version: int | None,
    ) -> None:
        """The rep's own odds of a deal that closes within 30 days; then the stage's are shown."""
        deal.answer(**sent, by=by, at=at, version=version)


class ReviewDecisionSerializer(Representation):
    """`on` is a date of what was decided; `how` the outcome, or the kind of help."""

    class Meta:
        model = ReviewDecision
        fields = (
            "id",
            "review",
            "opportunity",
            "deal_name",
            "owner",
            "kind",
            "note",
            "on",
            "how",
            "by",
            "at",
            "help_request",
            "hold",
        )


class NewReviewDecisionSerializer(NewDecisionSerializer):
    """`on` belongs to `step`, `push`, `hold` and `help`; `how` is won or lost for `close`, the
    kind for `help`.
    """

    kind = serializers.ChoiceField(choices=DECISIONS)


class ReviewDecisions(BelowReview):
    """What was decided, oldest first. POST decides and does it; If-Match is the deal's ETag.

    The same words again are the same decision. A 412 answers with the deal as it is now.
    """

    queryset = ReviewDecision.objects.all()
    serializer_class = ReviewDecisionSerializer
    orders: ClassVar = {"at": "at"}
    order = "at"

    def operation(self) -> Operation:
        if self.action != "create":
            return super().operation()
        return Operation(NewReviewDecisionSerializer, ReviewDecisionSerializer, 201, guarded=True)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().filter(review=self.review())
        return with_review(rows)

    def list(self, request: Request, review_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        note_reading((row.review for row in page), self.asker)
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page])

    def create(self, request: Request, review_pk: str) -> Response:
        seen, review = seen_version(request), self.review()
        review.require_one_of_two(self.asker)
        sent = self.sent(NewReviewDecisionSerializer)
        deal = sent.pop("opportunity")
        made = ReviewDecision.make(review, deal, Said(**sent), **self.done(), version=seen)
        return Response(ReviewDecisionSerializer().to_representation(made), 201)

    def represent_stale(self, current: Any) -> dict[str, Any]:
        return OpportunitySerializer().to_representation(current)
