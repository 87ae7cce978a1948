"""A team's weekly pipeline call: its schedule, running it, what was decided, its summary."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.concurrency import seen_version
from api.fields import Day, Instant, Money, Text, Visible
from api.filters import FilterSet, IdFilter, TrueFalse
from api.opportunities import OpportunitySerializer
from api.resource import Creatable, Editable, Operation, Readable, Resource, find, verb
from api.shapes import Body, ModelBody, Representation
from people.models import Team, User
from pipeline.models import Opportunity
from pipeline.summary import Total
from reviews.call_agenda import SECTIONS, Line
from reviews.call_page import Asked, PipelineCallPage
from reviews.call_totals import ratio_of
from reviews.models import PipelineCall, PipelineCallDecision, PipelineCallSchedule
from reviews.models.deal_decision import HELP_GIVEN, OUTCOMES, Said
from reviews.models.pipeline_call import NOTES_LENGTH
from reviews.models.pipeline_call_decision import CALL_DECISIONS

PLACES = {0: "stuck", 1: "help_asked", 2: "changed", 3: "decided", 4: "quiet"}


class ScheduleSerializer(Representation):
    """`weekday` 0 is Monday; `time` is on the clocks of the team's manager."""

    class Meta:
        model = PipelineCallSchedule
        fields = (
            "id",
            "team",
            "weekday",
            "time",
            "minutes",
            "is_active",
            "version",
        )


class ScheduleBodySerializer(ModelBody):
    """What may be said of a schedule."""

    class Meta:
        model = PipelineCallSchedule
        fields = ("weekday", "time", "minutes", "is_active")


class NewScheduleSerializer(ScheduleBodySerializer):
    team = Visible(queryset=Team.objects.all())

    class Meta:
        model = PipelineCallSchedule
        fields = ("team", *ScheduleBodySerializer.Meta.fields)


class PipelineCallSchedules(Readable, Creatable, Editable):
    """Of one's own team, those above it and those one leads. POST sets a team's, new or not."""

    queryset = PipelineCallSchedule.objects.all()
    serializer_class = ScheduleSerializer
    body_class, change_class = NewScheduleSerializer, ScheduleBodySerializer

    def make(self, values: dict[str, Any]) -> PipelineCallSchedule:
        return PipelineCallSchedule.set_up(values.pop("team"), by=self.asker, **values)

    def change(self, thing: PipelineCallSchedule, values: dict[str, Any], **seen: Any) -> None:
        thing.change(by=self.asker, **values, **seen)


