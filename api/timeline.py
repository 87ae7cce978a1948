"""Everything that happened on one deal."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Day, Instant, Text
from api.pagination import MomentPages
from api.resource import Operation, Resource, find
from coaching.help_queue import entries_for
from pipeline.history import Entry
from pipeline.models import Opportunity
from pipeline.timeline import newest_first, timeline

KINDS = (
    "stage",
    "close_date",
    "amount",
    "outcome",
    "owner",
    "next_step",
    "answer",
    "buyer_action",
    "proposal",
    "hold",
    "hold_end",
    "criterion",
    "call",
    "help",
)
Entries = list[Entry]

SIDES = ("buyer", "rep", "changes")
KIND = OpenApiParameter("kind", enum=KINDS, description="Only entries of that kind.")


class EventSerializer(serializers.Serializer[Any]):
    """`at` is null for what is known by its day only; `by` is a name, "" where nobody is known."""

    kind = serializers.ChoiceField(choices=KINDS)
    at = Instant(allow_null=True)
    on = Day()
    text = Text()
    by = Text(allow_blank=True)


class TimelineSerializer(EventSerializer):
    """`side` says who acted: the buyer, the rep, or nobody ("changes": it was written down)."""

    why = Text(allow_blank=True)
    side = serializers.ChoiceField(choices=SIDES)


class Timeline(Resource):
    """What happened on the deal, newest first, its calls and its help included as far as one sees.

    Days are those of one's own time zone.
    """

    queryset = Opportunity.objects.all()
    serializer_class = TimelineSerializer
    pagination_class = MomentPages
    filter_backends = ()
    lookup_field, lookup_url_kwarg = "id", "opportunity_pk"

    def operation(self) -> Operation:
        return Operation(query=(KIND,)) if self.action == "list" else super().operation()

    def list(self, request: Request, opportunity_pk: str) -> Response:
        kind = request.query_params.get("kind")
        if kind and kind not in KINDS:
            raise ValidationError({"kind": [f"One of: {', '.join(KINDS)}."]})
        deal: Opportunity = find(self.get_queryset().select_related("owner"), opportunity_pk)
        rows = [row for row in self.entries(deal) if kind in (None, "", row.kind)]
        page = self.paginate_queryset(rows)
        return self.get_paginated_response([self.represent(row) for row in page or []])

    def entries(self, deal: Opportunity) -> Entries:
        user, zone = self.asker, self.asker.zone
        events = timeline(deal, user, timezone.now())
        return newest_first([*events, *entries_for(deal, user, zone)], zone)

    def moment(self, row: Entry) -> datetime:
        """Where a page was cut."""
        return row.moment(self.asker.zone)
