"""What happened on a deal, in one line each; and what started the clock of each stall reason."""

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lib.calendar import local_date
from people.models import Organisation, User
from pipeline.models import BuyerAction, CriterionMet, ExitCriterion, Hold, Opportunity, Proposal
from pipeline.stall_events import STARTS, started_by
from pipeline.stalls import REASONS, StallCheck
from pipeline.timeline import timeline
from tests.factories import NOW, TODAY, a_call, a_deal, a_stage

ON_NO_EVENTS_DAY = {"overdue_step", "past_close"}  # a day on which nothing need have happened


def lived(owner: User, random: Random) -> Opportunity:
    """A deal to which, in the last three months, much may have happened."""
    at = NOW - timedelta(days=random.randint(20, 90))
    close_date = random.choice([None, TODAY + timedelta(days=random.randint(-20, 60))])
    deal = a_deal(owner, at=at, amount=random.choice([None, 9_000]), close_date=close_date)
    for _ in range(random.randint(0, 14)):
        at += timedelta(hours=random.randint(1, 200))
        if at >= NOW:
            break
        something(deal, owner, random, at)
    return deal


def something(deal: Opportunity, owner: User, random: Random, at: object) -> None:
    who = {"by": owner, "at": at}
    day = at.date()  # type: ignore[attr-defined]
    what = random.randrange(7)
    if what == 0:
        deal.move_to(a_stage(random.randint(1, 5)), **who)  # type: ignore[arg-type]
    elif what == 1:
        deal.push(day + timedelta(days=random.randint(1, 90)), **who)  # type: ignore[arg-type]
    elif what == 2:
        BuyerAction.record(deal, "Asked", day, **who)  # type: ignore[arg-type]
    elif what == 3:
        Proposal.record(deal, "Offer", day, **who)  # type: ignore[arg-type]
    elif what == 4:
        call = a_call(owner, at, opportunity=deal)  # type: ignore[arg-type]
        call.hold(by=owner, at=at + timedelta(minutes=30))  # type: ignore[operator]
    elif what == 5:
        deal.set_next_step("Ring", day + timedelta(days=random.randint(1, 20)), **who)  # type: ignore[arg-type]
    else:
        deal.set_next_step("", None, **who)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(4))
def test_every_reason_with_a_clock_has_the_event_that_started_it(rosa: User, seed: int) -> None:
    Organisation.current().change(time_zone="Asia/Tokyo")
    random, found = Random(seed), set()
    for _ in range(12):
        deal = lived(rosa, random)
        check = StallCheck.on(NOW, rosa)
        entries = timeline(deal, rosa, NOW)
        for reason in check.reasons(deal):
            start = started_by(reason, entries, check.zone)
            assert start is not None, reason
            found.add(reason.name)
            if reason.clock and reason.name not in ON_NO_EVENTS_DAY:
                day = local_date(start.at, check.zone) if start.at else start.on
                assert day == reason.clock, (reason, start)
    assert len(found) >= 5, found


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, at=NOW - timedelta(days=40))


def test_each_reason_names_its_own_event(deal: Opportunity, rosa: User) -> None:
    def at(days: int) -> dict[str, object]:
        return {"by": rosa, "at": NOW - timedelta(days=days)}

    Proposal.record(deal, "Offer", TODAY - timedelta(days=38), **at(38))  # type: ignore[arg-type]
    for n in (1, 2):
        deal.push(TODAY - timedelta(days=5 - n), **at(39 - n), why="Holidays")  # type: ignore[arg-type]
    deal.push(TODAY - timedelta(days=9), **at(36))  # type: ignore[arg-type]
    deal.push(TODAY - timedelta(days=2), **at(35))  # type: ignore[arg-type]
    deal.move_to(a_stage(3), **at(34))  # type: ignore[arg-type]
    deal.set_next_step("Ring", TODAY - timedelta(days=9), **at(33))  # type: ignore[arg-type]
    deal.move_to(a_stage(1), **at(25))  # type: ignore[arg-type]
    check, entries = StallCheck.on(NOW), timeline(deal, rosa, NOW)
    starts = {
        reason.name: start.text
        for reason in check.reasons(deal)
        for start in [started_by(reason, entries, check.zone)]
        if start
    }
    assert starts["silent"] == "Proposal sent: Offer"
    assert starts["overdue_step"].startswith("Next step: Ring")
    assert starts["pushed"].startswith("Close date pushed 7 d")
    assert starts["past_close"] == starts["pushed"]
    assert starts["stage_age"] == f"Moved from {a_stage(3)} to {a_stage(1)}"


def test_a_call_that_one_may_not_see_starts_nothing(
    deal: Opportunity, rosa: User, otto: User
) -> None:
    at = NOW - timedelta(days=30)
    a_call(otto, at, opportunity=deal).hold(by=otto, at=at + timedelta(hours=1))
    deal.refresh_from_db()
    check = StallCheck.on(NOW, rosa)
    silent = next(each for each in check.reasons(deal) if each.name == "silent")
    assert silent.clock == at.date()
    assert started_by(silent, timeline(deal, rosa, NOW), check.zone) is None
    assert started_by(silent, timeline(deal, otto, NOW), check.zone) is not None


def test_every_kind_of_entry_knows_who_acted(deal: Opportunity, rosa: User) -> None:
    BuyerAction.record(deal, "Asked", TODAY, by=rosa, at=NOW)
    Proposal.record(deal, "Offer", TODAY, by=rosa, at=NOW)
    a_call(rosa, NOW - timedelta(days=2), opportunity=deal)
    a_call(rosa, NOW + timedelta(days=2), opportunity=deal)
    criterion = ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")
    CriterionMet.meet(deal, criterion, by=rosa, at=NOW)
    hold = Hold.begin(deal, "Budget", date(2027, 1, 12), by=rosa, at=NOW - timedelta(days=1))
    hold.end(by=rosa, at=NOW)
    sides = {entry.kind: entry.side for entry in timeline(deal, rosa, NOW)}
    assert sides == {
        "stage": "changes",
        "buyer_action": "buyer",
        "proposal": "rep",
        "call": "rep",
        "criterion": "changes",
        "hold": "changes",
        "hold_end": "changes",
    }
    anchors = [entry.anchor for entry in timeline(deal, rosa, NOW)]
    assert len(set(anchors)) == len(anchors)


def test_it_takes_two_statements_at_any_length(deal: Opportunity, rosa: User) -> None:
    asked = []
    for count in (3, 30):
        for n in range(count):
            a_call(rosa, NOW - timedelta(hours=n), opportunity=deal)
            deal.set_amount(n + count, by=rosa, at=NOW)  # type: ignore[arg-type]
        with CaptureQueriesContext(connection) as queries:
            timeline(deal, rosa, NOW)
        asked.append(len(queries))
    assert asked == [2, 2]


def test_all_reasons_are_answered_for() -> None:
    assert STARTS.keys() == REASONS.keys()
