"""Coaching the person as it is measured: pages and API, of one rep, of a team and of everybody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bench.scenarios import ROLES, Scenario
from coaching.coverage import USUAL_DAYS, Frame
from coaching.models import BehaviourScore
from lib.calendar import add_months, fiscal_year
from people.calendar import Calendar
from people.models import User
from pipeline.models import Call

WIDE = 300  # people from which the floor reads everybody's rows of those days
LISTS = ("behaviour-scores", "inspection-levels", "focuses", "diagnoses", "ride-alongs")
LISTS += ("training-assignments",)


def coaching_scenarios(now: datetime) -> Iterator[Scenario]:
    """None in a database that was filled before there was coaching."""
    if BehaviourScore.objects.exists():
        yield from of_a_rep(now)
        yield from rosters(now)
        yield from coverages(now)
        yield from lists()


def of_a_rep(now: datetime) -> Iterator[Scenario]:
    rep = User.objects.get(email=ROLES["rep"])
    one = {"id": rep.pk, "today": now.date().isoformat()}
    for role in ("rep", "manager", "executive"):
        yield Scenario(f"Coaching, person, {role}", role, f"/people/{rep.pk}/", "person", one)
    path = f"/people/{rep.pk}/inspection-level/"
    yield Scenario("Coaching, inspection level", "manager", path, "level", one)
    begun = Call.objects.filter(starts_at__lte=now, owner=rep, status=Call.PLANNED)
    owed = begun.filter(debrief__isnull=True).latest("starts_at")
    path = f"/calls/{owed.pk}/debrief/"
    yield Scenario("Coaching, debrief form", "rep", path, "debrief-form", {"id": owed.pk})


def rosters(now: datetime) -> Iterator[Scenario]:
    calendar = Calendar.current()
    today = calendar.today(now)
    first = fiscal_year(today, calendar.year_start)[0]
    days = {"today": today.isoformat(), "first": first.isoformat()}
    path = "/ride-alongs/"
    yield Scenario("Coaching, roster, manager", "manager", path, "roster", days | {"everybody": ""})
    path, days = f"{path}?scope=everybody", days | {"everybody": "1"}
    yield Scenario(f"Coaching, roster of {reps():,}", "executive", path, "roster", days)


def coverages(now: datetime) -> Iterator[Scenario]:
    """Of a manager and of everybody; the rows behind one figure; the same over the API."""
    days, people = asked(now), reps()
    for role, whose in (("manager", "manager"), ("executive", f"of {people:,}")):
        of = days | {"wide": "1" if role == "executive" and people > WIDE else ""}
        name = f"Coaching, coverage {whose}"
        yield Scenario(name, role, "/coverage/", "coverage", of)
        manager = User.objects.get(email=ROLES[role])
        path = f"/coverage/{manager.pk}/debriefs/"
        yield Scenario(f"{name}, debriefs", role, path, "coverage-rows", of)
        yield Scenario(f"API {name.lower()}", role, "/api/v1/coverage/", "coverage-figures", of)


def asked(now: datetime) -> dict[str, Any]:
    """What the floor is told of the days counted."""
    frame = Frame.of(Calendar.current().zone, now, None, USUAL_DAYS)
    return {
        "begin": frame.begin.isoformat(sep=" "),
        "end": frame.end.isoformat(sep=" "),
        "two_days_ago": (frame.end - timedelta(days=2)).isoformat(sep=" "),
        "first": frame.first.isoformat(),
        "last": frame.last.isoformat(),
        "tomorrow": (frame.last + timedelta(days=1)).isoformat(),
        "half": add_months(frame.last, -6).isoformat(),
    }


def lists() -> Iterator[Scenario]:
    """By their usual order, of a team and of everybody."""
    for name in LISTS:
        for role in ("manager", "executive"):
            said = f"API coaching, {name.replace('-', ' ')}, {role}"
            yield Scenario(said, role, f"/api/v1/{name}/", name)
    path = "/api/v1/differentiators/"
    yield Scenario("API coaching, differentiators", "rep", path, "differentiators")


def reps() -> int:
    return User.objects.filter(levels_below=0).exclude(reports_to=None).count()
