"""What a manager and a rep agreed on."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Text, Visible
from api.filters import DayFilter, FilterSet, IdFilter
from api.resource import Creatable, Readable, undo, verb
from api.shapes import Body, ModelBody, Representation
from people.models import User
from reviews.models import Agreement

STATES = [("open", "Open"), ("done", "Done"), ("dropped", "Dropped")]


class AgreementSerializer(Representation):
    state = serializers.ChoiceField(choices=STATES, read_only=True)

    class Meta:
        model = Agreement
        fields = (
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
            "version",
        )


class NewAgreementSerializer(ModelBody):
    """For oneself, or for somebody one leads."""

    owner = Visible(queryset=User.objects.get_queryset())

    class Meta:
        model = Agreement
        fields = ("text", "owner", "due_on")


class WithdrawalSerializer(Body):
    reason = Text(max_length=500)


class AgreementFilters(FilterSet):
    owner, agreed_with = IdFilter(), IdFilter()
    due_from, due_to = DayFilter("due_on", "gte"), DayFilter("due_on", "lte")
    state = django_filters.ChoiceFilter(choices=STATES, method="in_state")

    def in_state(self, rows: Any, name: str, value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.in_view(value)
        return found

    class Meta:
        model = Agreement
        fields: ClassVar[list[str]] = []


class Agreements(Readable, Creatable):
    """One's own and those of everybody below; administrators as such see none."""

    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    body_class = NewAgreementSerializer
    filterset_class = AgreementFilters
    orders: ClassVar = {"id": "pk", "due_on": "due_on"}
    order = "due_on"

    def make(self, values: dict[str, Any]) -> Agreement:
        return Agreement.make(**values, **self.done())

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
