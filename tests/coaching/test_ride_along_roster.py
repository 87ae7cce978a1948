"""Two ride-alongs a year: who is due when, in the order of that day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from coaching.models import RideAlong
from coaching.ride_along_roster import ORDER, Roster, due_on, state_of
from lib.keyset import Page
from people.models import Organisation, User
from tests.factories import NOW, TODAY, a_ride_along

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("last", "joined", "due"),
    [
        (date(2026, 8, 31), None, date(2027, 2, 28)),
        (date(2027, 8, 31), None, date(2028, 2, 29)),
        (date(2026, 2, 28), None, date(2026, 8, 28)),
        (date(2026, 6, 1), date(2026, 10, 1), date(2026, 12, 1)),
        (None, date(2026, 7, 15), date(2027, 1, 15)),
        (None, None, TODAY),
    ],
)
def test_the_next_is_due_half_a_year_after_the_last_or_after_joining(
    last: date | None, joined: date | None, due: date
) -> None:
    assert due_on(last, joined, TODAY) == due


@pytest.mark.parametrize(
    ("due", "planned", "state"),
    [
        (-1, None, "overdue"),
        (0, None, "due_soon"),
        (30, None, "due_soon"),
        (31, None, "in_time"),
        (-1, 0, "planned"),
        (-1, 30, "planned"),
        (-1, 31, "overdue"),
        (90, 90, "planned"),
        (90, 91, "in_time"),
        (-1, -1, "overdue"),
    ],
)
def test_planned_is_what_comes_in_time(due: int, planned: int | None, state: str) -> None:
    planned_on = None if planned is None else TODAY + planned * DAY
    assert state_of(TODAY + due * DAY, planned_on, TODAY) == state


pytestmark = pytest.mark.django_db


def rows(reader: User, *, everybody: bool = False, at: datetime = NOW) -> list[Any]:
    return list(Roster.of(reader, at).all_rows(everybody=everybody))


def test_who_waits_longest_stands_first(rosa: User, pia: User, mia: User) -> None:
    a_ride_along(rosa, mia, NOW - 200 * DAY, held=True)
    planned = a_ride_along(pia, mia, NOW + 9 * DAY)
    first, second = rows(mia)
    assert (first.rep, first.state, first.words) == (rosa, "overdue", "16 d late")
    assert (first.last.manager, first.next, first.this_year) == (mia, None, 1)
    assert (second.rep, second.state, second.due_on) == (pia, "planned", TODAY)
    assert (second.next, second.last, second.this_year) == (planned, None, 0)


def test_two_of_a_fiscal_year_count(rosa: User, mia: User) -> None:
    Organisation.current().change(fiscal_year_start=10)
    for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 17)):
        a_ride_along(rosa, mia, datetime(day.year, day.month, day.day, 12, tzinfo=UTC), held=True)
    a_ride_along(rosa, mia, NOW + DAY)
    assert rows(mia)[0].this_year == 2


def test_days_are_those_of_the_organisation(rosa: User, mia: User) -> None:
    Organisation.current().change(time_zone="Pacific/Kiritimati")
    a_ride_along(rosa, mia, datetime(2026, 5, 31, 11, tzinfo=UTC), held=True)  # the 1st of June
    assert rows(mia)[0].due_on == date(2026, 12, 1)


def test_cancelled_ones_count_for_nothing_and_a_past_plan_is_to_be_handed_in(
    rosa: User, mia: User
) -> None:
    a_ride_along(rosa, mia, NOW - DAY).cancel("Ill", by=mia, at=NOW)
    assert (rows(mia)[0].last, rows(mia)[0].next) == (None, None)
    a_ride_along(rosa, mia, NOW - DAY)
    assert rows(mia)[0].is_to_hand_in
    assert rows(mia)[0].state == "due_soon"


def test_managers_see_reps_of_theirs_and_executives_those_further_down_if_they_ask(
    rosa: User, pia: User, otto: User, mia: User, eva: User
) -> None:
    pia.deactivate()
    assert [row.rep for row in rows(mia)] == [rosa]
    assert rows(eva) == []
    assert [row.rep for row in rows(eva, everybody=True)] == [otto, rosa]
    assert rows(rosa, everybody=True) == []


def test_the_pages_of_a_long_roster_hold_everybody_once(rosa: User, pia: User, mia: User) -> None:
    rosa.change(joined_on=TODAY - 90 * DAY)
    a_ride_along(pia, mia, NOW - 300 * DAY, held=True)
    more = [User(name=f"Rep {n}", email=f"{n}@example.com", reports_to=mia) for n in range(3)]
    User.objects.bulk_create(more)
    found: list[User] = []
    query = QueryDict()
    for _ in range(5):
        page = Page.of(Roster.of(mia, NOW).reps(everybody=False), ORDER, query, size=1)
        found += page.rows
        query = QueryDict(page.older.removeprefix("?"))
    assert not page.older
    assert [each.name for each in found] == [
        "Pia Peer", "Rep 0", "Rep 1", "Rep 2", "Rosa Rep",
    ]  # fmt: skip


def many(mia: User, count: int) -> None:
    reps = User.objects.bulk_create(
        User(name=f"Rep {count}.{n}", email=f"{count}.{n}@example.com", reports_to=mia)
        for n in range(count)
    )
    held = {"manager": mia, "state": "held", "starts_at": NOW - 90 * DAY, "held_at": NOW}
    RideAlong.objects.bulk_create(RideAlong(rep=rep, about="Ghent", **held) for rep in reps)


def test_it_takes_as_many_statements_for_a_thousand_as_for_three(rosa: User, mia: User) -> None:
    counts = []
    for number in (2, 27, 970):
        many(mia, number)
        with CaptureQueriesContext(connection) as seen:
            rows(mia)
        counts.append(len(seen))
    assert len(rows(mia)) == 1_000
    assert counts == [3, 3, 3]
