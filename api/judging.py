"""Deals as they stand, judged stalled or not on a date."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api import asked
from lib.calendar import local_date
from people.models import Organisation
from pipeline.models import Opportunity, Stage
from pipeline.stall_reason import REASONS
from pipeline.stalls import StallCheck

ON = OpenApiParameter(
    "on",
    OpenApiTypes.DATE,
    description="The date on which the deal, as it stands, is judged stalled; today unless given.",
)

REASONS_TOO = "stall_reasons"
INCLUDE = OpenApiParameter(
    "include",
    enum=[REASONS_TOO],
    description="Say why the deal is stalled; it is said with `on` too, and null otherwise.",
)


def day_asked(request: Any) -> date | None:
    """`?on=`, None where it is not given. Raises ValidationError for a day to come."""
    day = asked.day_asked(request, "on")
    if day is not None and day > today():
        raise ValidationError({"on": ["That day has not come yet."]})
    return day


def today() -> date:
    """The organisation's."""
    return local_date(timezone.now(), Organisation.current().zone)


def asks_for_reasons(request: Any) -> bool:
    """Whether stall reasons are asked for, by name or by a date: they take some reading."""
    include = request.query_params.get("include")
    if include not in (None, "", REASONS_TOO):
        raise ValidationError({"include": [f"One of: {REASONS_TOO}."]})
    return bool(include or request.query_params.get("on"))


def stall_check(request: Any, stages: Iterable[Stage] | None = None) -> StallCheck:
    """The rules on the date that is asked for, the organisation's today unless given."""
    return StallCheck.on(day_asked(request) or timezone.now(), request.user, stages)


class StallNames(serializers.ListField):
    """The reasons why a deal is stalled, worst first; null where they were not asked for."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.ChoiceField(choices=list(REASONS.items()))
        super().__init__(child=child, source="*", read_only=True, allow_null=True, **kwargs)

    def to_representation(self, data: Any) -> Any:
        return getattr(data, "stall_reasons", None)


def judge(deals: Sequence[Opportunity], check: StallCheck) -> None:
    """Give each deal its `stall_reasons` for `StallNames`; a few statements for all of them."""
    check.prepare(deals)
    for deal in deals:
        deal.stall_reasons = [reason.name for reason in check.reasons(deal)]  # type: ignore[attr-defined]
