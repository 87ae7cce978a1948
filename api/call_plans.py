"""The pre-call plan: five parts, filed before the call."""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.concurrency import seen_version
from api.fields import Instant, Text, Visible
from api.filters import FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Readable, verb
from api.shapes import Body, Representation
from coaching.models import CallPlan, PlanContact, PlanLine
from coaching.models.plan_content import (
    COMMITMENTS,
    GIVE,
    LEARN,
    LINE_LENGTH,
    MAX_LINES,
    PARTS,
    PlanContent,
    TextLine,
    WhoLine,
)
from coaching.sampling import LEVELS
from lib.versions import Stale
from pipeline.models import Call, Contact
from pipeline.models.buyer import BUYER_QUESTIONS, BUYING_ROLES

DOTS = [(name, name) for name in ("empty", "filled", "validated", "sent_back")]


class DotSerializer(serializers.Serializer[Any]):
    part = serializers.ChoiceField(choices=PARTS)
    state = serializers.ChoiceField(choices=DOTS)


@extend_schema_field(DotSerializer(many=True))
class Strip(serializers.Field[Any, Any, Any, Any]):
    """The five dots."""

    def to_representation(self, value: Any) -> list[dict[str, str]]:
        return [{"part": part, "state": state} for part, _, state in value]


class PlanLineSerializer(Representation):
    class Meta:
        model = PlanLine
        fields = ("id", "text", "question", "outcome", "note")


class PlanContactSerializer(Representation):
    class Meta:
        model = PlanContact
        fields = ("contact", "name", "role", "met_before")


@extend_schema_field(PlanLineSerializer(many=True))
class Lines(serializers.Field[Any, Any, Any, Any]):
    """The lines of one part, from the plan's prefetched ones."""

    def __init__(self, part: str) -> None:
        super().__init__(source="*", read_only=True)
        self.part, self.show = part, PlanLineSerializer().to_representation

    def to_representation(self, value: CallPlan) -> list[dict[str, Any]]:
        return [self.show(line) for line in value.lines.all() if line.part == self.part]


@extend_schema_field(PlanContactSerializer(many=True))
class Who(serializers.Field[Any, Any, Any, Any]):
    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        show = PlanContactSerializer().to_representation
        return [show(who) for who in value.all()]


class CallPlanSerializer(Representation):
    """`rep` and `starts_at` are those of the call."""

    rep = serializers.IntegerField(source="call.owner_id", read_only=True)
    starts_at = Instant(source="call.starts_at", read_only=True)
    strip = Strip(read_only=True)

    class Meta:
        model = CallPlan
        fields = (
            "id",
            "call",
            "rep",
            "starts_at",
            "state",
            "timeliness",
            "strip",
            "sent_back_part",
            "to_inspect",
            "inspection_level",
            "filed_at",
            "submitted_at",
            "saved_at",
            "version",
        )


class SampleSerializer(serializers.Serializer[Any]):
    """Why a filed plan is inspected or not, to be worked out again.

    It is plan `number` of `level`, in `run`; number `picked` of the run is inspected, which is
    drawn by the SHA-256 of `seed`, read as a number, modulo `one_in`. Of what was filed before
    there were levels nothing is known: null.
    """

    level = serializers.ChoiceField(choices=LEVELS)
    level_number = serializers.IntegerField()
    number = serializers.IntegerField()
    one_in = serializers.IntegerField()
    run = serializers.IntegerField()
    seed = Text()
    picked = serializers.IntegerField()
    is_inspected = serializers.BooleanField()


class CallPlanDetailSerializer(CallPlanSerializer):
    sample = SampleSerializer(read_only=True, allow_null=True)
    who = Who(source="people", read_only=True)
    learn, give, commitments = Lines(LEARN), Lines(GIVE), Lines(COMMITMENTS)

    class Meta:
        model = CallPlan
        fields = (
            *CallPlanSerializer.Meta.fields,
            "sample",
            "purpose",
            "who",
            "learn",
            "give",
            "commitments",
            "fallback",
        )


