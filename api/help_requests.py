"""What reps ask of their managers, and what came of it."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from rest_framework import serializers

from api.fields import Day, Text
from api.filters import DayFilter, FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Readable, undo, verb
from api.shapes import Body, ModelBody, Representation
from coaching.help_queue import stands_stalled
from coaching.help_synopsis import synopsis
from coaching.models import HelpRequest
from coaching.models.help_request import LINE_LENGTH, manager_above
from people.models import User


class HelpRequestSerializer(Representation):
    class Meta:
        model = HelpRequest
        fields = (
            "id",
            "opportunity",
            "origin",
            "was_stalled",
            "state",
            "kind",
            "asked_by",
            "asked_of",
            "contact",
            "call",
            "how_it_helps",
            "synopsis",
            "draft_subject",
            "draft",
            "wanted_on",
            "asked_at",
            "accepted_at",
            "answered_at",
            "answered_by",
            "outcome",
            "decline_reason",
            "seen_at",
            "version",
        )


class NewHelpRequestSerializer(ModelBody):
    """`origin` "asked" by the deal's owner, of the nearest manager above; "stepped_in" by one.

    `contact` is needed to send an e-mail and to call a person. `synopsis` is written from the deal
    unless given. `wanted_on` may be left out when stepping in: it is then today.
    """

    origin = serializers.ChoiceField(choices=HelpRequest.ORIGINS, default=HelpRequest.BY_REP)
    wanted_on = Day(required=False)

    class Meta:
        model = HelpRequest
        fields = (
            "opportunity",
            "origin",
            "kind",
            "contact",
            "call",
            "how_it_helps",
            "synopsis",
            "draft_subject",
            "draft",
            "wanted_on",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "wanted_on" not in attrs and attrs["origin"] == HelpRequest.BY_REP:
            raise serializers.ValidationError({"wanted_on": "Say by when."}, code="required")
        return attrs


class HelpOutcomeSerializer(Body):
    outcome = Text(max_length=LINE_LENGTH)


class DeclineSerializer(Body):
    reason = Text(max_length=LINE_LENGTH)


class HelpRequestFilters(FilterSet):
    opportunity, asked_of, asked_by = IdFilter(), IdFilter(), IdFilter()
    state = django_filters.ChoiceFilter(choices=HelpRequest.STATES)
    origin = django_filters.ChoiceFilter(choices=HelpRequest.ORIGINS)
    was_stalled = TrueFalse()
    wanted_from, wanted_to = DayFilter("wanted_on", "gte"), DayFilter("wanted_on", "lte")

    class Meta:
        model = HelpRequest
        fields: ClassVar[list[str]] = []


class HelpRequests(Readable, Creatable):
    """On one's own deals and those of everybody below; administrators as such see none."""

    queryset = HelpRequest.objects.all()
    serializer_class = HelpRequestSerializer
    body_class = NewHelpRequestSerializer
    filterset_class = HelpRequestFilters
    orders: ClassVar = {"id": "pk", "wanted_on": "wanted_on", "asked_at": "asked_at"}
    order = "id"

    def make(self, values: dict[str, Any]) -> HelpRequest:
        by, at, deal = self.asker, timezone.now(), values.pop("opportunity")
        stalled = stands_stalled(deal, at)
        done: dict[str, Any] = {"by": by, "at": at, "was_stalled": stalled}
        if values.pop("origin") == HelpRequest.STEPPED_IN:
            values.setdefault("synopsis", synopsis(deal, by, by=by, at=at))
            what = values.pop("how_it_helps")
            return HelpRequest.step_in(deal, what=what, **done, **values)
        values.setdefault("synopsis", synopsis(deal, manager_above(deal.owner), by=by, at=at))
        return HelpRequest.ask(deal, **done, **values)

    @verb("acceptance")
    def acceptance(self, row: HelpRequest, *, by: User, at: datetime, version: int | None) -> None:
        """The manager will do it."""
        row.accept(by=by, at=at, version=version)

    @verb("outcome", HelpOutcomeSerializer)
    def outcome(
        self, row: HelpRequest, sent: dict[str, Any], *, by: User, at: datetime, version: int | None
    ) -> None:
        """It is done: what happened, in one line."""
        row.do(sent["outcome"], by=by, at=at, version=version)

    @verb("decline", DeclineSerializer)
    def decline(
        self, row: HelpRequest, sent: dict[str, Any], *, by: User, at: datetime, version: int | None
    ) -> None:
        """The manager will not do it, and why."""
        row.decline(sent["reason"], by=by, at=at, version=version)

    @decline.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def undecline(self, row: HelpRequest, **done: Any) -> None:
        """Open it again, while the rep has not read the answer."""
        row.restore(**done)

    @verb("withdrawal")
    def withdrawal(self, row: HelpRequest, *, by: User, at: datetime, version: int | None) -> None:
        """It is no longer needed."""
        row.withdraw(by=by, at=at, version=version)

    @withdrawal.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unwithdrawal(self, row: HelpRequest, **done: Any) -> None:
        """Open it again."""
        row.restore(**done)

    @verb("acknowledgement")
    def acknowledgement(
        self, row: HelpRequest, *, by: User, at: datetime, version: int | None
    ) -> None:
        """The rep has read the answer."""
        row.acknowledge(by=by, at=at, version=version)
