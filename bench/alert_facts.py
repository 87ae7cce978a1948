"""The facts of the inbox by hand-written queries on both databases; see `bench/facts.py`."""

from typing import Any

from django.db import connection

from bench.facts import ask, rows

TOLD = "n.person_id = %(user)s AND n.app_at <= %(now)s AND n.summary_id IS NULL"
OPEN = (
    "a.closed_at IS NULL AND n.settled_at IS NULL "
    "AND (n.snoozed_until IS NULL OR n.snoozed_until <= %(today)s)"
)
FROM = (
    "FROM alerts_notification n JOIN alerts_alert a ON a.id = n.alert_id "
    "JOIN people_user u ON u.id = a.about_id "
)
UNREAD = f"{FROM} WHERE {TOLD} AND {OPEN} AND n.read_at IS NULL"


def columns() -> str:
    limit = connection.ops.quote_name("limit")
    return (
        "SELECT n.id, n.app_at, n.read_at, n.acted_at, n.snoozed_until, n.snooze_reason, "
        "n.settled_at, n.summary_id, a.id AS alert, a.kind, a.rule, a.subject_id, a.title, a.said, "
        f"a.severity, a.value, a.{limit}, a.unit, a.clock_on, a.clock_at, a.clock_event, a.money, "
        "a.currency, a.opened_at, a.closed_at, a.about_id, u.name AS about"
    )


def inbox(asker: Any, values: dict[str, Any]) -> Any:
    """The 50 newest that are to do, and how many are unread."""
    unread = f"(SELECT count(*) {UNREAD}) AS unread"
    order = "ORDER BY n.app_at DESC, n.id DESC LIMIT 50"
    return ask(f"{columns()}, {unread} {FROM} WHERE {TOLD} AND {OPEN} {order}", values)


def alert(asker: Any, values: dict[str, Any]) -> Any:
    """One of them, with who else was told of it and what was asked."""
    told = rows(
        "o.person_id, p.name, o.read_at, o.acted_at",
        "FROM alerts_notification o JOIN people_user p ON p.id = o.person_id "
        "WHERE o.alert_id = a.id",
    )
    asked = rows(
        "q.asked_at, q.text, q.answer", "FROM alerts_alertquestion q WHERE q.alert_id = a.id"
    )
    one = "WHERE n.person_id = %(user)s AND a.id = CAST(%(id)s AS bigint)"
    return ask(f"{columns()}, {told} AS told, {asked} AS asked {FROM} {one}", values)


def bell(asker: Any, values: dict[str, Any]) -> Any:
    """How many are unread, and when the newest came."""
    return ask(f"SELECT count(*) AS unread, max(n.app_at) AS newest {UNREAD}", values)


def alerts(asker: Any, values: dict[str, Any]) -> Any:
    """The 25 newest that were told, whatever became of them."""
    order = "ORDER BY n.app_at DESC, n.id DESC LIMIT 25"
    return ask(f"{columns()} {FROM} WHERE {TOLD} {order}", values)


FACTS = {"inbox": inbox, "alert": alert, "alert-bell": bell, "alerts": alerts}