class DecisionSerializer(Representation):
    """`on` is a step's date or the day a hold ends; `how` the outcome, or the kind of help."""

    class Meta:
        model = PipelineCallDecision
        fields = (
            "id",
            "opportunity",
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


class NewDecisionSerializer(Body):
    """`on` belongs to `step` and `hold`; `how` is won or lost for `close`, the kind for `help`."""

    opportunity = Visible(queryset=Opportunity.objects.all())
    kind = serializers.ChoiceField(choices=CALL_DECISIONS)
    note = Text(max_length=500, required=False, allow_blank=True)
    on = Day(required=False, allow_null=True)
    how = serializers.ChoiceField(
        choices=[*OUTCOMES, *HELP_GIVEN], required=False, allow_blank=True
    )


class PipelineCallSerializer(Representation):
    """`since` is what it is compared with: the closing of the call before, or seven days."""

    class Meta:
        model = PipelineCall
        fields = (
            "id",
            "team",
            "scheduled_for",
            "started_at",
            "started_by",
            "previous",
            "since",
            "closed_at",
            "closed_by",
            "version",
        )


class SumSerializer(serializers.Serializer[Any]):
    """Amounts only where all are in one currency."""

    name = serializers.CharField()
    count = serializers.IntegerField()
    amount = Money(max_digits=16, decimal_places=2, allow_null=True)
    weighted = Money(max_digits=16, decimal_places=2, allow_null=True)
    currency = serializers.CharField(allow_null=True)


class AgendaLineSerializer(serializers.Serializer[Any]):
    opportunity = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    owner = serializers.IntegerField(allow_null=True)
    section = serializers.ChoiceField(
        choices=[(name, name) for name in PLACES.values()], allow_null=True
    )
    amount = Money(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    changes = serializers.ListField(child=serializers.CharField())
    strip = serializers.ListField(child=serializers.CharField())
    stall_reasons = serializers.ListField(child=serializers.CharField())


class CoverageSerializer(serializers.Serializer[Any]):
    """Open weighted pipeline of the fiscal quarter against what is left of the team's target.

    The goal is that of the start of the call.
    """

    goal = Money(max_digits=16, decimal_places=2)
    won = Money(max_digits=16, decimal_places=2)
    weighted = Money(max_digits=16, decimal_places=2)
    ratio = serializers.DecimalField(max_digits=8, decimal_places=1, allow_null=True)
    currency = serializers.CharField()
    begin = serializers.DateField()
    end = serializers.DateField()


class PipelineCallDetailSerializer(PipelineCallSerializer):
    """The deals the asker sees: live while it runs, as they were then once it is closed.

    The agenda names the first 50 in the order of the walk. `notes` are for the team.
    """

    notes = serializers.CharField(read_only=True)
    since_last_call = SumSerializer(many=True, read_only=True)
    stages = SumSerializer(many=True, read_only=True)
    forecast = SumSerializer(many=True, read_only=True)
    coverage = CoverageSerializer(read_only=True, allow_null=True)
    sections = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    agenda = AgendaLineSerializer(many=True, read_only=True)
    decisions = DecisionSerializer(many=True, read_only=True)

    class Meta:
        model = PipelineCall
        fields = (
            *PipelineCallSerializer.Meta.fields,
            "notes",
            "since_last_call",
            "stages",
            "forecast",
            "coverage",
            "sections",
            "agenda",
            "decisions",
        )


class NewPipelineCallSerializer(Body):
    """`scheduled_for` is when it was to begin: by default today's time of the schedule, or now."""

    team = Visible(queryset=Team.objects.all())
    scheduled_for = Instant(required=False)


class NotesSerializer(Body):
    notes = Text(max_length=NOTES_LENGTH, allow_blank=True, required=False)


class PipelineCallFilters(FilterSet):
    team = IdFilter()
    closed = TrueFalse(field_name="closed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = PipelineCall
        fields: ClassVar[list[str]] = []


class PipelineCalls(Readable, Creatable, Editable):
    """Of one's own team, those above it and those one leads. POST begins one, or finds it begun."""

    queryset = PipelineCall.objects.all()
    serializer_class, detail_class = PipelineCallSerializer, PipelineCallDetailSerializer
    body_class, change_class = NewPipelineCallSerializer, NotesSerializer
    filterset_class = PipelineCallFilters
    orders: ClassVar = {"id": "pk", "scheduled_for": "scheduled_for"}
    order = "id"

    def make(self, values: dict[str, Any]) -> PipelineCall:
        return PipelineCall.start(**values, **self.done())

    def change(self, thing: PipelineCall, values: dict[str, Any], **seen: Any) -> None:
        thing.write_notes(values.get("notes", thing.notes), **self.done(), **seen)

    def represent(self, thing: PipelineCall) -> dict[str, Any]:
        asker = self.asker
        call = PipelineCall.objects.visible_to(asker).for_page(asker).get(pk=thing.pk)
        page = PipelineCallPage(call, asker, timezone.now(), Asked())
        figures = page.figures
        return PipelineCallSerializer().to_representation(call) | {
            "notes": call.notes if page.sees_coaching else "",
            "since_last_call": [_sum(name, total) for name, total in figures.changes.items()],
            "stages": [_sum(name, total) for name, total in figures.stages.items()],
            "forecast": [_sum(name, total) for name, total in figures.categories.items()],
            "coverage": _said(page),
            "sections": _sections(page),
            "agenda": [_line(line, page) for line in page.lines],
            "decisions": [DecisionSerializer().to_representation(each) for each in page.decisions],
        }

    @verb("closing")
    def closing(self, call: PipelineCall, *, by: User, at: datetime, version: int | None) -> None:
        """Freeze what it shows, and send the summary to everybody of the team."""
        call.close(by=by, at=at, version=version)

    @verb("acknowledgement", guarded=False)
    def acknowledgement(self, call: PipelineCall, *, by: User, at: datetime) -> None:
        """The asker has read the summary."""
        call.acknowledge(by=by, at=at)


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _said(page: PipelineCallPage) -> dict[str, Any] | None:
    said = page.coverage
    if said is None:
        return None
    ratio = ratio_of(said)
    return {**said, "ratio": None if ratio is None else str(ratio)}


def _sum(name: str, total: Total) -> dict[str, Any]:
    return {
        "name": name,
        "count": total.count,
        "amount": _money(total.amount),
        "weighted": _money(total.weighted),
        "currency": total.currency,
    }


def _sections(page: PipelineCallPage) -> dict[str, int]:
    """How many deals stand in each part; for those who read no coaching, only all together."""
    counts = page.figures.sections
    if not page.sees_coaching:
        return {"all": sum(counts.values())}
    return {PLACES[place]: counts[place] for place in SECTIONS}


def _line(line: Line, page: PipelineCallPage) -> dict[str, Any]:
    row = line.row
    return {
        "opportunity": line.deal,
        "name": row.name,
        "owner": row.owner_id,
        "section": PLACES[row.section] if page.sees_coaching else None,
        "amount": _money(row.amount),
        "currency": row.currency,
        "changes": line.kinds,
        "strip": line.strip,
        "stall_reasons": [
            each["name"] if isinstance(each, dict) else each.name for each in line.reasons
        ],
    }


class PipelineCallDecisions(Resource):
    """What was decided, oldest first. POST decides and does it; If-Match is the deal's ETag.

    The same words again are the same decision. A 412 answers with the deal as it is now.
    """

    queryset = PipelineCallDecision.objects.all()
    lookup_field, lookup_url_kwarg = "id", "pipeline_call_pk"
    serializer_class = DecisionSerializer
    orders: ClassVar = {"at": "at"}
    order = "at"

    def operation(self) -> Operation:
        if self.action != "create":
            return super().operation()
        return Operation(NewDecisionSerializer, DecisionSerializer, 201, guarded=True)

    def call(self) -> PipelineCall:
        rows = PipelineCall.objects.visible_to(self.asker).for_page(self.asker)
        call: PipelineCall = find(rows, self.kwargs["pipeline_call_pk"])
        return call

    def get_queryset(self) -> QuerySet[Any]:
        call = self.call()
        rows = PipelineCallDecision.objects.filter(call=call)
        return rows if call.may_run else rows.visible_to(self.asker)

    def list(self, request: Request, pipeline_call_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page or []])

    def create(self, request: Request, pipeline_call_pk: str) -> Response:
        seen, call = seen_version(request), self.call()
        call.require_runner(self.asker)
        sent = self.sent(NewDecisionSerializer)
        deal = sent.pop("opportunity")
        made = PipelineCallDecision.make(call, deal, Said(**sent), **self.done(), version=seen)
        return Response(DecisionSerializer().to_representation(made), 201)

    def represent_stale(self, current: Any) -> dict[str, Any]:
        return OpportunitySerializer().to_representation(current)
