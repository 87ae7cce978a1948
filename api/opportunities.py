"""Deals, and the verbs that close and describe them."""

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Assignable, Currency, Day, Text
from api.filters import DayFilter, FilterSet, IdFilter, MoneyFilter
from api.judging import (
    INCLUDE,
    ON,
    REASONS_TOO,
    StallNames,
    asks_for_reasons,
    day_asked,
    judge,
    stall_check,
)
from api.resource import Creatable, Editable, Operation, Readable, verb
from api.shapes import Body, ModelBody, Representation
from people.models import Team, User
from pipeline.filters import STALL_REASONS, narrow
from pipeline.models import Opportunity
from pipeline.models.opportunity import FORECAST_CATEGORIES
from pipeline.stalls import StallCheck

DESCRIBED = [
    "name",
    "account",
    "product",
    "forecast_category",
    "own_probability",
    "own_probability_reason",
]


class OpportunitySerializer(Representation):
    """Amounts are in major units of `currency`, probabilities in percent.

    `stall_reasons` is null unless asked for with `include=stall_reasons` or for a date, with `on`.
    `pushes` counts how often the close date was moved later.
    """

    stall_reasons = StallNames()

    class Meta:
        model = Opportunity
        fields = (
            "id",
            "name",
            "account",
            "owner",
            "product",
            "stage",
            "stage_since",
            "status",
            "amount",
            "currency",
            "close_date",
            "forecast_category",
            "own_probability",
            "own_probability_reason",
            "next_step",
            "next_step_on",
            "opened_on",
            "closed_on",
            "lost_reason",
            "stall_reasons",
            "held_until",
            "last_activity_on",
            "last_buyer_action_on",
            "pushes",
            "external_id",
            "version",
        )


class NewOpportunitySerializer(ModelBody):
    """`owner` is oneself and `stage` the first one unless given."""

    owner = Assignable(required=False)
    currency = Currency(required=False)

    class Meta:
        model = Opportunity
        fields = [
            *DESCRIBED,
            "owner",
            "stage",
            "amount",
            "currency",
            "close_date",
            "next_step",
            "next_step_on",
        ]
        extra_kwargs: ClassVar = {"stage": {"required": False}}


class OpportunityChangeSerializer(ModelBody):
    class Meta:
        model = Opportunity
        fields = DESCRIBED


class ClosureSerializer(Body):
    """`reason` is required for a lost deal; `on` is the organisation's today unless given."""

    status = serializers.ChoiceField(choices=[("won", "Won"), ("lost", "Lost")])
    on = Day(required=False, allow_null=True)
    reason = Text(max_length=500, required=False, allow_blank=True)


class ReopeningSerializer(Body):
    why = Text(max_length=500)


class NextStepSerializer(Body):
    """Both, or "" and null to take the next step away."""

    next_step = Text(max_length=500, allow_blank=True)
    next_step_on = Day(allow_null=True)


class OpportunityFilters(FilterSet):
    """As on the pages; `on` is the date on which deals are judged stalled, today unless said."""

    owner, account, product, stage = IdFilter(), IdFilter(), IdFilter(), IdFilter()
    team = IdFilter()
    status = django_filters.ChoiceFilter(choices=Opportunity.STATUSES)
    forecast_category = django_filters.ChoiceFilter(choices=FORECAST_CATEGORIES)
    stall_reason = django_filters.ChoiceFilter(choices=STALL_REASONS)
    close_from, close_to, on = DayFilter(), DayFilter(), DayFilter()
    amount_from, amount_to = MoneyFilter(), MoneyFilter()
    external_id = django_filters.CharFilter()
    include = django_filters.ChoiceFilter(choices=[(REASONS_TOO, "Stall reasons")])

    class Meta:
        model = Opportunity
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: Any) -> Any:
        said, request = self.said(), self.request
        if said["on"]:
            day_asked(request)
        if said["team"] is not None and not self._sees_team(said["team"]):
            return queryset.none()
        return narrow(queryset, said, lambda: request.parser_context["view"].check)

    def said(self) -> dict[str, Any]:
        """What is asked for, by the names of the parameters."""
        values: dict[str, Any] = self.form.cleaned_data
        return values

    def _sees_team(self, pk: int) -> bool:
        return Team.objects.visible_to(self.request.user).filter(pk=pk).exists()


class Opportunities(Readable, Creatable, Editable):
    """Deals of one's own and of everybody below; administrators see all.

    PATCH describes. What has a history has a noun of its own, such as `stage-changes`. Why deals
    are stalled is said when asked with `include=stall_reasons` or for a date, with `on`.
    """

    queryset = Opportunity.objects.all()
    serializer_class = OpportunitySerializer
    body_class, change_class = NewOpportunitySerializer, OpportunityChangeSerializer
    filterset_class = OpportunityFilters
    searchable = True
    orders: ClassVar = {"id": "pk", "close_date": "close_date"}

    def operation(self) -> Operation:
        usual = super().operation()
        return replace(usual, query=(ON, INCLUDE)) if self.action == "retrieve" else usual

    @cached_property
    def check(self) -> StallCheck:
        """The rules on the date that is asked for."""
        return stall_check(self.request)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        is_asked_why = asks_for_reasons(request)
        deal = self.get_object()
        if is_asked_why:
            judge([deal], self.check)
        return self.answer(deal)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        if not asks_for_reasons(request):
            page = self.paginate_queryset(rows) or []
        else:
            page = self.paginate_queryset(rows.select_related("owner")) or []
            judge(page, self.check)
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page])

    def make(self, values: dict[str, Any]) -> Opportunity:
        return Opportunity.open_new(**values, **self.done())

    def change(self, thing: Opportunity, values: dict[str, Any], **seen: Any) -> None:
        thing.describe(**values, **seen)

    @verb("next-step", NextStepSerializer, method="put")
    def next_step(self, deal: Opportunity, sent: dict[str, Any], **done: Any) -> None:
        """Say what happens next and by when."""
        deal.set_next_step(sent["next_step"], sent["next_step_on"], **done)

    @verb("closure", ClosureSerializer)
    def closure(
        self,
        deal: Opportunity,
        sent: dict[str, Any],
        *,
        by: User,
        at: datetime,
        version: int | None,
    ) -> None:
        """Close the deal as won or lost."""
        on, reason = sent.get("on"), sent.get("reason", "")
        if sent["status"] == Opportunity.WON:
            deal.win(by=by, at=at, on=on, why=reason, version=version)
        else:
            deal.lose(by=by, at=at, on=on, reason=reason, version=version)

    @verb("reopening", ReopeningSerializer)
    def reopening(self, deal: Opportunity, sent: dict[str, Any], **done: Any) -> None:
        """Open a closed deal again, in the stage it was closed from."""
        deal.reopen(why=sent["why"], **done)
