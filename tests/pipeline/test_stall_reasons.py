"""What each reason says of a deal made by hand: number, limit, clock, words; and its first day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from people.models import Holiday, Organisation, User
from pipeline.models import (
    BuyerAction,
    BuyingRole,
    Hold,
    Opportunity,
    Proposal,
    Stage,
    StallRules,
)
from pipeline.stalls import QUIETED, REASONS, StallCheck, StallReason
from reviews.models import Review
from tests.factories import NOW, TODAY, a_call, a_contact, a_deal, a_stage, an_account

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FAR = TODAY + 200 * DAY


def a_calm_deal(rosa: User, at: datetime = NOW, **fields: Any) -> Opportunity:
    """A deal with a next step and a far close date: on its first day nothing is wrong with it."""
    fields = {"close_date": FAR, "amount": None, "next_step": "Call Ann", **fields}
    fields.setdefault("next_step_on", FAR if fields["next_step"] else None)
    return a_deal(rosa, at=at, **fields)


def reasons(deal: Opportunity, on: date = TODAY) -> dict[str, StallReason]:
    deal.refresh_from_db()
    return {reason.name: reason for reason in StallCheck.on(on).reasons(deal)}


def only(**on: bool) -> None:
    """Leave on only the reasons that are named."""
    StallRules.current().change(**{name: name in on for name in REASONS})


def first_day(deal: Opportunity, name: str) -> date:
    """The first day, from its making on, on which a deal has that reason; by rows as well."""
    for n in range(120):
        check, day = StallCheck.on(TODAY + n * DAY), TODAY + n * DAY
        found = name in {reason.name for reason in check.reasons(deal)}
        assert found == Opportunity.objects.stalled(check, name).filter(pk=deal.pk).exists()
        if found:
            return day
    raise AssertionError(f"never {name}")


def test_a_new_deal_with_a_plan_is_not_stalled(rosa: User) -> None:
    assert reasons(a_calm_deal(rosa)) == {}


def test_the_close_date_has_passed_on_the_day_after(rosa: User) -> None:
    deal = a_calm_deal(rosa, close_date=TODAY)
    assert first_day(deal, "past_close") == TODAY + DAY
    assert reasons(deal, TODAY + DAY)["past_close"] == StallReason(
        name="past_close",
        kind="risk",
        number=1,
        limit=0,
        unit="days",
        clock=TODAY,
        short="1 d past close",
        said="The close date passed {number} ago, on 18 Nov 2026.",
    )
    later = reasons(deal, TODAY + 5 * DAY)["past_close"]
    assert later.sentence == "The close date passed 5 days ago, on 18 Nov 2026."
    assert later.label == "Close date has passed"


def test_stage_age_counts_working_days_beyond_the_patience_of_the_stage(rosa: User) -> None:
    deal = a_calm_deal(rosa)  # in Qualify: 10 working days
    assert a_stage(1).patience == 10
    assert first_day(deal, "stage_age") == date(2026, 12, 3)
    found = reasons(deal, date(2026, 12, 3))["stage_age"]
    assert (found.kind, found.number, found.limit, found.unit) == ("risk", 11, 10, "working days")
    assert (found.clock, found.short) == (TODAY, "Stalled 11 d")
    assert found.sentence == (
        "11 working days in this stage; the limit is 10, the stage's patience."
    )
    Holiday.add(date(2026, 12, 1), "Off")
    Holiday.add(date(2026, 11, 28), "A Saturday takes nothing away")
    assert first_day(deal, "stage_age") == date(2026, 12, 4)


def test_one_working_day_is_one_day(rosa: User) -> None:
    stage = a_stage(1)
    for n in range(10):
        won = a_calm_deal(rosa, at=NOW - 30 * DAY, name=f"Won {n}")
        won.win(by=rosa, at=NOW - 30 * DAY)
    deal = a_calm_deal(rosa)
    assert deal.stage == stage
    found = reasons(deal, TODAY + DAY)["stage_age"]
    assert found.sentence == (
        "1 working day in this stage; the limit is 0, 1.5 x the median of 10 won deals."
    )


def test_ten_won_deals_say_how_long_a_stage_takes(rosa: User) -> None:
    for n in range(9):
        won_after(rosa, days=5, name=f"Won {n}")
    deal = a_calm_deal(rosa)
    assert first_day(deal, "stage_age") == date(2026, 12, 3)
    won_after(rosa, days=5, name="The tenth")
    assert first_day(deal, "stage_age") == date(2026, 11, 30)  # 8 working days > 7.5
    found = reasons(deal, date(2026, 11, 30))["stage_age"]
    assert found.limit == 7.5
    assert found.sentence == (
        "8 working days in this stage; the limit is 7.5, 1.5 x the median of 10 won deals."
    )
    StallRules.current().change(median_factor=Decimal(3))  # the smaller of both limits holds
    assert first_day(deal, "stage_age") == date(2026, 12, 3)


def won_after(rosa: User, days: int, name: str) -> Opportunity:
    """Opened on a Monday, won within the week that follows or later."""
    begin = datetime(2026, 9, 7, 12, tzinfo=UTC)
    deal = a_calm_deal(rosa, at=begin, name=name)
    weeks, rest = divmod(days, 5)
    deal.win(by=rosa, at=NOW, on=begin.date() + timedelta(weeks=weeks, days=rest))
    return deal


def test_a_limit_is_the_very_number_that_the_factor_gives(rosa: User) -> None:
    """1.15 x 100 is 115, though not in binary fractions: on the 115th day nothing is late."""
    Stage.objects.update(patience=700)
    for n in range(10):
        won_after_100(rosa, n)
    StallRules.current().change(median_factor=Decimal("1.15"))
    check = StallCheck.on(TODAY)
    limit = check.limits[a_stage(1).pk]
    assert limit.median is not None
    assert (limit.median.days, limit.days) == (100, 115)


def won_after_100(rosa: User, n: int) -> None:
    begin = datetime(2026, 6, 1, 12, tzinfo=UTC)
    deal = a_calm_deal(rosa, at=begin, name=f"Slow {n}")
    deal.win(by=rosa, at=NOW, on=begin.date() + timedelta(weeks=20))


def test_silence_is_14_days_and_7_when_the_close_date_is_within_30(rosa: User) -> None:
    deal = a_calm_deal(rosa)
    assert first_day(deal, "silent") == TODAY + 14 * DAY
    found = reasons(deal, TODAY + 14 * DAY)["silent"]
    assert (found.kind, found.number, found.limit, found.unit) == ("risk", 14, 14, "days")
    assert (found.clock, found.short) == (TODAY, "Silent 14 d")
    assert found.sentence == "No activity for 14 days; the limit is 14."
    deal.push(TODAY + 37 * DAY, by=rosa, at=NOW)  # 30 days after the seventh
    assert first_day(deal, "silent") == TODAY + 7 * DAY
    found = reasons(deal, TODAY + 7 * DAY)["silent"]
    assert found.sentence == (
        "No activity for 7 days; the limit is 7 while the close date is near."
    )
    deal.push(TODAY + 38 * DAY, by=rosa, at=NOW)
    assert first_day(deal, "silent") == TODAY + 8 * DAY
    deal.push(TODAY, by=rosa, at=NOW)  # a close date that has passed is nearer still
    assert first_day(deal, "silent") == TODAY + 7 * DAY
    deal.push(None, by=rosa, at=NOW)
    assert first_day(deal, "silent") == TODAY + 14 * DAY


def test_one_day_of_silence_is_one_day(rosa: User) -> None:
    StallRules.current().change(silent_days=1, silent_days_closing=1)
    deal = a_calm_deal(rosa)
    assert reasons(deal, TODAY + DAY)["silent"].sentence == (
        "No activity for 1 day; the limit is 1."
    )


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_held_call_breaks_the_silence_on_its_date_in_the_organisation(
    rosa: User, zone: str
) -> None:
    Organisation.current().change(time_zone=zone)
    deal = a_calm_deal(rosa, at=NOW - 20 * DAY)
    call = a_call(rosa, opportunity=deal, starts_at=datetime(2026, 11, 17, 23, 30, tzinfo=UTC))
    assert "silent" in reasons(deal)
    call.hold(by=rosa, at=NOW)
    assert "silent" not in reasons(deal)
    deal.refresh_from_db()
    day = {"UTC": 17, "Pacific/Kiritimati": 18, "Pacific/Pago_Pago": 17}[zone]
    assert deal.last_activity_on == date(2026, 11, day)
    assert first_day(deal, "silent") == date(2026, 11, day) + 14 * DAY


def test_proposals_and_buyer_actions_break_the_silence(rosa: User) -> None:
    deal = a_calm_deal(rosa, at=NOW - 20 * DAY)
    Proposal.record(deal, "Offer", TODAY - 2 * DAY, by=rosa, at=NOW)
    assert first_day(deal, "silent") == TODAY + 12 * DAY
    BuyerAction.record(deal, "Signed", TODAY - DAY, by=rosa, at=NOW)
    assert first_day(deal, "silent") == TODAY + 13 * DAY


def test_pushed_twice_warns_and_three_times_is_critical(rosa: User) -> None:
    deal = a_calm_deal(rosa)
    deal.push(FAR + DAY, by=rosa, at=NOW)
    assert "pushed" not in reasons(deal)
    deal.push(FAR, by=rosa, at=NOW)  # pulled in: takes nothing back and adds nothing
    deal.push(FAR + DAY, by=rosa, at=NOW + DAY)
    found = reasons(deal)["pushed"]
    assert (found.kind, found.number, found.limit, found.unit) == ("warn", 2, 2, "pushes")
    assert (found.clock, found.short) == (TODAY + DAY, "Pushed 2×")
    assert found.sentence == "The close date was moved later 2 times; the limit is 2."
    deal.push(FAR + 2 * DAY, by=rosa, at=NOW + 2 * DAY)
    found = reasons(deal)["pushed"]
    assert (found.kind, found.number, found.limit, found.short) == ("risk", 3, 3, "Pushed 3×")
    assert found.sentence == "The close date was moved later 3 times; the limit is 3."


def test_where_one_push_is_too_many_it_says_once(rosa: User) -> None:
    StallRules.current().change(pushes_warning=1)
    deal = a_calm_deal(rosa)
    deal.push(FAR + DAY, by=rosa, at=NOW)
    assert reasons(deal)["pushed"].sentence == (
        "The close date was moved later once; the limit is 1."
    )


def test_a_close_date_that_was_taken_away_and_given_again_was_not_pushed(rosa: User) -> None:
    deal = a_calm_deal(rosa)
    for day in (None, FAR + DAY, None, FAR + 9 * DAY):
        deal.push(day, by=rosa, at=NOW)
    assert "pushed" not in reasons(deal)


def test_a_next_step_is_late_on_the_day_after(rosa: User) -> None:
    deal = a_calm_deal(rosa, next_step_on=TODAY)
    assert first_day(deal, "overdue_step") == TODAY + DAY
    found = reasons(deal, TODAY + DAY)["overdue_step"]
    assert (found.kind, found.number, found.limit, found.unit) == ("warn", 1, 0, "days")
    assert (found.clock, found.short) == (TODAY, "Step 1 d late")
    assert found.sentence == "The next step was due 1 day ago, on 18 Nov 2026."


def test_no_next_step_says_since_when(rosa: User) -> None:
    deal = a_calm_deal(rosa, next_step="")
    found = reasons(deal)["no_next_step"]
    assert (found.kind, found.number, found.limit, found.unit) == ("warn", 0, 1, "next steps")
    assert (found.clock, found.short) == (TODAY, "No next step")
    assert found.sentence == "No next step is planned."
    deal.set_next_step("Call Ann", FAR, by=rosa, at=NOW + DAY)
    assert "no_next_step" not in reasons(deal)
    deal.set_next_step("", None, by=rosa, at=NOW + 2 * DAY)
    assert reasons(deal)["no_next_step"].clock == TODAY + 2 * DAY


def test_a_buyer_is_silent_after_21_days_though_the_rep_is_active(rosa: User) -> None:
    deal = a_calm_deal(rosa)
    BuyerAction.record(deal, "Asked for it", TODAY, by=rosa, at=NOW)
    for n in (10, 20):
        Proposal.record(deal, "Offer", TODAY + n * DAY, by=rosa, at=NOW + n * DAY)
    assert first_day(deal, "buyer_silent") == TODAY + 21 * DAY
    found = reasons(deal, TODAY + 21 * DAY)["buyer_silent"]
    assert (found.kind, found.number, found.limit, found.unit) == ("warn", 21, 21, "days")
    assert (found.clock, found.short) == (TODAY, "Buyer silent 21 d")
    assert found.sentence == (
        "No buyer action for 21 days though the rep is active; the limit is 21."
    )
    assert "buyer_silent" in reasons(deal, TODAY + 33 * DAY)
    silent = reasons(deal, TODAY + 34 * DAY)  # now the rep is silent as well
    assert "silent" in silent
    assert "buyer_silent" not in silent


def test_a_deal_went_backwards_when_it_stands_earlier_than_30_days_ago(rosa: User) -> None:
    deal = a_calm_deal(rosa, at=NOW - 60 * DAY, stage=a_stage(4))
    deal.move_to(a_stage(2), by=rosa, at=NOW - 10 * DAY)
    found = reasons(deal)["went_backwards"]
    assert (found.kind, found.number, found.limit, found.unit) == ("warn", 2, 0, "stages")
    assert (found.clock, found.short) == (TODAY - 10 * DAY, "Back 2 stages")
    assert found.sentence == "2 stages further back than on 19 Oct 2026."
    deal.move_to(a_stage(3), by=rosa, at=NOW - 9 * DAY)
    found = reasons(deal)["went_backwards"]
    assert (found.number, found.short) == (1, "Back 1 stage")
    assert found.sentence == "1 stage further back than on 19 Oct 2026."
    assert "went_backwards" in reasons(deal, TODAY + 20 * DAY)  # the day it moved is within
    assert "went_backwards" not in reasons(deal, TODAY + 21 * DAY)
    deal.move_to(a_stage(4), by=rosa, at=NOW - 8 * DAY)
    assert "went_backwards" not in reasons(deal)


def test_a_deal_is_compared_with_where_it_stood_at_its_last_review(rosa: User, mia: User) -> None:
    deal = a_calm_deal(rosa, at=NOW - 90 * DAY, stage=a_stage(4))
    deal.move_to(a_stage(3), by=rosa, at=NOW - 70 * DAY)
    deal.move_to(a_stage(2), by=rosa, at=NOW - 40 * DAY)
    assert "went_backwards" not in reasons(deal)
    review = Review.arrange(rosa, NOW - 50 * DAY, by=mia, at=NOW - 50 * DAY)
    review.start(by=mia, at=NOW - 50 * DAY)
    review.close(by=mia, at=NOW - 50 * DAY)
    deal.refresh_from_db()
    found = reasons(deal)["went_backwards"]
    assert found.sentence == "1 stage further back than on 29 Sep 2026."
    following = Review.arrange(rosa, NOW - DAY, by=mia, at=NOW - DAY)
    following.start(by=mia, at=NOW - DAY)
    following.close(by=mia, at=NOW - DAY)
    deal.refresh_from_db()
    assert "went_backwards" not in reasons(deal)


def test_a_deal_opened_since_is_compared_with_the_stage_it_was_opened_in(rosa: User) -> None:
    deal = a_calm_deal(rosa, at=NOW - 3 * DAY, stage=a_stage(2))
    deal.move_to(a_stage(4), by=rosa, at=NOW - 2 * DAY)
    deal.move_to(a_stage(3), by=rosa, at=NOW - DAY)
    assert "went_backwards" not in reasons(deal)
    deal.move_to(a_stage(1), by=rosa, at=NOW)
    assert reasons(deal)["went_backwards"].number == 1


def test_a_large_deal_needs_two_people(rosa: User, pia: User, otto: User) -> None:
    account = an_account()
    for owner, amount in ((rosa, 10), (pia, 20), (otto, 1_000_000)):
        a_calm_deal(owner, name=f"Deal of {amount}", amount=amount)
    deal = a_calm_deal(rosa, account=account, amount=Decimal("20.01"))
    found = reasons(deal)["single_threaded"]
    assert (found.kind, found.number, found.limit, found.unit) == ("warn", 0, 2, "people")
    assert (found.clock, found.short) == (TODAY, "Nobody engaged")
    assert found.sentence == ("Nobody engaged; a deal above the team's median amount needs 2.")
    role = BuyingRole.add(deal, a_contact(account, "Ann"), "champion")
    found = reasons(deal)["single_threaded"]
    assert (found.number, found.short) == (1, "1 person engaged")
    ben = a_contact(account, "Ben")
    BuyerAction.record(deal, "Asked", TODAY, by=rosa, at=NOW, contact=ben)
    assert "single_threaded" not in reasons(deal)
    StallRules.current().change(people_needed=3)
    assert reasons(deal)["single_threaded"].short == "2 people engaged"
    assert role.contact.name == "Ann"


def test_a_deal_of_exactly_the_median_is_not_large(rosa: User, pia: User) -> None:
    deals = [a_calm_deal(rosa, name=f"{n}", amount=n) for n in (10, 20, 30)]
    assert [("single_threaded" in reasons(deal)) for deal in deals] == [False, False, True]
    a_calm_deal(rosa, name="dollars", amount=9, currency="USD")
    a_calm_deal(pia, name="40", amount=40)
    assert [("single_threaded" in reasons(deal)) for deal in deals] == [False, False, True]


def test_risks_come_before_warnings_and_the_worst_is_the_first(rosa: User) -> None:
    deal = a_calm_deal(rosa, at=NOW - 20 * DAY, next_step="", close_date=TODAY - DAY)
    check = StallCheck.on(TODAY)
    found = [reason.name for reason in check.reasons(deal)]
    assert found == ["past_close", "stage_age", "silent", "no_next_step"]
    worst = check.worst(deal)
    assert worst is not None
    assert worst.name == "past_close"


def test_only_the_reasons_asked_for_are_looked_into(
    rosa: User, django_assert_num_queries: Any
) -> None:
    """What the team's median takes is not read for another reason."""
    a_calm_deal(rosa, next_step="")
    check = StallCheck.on(TODAY, rosa)
    with django_assert_num_queries(1):
        assert Opportunity.objects.visible_to(rosa).stalled(check, "no_next_step").count() == 1


