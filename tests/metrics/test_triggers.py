"""The database itself notes every change of what is counted, and no other."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from coaching.models import CallPlan, Debrief, DebriefReview
from coaching.models.plan import PlanLine
from lib.calendar import LATEST
from metrics import triggers
from metrics.models import MetricCount, PostedMeasure, Touch
from people.models import Organisation, Team, TeamMembership, User
from pipeline.models import Call, CallAttendee, Opportunity, Proposal, Stage
from tests.factories import NOW, TODAY, a_contact, a_team, a_user, an_account

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = NOW + HOUR
Wanted = set[tuple[Any, ...]]


class World:
    """One row of everything that is watched."""

    def __init__(self) -> None:
        self.organisation = Organisation.current()
        self.rosa, self.otto = a_user("Rosa Rep"), a_user("Otto Other")
        self.sales, self.north, self.south = (a_team(name) for name in ("Sales", "North", "South"))
        self.account, self.other = an_account(), an_account("Initech")
        self.contacts = [a_contact(self.account, name) for name in ("Ann", "Ben")]
        self.call = self.a_call(NOW)
        self.free_call = self.a_call(LATER)
        self.plan = CallPlan.objects.create(call=self.call, filed_at=NOW, timeliness="on_time")
        self.debrief = Debrief.objects.create(call=self.call, rep=self.rosa, score=7)
        self.deal = self.a_deal()
        self.measure = PostedMeasure.add(name="dials", label="Dials", unit="dials")
        self.mails = PostedMeasure.add(name="mails", label="Mails", unit="mails")

    def a_call(self, at: Any) -> Call:
        return Call.objects.create(owner=self.rosa, account=self.account, starts_at=at)

    def a_deal(self, **fields: Any) -> Opportunity:
        own = {"owner": self.rosa, "stage": Stage.first(), "name": "Deal"}
        return Opportunity.objects.create(**own, **fields)

    def an_attendee(self) -> CallAttendee:
        return CallAttendee(call=self.call, contact=self.contacts[0])

    def a_plan(self) -> CallPlan:
        return CallPlan(call=self.free_call, rep=self.rosa, filed_at=NOW, timeliness="on_time")

    def a_line(self) -> PlanLine:
        return PlanLine(plan=self.plan, part="commitments", text="A meeting")

    def a_debrief(self) -> Debrief:
        return Debrief(call=self.free_call, rep=self.rosa, score=5, filed_at=NOW)

    def a_review(self) -> DebriefReview:
        return DebriefReview(debrief=self.debrief, score=5, at=NOW, by=self.otto)

    def a_proposal(self) -> Proposal:
        return Proposal(opportunity=self.deal, owner=self.rosa, title="Offer", sent_on=TODAY)

    def an_opening(self) -> Opportunity:
        days = {"opened_on": TODAY - DAY, "closed_on": TODAY}
        credit = {"opening_owner": self.rosa, "closing_owner": self.otto}
        own = {"owner": self.rosa, "stage": Stage.first(), "name": "Deal"}
        return Opportunity(**own, **days, **credit)

    def a_count(self) -> MetricCount:
        own = {"person": self.rosa, "measure": self.measure, "source": "dialler", "count": 5}
        return MetricCount(**own, day=TODAY, posted_at=NOW)

    def a_membership(self) -> TeamMembership:
        return TeamMembership(person=self.rosa, team=self.north, first_day=TODAY)

    def a_team(self) -> Team:
        return Team(name="East", parent=self.sales)

    def a_second_call(self) -> Call:
        return Call(
            owner=self.rosa, account=self.account, starts_at=NOW, ends_at=LATER, status="held"
        )


@pytest.fixture
def world(db: None) -> World:
    return World()


def noted() -> Wanted:
    """What was noted since this was last asked, without what is empty."""
    names = ("source", "ref", "day", "until", "at")
    rows = [tuple(x for x in row if x is not None) for row in Touch.objects.values_list(*names)]
    Touch.objects.all().delete()
    return set(rows)


Maker = Callable[[World], Any]
Notes = Callable[[World, Any], Wanted]


def moments(w: World, row: Any) -> Wanted:
    return {("person_moment", row.owner_id, row.starts_at)}


def call(w: World, row: Any) -> Wanted:
    return {("call", row.call_id)}


def plan(w: World, row: Any) -> Wanted:
    filed = {("person_moment", row.rep_id, row.filed_at)} if row.filed_at else set()
    return filed | {("call", row.call_id)}


def line(w: World, row: Any) -> Wanted:
    return {("plan", row.plan_id)}


def review(w: World, row: Any) -> Wanted:
    return {("debrief", row.debrief_id)}


def proposal(w: World, row: Any) -> Wanted:
    return {("person_day", row.owner_id, row.sent_on)}


def deal(w: World, row: Any) -> Wanted:
    shares = ((row.opening_owner_id, row.opened_on), (row.closing_owner_id, row.closed_on))
    return {("person_day", whose, day) for whose, day in shares if whose and day}


def count(w: World, row: Any) -> Wanted:
    return {("person_day", row.person_id, row.day)}


def membership(w: World, row: Any) -> Wanted:
    return {("membership", row.team_id, row.first_day, row.last_day)}


def parent(w: World, row: Any) -> Wanted:
    return {("team", row.parent_id)} if row.parent_id else set()


# What is made; what a row of it says; what may change of it, and what else stands in it.
Changes = Callable[[World], list[dict[str, Any]]]
CASES: dict[str, tuple[Maker, Notes, Changes, dict[str, Any]]] = {
    "call": (
        World.a_second_call,
        moments,
        lambda w: [
            {"owner": w.otto},
            {"starts_at": LATER},
            {"status": "missed"},
            {"kind": "presentation"},
            {"planned_minutes": 45},
            {"actual_minutes": 0},
            {"account": None},
        ],
        {"channel": "video", "status_reason": "Ill"},
    ),
    "attendee": (
        World.an_attendee,
        call,
        lambda w: [{"call": w.free_call}],
        {"contact": lambda w: w.contacts[1]},
    ),
    "plan": (
        World.a_plan,
        plan,
        lambda w: [
            {"rep": w.otto},
            {"filed_at": LATER},
            {"filed_at": None},
            {"timeliness": "late"},
        ],
        {"purpose": "Another", "state": "good"},
    ),
    "line": (
        World.a_line,
        line,
        lambda w: [{"outcome": "yes"}, {"part": "learn"}],
        {"note": "Done", "text": "B"},
    ),
    "debrief": (
        World.a_debrief,
        call,
        lambda w: [{"filed_at": None}, {"score": None}, {"score": 1}],
        {"worked": "All of it", "reviewed_at": NOW},
    ),
    "review": (World.a_review, review, lambda w: [{"score": 1}], {"modify": "Ask more"}),
    "proposal": (
        World.a_proposal,
        proposal,
        lambda w: [{"owner": w.otto}, {"sent_on": TODAY - DAY}],
        {"title": "B", "amount": 7},
    ),
    "deal": (
        World.an_opening,
        deal,
        lambda w: [
            {"opening_owner": w.otto},
            {"opened_on": TODAY - 9 * DAY},
            {"closing_owner": w.rosa},
            {"closed_on": None},
            {"status": "won"},
            {"amount": 7},
            {"currency": "USD"},
        ],
        {"owner": lambda w: w.otto, "next_step": "Call", "close_date": TODAY},
    ),
    "count": (
        World.a_count,
        count,
        lambda w: [{"person": w.otto}, {"day": TODAY - DAY}, {"count": 6}, {"measure": w.mails}],
        {"posted_at": LATER, "source": "mail"},
    ),
    "membership": (
        World.a_membership,
        membership,
        lambda w: [
            {"person": w.otto},
            {"team": w.south},
            {"first_day": TODAY - DAY},
            {"last_day": TODAY + DAY},
        ],
        {},
    ),
    "team": (
        World.a_team,
        parent,
        lambda w: [{"parent": w.south}, {"parent": None}],
        {"name": "West", "manager": lambda w: w.otto},
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_every_watched_row_is_noted_when_made_changed_and_deleted(world: World, what: str) -> None:
    make, notes, changes, others = CASES[what]
    row, rows = make(world), type(make(world))._default_manager
    noted()
    rows.bulk_create([row])
    assert noted() == notes(world, row)
    for change in changes(world):
        before = notes(world, row)
        rows.filter(pk=row.pk).update(**change)
        row = rows.get(pk=row.pk)
        assert noted() == before | notes(world, row), change
        rows.filter(pk=row.pk).update(**change)  # the same again is no change
        assert noted() == set(), change
    for name, value in others.items():
        rows.filter(pk=row.pk).update(**{name: value(world) if callable(value) else value})
        assert noted() == set(), name
    rows.filter(pk=row.pk).delete()
    assert noted() == notes(world, row)


def test_every_table_that_is_watched_stands_above() -> None:
    made = {make.__annotations__["return"] for make, *_ in CASES.values()}
    watched = {each.model for each in triggers.WATCHED}
    assert watched == made | {Organisation}


def test_saving_a_row_as_it_is_notes_nothing(world: World) -> None:
    noted()
    for row in (world.call, world.plan, world.debrief, world.deal, world.north, world.organisation):
        row.save()
    assert noted() == set()


def test_many_rows_written_by_one_statement_are_noted_each(world: World) -> None:
    noted()
    Call.objects.update(starts_at=F("starts_at") + DAY)
    assert len(noted()) == 4
    world.call.refresh_from_db()
    world.call.plan.lines.all().delete()
    rows = [world.a_line(), world.a_line()]
    PlanLine.objects.bulk_create(rows)
    for row in rows:
        row.outcome = "yes"
    PlanLine.objects.bulk_update(rows, ["outcome", "note"])
    assert Touch.objects.filter(source="plan", ref=world.plan.pk).count() == 6


def test_a_count_that_is_posted_again_is_noted_when_it_differs(world: World) -> None:
    names = {"update_conflicts": True, "unique_fields": MetricCount.KEY}
    fields = ["count", "posted_at"]
    for number, wanted in ((5, 1), (5, 0), (6, 1)):
        row = world.a_count()
        row.count = number
        noted()
        MetricCount.objects.bulk_create([row], **names, update_fields=fields)
        assert len(noted()) == wanted


def test_deleting_a_call_notes_its_day_though_all_goes_with_it(world: World) -> None:
    PlanLine.objects.bulk_create([world.a_line()])
    world.a_review().save()
    world.an_attendee().save()
    noted()
    moment = ("person_moment", world.rosa.pk, NOW)
    assert world.call.pk
    Call.objects.filter(pk=world.call.pk).delete()
    assert moment in noted()


def test_another_time_zone_of_the_organisation_touches_everything(world: World) -> None:
    noted()
    world.organisation.change(name="Another name", week_start=6, currency="USD")
    assert noted() == set()
    world.organisation.change(time_zone="Asia/Tokyo")
    assert noted() == {("everything",)}


def test_joining_a_team_notes_the_days_in_the_old_one_and_in_the_new(world: World) -> None:
    world.rosa.join(world.north, on=TODAY)
    noted()
    world.rosa.join(world.south, on=TODAY + DAY)
    first = date(1900, 1, 1)
    assert noted() == {
        ("membership", world.north.pk, first, LATEST),
        ("membership", world.north.pk, first, TODAY),
        ("membership", world.south.pk, TODAY + DAY, LATEST),
    }


# They come and go.


@pytest.fixture
def as_it_was(db: None) -> Iterator[None]:
    yield
    triggers.install(connection)


def installed() -> set[str]:
    with connection.cursor() as cursor:
        return {name for name, _ in triggers._installed(cursor, connection.vendor)}


@pytest.mark.django_db
def test_the_database_of_these_tests_was_given_them_by_migrate() -> None:
    assert triggers.are_installed(connection)
    tables = {each.table for each in triggers.WATCHED}
    assert len(tables) == len(triggers.WATCHED)


def test_taken_away_they_note_nothing_and_made_anew_they_do(world: World, as_it_was: None) -> None:
    before = installed()
    triggers.remove(connection)
    assert not installed()
    assert not triggers.are_installed(connection)
    noted()
    Call.objects.update(status="held")
    assert noted() == set()
    triggers.install(connection)
    triggers.install(connection)  # twice is once
    assert (installed(), triggers.are_installed(connection)) == (before, True)
    Call.objects.update(status="missed")
    assert Touch.objects.count() == 4


@pytest.mark.parametrize("model", [Proposal, Team])
def test_a_missing_one_is_noticed(model: Any, as_it_was: None) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for name, on in triggers._installed(cursor, connection.vendor):
            if on == table:
                of = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {name}{of}")
    assert not triggers.are_installed(connection)


ALL_APPS = [config.name for config in apps.get_app_configs()]


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_migrating_makes_those_that_are_missing() -> None:
    triggers.remove(connection)
    call_command("migrate", verbosity=0)
    assert triggers.are_installed(connection)


def test_nobody_who_is_deleted_leaves_a_note_that_breaks_anything(world: World) -> None:
    vera = User.objects.create_user(None, "Vera Visitor", team=world.north)
    row = world.a_count()
    row.person = vera
    row.save()
    noted()
    pk = vera.pk
    vera.delete()
    assert ("person_day", pk, TODAY) in noted()
