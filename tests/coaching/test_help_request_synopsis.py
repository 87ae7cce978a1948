"""What a manager reads before they help: what has happened since they last touched the deal."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.help_synopsis import last_touched, synopsis
from coaching.models import DebriefReview, HelpRequest, Inspection
from people.models import User
from pipeline.models import BuyerAction, Opportunity, Proposal
from tests.factories import NOW, TODAY, a_call, a_deal, a_debrief, a_plan, a_stage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lines(deal: Opportunity, manager: User | None) -> list[str]:
    return synopsis(deal, manager, by=deal.owner, at=NOW).splitlines()


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, at=NOW - 60 * DAY)


def test_a_new_deal_is_told_from_its_opening(rosa: User, mia: User) -> None:
    fresh = a_deal(rosa, at=NOW - 10 * DAY)
    first, *rest = lines(fresh, mia)
    assert first == "Since it was opened on 8 Nov:"
    assert rest == ["8 Nov: Entered Qualify"]


def test_an_old_deal_is_told_of_the_last_30_days(deal: Opportunity, mia: User) -> None:
    assert lines(deal, mia) == ["In the last 30 days:", "Nothing was recorded."]
    assert lines(deal, None)[0] == "In the last 30 days:"


def test_it_begins_when_mia_last_touched_the_deal_and_ends_with_the_newest(
    deal: Opportunity, rosa: User, mia: User, eva: User
) -> None:
    deal.push(TODAY + 9 * DAY, by=rosa, at=NOW - 16 * DAY, why="Before")
    deal.set_amount(50_000, by=mia, at=NOW - 15 * DAY)
    deal.set_amount(52_000, by=eva, at=NOW - 14 * DAY)
    BuyerAction.record(deal, "Asked for a contract", TODAY - 8 * DAY, by=rosa, at=NOW)
    a_debrief(a_call(rosa, NOW - 5 * DAY, opportunity=deal))
    deal.move_to(a_stage(2), by=rosa, at=NOW - 3 * DAY, why="They let us in")
    found = lines(deal, mia)
    assert found[0] == "Since 3 Nov, when Mia last touched this deal:"
    assert found[1].startswith("4 Nov: Amount")
    assert found[2:] == [
        "10 Nov: Customer: Asked for a contract",
        "13 Nov: Interview held (phone)",
        "13 Nov: Next step: Send the agenda, by 27 Nov 2026",
        "15 Nov: Moved from Qualify to Discover (They let us in)",
    ]


def test_looking_at_a_plan_or_debrief_and_answering_are_touches(
    deal: Opportunity, rosa: User, mia: User, eva: User
) -> None:
    assert last_touched(deal, mia) is None
    Inspection.give(
        a_plan(a_call(rosa, NOW - 20 * DAY, opportunity=deal), at=NOW - 24 * DAY),
        "good",
        by=mia,
        at=NOW - 22 * DAY,
    )
    assert last_touched(deal, mia) == NOW - 22 * DAY
    debrief = a_debrief(a_call(rosa, NOW - 12 * DAY, opportunity=deal))
    DebriefReview.give(debrief, by=mia, at=NOW - 11 * DAY, score=6)
    assert last_touched(deal, mia) == NOW - 11 * DAY
    asked = HelpRequest.ask(
        deal,
        by=rosa,
        at=NOW - 9 * DAY,
        kind="opinion",
        how_it_helps="x",
        wanted_on=TODAY,
    )
    assert last_touched(deal, mia) == NOW - 11 * DAY
    asked.do("Go on", by=mia, at=NOW - 7 * DAY)
    assert last_touched(deal, mia) == NOW - 7 * DAY
    assert last_touched(deal, eva) is None


def test_of_many_events_the_newest_are_told_in_twelve_lines(
    deal: Opportunity, rosa: User, mia: User
) -> None:
    for n in range(30):
        deal.set_amount(1_000 + n, by=rosa, at=NOW - timedelta(hours=100 - n), why="y" * 400)
    found = lines(deal, mia)
    assert len(found) == 12
    assert found[1] == "(20 earlier ones are on the deal.)"
    assert "€1,029" in found[-1]
    assert max(len(line) for line in found) <= 220


def test_calls_of_others_that_one_may_not_see_are_not_told(
    deal: Opportunity, otto: User, mia: User
) -> None:
    call = a_call(otto, NOW - DAY, opportunity=deal)
    call.hold(by=otto, at=NOW)
    assert lines(deal, mia)[1:] == ["Nothing was recorded."]


def test_it_costs_the_same_at_any_size(deal: Opportunity, rosa: User, mia: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            lines(deal, mia)
        return len(queries)

    few = cost()
    for n in range(30):
        Proposal.record(deal, f"Offer {n}", TODAY, by=rosa, at=NOW)
        a_call(rosa, NOW - timedelta(hours=n + 1), opportunity=deal).hold(by=rosa, at=NOW)
    assert cost() == few == 3
