"""What came of a call: the rep's debrief, and the manager's review of it."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.behaviours import ScoredBehaviourSerializer
from api.concurrency import seen_version
from api.fields import MANY, MAX_ID, Day, Instant, Small, Text, Visible
from api.filters import FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Readable, verb
from api.shapes import Body, ModelBody, Representation
from coaching.models import Debrief, DebriefReview, PlanLine
from coaching.models.behaviour_score import NOTE_LENGTH, Seen
from coaching.models.debrief import MAX_BUYER_ACTIONS, DebriefContent, LineResult
from coaching.models.plan_content import LINE_LENGTH, MAX_LINES
from lib.versions import Stale
from people.models import User
from pipeline.models import Call

SCORE = {"min_value": 1, "max_value": 10}
WRITTEN = [
    "as_prepared",
    "score",
    "worked",
    "went_poorly",
    "forgot",
    "buyer_actions",
    "next_step",
    "next_step_on",
    "no_next_step_reason",
    "actual_minutes",
]


class DebriefReviewSerializer(Representation):
    """`gap` is the manager's score less the rep's."""

    gap = serializers.IntegerField(read_only=True)

    class Meta:
        model = DebriefReview
        fields = ("score", "gap", "modify", "help", "at", "by")


class DebriefSerializer(Representation):
    """`rep` and `held_at` are those of the call; `manager_score` and `gap` those of the review."""

    rep = serializers.IntegerField(source="call.owner_id", read_only=True)
    held_at = Instant(source="call.starts_at", read_only=True)
    manager_score = serializers.IntegerField(source="review.score", read_only=True, allow_null=True)
    gap = serializers.IntegerField(source="review.gap", read_only=True, allow_null=True)

    class Meta:
        model = Debrief
        fields = (
            "id",
            "call",
            "rep",
            "held_at",
            "score",
            "manager_score",
            "gap",
            "filed_at",
            "saved_at",
            "version",
        )


class LineResultSerializer(Representation):
    line = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = PlanLine
        fields = ("line", "part", "text", "outcome", "note")


class DebriefDetailSerializer(DebriefSerializer):
    """`results` are the lines of the plan with what came of each, `behaviours` what was scored."""

    results = LineResultSerializer(source="plan_lines", many=True, read_only=True)
    buyer_actions = serializers.ListField(child=serializers.CharField(), read_only=True)
    behaviours = ScoredBehaviourSerializer(source="scored_behaviours", many=True, read_only=True)
    review = DebriefReviewSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Debrief
        fields = (
            *DebriefSerializer.Meta.fields,
            *WRITTEN[:1],
            *WRITTEN[2:],
            "results",
            "behaviours",
            "review",
        )


class ResultSerializer(Body):
    line = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    outcome = serializers.ChoiceField(choices=PlanLine.OUTCOMES, required=False, allow_blank=True)
    note = Text(max_length=LINE_LENGTH, required=False, allow_blank=True)


class DebriefedBehaviourSerializer(Body):
    behaviour = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    score = Small(**SCORE)


class ReviewedBehaviourSerializer(DebriefedBehaviourSerializer):
    """`note` is what the manager saw or said."""

    note = Text(max_length=NOTE_LENGTH, required=False, allow_blank=True)


class DebriefContentSerializer(ModelBody):
    """The whole debrief as it is to be; what is left out is empty. Results only for lines sent.

    `behaviours` are of those expected of the rep, each once.
    """

    behaviours = DebriefedBehaviourSerializer(many=True, required=False, max_length=MANY)  # type: ignore[call-arg]
    results = ResultSerializer(many=True, required=False, max_length=4 * MAX_LINES)  # type: ignore[call-arg]
    score = Small(**SCORE, required=False, allow_null=True)
    buyer_actions = serializers.ListField(
        child=Text(max_length=500), required=False, max_length=MAX_BUYER_ACTIONS
    )
    next_step_on = Day(required=False, allow_null=True)

    class Meta:
        model = Debrief
        fields = [*WRITTEN, "results", "behaviours"]


class NewDebriefSerializer(DebriefContentSerializer):
    call = Visible(queryset=Call.objects.all())

    class Meta:
        model = Debrief
        fields = ["call", *WRITTEN, "results", "behaviours"]


class NewDebriefReviewSerializer(ModelBody):
    """`behaviours` are those the rep scored and those expected of them, each once."""

    score = Small(**SCORE)
    behaviours = ReviewedBehaviourSerializer(many=True, required=False, max_length=MANY)  # type: ignore[call-arg]

    class Meta:
        model = DebriefReview
        fields = ("score", "modify", "help", "behaviours")


class DebriefFilters(FilterSet):
    call = IdFilter()
    rep = IdFilter("rep")
    filed = TrueFalse("filed_at", "isnull", exclude=True)
    awaiting_review = TrueFalse(method="in_queue")

    def in_queue(self, rows: Any, name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        """The asker's own queue: of those who report to them directly."""
        assert self.request is not None
        queue = rows.of_reports(self.request.user).awaiting_review()
        found: QuerySet[Any] = (
            queue if value else rows.exclude(pk__in=queue.order_by().values("pk"))
        )
        return found

    class Meta:
        model = Debrief
        fields: ClassVar[list[str]] = []


