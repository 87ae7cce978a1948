"""Dated evidence of what the customer did."""

from typing import Any, ClassVar

from api.filters import DayFilter, FilterSet, IdFilter
from api.resource import Creatable, Deletable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import BuyerAction


class BuyerActionSerializer(Representation):
    class Meta:
        model = BuyerAction
        fields = ("id", "opportunity", "contact", "call", "on", "what", "by")


class NewBuyerActionSerializer(ModelBody):
    class Meta:
        model = BuyerAction
        fields = ("opportunity", "contact", "call", "on", "what")


class BuyerActionFilters(FilterSet):
    opportunity, contact, call = IdFilter(), IdFilter(), IdFilter()
    on_from, on_to = DayFilter("on", "gte"), DayFilter("on", "lte")

    class Meta:
        model = BuyerAction
        fields: ClassVar[list[str]] = []


class BuyerActions(Readable, Creatable, Deletable):
    """On the deals one sees. DELETE what was written down by mistake."""

    queryset = BuyerAction.objects.all()
    serializer_class = BuyerActionSerializer
    body_class = NewBuyerActionSerializer
    filterset_class = BuyerActionFilters

    def make(self, values: dict[str, Any]) -> BuyerAction:
        deal, what, on = (values.pop(name) for name in ("opportunity", "what", "on"))
        return BuyerAction.record(deal, what, on, **self.done(), **values)
