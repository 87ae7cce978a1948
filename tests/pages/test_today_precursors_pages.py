"""Today of a rep: this week's precursors beside what is wanted, each with its rows.

It is Wednesday, 18 November 2026.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from coaching.models import DebriefReview
from metrics import rollups
from metrics.models import Metric
from people.models import User
from tests.conftest import As
from tests.factories import NOW, TODAY, a_call, a_debrief, a_plan, an_account
from tests.support.html import seen
from tests.support.posted_world import a_chain, aim, count, statements

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY = TODAY - 2 * DAY


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def week(rosa: User, mia: User, ada: User) -> None:
    """A posted chain, a target of all and one of her team; prospects are missed."""
    assert rosa.team
    a_chain("prospects", "talks", ultimate="wins")
    aim("prospects", 10, by=ada)
    aim("talks", 5, by=ada, team=rosa.team)


def test_the_weekly_precursors_stand_beside_their_targets_and_lead_to_their_rows(
    week: None, rosa: User, as_: type[As]
) -> None:
    Metric.add(label="By month", measure="calls_held", role="precursor", period="month")
    Metric.add(label="No aim", measure="interviews", role="precursor", period="week")
    count(rosa, "prospects", 50, MONDAY - DAY)
    count(rosa, "talks", 2, MONDAY)
    count(rosa, "talks", 1, TODAY)
    rollups.catch_up()
    client = as_.page(rosa)
    assert "/today/precursors/" in client.get("/").content.decode()
    answer = client.get("/today/precursors/")
    shown = [(cell.label, cell.value, cell.target) for cell, _ in answer.context["precursors"]]
    assert shown == [("Prospects", "0", "10"), ("Talks", "3", "5"), ("No aim", "0", "")]
    read = seen(answer)
    assert "4 short" in read.text
    assert read.repeated == []
    totals = [client.get(url).context["total"] for _, url in answer.context["precursors"][:2]]
    assert totals == ["0", "3"]


def test_whoever_leads_people_has_them_on_the_page_of_their_team(
    week: None, mia: User, as_: type[As]
) -> None:
    mia.refresh_from_db()
    assert "/today/precursors/" not in as_.page(mia).get("/").content.decode()


def test_without_weekly_precursors_there_is_no_panel(rosa: User, as_: type[As]) -> None:
    a_chain("prospects", ultimate="wins", period="month")
    answer = as_.page(rosa).get("/today/precursors/")
    assert answer.content.strip() == b""


@pytest.mark.parametrize("size", [3, 30])
def test_the_page_takes_as_many_statements_at_any_size(
    week: None, rosa: User, mia: User, as_: type[As], size: int
) -> None:
    """With a broken link, a team's target, posted measures, feedback and tasks of every kind."""
    acme = an_account()
    for n in range(size):
        call = a_call(rosa, NOW - timedelta(days=n + 2), account=acme)
        a_plan(call, at=call.starts_at - DAY)
        call.refresh_from_db()
        DebriefReview.give(
            a_debrief(call, at=call.ends_at), by=mia, at=NOW, score=5, modify="Slow down"
        )
        a_call(rosa, NOW - timedelta(days=n + 1), account=acme)
        count(rosa, "prospects", 1, MONDAY - n * WEEK)
    rollups.catch_up()
    client: Client = as_.page(rosa)
    taken = [statements(lambda url=url: client.get(url)) for url in ("/", "/today/precursors/")]
    assert taken == [11, 10]
