"""Bringing the tallies up to date: at once, in batches, for many, and for nobody left."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lib.calendar import local_date
from metrics import rebuild, rollups
from metrics.figures import figures_of_teams, figures_with_people
from metrics.models import DailyTally, MetricCount, PostedMeasure, TeamTally, Touch
from metrics.models.metric_count import Posted
from metrics.periods import Span
from people.calendar import Calendar
from people.models import Organisation, Team, User
from pipeline.models import Call
from tests.factories import NOW, TODAY, a_deal, a_team, a_user
from tests.support.tallies_by_hand import ByHand

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UTC = ZoneInfo("UTC")
ALL_APPS = [config.name for config in apps.get_app_configs()]
committed = pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)


@pytest.fixture
def north(db: None) -> Team:
    Organisation.current()
    return a_team("North", parent=a_team("Sales"))


@pytest.fixture
def rosa(north: Team) -> User:
    return a_user("Rosa Rep", team=north)


def held(owner: User, at: datetime = NOW) -> Call:
    fields = {"starts_at": at, "ends_at": at + HOUR, "status": "held"}
    return Call.objects.bulk_create([Call(owner=owner, **fields)])[0]


def calls_held(model: Any = DailyTally) -> dict[str, Decimal]:
    """By the name of whose they are, on all days together."""
    whose = "person__name" if model is DailyTally else "team__name"
    found: dict[str, Decimal] = {}
    for name, number in model.objects.filter(tally="calls_held").values_list(whose, "number"):
        found[name] = found.get(name, Decimal(0)) + number
    return found


def assert_right() -> None:
    """By hand, and by counting everything again in the database."""
    zone = Organisation.current().zone
    wanted = ByHand(zone)
    about = ("tally", "day", "currency", "number")
    for model, whose, right in (
        (DailyTally, "person", wanted.of_people()),
        (TeamTally, "team", wanted.of_teams()),
    ):
        rows = model.objects.values_list(whose, *about)
        assert {tuple(key): number for *key, number in rows if number} == right
    assert not Touch.objects.exists()
    assert rebuild.rebuild(zone, keep=False).differed == 0


def at_once(*jobs: Callable[[], Any]) -> None:
    """Run them in threads of their own, each on a connection of its own."""
    failures: list[BaseException] = []

    def run(job: Callable[[], Any]) -> None:
        try:
            job()
        except BaseException as failure:  # noqa: BLE001 - it is raised below
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures, failures


# At the same time as others.


@committed
def test_two_that_catch_up_at_once_and_one_that_counts_everything_end_right(rosa: User) -> None:
    otto = a_user("Otto Other", team=Team.objects.get(name="Sales"))
    start = threading.Barrier(3)
    for n in range(6):
        held(rosa, NOW - n * DAY)
        held(otto, NOW - n * DAY)

    def catch_up() -> None:
        start.wait()
        rollups.catch_up()

    def count_all() -> None:
        start.wait()
        rebuild.rebuild(UTC)

    at_once(catch_up, catch_up, count_all)
    rollups.catch_up()
    assert calls_held() == {"Rosa Rep": 6, "Otto Other": 6}
    assert_right()


@committed
def test_what_is_committed_while_the_tallies_are_counted_is_not_lost(
    rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes when the day has been counted and the notes are about to be crossed off."""
    held(rosa)
    reached, gone = threading.Event(), threading.Event()
    real = rollups._count_teams_of

    def counted(*args: Any) -> None:
        real(*args)
        if not reached.is_set():
            reached.set()
            gone.wait(0.5)  # on SQLite it waits for us in turn

    def another() -> None:
        reached.wait(20)
        held(rosa, NOW + HOUR)
        gone.set()

    monkeypatch.setattr(rollups, "_count_teams_of", counted)
    at_once(lambda: rollups.catch_up(), another)
    rollups.catch_up()
    assert calls_held() == {"Rosa Rep": 2}
    assert_right()


