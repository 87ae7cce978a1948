"""The deals of a team beside what they were at its last pipeline call.

`compared` gives both sets of columns of `reviews/window.py` to deals: from the frozen rows of the
call before, or, where there was none, by reading the history back to `since`. A frozen row keeps
both sets, so the conditions hold for a past call as they did for the running one.
"""

from typing import TYPE_CHECKING, Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce

from pipeline.as_of import with_state_at
from pipeline.models import OutcomeChange
from pipeline.models.opportunity import OpportunityQuerySet
from reviews.window import OPEN, Window

if TYPE_CHECKING:
    from reviews.models import PipelineCall

WAS = ("stage_order", "stage_name", "close_date", "amount", "currency")


def compared(rows: OpportunityQuerySet, call: "PipelineCall", window: Window) -> "QuerySet[Any]":
    """The deals that are open, or were won or lost since, each beside what it was."""
    rows = rows.annotate(
        owner_name=F("owner__name"),
        stage_name=F("stage__name"),
        stage_order=F("stage__order"),
        probability=F("stage__probability"),
    )
    rows = (
        _beside_frozen(rows, call)
        if call.previous_id
        else with_state_at(rows, window.since, "was_", *WAS)
    )
    ended = OutcomeChange.objects.filter(
        opportunity=OuterRef("pk"), at__gt=window.since, to_status=OuterRef("status")
    )
    there = Q(status=OPEN) | Q(was_open=True)
    return rows.filter(there | (Q(closed_on__gte=window.since_day) & Exists(ended)))


def _beside_frozen(rows: OpportunityQuerySet, call: "PipelineCall") -> OpportunityQuerySet:
    """What the call before froze; a deal that was not open on it was not there."""
    previous = Q(frozen_on_calls__call=call.previous_id)
    last_seen = FilteredRelation("frozen_on_calls", condition=previous)
    known = Q(last_seen__isnull=False) & Q(last_seen__status=OPEN)
    return rows.annotate(last_seen=last_seen).annotate(
        was_open=ExpressionWrapper(known, BooleanField()),
        was_stage_order=Coalesce(F("last_seen__stage__order"), F("last_seen__stage_order")),
        was_stage_name=F("last_seen__stage_name"),
        was_close_date=F("last_seen__close_date"),
        was_amount=F("last_seen__amount"),
        was_currency=F("last_seen__currency"),
    )