class Debriefs(Readable, Creatable):
    """Debriefs of one's own calls and of everybody below; administrators as such see none."""

    queryset = Debrief.objects.select_related("call", "review")
    serializer_class, detail_class = DebriefSerializer, DebriefDetailSerializer
    body_class, change_class = NewDebriefSerializer, DebriefContentSerializer
    filterset_class = DebriefFilters
    orders: ClassVar = {"id": "pk", "filed_at": "filed_at"}

    def make(self, values: dict[str, Any]) -> Debrief:
        call, content = values.pop("call"), debrief_content(values)
        try:
            return Debrief.write_for(call, content, **self.done(), version=0)
        except Stale as stale:
            text = f"This call has a debrief already: number {stale.current.pk}."
            raise ValidationError({"call": text}) from None

    def update(self, request: Request, pk: str = "") -> Response:
        """Replace what the draft says. A filed debrief no longer changes."""
        seen = seen_version(request)
        debrief = self.get_object()
        content = debrief_content(self.sent(DebriefContentSerializer))
        debrief.write(content, **self.done(), version=seen)
        return self.answer(debrief)

    @verb("filing")
    def filing(self, debrief: Debrief, **done: Any) -> None:
        """Hand it in: the call counts as held, evidence and next step go to the deal."""
        debrief.file(**done)

    @verb("review", NewDebriefReviewSerializer, guarded=False, answer=DebriefReviewSerializer)
    def review(
        self, debrief: Debrief, sent: dict[str, Any], *, by: User, at: datetime
    ) -> DebriefReview:
        """Review a filed debrief, once: the manager's score, what to modify, how to help."""
        rows = by_behaviour(sent.pop("behaviours", []))
        seen = {pk: Seen(row["score"], row.get("note", "")) for pk, row in rows.items()}
        return DebriefReview.give(debrief, by=by, at=at, seen=seen, **sent)


def debrief_content(sent: dict[str, Any]) -> DebriefContent:
    """What was sent, as the model takes it."""
    results = {
        result["line"]: LineResult(result.get("outcome", ""), result.get("note", ""))
        for result in sent.pop("results", [])
    }
    rows = by_behaviour(sent.pop("behaviours", []))
    own = {pk: row["score"] for pk, row in rows.items()}
    return DebriefContent(results=results, own_scores=own, **sent)


def by_behaviour(rows: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """What was sent of each behaviour, by id. Raises ValidationError for one that comes twice."""
    found = {row["behaviour"]: row for row in rows}
    if len(found) < len(rows):
        raise ValidationError({"behaviours": "Score each behaviour once."})
    return found
