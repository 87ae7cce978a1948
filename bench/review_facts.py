"""The facts of 1-on-1s by hand-written queries, on PostgreSQL and SQLite; see `bench/facts.py`."""

import json
from typing import Any

from django.db import connection, transaction

from bench.facts import ask, rows

OWN = "r.id = CAST(%(id)s AS integer) AND (r.manager_id = %(user)s OR r.rep_id = %(user)s)"
REVIEW = (
    "SELECT r.id, r.version, r.manager_id, r.rep_id, r.schedule_id, r.occurrence, "
    "r.scheduled_for, r.minutes, r.opens_at, r.due_by, r.moved_at, r.started_at, r.paused_at, "
    "r.current_part, r.since, r.since_day, r.day, r.status, r.brought, r.manager_agreed_at, "
    "r.rep_agreed_at, r.closed_at"
)
FROM = (
    " FROM reviews_review r JOIN people_user m ON m.id = r.manager_id "
    "JOIN people_user p ON p.id = r.rep_id LEFT JOIN reviews_reviewpreparation q "
    f"ON q.review_id = r.id WHERE {OWN}"
)
BESIDE = "m.name AS manager, p.name AS rep, q.in_the_way, q.doing, q.help_needed"
PART = "t.number, t.notes, t.version, t.seconds, t.saved_at"
PARTS = rows(PART, "FROM reviews_reviewpart t WHERE t.review_id = r.id")
AGREEMENT = "g.id, g.text, g.owner_id, g.due_on, g.done_at, g.dropped_at, g.carried, g.review_id"
AGREEMENTS = rows(
    AGREEMENT,
    "FROM reviews_agreement g WHERE (g.owner_id = r.rep_id AND g.agreed_with_id = r.manager_id "
    "OR g.owner_id = r.manager_id AND g.agreed_with_id = r.rep_id) AND (g.review_id = r.id "
    "OR g.done_at IS NULL AND g.dropped_at IS NULL)",
)
NOTE = "(SELECT n.text FROM reviews_reviewnote n WHERE n.review_id = r.id AND n.author_id = "
SIDE = f"{BESIDE}, {AGREEMENTS} AS agreements, {NOTE} %(user)s) AS note"
DECISION = 'c.opportunity_id, c.kind, c.note, c."on", c.how, c.at, c.by_id'
DECISIONS = rows(DECISION, "FROM reviews_reviewdecision c WHERE c.review_id = r.id")
FROZEN_DEALS = rows(
    "d.id, d.version, d.opportunity_id, d.name, d.account_name, d.status, d.stage_order, "
    "d.stage_name, d.stage_since, d.probability, d.amount, d.currency, d.close_date, d.next_step, "
    "d.next_step_on, d.was_open, d.was_stage_order, d.was_stage_name, d.was_close_date, "
    "d.was_amount, d.was_currency, d.was_next_step, d.was_next_step_on, d.buyer_acted_on, "
    "d.evidence, d.reasons, d.own_probability, d.own_probability_reason, d.better_odds, "
    "d.answered_at",
    "FROM reviews_reviewdeal d WHERE d.review_id = r.id",
)
ENTERED = "(SELECT max(e.at) FROM pipeline_stagechange e WHERE e.opportunity_id = o.id)"
LIVE = {  # the columns of a frozen deal, from what they are now and were in the snapshot
    "opportunity_id": "o.id",
    "name": "o.name",
    "account_name": "coalesce(a.name, '')",
    "status": "o.status",
    "stage_order": 's."order"',
    "stage_name": "s.name",
    "stage_since": f"coalesce(date({ENTERED}), o.stage_since)",
    "probability": "s.probability",
    "amount": "o.amount",
    "currency": "o.currency",
    "close_date": "o.close_date",
    "next_step": "o.next_step",
    "next_step_on": "o.next_step_on",
    "was_open": "v.id IS NOT NULL",
    "was_stage_order": "v.stage_order",
    "was_stage_name": "coalesce(v.stage_name, '')",
    "was_close_date": "v.close_date",
    "was_amount": "v.amount",
    "was_currency": "coalesce(v.currency, '')",
    "was_next_step": "coalesce(v.next_step, '')",
    "was_next_step_on": "v.next_step_on",
}
LIVE_FROM = (
    " FROM pipeline_opportunity o JOIN pipeline_stage s ON s.id = o.stage_id "
    "LEFT JOIN pipeline_account a ON a.id = o.account_id LEFT JOIN reviews_reviewsnapshot v "
    "ON v.opportunity_id = o.id AND v.review_id = CAST(%(previous)s AS integer) "
    "WHERE o.owner_id = CAST(%(rep)s AS integer) AND (o.status = 'open' OR (SELECT min(x.id) "
    "FROM pipeline_outcomechange x WHERE x.opportunity_id = o.id AND x.at > %(since)s) > 0) "
)
LIVE_DEALS = rows(", ".join(LIVE.values()), LIVE_FROM)
WON_AND_LOST = rows(
    "o.status, o.currency, sum(o.amount), count(*), min(o.closed_on)",
    "FROM pipeline_opportunity o WHERE o.owner_id = u.id "
    "AND o.closed_on >= %(first)s AND o.closed_on <= %(today)s "
    "GROUP BY o.status, o.currency, substr(CAST(o.closed_on AS text), 1, 7)",
)
RESULTS = rows(
    f"u.id, {WON_AND_LOST}",
    "FROM people_user u WHERE u.reports_to_id = CAST(%(manager)s AS integer) AND u.is_active",
)
CALLS = rows(
    "count(*), count(CASE WHEN k.timeliness = 'on_time' THEN 1 END), count(b.filed_at), "
    "avg(b.score), avg(w.score)",
    "FROM pipeline_call c LEFT JOIN coaching_callplan k ON k.call_id = c.id "
    "LEFT JOIN coaching_debrief b ON b.call_id = c.id "
    "LEFT JOIN coaching_debriefreview w ON w.debrief_id = b.id "
    "WHERE c.owner_id = CAST(%(rep)s AS integer) AND c.starts_at > %(since)s "
    "AND c.starts_at <= %(now)s AND c.status IN ('planned', 'held')",
)
HELP = rows(
    "count(*), count(CASE WHEN h.state IN ('asked', 'accepted') THEN 1 END)",
    "FROM coaching_helprequest h WHERE h.asked_by_id = CAST(%(rep)s AS integer)",
)
STATUS = f"{RESULTS} AS results, {CALLS} AS calls, {HELP} AS help_asked"


