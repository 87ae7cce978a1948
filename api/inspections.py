"""The manager's answers to plans."""

from typing import Any, ClassVar

import django_filters
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.call_plans import CallPlanDetailSerializer
from api.concurrency import seen_version
from api.fields import Visible
from api.filters import FilterSet, IdFilter
from api.resource import Operation, Readable, describes
from api.shapes import ModelBody, Representation
from coaching.models import CallPlan, Inspection


class InspectionSerializer(Representation):
    """`part` is the one to change; `plan_version` the plan's version right after the answer."""

    class Meta:
        model = Inspection
        fields = ("id", "plan", "verdict", "part", "comment", "at", "by", "plan_version")


class NewInspectionSerializer(ModelBody):
    """“change” needs a part and a comment, “talk” a comment."""

    plan = Visible(queryset=CallPlan.objects.select_related("call__owner"))

    class Meta:
        model = Inspection
        fields = ("plan", "verdict", "part", "comment")


class InspectionFilters(FilterSet):
    plan, by = IdFilter(), IdFilter()
    rep = IdFilter("plan__call__owner")
    verdict = django_filters.ChoiceFilter(choices=Inspection.VERDICTS)

    class Meta:
        model = Inspection
        fields: ClassVar[list[str]] = []


class Inspections(Readable):
    """Answers to one's own plans and to those of everybody below.

    The queue is `/call-plans/?awaiting_inspection=true`. POST takes the plan's ETag in If-Match.
    """

    queryset = Inspection.objects.all()
    serializer_class = InspectionSerializer
    filterset_class = InspectionFilters

    @describes(Operation(NewInspectionSerializer, status=status.HTTP_201_CREATED, guarded=True))
    def create(self, request: Request) -> Response:
        """Answer a filed plan before its call; the rep sees it at once."""
        seen = seen_version(request)
        sent = self.sent(NewInspectionSerializer)
        plan, verdict = sent.pop("plan"), sent.pop("verdict")
        given = Inspection.give(plan, verdict, **sent, **self.done(), version=seen)
        return self.answer(given, status.HTTP_201_CREATED)

    def represent_stale(self, current: Any) -> dict[str, Any]:
        return CallPlanDetailSerializer().to_representation(current)
