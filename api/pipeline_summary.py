"""What the deals of a board come to."""

from functools import cached_property
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Day, Money, Text
from api.filters import SearchFilter, StrictFilterBackend
from api.judging import asks_for_reasons, day_asked, stall_check, today
from api.opportunities import OpportunityFilters
from api.resource import Resource
from pipeline.filters import STALL_REASONS
from pipeline.models import Opportunity, Stage
from pipeline.models.opportunity import FORECAST_CATEGORIES, OpportunityQuerySet
from pipeline.stalls import StallCheck
from pipeline.summary import Total, reason_counts, together, totals


class Sum(Money):
    """A sum of amounts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, decimal_places=2, **kwargs)


class CurrencySumSerializer(serializers.Serializer[Any]):
    currency = Text()
    amount = Sum()
    weighted = Sum()


class TotalSerializer(serializers.Serializer[Any]):
    """`amount` and `weighted` are null unless all amounts are in one `currency`.

    Weighted is by the probability of each deal's stage. Deals without an amount only count.
    """

    count = serializers.IntegerField()
    currency = Text(allow_null=True)
    amount = Sum(allow_null=True)
    weighted = Sum(allow_null=True)
    by_currency = CurrencySumSerializer(many=True)


class StageTotalSerializer(TotalSerializer):
    stage = serializers.IntegerField()
    name = Text()


class ForecastTotalSerializer(TotalSerializer):
    forecast_category = serializers.ChoiceField(choices=FORECAST_CATEGORIES)


class StalledSerializer(serializers.Serializer[Any]):
    """How many deals each value of `stall_reason` finds; a deal with several reasons is in each."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.IntegerField() for name, _ in STALL_REASONS}


class SummarySerializer(serializers.Serializer[Any]):
    """`on` is the date by which stall reasons are judged; `stalled` is null unless asked for, with
    `include=stall_reasons` or for a date, with `on`.
    """

    on = Day()
    by_stage = StageTotalSerializer(many=True)
    by_forecast_category = ForecastTotalSerializer(many=True)
    total = TotalSerializer()
    stalled = StalledSerializer(allow_null=True)


class SummaryFilters(OpportunityFilters):
    def said(self) -> dict[str, Any]:
        """Open deals, as on the board, unless another status is asked for."""
        said = super().said()
        return {**said, "status": said["status"] or Opportunity.OPEN}


class PipelineSummary(Resource):
    """Counts and sums of the deals one sees that match, by stage and by forecast category.

    Open deals unless `status` says otherwise. Every stage and every category is there. Asked with
    `include=stall_reasons` or for a date, with `on`, it counts how many are stalled, and why.
    """

    queryset = Opportunity.objects.all()
    serializer_class = SummarySerializer
    filterset_class = SummaryFilters
    filter_backends = (StrictFilterBackend, SearchFilter)
    pagination_class = None
    searchable = True

    def narrows(self) -> bool:
        return self.action == "retrieve"

    @cached_property
    def check(self) -> StallCheck:
        """The rules on the date that is asked for."""
        return stall_check(self.request, self.stages)

    @cached_property
    def stages(self) -> list[Stage]:
        return list(Stage.objects.visible_to(self.asker).order_by("order", "pk"))

    def retrieve(self, request: Request) -> Response:
        """What they come to."""
        rows: Any = self.filter_queryset(self.get_queryset())
        return Response(self.represent(rows))

    def stalled(self, rows: OpportunityQuerySet) -> dict[str, int] | None:
        """How many have each reason; 0 for one that is switched off."""
        if not asks_for_reasons(self.request):
            return None
        return dict.fromkeys(dict(STALL_REASONS), 0) | reason_counts(rows, self.check)

    def represent(self, thing: OpportunityQuerySet) -> dict[str, Any]:
        by_stage, by_category = totals(thing, "stage", "forecast_category", stages=self.stages)
        total = together(by_stage.values())
        whole = {
            "on": day_asked(self.request) or today(),
            "by_stage": [
                {"stage": stage.pk, "name": stage.name, **_total(by_stage.get(stage.pk))}
                for stage in self.stages
            ],
            "by_forecast_category": [
                {"forecast_category": name, **_total(by_category.get(name))}
                for name, _ in FORECAST_CATEGORIES
            ],
            "total": _total(total),
            "stalled": self.stalled(thing),
        }
        return super().represent(whole)


def _total(total: Total | None) -> dict[str, Any]:
    """A total in the shape of `TotalSerializer`; none at all is a total of no deals."""
    total = total or Total()
    return {
        "count": total.count,
        "currency": total.currency,
        "amount": total.amount,
        "weighted": total.weighted,
        "by_currency": [
            {"currency": currency, "amount": amount, "weighted": total.weighted_in(currency)}
            for currency, amount in sorted(total.sums.items())
        ],
    }