def running(asker: Any, values: dict[str, Any]) -> Any:
    """A review with its frozen deals, what was decided on them, its parts and agreements."""
    columns = f"{SIDE}, {PARTS} AS parts, {DECISIONS} AS decisions, {FROZEN_DEALS} AS deals"
    return ask(f"{REVIEW}, {columns} {FROM}", values)


def preparing(asker: Any, values: dict[str, Any]) -> Any:
    """A review with the rep's deals as they are, each beside the snapshot, and agreements."""
    return ask(f"{REVIEW}, {SIDE}, {LIVE_DEALS} AS deals {FROM}", values)


def preparing_status(asker: Any, values: dict[str, Any]) -> Any:
    """A review with the results of the team month by month, calls, scores and help."""
    return ask(f"{REVIEW}, {SIDE}, {STATUS} {FROM}", values)


@transaction.atomic
def start(asker: Any, values: dict[str, Any]) -> Any:
    """The review begins: its figures are read and kept, its deals and parts written."""
    figures = ask(f"SELECT {STATUS}", values)[0]
    keys = {"status": json.dumps(figures, default=str), **values}
    as_json = "CAST(%(status)s AS jsonb)" if connection.vendor == "postgresql" else "%(status)s"
    done = ask(
        "UPDATE reviews_review AS r SET started_at = %(now)s, since = %(since)s, "
        f"since_day = %(since_day)s, day = %(today)s, status = {as_json}, version = version + 1, "
        f"previous_id = CAST(%(previous)s AS integer) WHERE {OWN} RETURNING id, version",
        keys,
    )
    columns = {
        "version": "1",
        "review_id": "CAST(%(id)s AS integer)",
        **LIVE,
        "evidence": "'[]'",
        "reasons": "'[]'",
        "own_probability_reason": "''",
        "better_odds": "''",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO reviews_reviewdeal ({', '.join(columns)}) "
            f"SELECT {', '.join(columns.values())} {LIVE_FROM}",
            values,
        )
        cursor.execute(
            "INSERT INTO reviews_reviewpart (version, review_id, number, notes, seconds) VALUES "
            + ", ".join(f"(1, CAST(%(id)s AS integer), {n}, '', 0)" for n in range(1, 6)),
            values,
        )
    return done


@transaction.atomic
def save_part(asker: Any, values: dict[str, Any]) -> Any:
    """The text of a part, and that what the two agree to has changed."""
    whose = f"review_id IN (SELECT r.id FROM reviews_review r WHERE {OWN} AND r.closed_at IS NULL)"
    done = ask(
        "UPDATE reviews_reviewpart SET notes = %(notes)s, saved_at = %(now)s, "
        "saved_by_id = %(user)s, version = version + 1 "
        f"WHERE {whose} AND number = CAST(%(number)s AS integer) AND version >= 1 "
        "RETURNING id, version, saved_at",
        values,
    )
    ask(
        "UPDATE reviews_review AS r SET version = version + 1, manager_agreed_at = NULL, "
        f"rep_agreed_at = NULL WHERE {OWN} RETURNING version",
        values,
    )
    return done


FACTS = {
    "review": running,
    "review-preparing": preparing,
    "review-status": preparing_status,
    "review-start": start,
    "review-part": save_part,
}
