"""Which deals a board, a list, an export, a summary or the API shows: one narrowing for all.

The names are those of the URL and of the API alike. What is not said narrows nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q

from people.models import User
from pipeline.models import Opportunity
from pipeline.models.opportunity import OpportunityQuerySet
from pipeline.stalls import REASONS, StallCheck

COLUMNS = {
    "owner": "owner",
    "account": "account",
    "product": "product",
    "stage": "stage",
    "status": "status",
    "forecast_category": "forecast_category",
    "close_from": "close_date__gte",
    "close_to": "close_date__lte",
    "amount_from": "amount__gte",
    "amount_to": "amount__lte",
    "external_id": "external_id",
}
ANY_REASON, NO_REASON = "any", "none"
STALL_REASONS = [(ANY_REASON, "Stalled, any reason"), *REASONS.items(), (NO_REASON, "Not stalled")]


def narrow(
    rows: OpportunityQuerySet, said: Mapping[str, Any], check: Callable[[], StallCheck]
) -> OpportunityQuerySet:
    """The rows that match everything that is said.

    `team` means its people, those of the teams under it and their managers; `stall_reason` is the
    name of a reason, "any", or "none" (open and not stalled), judged by `check()`, which is
    asked for only then.
    """
    values = {column: said.get(name) for name, column in COLUMNS.items()}
    rows = rows.filter(**{column: value for column, value in values.items() if _is_said(value)})
    if said.get("search"):
        rows = rows.search(said["search"])
    if said.get("team"):
        rows = rows.filter(owner__in=User.objects.of_team(said["team"]).values("pk"))
    reason = said.get("stall_reason")
    return rows.filter(stalled_by(check(), reason)) if reason else rows


def stalled_by(check: StallCheck, reason: str) -> Q:
    """True of the deals with this reason: its name, "any", or "none" of all reasons."""
    if reason == NO_REASON:
        return Q(status=Opportunity.OPEN) & ~check.condition()
    return check.condition(*([] if reason == ANY_REASON else [reason]))


def _is_said(value: Any) -> bool:
    """0 is an amount that was said; "" and None are not."""
    return value not in (None, "")