def test_a_closed_deal_is_never_stalled(rosa: User) -> None:
    deal = a_calm_deal(rosa, at=NOW - 50 * DAY, next_step="", close_date=TODAY - DAY)
    assert reasons(deal)
    deal.win(by=rosa, at=NOW)
    assert reasons(deal) == {}
    assert not Opportunity.objects.stalled(StallCheck.on(TODAY)).exists()


@pytest.fixture
def hopeless(rosa: User) -> Opportunity:
    """With seven reasons: who is silent has no silent buyer, and without a step none is late."""
    a_calm_deal(rosa, name="Small", amount=1)
    deal = a_deal(rosa, at=NOW - 90 * DAY, close_date=TODAY - 50 * DAY, stage=a_stage(3))
    for n in (40, 30, 20):
        deal.push(TODAY - n * DAY, by=rosa, at=NOW - 60 * DAY)
    deal.move_to(a_stage(1), by=rosa, at=NOW - 20 * DAY)
    return deal


def test_a_reason_that_is_switched_off_is_nobody_s(hopeless: Opportunity) -> None:
    found = set(reasons(hopeless))
    expected = set(REASONS) - {"buyer_silent", "overdue_step"}
    assert found == expected
    for name in expected:
        StallRules.current().change(**{name: False})
        check = StallCheck.on(TODAY)
        assert name not in reasons(hopeless)
        assert not Opportunity.objects.stalled(check, name).exists()
    assert reasons(hopeless) == {}
    assert not Opportunity.objects.stalled(StallCheck.on(TODAY), *expected).exists()


