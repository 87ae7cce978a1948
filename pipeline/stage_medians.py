"""How long won deals stayed in each stage: the median, in working days.

Taken over all deals won before a day, so that it stands still while that day lasts. It is kept in
the cache under the day, the era of the past (see `StallRules.history_era`) and the holidays; what
is lost there is taken again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import connection
from django.db.models import F, QuerySet, Window
from django.db.models.functions import Coalesce, Lead, Least, TruncDate

from pipeline.models import Opportunity, StageChange

KEPT = 2 * 24 * 3600  # seconds
DAY_NUMBER = {  # days since 1 January 1900, which was a Monday
    "postgresql": "({} - DATE '1900-01-01')",
    "sqlite": "CAST(julianday({}) - julianday('1900-01-01') AS INTEGER)",
}


@dataclass(frozen=True)
class StageMedian:
    """Over `won` deals, `days` working days in the median (a half when between two)."""

    won: int
    days: float


def stage_medians(
    on: date, zone: ZoneInfo, holidays: Collection[date], era: UUID
) -> Mapping[int, StageMedian]:
    """By id of the stage; stages that no won deal was in are absent."""
    past = sorted(day for day in holidays if day < on and day.weekday() < 5)
    basis = ",".join(map(str, (on, zone, era, *past)))
    key = f"stage-medians:{hashlib.sha256(basis.encode()).hexdigest()}"
    known: dict[int, StageMedian] | None = cache.get(key)
    if known is None:
        known = {stage: _median(days) for stage, days in _stays(on, zone).items()}
        cache.set(key, known, KEPT)
    return known


def _median(stays: Mapping[int, int]) -> StageMedian:
    """Of how many deals stayed how many days."""
    won, passed = sum(stays.values()), 0
    middle: list[int] = []
    for days in sorted(stays):
        passed += stays[days]
        wanted = [n for n in ((won + 1) // 2, won // 2 + 1)[len(middle) :] if n <= passed]
        middle += [days] * len(wanted)
    return StageMedian(won, sum(middle) / 2)


def _stays(on: date, zone: ZoneInfo) -> dict[int, dict[int, int]]:
    """For each stage: how many won deals stayed how many working days. One statement."""
    spans, parameters = _spans(on, zone).query.sql_with_params()
    weekdays = f"{_weekdays_until('left_on')} - {_weekdays_until('entered_on')}"
    sql = f"""
        WITH span AS ({spans}), stay AS (
            SELECT to_stage_id, SUM(CASE WHEN left_on > entered_on THEN {weekdays} - (
                SELECT COUNT(*) FROM people_holiday h WHERE h.day > entered_on
                AND h.day <= left_on AND {_day_number("h.day")} %% 7 < 5) ELSE 0 END) AS days
            FROM span GROUP BY opportunity_id, to_stage_id)
        SELECT to_stage_id, days, COUNT(*) FROM stay GROUP BY to_stage_id, days"""  # noqa: S608
    stays: dict[int, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for stage, days, deals in cursor.fetchall():
            stays[stage][int(days)] = deals
    return stays


def _spans(on: date, zone: ZoneInfo) -> QuerySet[Any, Any]:
    """From when to when a won deal was in a stage; once for each time it came there."""
    entered = TruncDate("at", tzinfo=zone)
    next_entered = Window(
        Lead(entered), partition_by=[F("opportunity")], order_by=[F("at").asc(), F("pk").asc()]
    )
    won = StageChange.objects.filter(
        opportunity__status=Opportunity.WON, opportunity__closed_on__lt=on
    )
    # A deal won with an older date was in no stage after it.
    left = Least(Coalesce(next_entered, F("opportunity__closed_on")), F("opportunity__closed_on"))
    spans: QuerySet[Any, Any] = won.order_by().annotate(entered_on=entered, left_on=left)
    return spans.values("opportunity_id", "to_stage_id", "entered_on", "left_on")


def _day_number(day: str) -> str:
    """Days since a Monday, as SQL."""
    return DAY_NUMBER[connection.vendor].format(day)


def _weekdays_until(day: str) -> str:
    """How many Mondays to Fridays there were from that Monday up to and including a day."""
    number = _day_number(day)
    rest = f"({number} %% 7)"
    return f"({number} / 7 * 5 + CASE WHEN {rest} < 5 THEN {rest} + 1 ELSE 5 END)"
