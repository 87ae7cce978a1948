"""Starting, deciding, closing: by whom, once, and for good."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from coaching.models import HelpRequest
from lib.versions import Stale
from metrics.models import Metric, Target
from people.models import Absence, Team, User
from pipeline.models import Hold, Opportunity
from reviews.call_agenda import ASKED, CHANGED, DECIDED, STUCK
from reviews.call_page import Asked, PipelineCallPage
from reviews.call_totals import coverage, coverage_in_words
from reviews.models import (
    PipelineCall,
    PipelineCallAttendee,
    PipelineCallDeal,
    PipelineCallDecision,
    PipelineCallSchedule,
)
from reviews.models.deal_decision import CLOSE, HELP, HOLD, LEAVE, STEP, Said
from tests.factories import NOW, TODAY, a_deal, a_money_target, a_stage

LATER = NOW + timedelta(days=7)
SOON = TODAY + timedelta(days=3)


def north() -> Team:
    return Team.objects.get(name="North")


def decide(call: PipelineCall, deal: Opportunity, by: User, kind: str, **said: Any) -> Any:
    version = said.pop("version", deal.version)
    at = said.pop("at", NOW)
    return PipelineCallDecision.make(call, deal, Said(kind, **said), by=by, at=at, version=version)


def page_of(call: PipelineCall, user: User, **asked: Any) -> PipelineCallPage:
    call = PipelineCall.objects.for_page(user).get(pk=call.pk)
    return PipelineCallPage(call, user, NOW, Asked(**asked))


def names(page: PipelineCallPage) -> list[str]:
    return [line.row.name for line in page.lines]


# Starting.


def test_two_screens_that_start_at_once_run_the_same_call(mia: User, eva: User) -> None:
    first = PipelineCall.start(north(), by=mia, at=NOW)
    second = PipelineCall.start(north(), by=eva, at=NOW + timedelta(seconds=1))
    assert first == second
    assert PipelineCall.objects.count() == 1


def test_it_takes_the_time_of_todays_schedule(mia: User) -> None:
    PipelineCallSchedule.set_up(north(), by=mia, weekday=TODAY.weekday())
    call = PipelineCall.start(north(), by=mia, at=NOW + timedelta(minutes=4))
    assert call.scheduled_for == NOW
    call.close(by=mia, at=NOW + timedelta(minutes=30))
    another = PipelineCall.start(north(), by=mia, at=NOW + timedelta(hours=2))
    assert another.scheduled_for == NOW + timedelta(hours=2)
    assert another.previous == call


def test_a_given_time_finds_its_call_again_closed_or_not(mia: User) -> None:
    said: dict[str, Any] = {"by": mia, "at": NOW, "scheduled_for": NOW}
    call = PipelineCall.start(north(), **said)
    call.close(by=mia, at=NOW)
    assert PipelineCall.start(north(), **said) == call


def test_who_does_not_lead_the_team_neither_starts_nor_decides_nor_closes(
    rosa: User, pia: User, mia: User, max_: User, ada: User
) -> None:
    deal = a_deal(rosa)
    call = PipelineCall.start(north(), by=mia, at=NOW)
    for stranger in (rosa, pia, max_, ada):
        with pytest.raises(PermissionDenied):
            PipelineCall.start(north(), by=stranger, at=NOW)
        with pytest.raises(PermissionDenied):
            decide(call, deal, stranger, LEAVE)
        with pytest.raises(PermissionDenied):
            call.close(by=stranger, at=NOW)
        with pytest.raises(PermissionDenied):
            call.write_notes("Mine", by=stranger, at=NOW)


def test_the_team_and_those_above_see_it_and_the_other_team_does_not(
    rosa: User, pia: User, mia: User, max_: User, otto: User, eva: User, ada: User
) -> None:
    PipelineCall.start(north(), by=mia, at=NOW)
    everybody = (rosa, pia, mia, max_, otto, eva, ada)
    assert [u for u in everybody if PipelineCall.objects.visible_to(u)] == [
        rosa,
        pia,
        mia,
        eva,
        ada,
    ]


def test_an_executives_call_has_all_teams_under_her(rosa: User, otto: User, eva: User) -> None:
    a_deal(rosa, "Rosa's")
    a_deal(otto, "Otto's")
    call = PipelineCall.start(Team.objects.get(name="Sales"), by=eva, at=NOW)
    assert {deal.name for deal in call.deals(eva)} == {"Rosa's", "Otto's"}
    assert [deal.name for deal in call.deals(rosa)] == ["Rosa's"]


# The order of the walk.


def test_stuck_and_nobody_asked_come_first_by_amount_then_help_then_changes(
    rosa: User, mia: User
) -> None:
    old = NOW - timedelta(days=90)
    later: dict[str, Any] = {"at": old, "close_date": TODAY + timedelta(days=200)}
    small = a_deal(rosa, "stuck, small", amount=1_000, **later)
    a_deal(rosa, "stuck, big", amount=9_000, **later)
    helped = a_deal(rosa, "asked", amount=50_000, **later)
    held = a_deal(rosa, "held", amount=70_000, **later)
    HelpRequest.ask(
        helped, by=rosa, at=NOW, kind="opinion", how_it_helps="She decides", wanted_on=SOON
    )
    Hold.begin(held, "Budget in spring", TODAY + timedelta(days=90), by=rosa, at=NOW)
    a_deal(rosa, "new", next_step="Call Ann", next_step_on=SOON)
    call = PipelineCall.start(north(), by=mia, at=NOW)
    page = page_of(call, mia)
    assert names(page) == ["stuck, big", "stuck, small", "asked", "new"]
    assert page.figures.sections == {STUCK: 2, ASKED: 1, CHANGED: 1, DECIDED: 0}
    decide(call, small, mia, LEAVE, note="Later")
    page = page_of(call, mia)
    assert names(page) == ["stuck, big", "asked", "new", "stuck, small"]


def test_a_rep_sees_their_own_deals_totals_and_decisions_only(
    rosa: User, pia: User, mia: User
) -> None:
    mine, hers = a_deal(rosa, "Rosa's", amount=1_000), a_deal(pia, "Pia's", amount=2_000)
    a_money_target(100_000, mia, team=north())
    call = PipelineCall.start(north(), by=mia, at=NOW)
    for deal in (mine, hers):
        decide(call, deal, mia, LEAVE, note="Fine")
    for _ in ("running", "closed"):
        page = page_of(call, pia)
        assert names(page) == ["Pia's"]
        assert page.figures.open.in_words == "€2,000"
        assert page.figures.changes["new"].count == 1
        assert [each.deal_name for each in page.decisions] == ["Pia's"]
        assert page.coverage is None
        assert len(page_of(call, mia).decisions) == 2
        if not call.is_closed:
            call.close(by=mia, at=NOW)


def test_an_administrator_sees_the_deals_but_neither_decisions_nor_help(
    rosa: User, mia: User, ada: User
) -> None:
    deal = a_deal(rosa, "Rosa's")
    call = PipelineCall.start(north(), by=mia, at=NOW)
    decide(call, deal, mia, HELP, note="I call them", how="unblock")
    page = page_of(call, ada)
    assert names(page) == ["Rosa's"]
    assert page.decisions == []
    assert [section.name for section in page.sections] == ["Stalled or changed"]


def test_an_empty_team_has_an_empty_call(mia: User) -> None:
    call = PipelineCall.start(north(), by=mia, at=NOW)
    call.close(by=mia, at=NOW)
    page = page_of(call, mia)
    assert (page.lines, page.sections, page.figures.open.count) == ([], [], 0)


# Decisions.


def test_each_decision_is_carried_out_by_the_verb_it_stands_for(rosa: User, mia: User) -> None:
    deals = {kind: a_deal(rosa, kind) for kind in (HELP, HOLD, STEP, CLOSE, LEAVE)}
    call = PipelineCall.start(north(), by=mia, at=NOW)
    helped = decide(call, deals[HELP], mia, HELP, note="I call their CFO", how="unblock")
    held = decide(call, deals[HOLD], mia, HOLD, note="They move house", on=SOON)
    decide(call, deals[STEP], mia, STEP, note="Send the offer", on=SOON)
    decide(call, deals[CLOSE], mia, CLOSE, note="Price", how="lost")
    decide(call, deals[LEAVE], mia, LEAVE)
    for deal in deals.values():
        deal.refresh_from_db()
    assert helped.help_request.origin == HelpRequest.STEPPED_IN
    assert helped.help_request.how_it_helps == "I call their CFO"
    assert (held.hold.reason, deals[HOLD].held_until) == ("They move house", SOON)
    assert (deals[STEP].next_step, deals[STEP].next_step_on) == ("Send the offer", SOON)
    assert (deals[CLOSE].status, deals[CLOSE].lost_reason) == ("lost", "Price")
    assert deals[LEAVE].is_open
    assert call.decisions.count() == 5


def test_help_that_the_rep_asked_for_is_accepted_and_not_doubled(rosa: User, mia: User) -> None:
    deal = a_deal(rosa)
    asked = HelpRequest.ask(
        deal, by=rosa, at=NOW, kind="opinion", how_it_helps="She decides", wanted_on=SOON
    )
    call = PipelineCall.start(north(), by=mia, at=NOW)
    assert decide(call, deal, mia, HELP, note="Tomorrow").help_request == asked
    asked.refresh_from_db()
    assert asked.state == HelpRequest.ACCEPTED
    assert HelpRequest.objects.count() == 1


def test_the_same_decision_twice_is_one(rosa: User, mia: User) -> None:
    deal = a_deal(rosa)
    call = PipelineCall.start(north(), by=mia, at=NOW)
    said: dict[str, Any] = {"note": "I call them", "how": "unblock", "version": deal.version}
    first = decide(call, deal, mia, HELP, **said)
    again = decide(call, deal, mia, HELP, **said)
    assert first == again
    assert HelpRequest.objects.count() == 1


def test_another_decision_from_a_screen_that_is_behind_is_refused(
    rosa: User, mia: User, eva: User
) -> None:
    deal = a_deal(rosa)
    seen = deal.version
    call = PipelineCall.start(north(), by=mia, at=NOW)
    decide(call, deal, mia, LEAVE, note="Fine", version=seen)
    with pytest.raises(Stale):
        decide(call, deal, eva, STEP, note="Call Ann", on=SOON, version=seen)
    assert call.decisions.count() == 1
    assert Opportunity.objects.get().next_step == ""


def test_a_refused_verb_leaves_no_decision_and_names_our_fields(rosa: User, mia: User) -> None:
    deal = a_deal(rosa)
    call = PipelineCall.start(north(), by=mia, at=NOW)
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (HOLD, {"note": "Budget", "on": TODAY}, "on"),
        (HOLD, {"note": "", "on": SOON}, "note"),
        (STEP, {"note": "Call Ann"}, "on"),
        (STEP, {"on": SOON}, "note"),
        (CLOSE, {"how": "lost"}, "note"),
        (CLOSE, {"note": "Price"}, "how"),
        (HELP, {"how": "unblock"}, "note"),
    ]
    for kind, said, named in wrong:
        with pytest.raises(ValidationError) as refused:
            decide(call, deal, mia, kind, **said)
        assert named in refused.value.error_dict
        deal.refresh_from_db()
    assert not call.decisions.exists()
    assert deal.version == 1


def test_a_deal_of_another_team_is_not_decided_on(rosa: User, mia: User, otto: User) -> None:
    call = PipelineCall.start(north(), by=mia, at=NOW)
    with pytest.raises(ValidationError, match="not on this call"):
        decide(call, a_deal(otto), mia, LEAVE)


def test_a_manager_does_not_help_with_their_own_deal(mia: User) -> None:
    call = PipelineCall.start(north(), by=mia, at=NOW)
    with pytest.raises(ValidationError, match="your own"):
        decide(call, a_deal(mia), mia, HELP, note="I do", how="unblock")


# Closing.


def test_closing_twice_is_told_and_changes_nothing(rosa: User, mia: User, eva: User) -> None:
    a_deal(rosa)
    call = PipelineCall.start(north(), by=mia, at=NOW)
    call.close(by=mia, at=NOW)
    with pytest.raises(ValidationError, match="Mia Manager closed this call on 18 Nov 2026"):
        PipelineCall.objects.get().close(by=eva, at=LATER)
    with pytest.raises(ValidationError, match="closed this call"):
        decide(call, Opportunity.objects.get(), mia, LEAVE)
    assert PipelineCallDeal.objects.count() == 1
    assert PipelineCall.objects.get().closed_at == NOW


def test_a_closed_call_shows_what_it_showed_then(rosa: User, mia: User, otto: User) -> None:
    stuck = a_deal(rosa, "Globex", at=NOW - timedelta(days=90), amount=7_000)
    gone = a_deal(rosa, "Initech")
    a_money_target(100_000, mia, team=north())
    call = PipelineCall.start(north(), by=mia, at=NOW)
    decide(call, stuck, mia, STEP, note="Call Ann", on=SOON)

    def picture() -> list[Any]:
        page = page_of(call, mia)
        lines = [
            (row.name, row.owner_name, row.amount, line.strip, row.section, line.reasons)
            for line in page.lines
            for row in [line.row]
        ]
        totals = [(name, total.in_words) for name, total in page.figures.stages.items()]
        decisions = [(str(each), each.note) for each in page.decisions]
        return [lines, totals, page.figures.changes, page.coverage_in_words, decisions]

    live = page_of(call, mia)
    live_names, live_coverage = names(live), live.coverage_in_words
    assert live_coverage
    call.close(by=mia, at=NOW)
    then = picture()
    assert names(page_of(call, mia)) == live_names
    assert page_of(call, mia).coverage_in_words == live_coverage
    done: dict[str, Any] = {"by": rosa, "at": LATER}
    stuck.refresh_from_db()
    stuck.move_to(a_stage(4), **done)
    stuck.set_amount(Decimal(1), **done)
    stuck.win(**done)
    stuck.describe(name="Renamed")
    gone.assign(otto, **done)
    rosa.name = "Rosa Married"
    rosa.save()
    stage = a_stage(1)
    stage.name, stage.probability = "Renamed stage", 1
    stage.save()
    Target.objects.all().delete()
    gone.delete()
    assert picture() == then


def test_it_goes_to_everybody_of_the_team_until_they_have_read_it(
    rosa: User, pia: User, mia: User, otto: User, eva: User
) -> None:
    pia.deactivate()
    call = PipelineCall.start(north(), by=eva, at=NOW)
    call.close(by=mia, at=NOW)
    assert set(PipelineCallAttendee.objects.values_list("user__name", flat=True)) == {
        rosa.name,
        mia.name,
        eva.name,
    }
    assert call in PipelineCall.objects.unread_by(rosa)
    assert call not in PipelineCall.objects.unread_by(mia)
    call.acknowledge(by=rosa, at=NOW)
    call.acknowledge(by=rosa, at=LATER)
    assert PipelineCallAttendee.objects.get(user=rosa).read_at == NOW
    assert call not in PipelineCall.objects.unread_by(rosa)


# Coverage.


def test_coverage_is_weighted_pipeline_of_the_quarter_against_what_is_left(
    rosa: User, pia: User, otto: User, mia: User
) -> None:
    a_money_target(150_000, mia, team=north())  # for each of the two
    in_quarter = date(2026, 12, 31)
    half = a_stage(3)
    half.probability = 50
    half.save()
    a_deal(rosa, amount=400_000, close_date=in_quarter, stage=half)
    a_deal(rosa, amount=999_000, close_date=date(2027, 1, 1), stage=half)
    a_deal(rosa, amount=999_000, close_date=in_quarter, stage=half, currency="USD")
    a_deal(otto, amount=999_000, close_date=in_quarter, stage=half)
    won = a_deal(rosa, amount=50_000)
    won.win(by=rosa, at=NOW, on=date(2026, 10, 1))
    Opportunity.objects.filter(pk=won.pk).update(owner=otto)  # it stays with who won it
    a_deal(rosa, amount=70_000).win(by=rosa, at=NOW, on=date(2026, 9, 30))
    call = PipelineCall.start(north(), by=mia, at=NOW)
    words = coverage_in_words(coverage(call))
    assert words.startswith("€200,000 weighted against €250,000 left: 0.8×.")
    a_deal(rosa, amount=250_000).win(by=rosa, at=NOW)
    reached = coverage_in_words(coverage(call))
    assert reached == "The goal of €300,000 until 31 Dec 2026 is reached: €300,000 won."


def test_the_goal_is_that_of_the_start_without_the_days_on_which_people_are_away(
    rosa: User, pia: User, mia: User
) -> None:
    """The quarter has 66 weekdays; pia is away on 33 of them."""
    a_money_target(66_000, mia, team=north())
    last = date(2026, 11, 16)
    away = [date(2026, 10, 1) + timedelta(days=n) for n in range(47)]
    assert sum(day.weekday() < 5 for day in away) == 33
    assert away[-1] == last
    Absence.record(pia, first_day=away[0], last_day=last, by=pia)
    call = PipelineCall.start(north(), by=mia, at=NOW)
    a_money_target(1_000, mia, team=north(), at=LATER)
    said = page_of(call, mia).coverage
    assert said
    assert said["goal"] == "99000.00"
    call.close(by=mia, at=NOW)
    assert page_of(call, mia).coverage == said


@pytest.mark.parametrize("measure", [None, "deals_won"])
def test_without_a_goal_of_money_there_is_no_coverage(
    rosa: User, mia: User, measure: str | None
) -> None:
    if measure:
        Metric.objects.filter(role=Metric.ULTIMATE).update(measure=measure)
        a_money_target(12, mia, team=north())
    call = PipelineCall.start(north(), by=mia, at=NOW)
    assert page_of(call, mia).coverage_in_words == ""