def test_a_hold_quiets_the_first_five_until_its_date_and_nothing_else(
    hopeless: Opportunity, rosa: User
) -> None:
    before = set(reasons(hopeless))
    Hold.begin(hopeless, "Merger", TODAY + 5 * DAY, by=rosa, at=NOW)
    quiet = {"stage_age", "silent", "buyer_silent", "no_next_step", "overdue_step"}
    assert quiet == QUIETED
    assert set(reasons(hopeless)) == before - quiet
    assert {"pushed", "past_close"} <= set(reasons(hopeless))
    assert set(reasons(hopeless, TODAY + 4 * DAY)) == before - quiet
    assert set(reasons(hopeless, TODAY + 5 * DAY)) == before


def test_an_imported_deal_without_dates_is_not_called_late(rosa: User) -> None:
    deal = Opportunity.objects.create(name="Imported", owner=rosa, stage=a_stage(1))
    found = reasons(deal)
    assert set(found) == {"no_next_step"}
    assert found["no_next_step"].clock is None


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (lambda deal, by: deal.set_amount(Decimal(5), by=by, at=NOW), False),
        (lambda deal, by: deal.describe(name="Another name"), False),
        (lambda deal, by: deal.describe(own_probability=40), False),
        (lambda deal, by: deal.set_next_step("Write", FAR, by=by, at=NOW), False),
        (lambda deal, by: Proposal.record(deal, "Offer", TODAY, by=by, at=NOW), True),
    ],
)
def test_only_real_activity_breaks_the_silence(
    rosa: User, change: Callable[[Opportunity, User], Any], moves: bool
) -> None:
    deal = a_calm_deal(rosa, at=NOW - 20 * DAY)
    change(deal, rosa)
    assert ("silent" not in reasons(deal)) == moves
