"""Why one deal is stalled, with the numbers."""

from dataclasses import asdict
from functools import cached_property
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Day, Text
from api.judging import ON, stall_check
from api.pagination import OnePage
from api.resource import Operation, Resource, find
from api.timeline import EventSerializer
from pipeline.models import Opportunity
from pipeline.stall_events import started_by
from pipeline.stall_reason import REASONS, RISK, WARN
from pipeline.stalls import StallCheck
from pipeline.timeline import timeline

Rows = list[dict[str, Any]]


class StallReasonSerializer(serializers.Serializer[Any]):
    """`number` and `limit` are in `unit`; `clock` is the date that started it, if one did.

    `started_by` is the event behind it: null for one that is not known here, or not yours to see.
    """

    name = serializers.ChoiceField(choices=list(REASONS.items()))
    label = Text()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=[(RISK, "Risk"), (WARN, "Warning")])
    number = serializers.IntegerField()
    limit = serializers.FloatField()
    unit = Text()
    clock = Day(allow_null=True)
    sentence = Text()
    started_by = EventSerializer(allow_null=True)


class StallReasons(Resource):
    """Why the deal is stalled, worst first; none for a closed deal and one that moves."""

    queryset = Opportunity.objects.all()
    serializer_class = StallReasonSerializer
    pagination_class = OnePage
    filter_backends = ()
    lookup_field, lookup_url_kwarg = "id", "opportunity_pk"

    def operation(self) -> Operation:
        return Operation(query=(ON,)) if self.action == "list" else super().operation()

    @cached_property
    def check(self) -> StallCheck:
        """The rules on the date that is asked for."""
        return stall_check(self.request)

    def list(self, request: Request, opportunity_pk: str) -> Response:
        deals = self.get_queryset().select_related("owner")
        deal: Opportunity = find(deals, opportunity_pk)
        rows = self.paginate_queryset(self.reasons(deal))
        return self.get_paginated_response([self.represent(row) for row in rows or []])

    def reasons(self, deal: Opportunity) -> Rows:
        """Each reason with its words and the event that started it."""
        reasons = self.check.reasons(deal)
        events = timeline(deal, self.asker, timezone.now()) if reasons else []
        return [
            {
                **asdict(reason),
                "label": reason.label,
                "sentence": reason.sentence,
                "started_by": started_by(reason, events, self.check.zone),
            }
            for reason in reasons
        ]
