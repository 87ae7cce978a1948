"""The facts of a manager's coverage by one hand-written query, on PostgreSQL and SQLite.

Figures are added up by whom of the manager's reports people are under, and in the middle of all.
"""

from typing import Any

from django.db import connection

from bench.facts import ask
from bench.metric_facts import few

BELOW = (
    "WITH RECURSIVE line(id, branch) AS (SELECT id, id FROM people_user "
    "WHERE reports_to_id = %(user)s UNION SELECT p.id, l.branch FROM people_user p "
    "JOIN line l ON p.reports_to_id = l.id), "
    "led AS (SELECT l.id, l.branch, u.levels_below, u.joined_on, u.name FROM line l "
    "JOIN people_user u ON u.id = l.id WHERE u.is_active) "
)
DAYS = ">= %(begin)s AND {at} < %(end)s"
OWED = (
    "FROM coaching_callplan p JOIN pipeline_call c ON c.id = p.call_id WHERE p.to_inspect "
    "AND p.timeliness = 'on_time' AND c.status <> 'cancelled' "
    f"AND c.starts_at {DAYS.format(at='c.starts_at')} AND c.owner_id {{whom}}"
)
HELP = (
    "FROM coaching_helprequest h JOIN pipeline_opportunity o ON o.id = h.opportunity_id "
    f"WHERE o.owner_id {{whom}} AND h.{{at}} {DAYS.format(at='h.{at}')}"
)
ASKED, HELPED = HELP.replace("{at}", "asked_at"), HELP.replace("{at}", "answered_at")
FILED = f"FROM coaching_debrief b WHERE b.filed_at {DAYS.format(at='b.filed_at')}"
RIDES = "FROM coaching_ridealong k WHERE k.state = 'held'"
PLANNED = f"FROM reviews_review r WHERE r.scheduled_for {DAYS.format(at='r.scheduled_for')}"
TOUCHES = {  # of all time: from which rows, whose, when
    "inspection": (
        "FROM coaching_inspection i JOIN coaching_callplan p ON p.id = i.plan_id",
        "p.rep_id",
        "i.at",
    ),
    "debrief": ("FROM coaching_debrief b", "b.rep_id", "b.reviewed_at"),
    "ride_along": ("FROM coaching_ridealong k", "k.rep_id", "k.starts_at"),
    "help": (
        "FROM coaching_helprequest h JOIN pipeline_opportunity o ON o.id = h.opportunity_id",
        "o.owner_id",
        "h.answered_at",
    ),
    "focus": (
        "FROM coaching_focusstep s JOIN coaching_focus f ON f.id = s.focus_id",
        "f.rep_id",
        's."on"',
    ),
    "review": ("FROM reviews_review r", "r.rep_id", "r.started_at"),
}
SUCH = {"ride_along": "AND k.state = 'held'", "help": "AND h.state = 'done'"}
SUCH |= {"review": "AND r.closed_at IS NOT NULL"}


def sums(two_days: str) -> str:
    """Each row that counts: of what, of whom, and whether it was kept."""
    unanswered = "p.state = 'filed' AND p.submitted_at < c.starts_at"
    in_time = f"b.reviewed_at <= {two_days}"
    return (
        f"SELECT 'inspected' AS what, c.owner_id AS who, CASE WHEN {unanswered} THEN 0 ELSE 1 END "
        f"AS kept {OWED} UNION ALL SELECT 'debriefs', b.rep_id, CASE WHEN {in_time} THEN 1 ELSE 0 "
        f"END {FILED} AND b.rep_id {{whom}} AND (b.reviewed_at IS NOT NULL OR b.filed_at <= "
        "%(two_days_ago)s) UNION ALL SELECT 'help', o.owner_id, CASE WHEN h.state = 'done' "
        f"AND date(h.answered_at) <= h.wanted_on THEN 1 ELSE 0 END {ASKED} AND h.origin = 'asked' "
        "AND (h.state = 'done' OR h.wanted_on < %(last)s) UNION ALL SELECT 'reviews', r.rep_id, "
        f"CASE WHEN r.closed_at IS NULL THEN 0 ELSE 1 END {PLANNED} AND r.rep_id {{whom}} "
        "AND (r.closed_at IS NOT NULL OR r.due_by < %(last)s) UNION ALL SELECT 'rides', u.id, "
        f"CASE WHEN EXISTS (SELECT 1 {RIDES} AND k.rep_id = u.id AND k.starts_at >= %(half)s) "
        "THEN 1 ELSE 0 END FROM led u WHERE u.levels_below = 0"
    )


