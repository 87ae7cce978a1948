"""What the stall clocks of a deal show, taken from what happened.

The columns spare every list and sweep the question; they are never written in any other way, so
they are right again after each refresh, however often it runs. Only what visibly happened counts:
calls that were held, proposals, and what the buyer did. Edits move no clock.
"""

from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import connection
from django.db.models import Count, DateField, F, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Greatest, NullIf, TruncDate
from django.db.models.sql import UpdateQuery

from lib.sql_for_one import ANY, for_one

CLOCKS = (
    "last_activity_on",
    "last_buyer_action_on",
    "pushes",
    "pushed_on",
    "next_step_said_on",
    "people_engaged",
    "moved_back_on",
    "held_until",
)
SOURCES = (
    "BuyerAction",
    "Call",
    "Proposal",
    "CloseDateChange",
    "StageChange",
    "Hold",
    "NextStepChange",
)
NEVER = Value(date(1, 1, 1), DateField())
# Contacts with a buying role, at a held call, or behind a buyer action, each counted once.
PEOPLE = """(SELECT COUNT(*) FROM (
    SELECT contact_id FROM pipeline_buyingrole WHERE opportunity_id = pipeline_opportunity.id
    UNION SELECT a.contact_id FROM pipeline_callattendee a JOIN pipeline_call c ON c.id = a.call_id
        WHERE c.opportunity_id = pipeline_opportunity.id AND c.status = 'held'
    UNION SELECT contact_id FROM pipeline_buyeraction
        WHERE opportunity_id = pipeline_opportunity.id AND contact_id IS NOT NULL
) engaged)"""


def refresh(deals: "QuerySet[Any]", zone: ZoneInfo, models: Any = apps) -> None:
    """Set all clocks of these deals, in one statement; days are those of the organisation's zone.

    `models` is where the event rows are looked up: a migration hands in its own.
    """
    deals.order_by().update(**_clocks(zone, models))


def refresh_one(deal: int, zone: ZoneInfo) -> None:
    """The same for the deal with this id; the caller holds it locked."""
    sql, parameters = _statement(zone, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, for_one(parameters, deal))


@cache
def _statement(zone: ZoneInfo, vendor: str) -> tuple[str, tuple[Any, ...]]:
    """For the deal with the id ANY. Made once a process: that takes longer than running it."""
    deals = apps.get_model("pipeline", "Opportunity").objects.filter(pk=ANY)
    query: Any = deals.order_by().query.chain(UpdateQuery)
    query.add_update_values(_clocks(zone, apps))
    sql, parameters = query.get_compiler(connection=connection).as_sql()
    return sql, tuple(parameters)


def _clocks(zone: ZoneInfo, models: Any) -> dict[str, Any]:
    """What each column is, over the event rows of the deal."""
    rows = {name: models.get_model("pipeline", name).objects for name in SOURCES}
    held_calls = rows["Call"].filter(status="held")
    buyer = _of(rows["BuyerAction"], Max("on"))
    active = (
        buyer,
        _of(held_calls, TruncDate(Max("starts_at"), tzinfo=zone)),
        _of(rows["Proposal"], Max("sent_on")),
    )
    later = rows["CloseDateChange"].filter(to_date__gt=F("from_date"))
    back = rows["StageChange"].filter(to_stage__order__lt=F("from_stage__order"))
    return {
        "last_activity_on": NullIf(Greatest(*(Coalesce(day, NEVER) for day in active)), NEVER),
        "last_buyer_action_on": buyer,
        "pushes": Coalesce(_of(later, Count("*")), 0),
        "pushed_on": _of(later, TruncDate(Max("at"), tzinfo=zone)),
        "next_step_said_on": _of(rows["NextStepChange"], TruncDate(Max("at"), tzinfo=zone)),
        "people_engaged": RawSQL(PEOPLE, []),  # noqa: S611 - nothing in it comes from outside
        "moved_back_on": _of(back, TruncDate(Max("at"), tzinfo=zone)),
        "held_until": _of(rows["Hold"].filter(ended_at=None), Max("resume_on")),
    }


def _of(events: Any, value: Any) -> Subquery:
    """One value over the events of the deal that is updated."""
    own = events.filter(opportunity=OuterRef("pk")).order_by().values("opportunity")
    return Subquery(own.annotate(clock=value).values("clock"))
