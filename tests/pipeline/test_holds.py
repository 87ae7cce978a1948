"""A hold: who may begin one, when it is over, and what it leaves visible."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from lib.versions import Stale
from people.models import Organisation, User
from pipeline.models import Hold, Opportunity
from pipeline.stalls import StallCheck
from tests.factories import NOW, TODAY, a_deal, a_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, at=NOW - 40 * DAY)


def held_until(deal: Opportunity) -> object:
    deal.refresh_from_db()
    return deal.held_until


def test_a_hold_says_why_until_when_and_by_whom(deal: Opportunity, rosa: User) -> None:
    hold = Hold.begin(deal, "  Budget opens in January ", TODAY + 60 * DAY, by=rosa, at=NOW)
    assert (hold.reason, hold.by, hold.at) == ("Budget opens in January", rosa, NOW)
    assert str(hold) == "On hold until 17 Jan 2027: Budget opens in January"
    assert held_until(deal) == TODAY + 60 * DAY
    assert list(Hold.objects.running(TODAY)) == [hold]


@pytest.mark.parametrize(
    ("reason", "days", "field"),
    [("", 5, "reason"), ("  ", 5, "reason"), ("Merger", 0, "resume_on"), ("M", -1, "resume_on")],
)
def test_it_needs_a_reason_and_a_day_to_come(
    deal: Opportunity, rosa: User, reason: str, days: int, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        Hold.begin(deal, reason, TODAY + days * DAY, by=rosa, at=NOW)
    assert set(refused.value.message_dict) == {field}
    with pytest.raises(ValidationError):
        Hold.begin(deal, "Merger", None, by=rosa, at=NOW)
    assert not Hold.objects.exists()
    assert held_until(deal) is None


def test_a_day_to_come_is_one_of_the_organisation_s(deal: Opportunity, rosa: User) -> None:
    Organisation.current().change(time_zone="Pacific/Kiritimati")
    evening = datetime(2026, 11, 18, 11, tzinfo=UTC)  # the 19th there
    with pytest.raises(ValidationError):
        Hold.begin(deal, "Merger", TODAY + DAY, by=rosa, at=evening)
    hold = Hold.begin(deal, "Merger", TODAY + 2 * DAY, by=rosa, at=evening)
    assert hold.began_on == TODAY + DAY


def test_a_second_hold_is_for_a_manager_of_the_owner(
    deal: Opportunity, rosa: User, mia: User, eva: User, max_: User, ada: User
) -> None:
    hold = Hold.begin(deal, "Merger", TODAY + 2 * DAY, by=rosa, at=NOW)
    hold.end(by=rosa, at=NOW + DAY)
    for somebody in (rosa, max_, ada):
        with pytest.raises(ValidationError, match="ask Mia Manager"):
            Hold.begin(deal, "Again", TODAY + 9 * DAY, by=somebody, at=NOW + DAY)
    assert held_until(deal) is None
    Hold.begin(deal, "Again", TODAY + 9 * DAY, by=mia, at=NOW + DAY)
    Hold.begin(deal, "And again", TODAY + 19 * DAY, by=eva, at=NOW + 2 * DAY)
    assert held_until(deal) == TODAY + 19 * DAY
    assert Hold.objects.running(TODAY).count() == 1


def test_one_that_ran_out_counts_as_the_first(deal: Opportunity, rosa: User, mia: User) -> None:
    Hold.begin(deal, "Merger", TODAY + DAY, by=rosa, at=NOW)
    with pytest.raises(ValidationError, match="ask Mia Manager"):
        Hold.begin(deal, "Again", TODAY + 9 * DAY, by=rosa, at=NOW + 5 * DAY)
    Hold.begin(deal, "Again", TODAY + 9 * DAY, by=mia, at=NOW + 5 * DAY)
    first = Hold.objects.last()
    assert first is not None
    assert (first.ended_on, first.ended_by) == (TODAY + DAY, None)


def test_one_that_runs_is_prolonged_by_the_manager_only(
    deal: Opportunity, rosa: User, mia: User
) -> None:
    Hold.begin(deal, "Merger", TODAY + 2 * DAY, by=rosa, at=NOW)
    with pytest.raises(ValidationError):
        Hold.begin(deal, "Longer", TODAY + 9 * DAY, by=rosa, at=NOW)
    Hold.begin(deal, "Longer", TODAY + 9 * DAY, by=mia, at=NOW)
    assert held_until(deal) == TODAY + 9 * DAY


def test_one_taken_back_on_its_day_was_a_mistake_and_does_not_count(
    deal: Opportunity, rosa: User
) -> None:
    for _ in range(3):
        hold = Hold.begin(deal, "Merger", TODAY + 2 * DAY, by=rosa, at=NOW)
        hold.end(by=rosa, at=NOW + timedelta(hours=3))
    Hold.begin(deal, "Now it counts", TODAY + 2 * DAY, by=rosa, at=NOW)
    with pytest.raises(ValidationError):
        Hold.begin(deal, "Merger", TODAY + 9 * DAY, by=rosa, at=NOW)


def test_somebody_who_reports_to_nobody_holds_again_alone(eva: User) -> None:
    deal = a_deal(eva)
    Hold.begin(deal, "Merger", TODAY + DAY, by=eva, at=NOW)
    Hold.begin(deal, "Again", TODAY + 9 * DAY, by=eva, at=NOW)
    assert held_until(deal) == TODAY + 9 * DAY


def test_it_is_over_on_its_date(deal: Opportunity, rosa: User) -> None:
    hold = Hold.begin(deal, "Merger", TODAY + 2 * DAY, by=rosa, at=NOW)
    assert [deal.is_held(TODAY + n * DAY) for n in range(4)] == [True, True, False, False]
    assert [hold.is_running(TODAY + n * DAY) for n in range(4)] == [True, True, False, False]
    assert not Hold.objects.running(TODAY + 2 * DAY).exists()
    with pytest.raises(ValidationError, match="over already"):
        hold.end(by=rosa, at=NOW + 2 * DAY)
    hold.refresh_from_db()
    assert hold.ended_at is None
    assert hold.ended_by is None


def test_ending_it_early_says_who_did(deal: Opportunity, rosa: User, mia: User) -> None:
    hold = Hold.begin(deal, "Merger", TODAY + 20 * DAY, by=rosa, at=NOW)
    hold.end(by=mia, at=NOW + DAY)
    assert (hold.ended_by, hold.ended_at, hold.ended_on) == (mia, NOW + DAY, TODAY + DAY)
    assert held_until(deal) is None
    with pytest.raises(ValidationError, match="over already"):
        hold.end(by=mia, at=NOW + DAY)


def test_ending_one_that_was_replaced_leaves_the_new_one(
    deal: Opportunity, rosa: User, mia: User
) -> None:
    Hold.begin(deal, "Merger", TODAY + 5 * DAY, by=rosa, at=NOW)
    seen_by_rosa = Hold.objects.get()
    Hold.begin(deal, "Longer", TODAY + 9 * DAY, by=mia, at=NOW)
    with pytest.raises(ValidationError, match="over already"):
        seen_by_rosa.end(by=rosa, at=NOW)
    assert held_until(deal) == TODAY + 9 * DAY


def test_it_is_one_of_the_verbs_of_the_deal(deal: Opportunity, rosa: User) -> None:
    stale = deal.version
    deal.describe(name="Another name")
    with pytest.raises(Stale):
        Hold.begin(deal, "Merger", TODAY + DAY, by=rosa, at=NOW, version=stale)
    hold = Hold.begin(deal, "Merger", TODAY + DAY, by=rosa, at=NOW, version=deal.version)
    with pytest.raises(Stale):
        hold.end(by=rosa, at=NOW, version=stale)
    deal.refresh_from_db()
    hold.end(by=rosa, at=NOW, version=deal.version)


def test_closing_the_deal_ends_it_and_opening_it_again_does_not_bring_it_back(
    deal: Opportunity, rosa: User
) -> None:
    hold = Hold.begin(deal, "Merger", TODAY + 20 * DAY, by=rosa, at=NOW)
    deal.win(by=rosa, at=NOW + DAY)
    hold.refresh_from_db()
    assert (hold.ended_on, hold.ended_by) == (TODAY + DAY, rosa)
    with pytest.raises(ValidationError, match="Reopen it first"):
        Hold.begin(deal, "Merger", TODAY + 20 * DAY, by=rosa, at=NOW + DAY)
    deal.reopen(by=rosa, at=NOW + 2 * DAY, why="They called it off")
    assert held_until(deal) is None


def test_it_never_hides_a_close_date_that_passed_or_was_pushed(
    deal: Opportunity, rosa: User
) -> None:
    for n in (30, 20, 1):
        deal.push(TODAY - n * DAY, by=rosa, at=NOW - 30 * DAY)
    Hold.begin(deal, "Merger", TODAY + 20 * DAY, by=rosa, at=NOW)
    check = StallCheck.on(TODAY)
    assert {reason.name for reason in check.reasons(deal)} == {"past_close", "pushed"}
    for name in ("past_close", "pushed"):
        assert Opportunity.objects.stalled(check, name).get() == deal
    assert not Opportunity.objects.stalled(check, "silent", "stage_age", "no_next_step").exists()


def test_one_sees_the_holds_of_the_deals_one_sees(
    deal: Opportunity, rosa: User, pia: User, mia: User, otto: User, ada: User
) -> None:
    Hold.begin(deal, "Merger", TODAY + 20 * DAY, by=rosa, at=NOW)
    seen = [Hold.objects.visible_to(user).exists() for user in (rosa, mia, ada, pia, otto)]
    assert seen == [True, True, True, False, False]


def test_a_new_owner_s_manager_is_the_one_to_ask(
    deal: Opportunity, rosa: User, otto: User, mia: User, max_: User
) -> None:
    Hold.begin(deal, "Merger", TODAY + DAY, by=rosa, at=NOW)
    deal.assign(otto, by=mia, at=NOW)
    with pytest.raises(ValidationError, match="ask Max Manager"):
        Hold.begin(deal, "Again", TODAY + 9 * DAY, by=mia, at=NOW)
    Hold.begin(deal, "Again", TODAY + 9 * DAY, by=max_, at=NOW)
    assert a_user("Somebody Else").leads(otto) is False
