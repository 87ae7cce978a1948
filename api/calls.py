"""Planned contacts with customers, and what became of them."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.concurrency import seen_version
from api.fields import Assignable, Ids, Instant, Small, Text, VisibleList
from api.filters import FilterSet, IdFilter, InstantFilter
from api.resource import Creatable, Editable, Operation, Readable, Resource, find, undo, verb
from api.shapes import Body, ModelBody, Representation
from people.models import User
from pipeline.models import Call, CallReschedule, Contact
from pipeline.models.call import CALL_KINDS

LONGEST_CALL = 1_440  # minutes


class CallSerializer(Representation):
    class Meta:
        model = Call
        fields = (
            "id",
            "owner",
            "account",
            "opportunity",
            "kind",
            "channel",
            "starts_at",
            "planned_minutes",
            "ends_at",
            "status",
            "actual_minutes",
            "status_reason",
            "status_at",
            "version",
        )


class CallDetailSerializer(CallSerializer):
    attendees = Ids()

    class Meta:
        model = Call
        fields = (*CallSerializer.Meta.fields, "attendees")


class NewCallSerializer(ModelBody):
    """`owner` is oneself unless given; a call needs an account or a deal."""

    owner = Assignable(required=False)
    attendees = VisibleList(queryset=Contact.objects.all(), required=False)

    class Meta:
        model = Call
        fields = (
            "owner",
            "account",
            "opportunity",
            "kind",
            "channel",
            "starts_at",
            "planned_minutes",
            "attendees",
        )


class CallChangeSerializer(ModelBody):
    attendees = VisibleList(queryset=Contact.objects.all())

    class Meta:
        model = Call
        fields = ("kind", "channel", "attendees")


class OutcomeSerializer(Body):
    """`actual_minutes` belongs to a held call, `why` to a missed or cancelled one."""

    status = serializers.ChoiceField(choices=Call.STATUSES[1:])
    actual_minutes = Small(max_value=LONGEST_CALL, required=False, allow_null=True)
    why = Text(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wrong = "why" if attrs["status"] == Call.HELD else "actual_minutes"
        if attrs.get(wrong):
            text = f"This does not belong to a {attrs['status']} call."
            raise serializers.ValidationError({wrong: text})
        return attrs


class CallFilters(FilterSet):
    owner, account, opportunity = IdFilter(), IdFilter(), IdFilter()
    status = django_filters.ChoiceFilter(choices=Call.STATUSES)
    kind = django_filters.ChoiceFilter(choices=CALL_KINDS)
    starts_from = InstantFilter("starts_at", "gte")
    starts_before = InstantFilter("starts_at", "lt")

    class Meta:
        model = Call
        fields: ClassVar[list[str]] = []


class Calls(Readable, Creatable, Editable):
    """One's own calls and those of everybody below; administrators see all."""

    queryset = Call.objects.all()
    serializer_class, detail_class = CallSerializer, CallDetailSerializer
    body_class, change_class = NewCallSerializer, CallChangeSerializer
    filterset_class = CallFilters
    searchable = True
    orders: ClassVar = {"id": "pk", "starts_at": "starts_at"}
    order = "starts_at"

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related("attendees")

    def make(self, values: dict[str, Any]) -> Call:
        return Call.schedule(owner=values.pop("owner", self.asker), **values)

    def change(self, thing: Call, values: dict[str, Any], **seen: Any) -> None:
        thing.describe(**values, **seen)

    @verb("outcome", OutcomeSerializer)
    def outcome(
        self, call: Call, sent: dict[str, Any], *, by: User, at: datetime, version: int | None
    ) -> None:
        """Say that the call was held, missed or cancelled."""
        if sent["status"] == Call.HELD:
            minutes = sent.get("actual_minutes")
            call.hold(by=by, at=at, actual_minutes=minutes, version=version)
        elif sent["status"] == Call.MISSED:
            call.miss(by=by, at=at, why=sent.get("why", ""), version=version)
        else:
            call.cancel(by=by, at=at, why=sent.get("why", ""), version=version)

    @outcome.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def restoration(self, call: Call, **done: Any) -> None:
        """A missed or cancelled call is planned again."""
        call.restore(**done)


class RescheduleSerializer(Representation):
    class Meta:
        model = CallReschedule
        fields = ("id", "at", "by", "why", "from_time", "to_time")


class NewTimeSerializer(Body):
    starts_at = Instant()
    planned_minutes = Small(min_value=5, max_value=600, required=False, allow_null=True)
    why = Text(max_length=500, required=False, allow_blank=True)


class Reschedules(Resource):
    """How a call was moved, oldest first; POST moves it and answers with the call."""

    queryset = CallReschedule.objects.all()
    serializer_class, detail_class = RescheduleSerializer, CallDetailSerializer
    orders: ClassVar = {"at": "at"}
    order = "at"

    def operation(self) -> Operation:
        if self.action != "create":
            return super().operation()
        return Operation(NewTimeSerializer, CallDetailSerializer, guarded=True)

    def call(self) -> Call:
        calls = Call.objects.visible_to(self.asker)
        call: Call = find(calls.prefetch_related("attendees"), self.kwargs["call_pk"])
        return call

    def get_queryset(self) -> QuerySet[Any]:
        return CallReschedule.objects.filter(call=self.call())

    def list(self, request: Request, call_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page or []])

    def create(self, request: Request, call_pk: str) -> Response:
        seen = seen_version(request)
        call = self.call()
        call.reschedule(**self.sent(NewTimeSerializer), **self.done(), version=seen)
        return self.answer(call)
