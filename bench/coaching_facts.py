"""The facts of coaching by hand-written queries, on PostgreSQL and SQLite; see `bench/facts.py`."""

from typing import Any

from django.db import connection

from bench.facts import LINE, ask, rows, visible

LAST = 8  # scores of a behaviour, as `coaching/trends.py` looks at
FIRST_SET = "h.team_id IS NULL AND h.retired_at IS NULL"
PERSON = f"u.id = CAST(%(id)s AS integer) AND u.id IN {LINE}"
BEHAVIOUR = "h.id, h.name, h.minimum, h.weight"
NEWEST = "s.rep_id = u.id AND s.behaviour_id = h.id"
SCORED = rows(
    "s.at, s.manager_score, s.own_score",
    f"FROM coaching_behaviourscore s WHERE {NEWEST} AND s.manager_score IS NOT NULL "
    f"ORDER BY s.at DESC, s.id DESC LIMIT {LAST}",
)
NOTED = rows(
    "s.note, s.at, b.name",
    "FROM coaching_behaviourscore s LEFT JOIN people_user b ON b.id = s.by_id "
    f"WHERE {NEWEST} AND NOT (s.note = '') ORDER BY s.at DESC, s.id DESC LIMIT 1",
)
STANDINGS = rows(f"{BEHAVIOUR}, {SCORED}, {NOTED}", f"FROM coaching_behaviour h WHERE {FIRST_SET}")
LEVEL = "v.level, v.number, v.plans, v.since, v.seen"
SINCE = rows(
    "w.score, w.minimum, w.debrief_id",
    "FROM coaching_debriefreview w JOIN coaching_debrief b ON b.id = w.debrief_id "
    "WHERE b.rep_id = u.id AND w.id > v.seen ORDER BY w.id DESC LIMIT 5",
)
RIDE = "k.id, k.starts_at, k.state, k.purpose, k.about, k.signed_at"
AGREED = "FROM reviews_agreement g WHERE g.review_id = r.id"
REVIEWS = rows(
    "r.id, r.scheduled_for, r.closed_at, m.name, "
    f"(SELECT count(*) {AGREED}), (SELECT count(*) {AGREED} AND g.done_at IS NOT NULL), "
    f"(SELECT count(*) {AGREED} AND (g.done_at IS NOT NULL OR g.due_on < %(today)s))",
    "FROM reviews_review r JOIN people_user m ON m.id = r.manager_id WHERE r.rep_id = u.id "
    "AND (r.manager_id = %(user)s OR r.rep_id = %(user)s) AND r.closed_at IS NOT NULL "
    "ORDER BY r.scheduled_for DESC LIMIT 12",
)
DIAGNOSES = rows(
    "d.behaviour_id, d.skill, d.will, d.skill_reason, d.will_reason, d.at, b.name, h.name",
    "FROM coaching_diagnosis d JOIN people_user b ON b.id = d.by_id "
    "JOIN coaching_behaviour h ON h.id = d.behaviour_id WHERE d.rep_id = u.id "
    "ORDER BY d.at DESC LIMIT 100",
)
RIDES = rows(
    f"{RIDE}, m.name",
    "FROM coaching_ridealong k JOIN people_user m ON m.id = k.manager_id WHERE k.rep_id = u.id "
    "AND k.state <> 'cancelled' ORDER BY k.starts_at DESC LIMIT 4",
)


def person(asker: Any, values: dict[str, Any]) -> Any:
    """Who it is, level, focus, where they stand, diagnoses, ride-alongs and 1-on-1s."""
    return ask(
        f"SELECT u.name, u.email, m.name AS manager, t.name AS team, {LEVEL}, f.goal, f.step, "
        f"f.started_on, x.name AS focus, {SINCE} AS since_then, {STANDINGS} AS standings, "
        f"{DIAGNOSES} AS diagnoses, {RIDES} AS rides, {REVIEWS} AS reviews FROM people_user u "
        "LEFT JOIN people_user m ON m.id = u.reports_to_id "
        "LEFT JOIN people_team t ON t.id = u.team_id "
        "LEFT JOIN coaching_inspectionlevel v ON v.rep_id = u.id "
        "LEFT JOIN coaching_focus f ON f.rep_id = u.id AND f.ended_on IS NULL "
        f"LEFT JOIN coaching_behaviour x ON x.id = f.behaviour_id WHERE {PERSON}",
        values,
    )