class WhoLineSerializer(Body):
    """A contact of the account, or somebody new by name and role."""

    contact = Visible(queryset=Contact.objects.all(), required=False, allow_null=True)
    name = Text(max_length=200, required=False, allow_blank=True)
    role = serializers.ChoiceField(choices=BUYING_ROLES, required=False, allow_blank=True)
    met_before = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("contact") and not attrs.get("name"):
            raise serializers.ValidationError({"name": "Give a contact or a name."})
        return attrs


class TextLineSerializer(Body):
    """`question` is the buyer question that the line asks."""

    text = Text(max_length=LINE_LENGTH)
    question = serializers.ChoiceField(choices=BUYER_QUESTIONS, required=False, allow_blank=True)


class PlanContentSerializer(Body):
    """The whole plan as it is to be; a part that is left out is empty."""

    purpose = Text(max_length=LINE_LENGTH, required=False, allow_blank=True)
    who = WhoLineSerializer(many=True, required=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    learn = TextLineSerializer(many=True, required=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    give = TextLineSerializer(many=True, required=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    commitments = TextLineSerializer(many=True, required=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    fallback = Text(max_length=LINE_LENGTH, required=False, allow_blank=True)


class NewCallPlanSerializer(PlanContentSerializer):
    call = Visible(queryset=Call.objects.all())


class CallPlanFilters(FilterSet):
    call = IdFilter()
    rep = IdFilter("call__owner")
    state = django_filters.ChoiceFilter(choices=CallPlan.STATES)
    timeliness = django_filters.ChoiceFilter(choices=CallPlan.TIMELINESS)
    awaiting_inspection = TrueFalse(method="in_queue")

    def in_queue(self, rows: Any, name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        """The asker's own queue: of those who report to them directly."""
        assert self.request is not None
        queue = rows.of_reports(self.request.user).awaiting_inspection(timezone.now())
        found: QuerySet[Any] = (
            queue if value else rows.exclude(pk__in=queue.order_by().values("pk"))
        )
        return found

    class Meta:
        model = CallPlan
        fields: ClassVar[list[str]] = []


class CallPlans(Readable, Creatable):
    """Plans of one's own calls and of everybody below; administrators as such see none."""

    queryset = CallPlan.objects.select_related("call")
    serializer_class, detail_class = CallPlanSerializer, CallPlanDetailSerializer
    body_class, change_class = NewCallPlanSerializer, PlanContentSerializer
    filterset_class = CallPlanFilters
    orders: ClassVar = {"id": "pk", "starts_at": "call__starts_at"}

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related("lines", "people")

    def make(self, values: dict[str, Any]) -> CallPlan:
        call, content = values.pop("call"), plan_content(values)
        try:
            return CallPlan.write_for(call, content, **self.done(), version=0)
        except Stale as stale:
            text = f"This call has a plan already: number {stale.current.pk}."
            raise ValidationError({"call": text}) from None

    def update(self, request: Request, pk: str = "") -> Response:
        """Replace what is written. Parts that change lose the manager's validation."""
        seen = seen_version(request)
        plan = self.get_object()
        content = plan_content(self.sent(PlanContentSerializer))
        plan.write(content, **self.done(), version=seen)
        return self.answer(plan)

    @verb("filing")
    def filing(self, plan: CallPlan, **done: Any) -> None:
        """Hand the plan in; the first time decides for ever whether it was on time."""
        plan.file(**done)


def plan_content(sent: dict[str, Any]) -> PlanContent:
    """What was sent, as the model takes it."""
    parts = {part: [TextLine(**line) for line in sent.get(part, [])] for part in (LEARN, GIVE)}
    return PlanContent(
        purpose=sent.get("purpose", ""),
        who=[WhoLine(**line) for line in sent.get("who", [])],
        commitments=[TextLine(**line) for line in sent.get(COMMITMENTS, [])],
        fallback=sent.get("fallback", ""),
        **parts,
    )