def touched() -> str:
    """Each touch in these days, by whose it is."""
    parts = []
    for kind, (rows, who, at) in TOUCHES.items():
        days = DAYS.replace("begin", "first").replace("end", "tomorrow") if '"on"' in at else DAYS
        more = SUCH.get(kind, "")
        condition = f"{at} {days.format(at=at)} AND {who} {{whom}} {more}"
        parts.append(f"SELECT {who} AS who {rows} WHERE {condition}")
    return " UNION ALL ".join(parts)


def spent(took: str) -> str:
    first = "(SELECT min(i.at) FROM coaching_inspection i WHERE i.plan_id = p.id)"
    planned = took.format(a=first, b="p.filed_at")
    helped = took.format(a="h.answered_at", b="h.asked_at")
    return (
        f"SELECT 'inspecting' AS what, c.owner_id AS who, {planned} AS took {OWED} UNION ALL "
        f"SELECT 'helping', o.owner_id, {helped} {ASKED} AND h.state IN ('done', 'declined')"
    )


def medians() -> str:
    """In the middle of each branch, and of all."""
    if connection.vendor == "postgresql":
        return (
            "SELECT what, branch, percentile_cont(0.5) WITHIN GROUP (ORDER BY took), count(*) "
            "FROM timed WHERE took IS NOT NULL GROUP BY GROUPING SETS ((what, branch), (what))"
        )
    placed = (
        "SELECT what, branch, took, row_number() OVER (PARTITION BY what, branch ORDER BY took) "
        "AS n, count(*) OVER (PARTITION BY what, branch) AS of_n FROM (SELECT what, branch, took "
        "FROM timed UNION ALL SELECT what, NULL, took FROM timed) WHERE took IS NOT NULL"
    )
    return f"SELECT what, branch, avg(took), max(of_n) FROM ({placed}) " + (
        "WHERE n IN ((of_n + 1) / 2, (of_n + 2) / 2) GROUP BY what, branch"
    )


SPREAD = (
    "SELECT 'third', s.branch, s.third, sum(s.n) FROM (SELECT {branch} AS branch, "
    "coalesce(t.n, 0) AS n, CASE WHEN m.mean IS NULL THEN 0 ELSE ntile(3) OVER (PARTITION BY "
    "{branch}, m.mean IS NULL ORDER BY m.mean DESC, l.id) END AS third FROM led l "
    "LEFT JOIN touches t ON t.who = l.id LEFT JOIN means m ON m.who = l.id) s GROUP BY 2, 3"
)