def level(asker: Any, values: dict[str, Any]) -> Any:
    """The level, its changes, and the debriefs on which each rests."""
    if connection.vendor == "postgresql":
        each, key = "jsonb_array_elements(y.scores) e", "CAST(e ->> 'debrief' AS integer)"
    else:
        each, key = "json_each(y.scores) e", "json_extract(e.value, '$.debrief')"
    rests_on = rows(
        "b.id, c.kind, c.starts_at, a.name",
        f"FROM {each} JOIN coaching_debrief b ON b.id = {key} "
        "JOIN pipeline_call c ON c.id = b.call_id LEFT JOIN pipeline_account a "
        "ON a.id = c.account_id",
    )
    changes = rows(
        f"y.number, y.from_level, y.to_level, y.why, y.reason, y.at, y.scores, {rests_on}",
        "FROM coaching_levelchange y WHERE y.rep_id = u.id ORDER BY y.number DESC LIMIT 20",
    )
    return ask(
        f"SELECT u.name, {LEVEL}, {SINCE} AS since_then, {changes} AS changes FROM people_user u "
        f"LEFT JOIN coaching_inspectionlevel v ON v.rep_id = u.id WHERE {PERSON}",
        values,
    )


def debrief_form(asker: Any, values: dict[str, Any]) -> Any:
    """The call, its plan's lines, and each behaviour with how the rep last scored themselves."""
    lines = rows(
        "l.part, l.text, l.outcome, l.note",
        "FROM coaching_planline l JOIN coaching_callplan p ON p.id = l.plan_id "
        "WHERE p.call_id = c.id",
    )
    own = (
        f"(SELECT s.own_score FROM coaching_behaviourscore s WHERE {NEWEST} "
        "AND s.own_score IS NOT NULL ORDER BY s.at DESC, s.id DESC LIMIT 1)"
    )
    expected = rows(
        f"{BEHAVIOUR}, h.expected, h.anchors, {own}",
        f"FROM coaching_behaviour h WHERE {FIRST_SET}",
    )
    return ask(
        "SELECT c.id, c.kind, c.starts_at, c.ends_at, a.name AS account, o.name AS deal, u.name, "
        f"b.id AS debrief, f.behaviour_id, f.goal, {lines} AS lines, {expected} AS behaviours "
        "FROM pipeline_call c JOIN people_user u ON u.id = c.owner_id "
        "LEFT JOIN pipeline_account a ON a.id = c.account_id "
        "LEFT JOIN pipeline_opportunity o ON o.id = c.opportunity_id "
        "LEFT JOIN coaching_debrief b ON b.call_id = c.id "
        "LEFT JOIN coaching_focus f ON f.rep_id = u.id AND f.ended_on IS NULL "
        "WHERE c.id = CAST(%(id)s AS integer) AND c.owner_id = %(user)s AND u.is_active",
        values,
    )


def roster(asker: Any, values: dict[str, Any]) -> Any:
    """50 reps by the day they are due, each with the last ride-along and the next."""
    of = "FROM coaching_ridealong k WHERE k.rep_id = u.id AND k.state ="
    last = f"(SELECT k.id {of} 'held' ORDER BY k.starts_at DESC LIMIT 1)"
    coming = f"(SELECT k.id {of} 'planned' ORDER BY k.starts_at LIMIT 1)"
    since = f"coalesce(date((SELECT max(k.starts_at) {of} 'held')), u.joined_on, %(today)s)"
    year = f"(SELECT count(*) {of} 'held' AND k.starts_at >= %(first)s)"
    whose = f"u.id IN {LINE}" if values["everybody"] else "u.reports_to_id = %(user)s"
    reps = (
        f"SELECT u.id, u.name, u.joined_on, {last} AS last, {coming} AS coming, {year} AS held, "
        f"{since} AS since FROM people_user u WHERE u.is_active AND u.levels_below = 0 "
        f"AND {whose} ORDER BY since, u.name, u.id LIMIT 50"
    )
    one = "starts_at, {0}.about, {0}.purpose, {0}.manager_id"
    return ask(
        f"SELECT r.*, l.{one.format('l')}, p.{one.format('p')} FROM ({reps}) r "
        "LEFT JOIN coaching_ridealong l ON l.id = r.last "
        "LEFT JOIN coaching_ridealong p ON p.id = r.coming ORDER BY r.since, r.name",
        values,
    )