@committed
def test_what_has_not_been_committed_is_not_counted_and_its_note_stays(rosa: User) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    written, counted = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            held(rosa)
            written.set()
            counted.wait(20)

    def catch_up() -> None:
        written.wait(20)
        rollups.catch_up()
        assert calls_held() == {}
        counted.set()

    rollups.catch_up()
    at_once(slow, catch_up)
    assert rollups.catch_up() == 1
    assert calls_held() == {"Rosa Rep": 1}
    assert_right()


@committed
def test_a_batch_that_fails_leaves_its_notes_and_what_was_kept(
    rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(rosa)
    rollups.catch_up()
    held(rosa, NOW + HOUR)
    monkeypatch.setattr(rollups, "count_teams", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rollups.catch_up()
    assert (calls_held(), Touch.objects.count()) == ({"Rosa Rep": 1}, 1)
    monkeypatch.undo()
    rollups.catch_up()
    assert_right()


# In batches, and for many.


def test_more_notes_than_a_batch_holds_are_all_taken(
    rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollups.catch_up()
    for n in range(5):
        held(rosa, NOW - 20 * n * DAY)
    rosa.join(Team.objects.get(name="Sales"), on=TODAY - 30 * DAY)
    a_deal(rosa)
    notes = Touch.objects.count()
    monkeypatch.setattr(rollups, "BATCH", 2)
    assert rollups.catch_up() == notes > 6
    assert_right()


def test_it_takes_so_many_notes_and_then_none(rosa: User) -> None:
    assert rollups.catch_up() > 0
    assert rollups.catch_up() == 0
    held(rosa)
    assert (rollups.catch_up(), rollups.catch_up()) == (1, 0)


def test_more_people_than_a_statement_names_are_counted_as_everybody(
    rosa: User, north: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "MOST_NAMED", 2)
    others = [a_user(f"Peer {n}", team=north) for n in range(3)]
    for person in (rosa, *others):
        held(person)
        held(person, NOW - 40 * DAY)
    rollups.catch_up()
    for person in others:
        held(person, NOW + HOUR)
    Call.objects.filter(owner=others[0]).delete()
    rollups.catch_up()
    assert calls_held() == {"Rosa Rep": 2, "Peer 1": 3, "Peer 2": 3}
    assert calls_held(TeamTally) == {"North": 8, "Sales": 8}
    assert_right()


def test_as_many_statements_for_three_people_as_for_thirty(north: Team) -> None:
    people = User.objects.bulk_create(User(name=f"Rep {n}", team=north) for n in range(33))
    north.arrange(parent=north.parent, manager=None)  # who is where is noted
    rollups.catch_up()

    def statements(some: list[User]) -> int:
        for person in some:
            held(person)
        with CaptureQueriesContext(connection) as queries:
            rollups.catch_up()
        return len(queries)

    assert statements(people[:3]) == statements(people[3:]) <= 20
    assert calls_held(TeamTally) == {"North": 33, "Sales": 33}


# What is not there any more.


def test_an_emptied_day_is_kept_no_longer(rosa: User) -> None:
    call = held(rosa)
    rollups.catch_up()
    call.delete()
    rollups.catch_up()
    assert (calls_held(), calls_held(TeamTally)) == ({}, {})


def test_who_is_deleted_takes_their_tallies_along_and_from_their_teams(north: Team) -> None:
    """All that anybody did was theirs: no day is kept of any person afterwards."""
    vera, ada = a_user("Vera Visitor", team=north), a_user("Ada", is_administrator=True)
    dials = PostedMeasure.add(name="dials", label="Dials", unit="dials")
    counts = [Posted("dialler", vera, dials, TODAY - n * DAY, 5) for n in (0, 3, 400)]
    MetricCount.post(counts, by=ada, at=NOW)
    rollups.catch_up()
    assert TeamTally.objects.count() == 6
    vera.delete()
    rollups.catch_up()
    assert (DailyTally.objects.count(), TeamTally.objects.count()) == (0, 0)
    assert_right()


def test_a_team_that_is_removed_is_gone_from_those_above(rosa: User, north: Team) -> None:
    held(rosa)
    rosa.join(Team.objects.get(name="Sales"), on=TODAY + DAY)
    rollups.catch_up()
    assert calls_held(TeamTally) == {"North": 1, "Sales": 1}
    north.remove()
    rollups.catch_up()
    assert calls_held(TeamTally) == {}
    assert calls_held() == {"Rosa Rep": 1}
    assert_right()


def test_a_team_that_moves_takes_its_past_along(rosa: User, north: Team) -> None:
    held(rosa, NOW - 500 * DAY)
    east = a_team("East")
    rollups.catch_up()
    north.arrange(parent=east, manager=None)
    rollups.catch_up()
    assert calls_held(TeamTally) == {"North": 1, "East": 1}
    assert_right()


def test_the_day_emptied_and_its_person_moved_at_once_leave_no_rest_in_the_old_team(
    rosa: User,
) -> None:
    call = held(rosa, NOW - 90 * DAY)
    rollups.catch_up()
    call.delete()
    rosa.join(Team.objects.get(name="Sales"), on=TODAY - 200 * DAY)
    rollups.catch_up()
    assert calls_held(TeamTally) == {}


# On the organisation's calendar.


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Santiago", datetime(2024, 9, 8)),
        ("Africa/Cairo", datetime(2024, 4, 26)),
        ("America/Santiago", datetime(2024, 4, 7)),
        ("America/St_Johns", datetime(2024, 11, 3)),
        ("Pacific/Kiritimati", datetime(2024, 12, 31)),
    ],
)
def test_every_quarter_of_an_hour_about_a_midnight_counts_once(
    rosa: User, zone: str, day: datetime
) -> None:
    place = ZoneInfo(zone)
    Organisation.current().change(time_zone=zone)
    rollups.catch_up()
    middle = day.replace(tzinfo=place).astimezone(UTC)
    moments = [middle + n * timedelta(minutes=15) for n in range(-10, 11)]
    for n, moment in enumerate(moments):
        held(rosa, moment)
        if n % 5 == 0:
            rollups.catch_up()
    kept = dict(DailyTally.objects.filter(tally="calls_held").values_list("day", "number"))
    days = [local_date(moment, place) for moment in moments]
    assert kept == {each: days.count(each) for each in days}
    assert_right()


def test_another_time_zone_puts_everything_on_its_day(rosa: User) -> None:
    held(rosa, NOW.replace(hour=20))
    rollups.catch_up()
    Organisation.current().change(time_zone="Asia/Tokyo")
    rollups.catch_up()
    assert DailyTally.objects.get(tally="calls_held").day == TODAY + DAY
    assert_right()


def test_cents_won_today_add_up_to_cents(rosa: User, north: Team) -> None:
    """SQLite adds as floating point: 0.1 and 0.2 are not 0.3 there."""
    for cents in ("0.10", "0.20"):
        a_deal(rosa, amount=Decimal(cents)).win(by=rosa, at=NOW)
    today, calendar = Span(TODAY, TODAY), Calendar.current()
    asked = ({"money_won"}, [today], calendar, TODAY)
    teams = figures_of_teams({north.pk: {north.pk}}, *asked)
    stays = [(rosa.pk, TODAY, TODAY)]
    same, members = figures_with_people({north.pk: {north.pk}}, north.pk, stays, TODAY, *asked)
    for figures, whom in ((teams, north.pk), (same, north.pk), (members, rosa.pk)):
        assert figures.total(whom, "money_won", today) == Decimal("0.30")


def test_what_differs_is_told_and_counting_again_mends_it(rosa: User) -> None:
    held(rosa)
    held(rosa, NOW - DAY)
    rollups.catch_up()
    DailyTally.objects.filter(tally="calls_held", day=TODAY).update(number=7)
    DailyTally.objects.filter(tally="calls_held", day=TODAY - DAY).delete()
    span = Span(TODAY - DAY, TODAY)
    found, wrong = rollups.differences([rosa.pk], span, UTC)
    assert found == 6  # calls, interviews and minutes of two days
    told = {(each["day"], Decimal(each["kept"]), Decimal(each["right"])) for each in wrong}
    assert told == {(str(TODAY), 7, 1), (str(TODAY - DAY), 0, 1)}
    rollups.count_again([rosa.pk], span, UTC)
    assert rollups.differences(None, span, UTC) == (6, [])
    assert_right()
