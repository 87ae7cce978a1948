"""Offers sent to customers."""

from typing import Any, ClassVar

from api.fields import Currency
from api.filters import DayFilter, FilterSet, IdFilter
from api.resource import Creatable, Deletable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import Proposal


class ProposalSerializer(Representation):
    class Meta:
        model = Proposal
        fields = ("id", "opportunity", "title", "sent_on", "amount", "currency", "by")


class NewProposalSerializer(ModelBody):
    """The currency is the deal's unless given."""

    currency = Currency(required=False)

    class Meta:
        model = Proposal
        fields = ("opportunity", "title", "sent_on", "amount", "currency")


class ProposalFilters(FilterSet):
    opportunity = IdFilter()
    sent_from, sent_to = DayFilter("sent_on", "gte"), DayFilter("sent_on", "lte")

    class Meta:
        model = Proposal
        fields: ClassVar[list[str]] = []


class Proposals(Readable, Creatable, Deletable):
    """On the deals one sees. DELETE what was written down by mistake."""

    queryset = Proposal.objects.all()
    serializer_class = ProposalSerializer
    body_class = NewProposalSerializer
    filterset_class = ProposalFilters

    def make(self, values: dict[str, Any]) -> Proposal:
        deal, title, sent_on = (values.pop(name) for name in ("opportunity", "title", "sent_on"))
        return Proposal.record(deal, title, sent_on, **self.done(), **values)