SCORE = (
    "s.id, s.rep_id, s.behaviour_id, v.number AS behaviour_version, s.debrief_id, s.ride_along_id, "
    "s.at, s.own_score, s.manager_score, s.note, s.by_id FROM coaching_behaviourscore s "
    "JOIN coaching_behaviourversion v ON v.id = s.version_id"
)
FOCUS = (
    "s.id, s.rep_id, s.behaviour_id, s.goal, s.started_on, s.started_by_id, s.step, s.outcome, "
    "s.outcome_reason, s.ended_on, s.ended_by_id, s.version FROM coaching_focus s"
)
ON_WHAT = rows(
    'e.kind, e.subject_id, e.said, e."on"',
    "FROM coaching_diagnosisevidence e WHERE e.diagnosis_id = s.id",
)
DIAGNOSIS = (
    "s.id, s.rep_id, s.behaviour_id, s.skill, s.skill_reason, s.will, s.will_reason, s.at, "
    f"s.by_id, {ON_WHAT} AS evidence FROM coaching_diagnosis s"
)
RIDE_ALONG = (
    "s.id, s.rep_id, s.manager_id, s.call_id, s.about, s.starts_at, s.purpose, s.state, "
    "s.held_at, s.signed_at, s.version FROM coaching_ridealong s"
)
ASSIGNMENT = (
    "s.id, s.person_id, s.module_id, s.due_on, s.why, s.assigned_by_id, s.assigned_at, "
    "s.onboarding_plan_id, s.after_days, s.rescheduled_at, s.done_at, s.takeaway, s.withdrawn_at, "
    "s.version FROM playbook_trainingassignment s"
)
LISTED = {  # what is read, whose it is, in which order
    "behaviour-scores": (SCORE, "s.rep_id", "s.id"),
    "focuses": (FOCUS, "s.rep_id", "s.id"),
    "diagnoses": (DIAGNOSIS, "s.rep_id", "s.id"),
    "ride-alongs": (RIDE_ALONG, "s.rep_id", "s.id"),
    "training-assignments": (ASSIGNMENT, "s.person_id", "s.due_on, s.id"),
}


def listed(name: str) -> Any:
    """25 of them, as the API lists them."""

    def read(asker: Any, values: dict[str, Any]) -> Any:
        columns, owner, order = LISTED[name]
        whose = visible(asker, owner) if not asker.sees_all else "TRUE"
        return ask(f"SELECT {columns} WHERE {whose} ORDER BY {order} LIMIT 25", values)

    return read


def inspection_levels(asker: Any, values: dict[str, Any]) -> Any:
    """25 people's, also of those who have none."""
    return ask(
        "SELECT u.id, v.level, v.number, v.plans, v.since, v.version FROM people_user u "
        "LEFT JOIN coaching_inspectionlevel v ON v.rep_id = u.id "
        f"WHERE {visible(asker, 'u.id')} ORDER BY u.id LIMIT 25",
        values,
    )


def differentiators(asker: Any, values: dict[str, Any]) -> Any:
    return ask(
        "SELECT s.id, s.text, s.product_id, s.proof, s.place, s.uses, s.last_used_on, s.added_on, "
        "s.retired_at, s.version FROM playbook_differentiator s ORDER BY s.id LIMIT 25",
        values,
    )


FACTS = {
    "person": person,
    "level": level,
    "debrief-form": debrief_form,
    "roster": roster,
    "inspection-levels": inspection_levels,
    "differentiators": differentiators,
    **{name: listed(name) for name in LISTED},
}
