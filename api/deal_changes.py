"""What happened to a deal: GET reads the history of one kind, POST makes it happen.

A POST answers with the deal as it is then, and its new ETag.
"""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from api.concurrency import seen_version
from api.fields import Assignable, Currency, Day, Money, Text, Visible
from api.opportunities import OpportunitySerializer
from api.resource import Operation, Resource, find
from api.shapes import Body, Representation
from pipeline.models import (
    AmountChange,
    CloseDateChange,
    NextStepChange,
    Opportunity,
    OutcomeChange,
    OwnerChange,
    Stage,
    StageChange,
)

CHANGE = ("id", "at", "by", "why")


class DealHistory(Resource):
    """Changes of one kind, oldest first."""

    orders: ClassVar = {"at": "at"}
    order = "at"

    def deal(self) -> Opportunity:
        deal: Opportunity = find(
            Opportunity.objects.visible_to(self.asker), self.kwargs["opportunity_pk"]
        )
        return deal

    def list(self, request: Request, opportunity_pk: str) -> Response:
        rows = self.get_queryset().filter(opportunity=self.deal())
        page = self.paginate_queryset(self.filter_queryset(rows))
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page or []])


class DealChanges(DealHistory):
    """A history that a POST adds to."""

    detail_class = OpportunitySerializer

    def operation(self) -> Operation:
        if self.action != "create":
            return super().operation()
        return Operation(self.body_class, OpportunitySerializer, guarded=True)

    def create(self, request: Request, opportunity_pk: str) -> Response:
        seen = seen_version(request)
        deal = self.deal()
        assert self.body_class
        self.carry_out(deal, self.sent(self.body_class), **self.done(), version=seen)
        return self.answer(deal)

    def carry_out(self, deal: Opportunity, sent: dict[str, Any], **done: Any) -> None:
        raise NotImplementedError


class StageChangeSerializer(Representation):
    class Meta:
        model = StageChange
        fields = (*CHANGE, "from_stage", "to_stage")


class StageMoveSerializer(Body):
    stage = Visible(queryset=Stage.objects.all())
    why = Text(max_length=500, required=False, allow_blank=True)


class StageChanges(DealChanges):
    """Moves to another stage, forward or back."""

    queryset = StageChange.objects.all()
    serializer_class, body_class = StageChangeSerializer, StageMoveSerializer

    def carry_out(self, deal: Opportunity, sent: dict[str, Any], **done: Any) -> None:
        deal.move_to(sent["stage"], why=sent.get("why", ""), **done)


class CloseDateChangeSerializer(Representation):
    class Meta:
        model = CloseDateChange
        fields = (*CHANGE, "from_date", "to_date")


class CloseDateMoveSerializer(Body):
    close_date = Day(allow_null=True)
    why = Text(max_length=500, required=False, allow_blank=True)


class CloseDateChanges(DealChanges):
    """The expected close date set, pushed, pulled in, or taken away."""

    queryset = CloseDateChange.objects.all()
    serializer_class, body_class = CloseDateChangeSerializer, CloseDateMoveSerializer

    def carry_out(self, deal: Opportunity, sent: dict[str, Any], **done: Any) -> None:
        deal.push(sent["close_date"], why=sent.get("why", ""), **done)


class AmountChangeSerializer(Representation):
    class Meta:
        model = AmountChange
        fields = (*CHANGE, "from_amount", "to_amount", "currency")


class NewAmountSerializer(Body):
    amount = Money(max_digits=14, decimal_places=2, min_value=0, allow_null=True)
    currency = Currency(required=False)
    why = Text(max_length=500, required=False, allow_blank=True)


class AmountChanges(DealChanges):
    """What the deal is worth, in major units of its currency."""

    queryset = AmountChange.objects.all()
    serializer_class, body_class = AmountChangeSerializer, NewAmountSerializer

    def carry_out(self, deal: Opportunity, sent: dict[str, Any], **done: Any) -> None:
        deal.set_amount(sent.pop("amount"), **sent, **done)


class OwnerChangeSerializer(Representation):
    class Meta:
        model = OwnerChange
        fields = (*CHANGE, "from_owner", "to_owner")


class NewOwnerSerializer(Body):
    owner = Assignable()
    why = Text(max_length=500, required=False, allow_blank=True)


class OwnerChanges(DealChanges):
    """The deal given to somebody else."""

    queryset = OwnerChange.objects.all()
    serializer_class, body_class = OwnerChangeSerializer, NewOwnerSerializer

    def carry_out(self, deal: Opportunity, sent: dict[str, Any], **done: Any) -> None:
        deal.assign(sent["owner"], why=sent.get("why", ""), **done)


class OutcomeChangeSerializer(Representation):
    """`on` is the business date of the outcome."""

    class Meta:
        model = OutcomeChange
        fields = (*CHANGE, "from_status", "to_status", "on")


class OutcomeChanges(DealHistory):
    """Won, lost and opened again; see `closure` and `reopening`."""

    queryset = OutcomeChange.objects.all()
    serializer_class = OutcomeChangeSerializer


class NextStepChangeSerializer(Representation):
    class Meta:
        model = NextStepChange
        fields = (*CHANGE, "next_step", "next_step_on")


class NextStepChanges(DealHistory):
    """Every next step there was; see `next-step`."""

    queryset = NextStepChange.objects.all()
    serializer_class = NextStepChangeSerializer
