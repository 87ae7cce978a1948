"""The inbox of a manager with very many alerts, and that of a rep with a few."""

from collections.abc import Iterator
from datetime import datetime

from alerts.models import Notification
from bench.alert_data import make_inbox
from bench.jobs import write
from bench.scenarios import ROLES, Scenario
from people.models import User

MANY, FEW = 10_000, 30


def alert_scenarios(now: datetime) -> Iterator[Scenario]:
    """None where the organisation is too small for people who are in no other scenario."""
    people = {role: User.objects.filter(email=ROLES[role]).first() for role in ("alerted", "told")}
    manager, rep = people.values()
    if manager is None or rep is None:
        return
    make_inboxes(manager, rep, now)
    day = {"today": now.date().isoformat()}
    for role, count in (("alerted", MANY), ("told", FEW)):
        yield Scenario(f"Alerts, inbox of {count:,}", role, "/alerts/", "inbox", day)
        yield Scenario(f"Alerts, bell of {count:,}", role, "/alerts/bell/", "alert-bell", day)
    newest = Notification.objects.filter(person=manager).latest("app_at").alert_id
    path, one = f"/alerts/{newest}/", {"id": newest}
    yield Scenario("Alert", "alerted", path, "alert", one)
    for role, count in (("alerted", MANY), ("told", FEW)):
        yield Scenario(f"API alerts of {count:,}", role, "/api/v1/alerts/", "alerts")
    yield Scenario("API alert", "alerted", f"/api/v1{path}", "alert", one)


def make_inboxes(manager: User, rep: User, now: datetime) -> None:
    """The first time."""
    if Notification.objects.filter(person=manager).exists():
        return
    led = list(User.objects.filter(reports_to=manager).values_list("pk", flat=True))
    make_inbox(manager, led, MANY, now)
    make_inbox(rep, [rep.pk], FEW, now)
    write("ANALYZE alerts_alert", "ANALYZE alerts_notification")
