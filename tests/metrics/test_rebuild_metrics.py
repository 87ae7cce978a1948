"""`manage.py rebuild_metrics` proves that what is kept equals what happened."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from metrics import rollups, triggers
from metrics.models import DailyTally, TeamTally, Touch
from metrics.rebuild import rebuild
from people.models import Organisation, User
from tests.factories import TODAY
from tests.support.posted_world import a_chain, count_each

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KEPT = 6 + 12  # rows of two people on three days; North's and Sales's, South's and Sales's


@pytest.fixture
def dials(rosa: User, otto: User) -> None:
    """Two people of two teams on three days each, no day in common."""
    a_chain("dials")
    count_each(rosa, "dials", [(TODAY - n * DAY, n + 1) for n in (1, 50, 500)])
    count_each(otto, "dials", [(TODAY - n * DAY, n + 1) for n in (2, 60, 600)])
    rollups.catch_up()


def kept() -> list[Any]:
    return [
        *DailyTally.objects.order_by("day", "person").values_list("person", "day", "number"),
        *TeamTally.objects.order_by("day", "team").values_list("team", "day", "number"),
    ]


def run(*options: str) -> tuple[str, str]:
    """What it says, and what it says went wrong."""
    out, err = StringIO(), StringIO()
    call_command("rebuild_metrics", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def tamper(rosa: User, otto: User) -> None:
    """One is another number, one is gone, one is too many, and one of a team."""
    DailyTally.objects.filter(person=rosa, day=TODAY - DAY).update(number=99)
    DailyTally.objects.filter(person=otto, day=TODAY - 60 * DAY).delete()
    DailyTally.objects.create(person=otto, tally="posted:dials", day=TODAY, number=1)
    TeamTally.objects.filter(team=rosa.team, day=TODAY - 500 * DAY).update(number=1)


def test_what_was_kept_day_by_day_is_what_counting_all_of_it_gives(dials: None) -> None:
    before = kept()
    assert len(before) == KEPT
    for options in ([], ["--check"]):
        assert run(*options) == (f"{KEPT} tallies, 0 differed.\n", "")
    assert kept() == before


def test_what_is_not_right_is_said_and_mended(dials: None, rosa: User, otto: User) -> None:
    right = kept()
    tamper(rosa, otto)
    said, err = run()
    assert said.splitlines() == [
        f"Not right: posted:dials of person {otto.pk} on 2026-11-18",
        f"Not right: posted:dials of person {rosa.pk} on 2026-11-17",
        f"Not right: posted:dials of person {otto.pk} on 2026-09-19",
        f"Not right: posted:dials of team {rosa.team_id} on 2025-07-06",
        f"{KEPT} tallies, 4 differed.",
    ]
    assert err == ""
    assert kept() == right
    assert run()[0] == f"{KEPT} tallies, 0 differed.\n"


def test_a_check_only_says_it_and_ends_with_1(dials: None, rosa: User, otto: User) -> None:
    tamper(rosa, otto)
    wrong = kept()
    with pytest.raises(CommandError, match=f"4 of {KEPT} tallies differ.") as failed:
        run("--check")
    assert failed.value.returncode == 1
    assert kept() == wrong


def test_money_that_is_not_right_is_said_with_its_currency(dials: None, rosa: User) -> None:
    DailyTally.objects.create(person=rosa, tally="money_won", day=TODAY, currency="USD", number=1)
    found = rebuild(Organisation.current().zone, keep=False)
    assert (found.counted, found.differed) == (KEPT, 1)
    assert found.examples == [f"money_won in USD of person {rosa.pk} on {TODAY}"]


def test_only_some_of_many_differences_are_named(dials: None, rosa: User) -> None:
    DailyTally.objects.bulk_create(
        DailyTally(person=rosa, tally="x", day=TODAY - n * DAY, number=1) for n in range(25)
    )
    found = rebuild(Organisation.current().zone)
    assert (found.differed, len(found.examples)) == (25, 20)


def test_what_was_only_noted_is_counted_before(dials: None, rosa: User) -> None:
    count_each(rosa, "dials", [(TODAY - DAY, 40)])
    assert Touch.objects.exists()
    assert run("--check") == (f"{KEPT} tallies, 0 differed.\n", "")


def test_an_empty_database_is_right(db: None) -> None:
    assert run("--check") == ("0 tallies, 0 differed.\n", "")


def drop_on_sqlite(table: str) -> list[str]:
    return [f"DROP TRIGGER tallies_of_{table}_{what}" for what in ("insert", "update", "delete")]


def drop_on_postgresql(table: str) -> list[str]:
    return [f"DROP TRIGGER tallies_of_{table} ON {table}"]


def test_triggers_that_are_gone_are_reported(dials: None, rosa: User) -> None:
    """Until they are there again, what changes shows by being counted all over only."""
    drops: dict[str, Callable[[str], list[str]]] = {
        "sqlite": drop_on_sqlite,
        "postgresql": drop_on_postgresql,
    }
    assert triggers.are_installed(connection)
    with connection.cursor() as cursor:
        for sql in drops[connection.vendor]("metrics_metriccount"):
            cursor.execute(sql)
    count_each(rosa, "dials", [(TODAY - DAY, 40)])
    said, err = run()
    assert err == "The database does not note what changes: run `migrate`.\n"
    assert said.endswith(f"{KEPT} tallies, 3 differed.\n")  # of her, North and Sales
