"""What a manager and a rep agreed on."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Text, Visible
from api.filters import DayFilter, FilterSet, IdFilter
from api.resource import Creatable, Deletable, undo, verb
from api.review_reading import TextsOfReviews
from api.shapes import Body, ModelBody, Representation
from people.models import User
from reviews.models import Agreement, Review
from reviews.models.agreement import NextStep

MOST_PIECES = 10
STATES = [("open", "Open"), ("done", "Done"), ("dropped", "Dropped")]


class AgreementSerializer(Representation):
    state = serializers.ChoiceField(choices=STATES, read_only=True)

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = (
            "id",
            "text",
            "owner",
            "agreed_with",
            "agreed_at",
            "due_on",
            "state",
            "done_at",
            "dropped_at",
            "dropped_reason",
            "review",
            "carried",
            "split_from",
            "version",
        )


class AgreedStepSerializer(ModelBody):
    """What, by whom and by when."""

    owner = Visible(queryset=User.objects.get_queryset())

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ("text", "owner", "due_on")


class NewAgreementSerializer(AgreedStepSerializer):
    """For oneself, or for somebody one leads; in a running `review`, for either of the two."""

    review = Visible(queryset=Review.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Agreement
        fields = (*AgreedStepSerializer.Meta.fields, "review")


class WithdrawalSerializer(Body):
    reason = Text(max_length=500)


class SplitSerializer(Body):
    """What takes its place, agreed in a running `review` of the same two."""

    review = Visible(queryset=Review.objects.all())
    into: Any = serializers.ListSerializer(
        child=AgreedStepSerializer(), min_length=2, max_length=MOST_PIECES
    )


class AgreementFilters(FilterSet):
    owner, agreed_with, review, split_from = IdFilter(), IdFilter(), IdFilter(), IdFilter()
    due_from, due_to = DayFilter("due_on", "gte"), DayFilter("due_on", "lte")
    state = django_filters.ChoiceFilter(choices=STATES, method="in_state")

    def in_state(self, rows: Any, name: str, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.in_view(value)
        return found

    class Meta:
        model = Agreement
        fields: ClassVar[list[str]] = []


class Agreements(TextsOfReviews, Creatable, Deletable):
    """One's own and those of everybody below; administrators as such see none.

    What was agreed in a 1-on-1 is read by whoever reads that.
    """

    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    body_class = NewAgreementSerializer
    filterset_class = AgreementFilters
    orders: ClassVar = {"id": "pk", "due_on": "due_on"}
    order = "due_on"

    def make(self, values: dict[str, Any]) -> Agreement:
        return Agreement.make(**values, **self.done())

    def remove(self, thing: Agreement, **seen: Any) -> None:
        """Only while the review runs in which it was agreed."""
        thing.remove(by=self.asker, **seen)

    @verb("completion")
    def completion(
        self, agreement: Agreement, *, by: User, at: datetime, version: int | None
    ) -> None:
        """Tick it off."""
        agreement.complete(by=by, at=at, version=version)

    @verb("withdrawal", WithdrawalSerializer)
    def withdrawal(
        self,
        agreement: Agreement,
        sent: dict[str, Any],
        *,
        by: User,
        at: datetime,
        version: int | None,
    ) -> None:
        """Give it up, with the reason."""
        agreement.drop(reason=sent["reason"], by=by, at=at, version=version)

    @verb("split", SplitSerializer)
    def split(self, agreement: Agreement, sent: dict[str, Any], **done: Any) -> None:
        """Give it up for at least two smaller ones; `?split_from=` lists them."""
        agreement.split([NextStep(**each) for each in sent["into"]], review=sent["review"], **done)

    @completion.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def uncompletion(
        self, agreement: Agreement, *, version: int | None, by: User, **at: Any
    ) -> None:
        """Open it again."""
        agreement.restore(by=by, version=version)

    @withdrawal.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unwithdrawal(
        self, agreement: Agreement, *, version: int | None, by: User, **at: Any
    ) -> None:
        """Open it again."""
        agreement.restore(by=by, version=version)
