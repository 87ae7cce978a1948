"""The facts of 1-on-1s by hand-written queries, on PostgreSQL and SQLite; see `bench/facts.py`."""

from typing import Any

from django.db import transaction

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
DECISION = "c.opportunity_id, c.kind, c.note, c.on, c.how, c.at, c.by_id".replace("c.on", 'c."on"')
DECISIONS = rows(DECISION, "FROM reviews_reviewdecision c WHERE c.review_id = r.id")
WAS = (
    "was_stage_order",
    "was_stage_name",
    "was_close_date",
    "was_amount",
    "was_currency",
    "was_next_step",
    "was_next_step_on",
)
IS = (
    "name",
    "account_name",
    "status",
    "stage_order",
    "stage_name",
    "stage_since",
    "probability",
    "amount",
    "currency",
    "close_date",
    "next_step",
    "next_step_on",
)
FROZEN = ("opportunity_id", *IS, "was_open", *WAS)
ANSWER = ("buyer_acted_on", "evidence", "reasons", "own_probability", "own_probability_reason",
          "better_odds", "answered_at", "version")  # fmt: skip
FROZEN_DEALS = rows(
    ", ".join(f"d.{name}" for name in ("id", *FROZEN, *ANSWER)),
    "FROM reviews_reviewdeal d WHERE d.review_id = r.id",
)
ENTERED = (
    "(SELECT max(e.at) FROM pipeline_stagechange e WHERE e.opportunity_id = o.id) AS stage_entered"
)
LIVE = (
    "o.id AS opportunity_id, o.name, a.name AS account_name, o.status, "
    's."order" AS stage_order, s.name AS stage_name, o.stage_since, s.probability, o.amount, '
    "o.currency, o.close_date, o.next_step, o.next_step_on, v.id IS NOT NULL AS was_open, "
    "v.stage_order AS was_stage_order, v.stage_name AS was_stage_name, "
    "v.close_date AS was_close_date, v.amount AS was_amount, v.currency AS was_currency, "
    "v.next_step AS was_next_step, v.next_step_on AS was_next_step_on"
)
LIVE_FROM = (
    "FROM pipeline_opportunity o JOIN pipeline_stage s ON s.id = o.stage_id "
    "LEFT JOIN pipeline_account a ON a.id = o.account_id LEFT JOIN reviews_reviewsnapshot v "
    "ON v.opportunity_id = o.id AND v.review_id = CAST(%(previous)s AS integer) "
    "WHERE o.owner_id = CAST(%(rep)s AS integer) AND (o.status = 'open' OR EXISTS (SELECT 1 "
    "FROM pipeline_outcomechange x WHERE x.opportunity_id = o.id AND x.at > %(since)s))"
)
LIVE_DEALS = rows("*", f"FROM (SELECT {LIVE}, {ENTERED} {LIVE_FROM}) d").replace
RESULTS = rows(
    "o.owner_id, o.status, sum(o.amount), count(*), min(o.closed_on)",
    "FROM pipeline_opportunity o WHERE o.owner_id IN (SELECT id FROM people_user "
    "WHERE reports_to_id = CAST(%(manager)s AS integer) AND is_active) "
    "AND o.closed_on >= %(first)s AND o.closed_on <= %(today)s "
    "GROUP BY o.owner_id, o.status, o.currency, substr(CAST(o.closed_on AS text), 1, 7)",
)
