"""Ride-alongs: planned by a manager, scored and handed in, signed by the rep."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import MANY, MAX_ID, Ids, Instant, Small, Text, Visible, VisibleList
from api.filters import FilterSet, IdFilter, InstantFilter, TrueFalse
from api.resource import Creatable, Editable, Readable, undo, verb
from api.shapes import Body, ModelBody, Representation
from coaching.models import Behaviour, RideAlong
from coaching.models.behaviour_score import NOTE_LENGTH, Seen
from coaching.models.ride_along import TEXT_LENGTH
from people.models import User
from pipeline.models import Call


class SeenSerializer(Body):
    """How a behaviour was seen; without a score in a draft only."""

    behaviour = serializers.IntegerField(min_value=1, max_value=MAX_ID)
    score = Small(min_value=1, max_value=10, required=False, allow_null=True)
    note = Text(max_length=NOTE_LENGTH, required=False, allow_blank=True)


class RideAlongSerializer(Representation):
    class Meta:
        model = RideAlong
        fields = (
            "id",
            "rep",
            "manager",
            "call",
            "about",
            "starts_at",
            "purpose",
            "state",
            "held_at",
            "signed_at",
            "version",
        )


class SeenRepresentation(serializers.Serializer[Any]):
    behaviour = serializers.IntegerField()
    score = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()


@extend_schema_field(SeenRepresentation(many=True))
class Behaviours(serializers.Field[Any, Any, Any, Any]):
    """By id of the behaviour what was seen."""

    def to_representation(self, value: Mapping[int, Seen]) -> list[dict[str, Any]]:
        return [
            {"behaviour": pk, "score": said.score, "note": said.note} for pk, said in value.items()
        ]


class RideAlongDetailSerializer(RideAlongSerializer):
    """`notes` and `behaviours` are empty until it is handed in, but for whoever writes them."""

    watch = Ids()
    behaviours = Behaviours(source="drafted", read_only=True)

    class Meta:
        model = RideAlong
        fields = (
            *RideAlongSerializer.Meta.fields,
            "watch",
            "notes",
            "behaviours",
            "saved_at",
            "comment",
            "cancel_reason",
        )


class RideAlongChangeSerializer(ModelBody):
    """With a `call` of the rep's it is there and then; else `starts_at` and `about` say so."""

    call = Visible(queryset=Call.objects.all(), required=False, allow_null=True)
    starts_at = Instant(required=False, allow_null=True)
    watch = VisibleList(queryset=Behaviour.objects.all(), required=False)

    class Meta:
        model = RideAlong
        fields: tuple[str, ...] = ("call", "starts_at", "about", "purpose", "watch")


class NewRideAlongSerializer(RideAlongChangeSerializer):
    rep = Visible(queryset=User.objects.all())

    class Meta:
        model = RideAlong
        fields = ("rep", "call", "starts_at", "about", "purpose", "watch")


class ObservationsSerializer(Body):
    """All that was seen; what is left out is empty."""

    notes = Text(max_length=TEXT_LENGTH, required=False, allow_blank=True)
    behaviours = SeenSerializer(many=True, required=False, max_length=MANY)  # type: ignore[call-arg]


class CancelSerializer(Body):
    reason = Text(max_length=500)


class SignSerializer(Body):
    comment = Text(max_length=TEXT_LENGTH, required=False, allow_blank=True)


class RideAlongFilters(FilterSet):
    rep, manager, call = IdFilter(), IdFilter(), IdFilter()
    state = django_filters.ChoiceFilter(choices=RideAlong.STATES)
    to_sign = TrueFalse(method="wait_for_rep")
    starts_from = InstantFilter("starts_at", "gte")
    starts_until = InstantFilter("starts_at", "lte")

    def wait_for_rep(self, rows: Any, name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        waiting = rows.to_sign()
        found: QuerySet[Any] = (
            waiting if value else rows.exclude(pk__in=waiting.order_by().values("pk"))
        )
        return found

    class Meta:
        model = RideAlong
        fields: ClassVar[list[str]] = []


class RideAlongs(Readable, Creatable, Editable):
    """With oneself and everybody below; administrators as such see none."""

    queryset = RideAlong.objects.all()
    serializer_class, detail_class = RideAlongSerializer, RideAlongDetailSerializer
    body_class, change_class = NewRideAlongSerializer, RideAlongChangeSerializer
    filterset_class = RideAlongFilters
    orders: ClassVar = {"id": "pk", "starts_at": "starts_at"}

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("rep", "manager", "call").prefetch_related("watch")

    def represent(self, thing: Any) -> dict[str, Any]:
        shown = super().represent(thing)
        if isinstance(thing, RideAlong):
            notes, seen = thing.written_for(self.asker)
            shown |= {"notes": notes, "behaviours": Behaviours().to_representation(seen)}
            shown["saved_at"] = shown["saved_at"] if notes or seen else None
        return shown

    def make(self, values: dict[str, Any]) -> RideAlong:
        return RideAlong.plan(values.pop("rep"), **self.done(), **values)

    def change(self, thing: RideAlong, values: dict[str, Any], **seen: Any) -> None:
        """What is left out stays; with another call it is at that call's time."""
        now = {
            "call": thing.call,
            "starts_at": thing.starts_at,
            "about": thing.about,
            "purpose": thing.purpose,
            "watch": list(thing.watch.all()),
        }
        thing.change(**self.done(), **seen, **(now | values))

    @verb("draft", ObservationsSerializer, method="put")
    def draft(self, ride: RideAlong, sent: dict[str, Any], **done: Any) -> None:
        """Keep notes and scores while it goes on; nobody else reads them before it is held."""
        ride.write(**_said(sent), **done)

    @verb("holding", ObservationsSerializer)
    def holding(self, ride: RideAlong, sent: dict[str, Any], **done: Any) -> None:
        """Hand it in, once it has begun: the rep reads it. Final."""
        ride.hold(**_said(sent), **done)

    @verb("cancellation", CancelSerializer)
    def cancellation(
        self, ride: RideAlong, sent: dict[str, Any], *, by: User, at: datetime, version: int | None
    ) -> None:
        """Call it off, and why."""
        ride.cancel(sent["reason"], by=by, at=at, version=version)

    @cancellation.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def uncancellation(self, ride: RideAlong, **done: Any) -> None:
        """Plan it again."""
        ride.restore(**done)

    @verb("signature", SignSerializer)
    def signature(self, ride: RideAlong, sent: dict[str, Any], **done: Any) -> None:
        """The rep has read it, and says what they take from it. Once."""
        ride.sign(comment=sent.get("comment", ""), **done)


def _said(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the model takes it; the last word on a behaviour holds."""
    seen = {
        row["behaviour"]: Seen(row.get("score"), row.get("note", ""))
        for row in sent.get("behaviours", [])
    }
    return {"notes": sent.get("notes", ""), "seen": seen}
