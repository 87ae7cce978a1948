"""What each kind of alert looks for, by one hand-written query on PostgreSQL and SQLite."""

from datetime import datetime

from bench.alert_data import instant

CALL = "c.id, c.owner_id, c.starts_at, c.ends_at FROM pipeline_call c "
DEAL = "JOIN pipeline_opportunity o ON o.id = h.opportunity_id AND o.status = 'open' "
REVIEW = (
    "SELECT r.id, r.manager_id, r.scheduled_for, r.due_by FROM reviews_review r "
    "JOIN people_user p ON p.id = r.rep_id AND p.reports_to_id = r.manager_id "
    "JOIN people_user m ON m.id = r.manager_id AND m.is_active "
    "WHERE r.started_at IS NULL AND r.excused_at IS NULL AND NOT EXISTS ("
    "SELECT 1 FROM reviews_review l WHERE l.manager_id = r.manager_id AND l.rep_id = r.rep_id "
    "AND l.closed_at IS NOT NULL AND l.scheduled_for > r.scheduled_for) "
)
CONDITIONS = {
    "plan_waiting": "SELECT p.id, c.owner_id, c.starts_at FROM coaching_callplan p "
    "JOIN pipeline_call c ON c.id = p.call_id WHERE p.state = 'filed' AND p.to_inspect "
    "AND c.status <> 'cancelled' AND c.starts_at > %(now)s AND c.starts_at <= %(tomorrow)s",
    "call_unplanned": f"SELECT {CALL} LEFT JOIN coaching_callplan p ON p.call_id = c.id "
    "WHERE c.status = 'planned' AND c.starts_at > %(now)s AND c.starts_at <= %(tomorrow)s "
    "AND p.filed_at IS NULL",
    "debrief_overdue": f"SELECT {CALL} LEFT JOIN coaching_debrief b ON b.call_id = c.id "
    "WHERE c.status IN ('planned', 'held') AND c.ends_at <= %(yesterday)s "
    "AND c.starts_at > %(long_ago)s AND b.filed_at IS NULL",
    "help_unanswered": "SELECT h.id, h.asked_of_id, h.asked_at, h.wanted_on, o.amount "
    f"FROM coaching_helprequest h {DEAL} WHERE h.state IN ('asked', 'accepted') "
    "AND (h.wanted_on < %(today)s OR h.state = 'asked' AND h.asked_at < %(yesterday)s)",
    "missed_precursor": "SELECT k.id, k.person_id, k.metric_id, k.value, k.due, k.streak "
    "FROM metrics_checkpoint k JOIN people_user u ON u.id = k.person_id AND u.is_active "
    "JOIN metrics_metric m ON m.id = k.metric_id AND m.role = 'precursor' "
    "AND m.retired_on IS NULL WHERE k.state = 'missed' AND k.team_id IS NULL "
    "AND k.day >= %(lately)s AND NOT EXISTS (SELECT 1 FROM metrics_checkpoint l "
    "WHERE l.person_id = k.person_id AND l.metric_id = k.metric_id AND l.team_id IS NULL "
    "AND l.day > k.day)",
    "review_due": f"{REVIEW} AND r.not_held_at IS NULL AND r.scheduled_for <= %(yesterday)s",
    "review_not_held": f"{REVIEW} AND r.not_held_at IS NOT NULL",
    "agreement_overdue": "SELECT g.id, g.owner_id, g.due_on FROM reviews_agreement g "
    "JOIN people_user u ON u.id = g.owner_id AND u.is_active WHERE g.done_at IS NULL "
    "AND g.dropped_at IS NULL AND g.due_on < %(today)s",
}
COPIED = (  # a second episode of everything that is open, and a mark on each deal
    "rule, subject_id, about_id, title, said, severity, value, {limit}, unit, clock_on, "
    "clock_at, clock_event, money, currency, opened_at, opened_on, closed_at, climbs_at"
)
TOLD = (
    "INSERT INTO alerts_notification (alert_id, person_id, app_at, digest_on, snooze_reason) "
    "SELECT a.id, {person}, a.opened_at, a.opened_on, '' FROM alerts_alert a "
    "JOIN people_user u ON u.id = a.about_id WHERE a.climbs_at IS NOT NULL AND a.closed_at IS NULL"
)
CLIMBED = (
    TOLD.format(person="a.about_id"),
    TOLD.format(person="u.reports_to_id"),
    "UPDATE alerts_alert SET climbs_at = NULL WHERE climbs_at IS NOT NULL AND closed_at IS NULL",
)
DIGESTED = (
    "SELECT n.id, n.person_id, n.digest_on, n.snoozed_until, a.kind, a.rule, a.subject_id, "
    "a.about_id, a.title, a.said, a.severity, a.value, a.unit, a.money, a.currency, a.opened_at, "
    "a.opened_on, u.name FROM alerts_deliveryhours h "
    "JOIN alerts_notification n ON n.person_id = h.person_id "
    "JOIN alerts_alert a ON a.id = n.alert_id JOIN people_user u ON u.id = a.about_id "
    "WHERE h.next_digest_at <= %(now)s AND n.digest_on <= %(today)s AND n.settled_at IS NULL "
    "AND a.closed_at IS NULL AND a.rule <> 'many' ORDER BY n.person_id, n.id"
)


def begun(limit: str, now: datetime) -> tuple[str, str]:
    """What a sweep writes, by one statement a table: what began by it, once more.

    `limit` is the name of that column, quoted.
    """
    columns = COPIED.format(limit=limit)
    new = f"opened_at = {instant(now)} AND kind = 'stalled_deal'"
    return (
        f"INSERT INTO alerts_alert (kind, {columns}) SELECT 'copy', {columns} "
        f"FROM alerts_alert WHERE {new}",
        "UPDATE pipeline_opportunity SET alerted = alerted + 1024 "
        f"WHERE id IN (SELECT subject_id FROM alerts_alert WHERE {new})",
    )