def of_line(whom: str) -> str:
    """Figures, medians and the spread, with whom of the reports they are of."""
    is_postgres = connection.vendor == "postgresql"
    in_seconds = "extract(epoch FROM {a} - {b})" if is_postgres else "julianday({a})-julianday({b})"
    two = "b.filed_at + interval '2 days'" if is_postgres else "datetime(b.filed_at, '2 days')"
    scored = (
        "SELECT b.rep_id AS who, avg(w.score) AS mean FROM coaching_debrief b "
        "JOIN coaching_debriefreview w ON w.debrief_id = b.id "
        f"WHERE b.reviewed_at {DAYS.format(at='b.reviewed_at')} AND b.rep_id {whom} "
        "GROUP BY b.rep_id"
    )
    branch = "CASE WHEN l.id = l.branch THEN 0 ELSE l.branch END"
    return (
        f"{BELOW}, sums AS ({sums(two)}), touches AS (SELECT who, count(*) AS n FROM "
        f"({touched()}) t GROUP BY who), means AS ({scored}), "
        f"timed AS (SELECT s.what, s.took, {branch} AS branch FROM ({spent(in_seconds)}) s "
        "JOIN line l ON l.id = s.who) "
        f"SELECT s.what, {branch} AS branch, sum(s.kept) AS kept, count(*) AS counted FROM sums s "
        f"JOIN led l ON l.id = s.who GROUP BY 1, 2 UNION ALL SELECT * FROM ({medians()}) m "
        f"UNION ALL SELECT 'touched', {branch}, count(t.who), count(*) FROM led l "
        f"LEFT JOIN touches t ON t.who = l.id GROUP BY 2 "
        f"UNION ALL {SPREAD.format(branch='l.branch')} UNION ALL {SPREAD.format(branch='-1')} "
        "UNION ALL SELECT l.name, l.id, l.levels_below, 0 FROM led l WHERE l.id = l.branch"
    ).replace("{whom}", whom)


def last_touches() -> str:
    """Of who reports to the manager: of each kind the last, and how many in these days."""
    reports = "(SELECT id FROM people_user WHERE reports_to_id = %(user)s AND is_active LIMIT 200)"
    when = "extract(epoch FROM max({at}))" if connection.vendor == "postgresql" else "max({at})"
    parts = []
    for kind, (rows, who, at) in TOUCHES.items():
        begin = "%(first)s" if '"on"' in at else "%(begin)s"
        parts.append(
            f"SELECT '{kind}', {who}, {when.format(at=at)}, sum(CASE WHEN {at} >= {begin} "
            f"THEN 1 ELSE 0 END) {rows} WHERE {who} IN {reports} AND {at} IS NOT NULL "
            f"{SUCH.get(kind, '')} GROUP BY {who}"
        )
    return " UNION ALL ".join(parts)


def whom(values: dict[str, Any]) -> str:
    """The condition to be under the manager, as fits the number of people."""
    return "IN (SELECT id FROM led)" if values["wide"] else few("SELECT id FROM led")


def figures(asker: Any, values: dict[str, Any]) -> Any:
    """As the API tells them."""
    return ask(of_line(whom(values)), values)


def coverage(asker: Any, values: dict[str, Any]) -> Any:
    """As the page tells them: also when each report was last met how."""
    return ask(f"{of_line(whom(values))} UNION ALL {last_touches()}", values)


def debriefs(asker: Any, values: dict[str, Any]) -> Any:
    """50 debriefs, what is owed first, and how many there are."""
    two = "interval '2 days'" if connection.vendor == "postgresql" else "'2 days'"
    add = "b.filed_at + {0}" if connection.vendor == "postgresql" else "datetime(b.filed_at, {0})"
    kept = f"CASE WHEN b.reviewed_at <= {add.format(two)} THEN 1 ELSE 0 END"
    those = (
        f"{FILED} AND b.rep_id {whom(values)} "
        "AND (b.reviewed_at IS NOT NULL OR b.filed_at <= %(two_days_ago)s)"
    )
    return ask(
        f"{BELOW} SELECT x.*, c.kind, c.starts_at, u.name, a.name AS account, t.kept, t.counted "
        f"FROM (SELECT b.id, b.call_id, b.filed_at, b.reviewed_at, {kept} AS is_kept {those} "
        f"ORDER BY 5, b.filed_at DESC, b.id LIMIT 50) x JOIN pipeline_call c ON c.id = x.call_id "
        "JOIN people_user u ON u.id = c.owner_id "
        "LEFT JOIN pipeline_account a ON a.id = c.account_id "
        f"CROSS JOIN (SELECT sum({kept}) AS kept, count(*) AS counted {those}) t",
        values,
    )


FACTS = {"coverage": coverage, "coverage-figures": figures, "coverage-rows": debriefs}
