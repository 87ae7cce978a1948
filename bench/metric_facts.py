"""The facts of a scorecard by one hand-written query: what is kept, what happened today, targets.

Sums go by week and by whether they fall in the quarter; the floor adds up no aims.
"""

from typing import Any

from django.db import connection

from bench.facts import ask

CHAIN = (
    "('prospects_targeted', 'plans_on_time', 'interviews', 'presentations', 'commitments_got', "
    "'proposals', 'money_won')"
)
ASKER = "EXISTS (SELECT 1 FROM people_user WHERE id = %(user)s AND is_active)"
IN_CALLS = "c.starts_at >= %(start)s AND c.starts_at < %(end)s AND c.status = 'held'"
HAPPENED = {  # today: from which rows, whose they are, and how many
    "prospects_targeted": "1, e.opening_owner_id FROM pipeline_opportunity e "
    "WHERE e.opened_on = %(today)s AND e.opening_owner_id {whose}",
    "plans_on_time": "1, e.rep_id FROM coaching_callplan e WHERE e.timeliness = 'on_time' "
    "AND e.filed_at >= %(start)s AND e.filed_at < %(end)s AND e.rep_id {whose}",
    "interviews": f"1, c.owner_id FROM pipeline_call c WHERE {IN_CALLS} "
    "AND c.kind = 'interview' AND c.owner_id {whose}",
    "presentations": f"1, c.owner_id FROM pipeline_call c WHERE {IN_CALLS} "
    "AND c.kind = 'presentation' AND c.owner_id {whose}",
    "commitments_got": "1, c.owner_id FROM pipeline_call c "
    "JOIN coaching_debrief d ON d.call_id = c.id AND d.filed_at IS NOT NULL "
    "JOIN coaching_callplan p ON p.call_id = c.id JOIN coaching_planline l ON l.plan_id = p.id "
    f"AND l.part = 'commitments' AND l.outcome = 'yes' WHERE {IN_CALLS} "
    "AND c.owner_id {whose}",
    "proposals": "1, e.owner_id FROM pipeline_proposal e "
    "WHERE e.sent_on = %(today)s AND e.owner_id {whose}",
    "money_won": "e.amount, e.closing_owner_id FROM pipeline_opportunity e WHERE e.status = 'won' "
    "AND e.closed_on = %(today)s AND e.closing_owner_id {whose}",
}


def week() -> str:
    """The number of the week in which a day lies."""
    if connection.vendor == "postgresql":
        return "(t.day - CAST(%(first)s AS date)) / 7"
    return "CAST(julianday(t.day) - julianday(%(first)s) AS integer) / 7"


def few(ids: str) -> str:
    """The condition to be one of these ids, for which PostgreSQL takes the indexes."""
    if connection.vendor == "postgresql":
        return f"= ANY(ARRAY({ids}))"
    return f"IN ({ids})"


def kept(table: str, whose: str, ids: str) -> str:
    """What is kept of the days before today."""
    return (
        f"SELECT '{table}' AS kind, t.{whose} AS id, t.tally AS tally, {week()} AS week, "
        "CASE WHEN t.day >= %(quarter)s THEN 1 ELSE 0 END AS now, SUM(t.number) AS number "
        f"FROM metrics_{table} t WHERE t.{whose} {ids} AND t.day >= %(first)s "
        f"AND t.day < %(today)s AND t.tally IN {CHAIN} AND {ASKER} GROUP BY 1, 2, 3, 4, 5"
    )


def today(whose: str, whom: str = "whom", joined: str = "") -> str:
    """What happened today, added up."""
    each = " UNION ALL ".join(
        f"SELECT '{tally}' AS tally, {rows.format(whose=whose).replace(',', ' AS number,', 1)}"
        for tally, rows in HAPPENED.items()
    ).replace("_id FROM", "_id AS whom FROM")
    return (
        f"SELECT 'today', {whom}, e.tally, 0, 1, SUM(e.number) FROM ({each}) e {joined} "
        f"GROUP BY {whom}, e.tally"
    )


def targets(whose: str) -> str:
    return (
        "SELECT 'target', g.person_id, CAST(g.metric_id AS varchar(9)), g.team_id, g.ramp_id, "
        "g.amount FROM metrics_target g WHERE g.replaced_at IS NULL AND g.first_day <= %(today)s "
        f"AND g.last_day >= %(first)s AND (g.person_id IS NULL OR g.person_id {whose})"
    )


def absences(whose: str) -> str:
    return (
        "SELECT 'away', a.user_id, CAST(a.first_day AS varchar(10)), 0, 0, 0 "
        "FROM people_absence a WHERE a.last_day >= %(quarter)s AND a.first_day <= %(last)s "
        f"AND a.user_id {whose}"
    )


def scorecard(asker: Any, values: dict[str, Any]) -> Any:
    """One person's chain."""
    one = "= %(person)s"
    parts = (kept("dailytally", "person_id", one), today(one), targets(one), absences(one))
    return ask(" UNION ALL ".join(parts), values)


def scorecards(asker: Any, values: dict[str, Any]) -> Any:
    """A team's, those of the teams right under it, and of its own people."""
    below = (
        "WITH RECURSIVE below(id, branch) AS (SELECT id, id FROM people_team WHERE id = %(team)s "
        "UNION ALL SELECT t.id, CASE WHEN b.id = %(team)s THEN t.id ELSE b.branch END "
        "FROM people_team t JOIN below b ON t.parent_id = b.id), "
        "stay AS (SELECT m.person_id, m.team_id, b.branch FROM people_teammembership m "
        "JOIN below b ON b.id = m.team_id WHERE m.first_day <= %(today)s "
        "AND m.last_day >= %(today)s) "
    )
    shown = few("SELECT id FROM people_team WHERE id = %(team)s OR parent_id = %(team)s")
    own = few("SELECT person_id FROM stay WHERE team_id = %(team)s")
    everybody = "SELECT person_id FROM stay"
    everybody = f"IN ({everybody})" if values["wide"] else few(everybody)
    whom = "CASE WHEN s.team_id = %(team)s THEN s.person_id ELSE -s.branch END"
    parts = (
        kept("teamtally", "team_id", shown),
        kept("dailytally", "person_id", own),
        today(everybody, whom, "JOIN stay s ON s.person_id = e.whom"),
        targets(everybody),
        absences(everybody),
    )
    return ask(below + " UNION ALL ".join(parts), values)


FACTS = {"scorecard": scorecard, "scorecards": scorecards}
