"""Deals, and the verbs that close and describe them."""

from datetime import date, datetime
from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api.fields import Assignable, Currency, Day, Text
from api.filters import DayFilter, FilterSet, IdFilter, MoneyFilter
from api.resource import Creatable, Editable, Readable, verb
from api.shapes import Body, ModelBody, Representation
from lib.calendar import local_date
from people.models import Organisation, User
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
    """Amounts are in major units of `currency`, probabilities in percent."""

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

    class Meta:
        model = Opportunity
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: Any) -> Any:
        said = self.form.cleaned_data
        return narrow(queryset, said, lambda: stall_check(self.request, said.get("on")))


def stall_check(request: Any, day: date | None) -> StallCheck:
    """The rules on a date, today unless given. Raises ValidationError for a day to come."""
    today = local_date(timezone.now(), Organisation.current().zone)
    if day and day > today:
        raise ValidationError({"on": ["That day has not come yet."]})
    return StallCheck.on(day or today, request.user)


class Opportunities(Readable, Creatable, Editable):
    """Deals of one's own and of everybody below; administrators see all.

    PATCH describes. What has a history has a noun of its own, such as `stage-changes`.
    """

    queryset = Opportunity.objects.all()
    serializer_class = OpportunitySerializer
    body_class, change_class = NewOpportunitySerializer, OpportunityChangeSerializer
    filterset_class = OpportunityFilters
    searchable = True
    orders: ClassVar = {"id": "pk", "close_date": "close_date"}

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
