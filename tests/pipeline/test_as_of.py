"""A deal as it stood at a moment, read back from what happened since, is what it was then."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from people.models import User
from pipeline.as_of import COLUMNS, with_state_at
from pipeline.models import Opportunity, StageChange
from tests.factories import NOW, TODAY, a_deal, a_stage, some_people

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
SOON, LATER = date(2026, 12, 18), date(2027, 1, 15)


def at_moment(deal: Opportunity, moment: datetime) -> dict[str, Any]:
    """What is read back, by the names of the columns."""
    rows = with_state_at(Opportunity.objects.filter(pk=deal.pk), moment, "then_", *COLUMNS)
    names = ["there", "status", "open", *COLUMNS]
    found = rows.values_list(*[f"then_{name}" for name in names]).get()
    return dict(zip(names, found, strict=True))


def as_it_is(deal: Opportunity) -> dict[str, Any]:
    """The same, looked at now."""
    deal = Opportunity.objects.select_related("stage").get(pk=deal.pk)
    return {
        "there": True,
        "status": deal.status,
        "open": deal.status == "open",
        "owner": deal.owner_id,
        "stage_order": deal.stage.order,
        "stage_name": deal.stage.name,
        "probability": deal.stage.probability,
        "close_date": deal.close_date,
        "amount": deal.amount,
        "currency": deal.currency,
        "next_step": deal.next_step,
        "next_step_on": deal.next_step_on,
    }


# One thing at a time.


def test_it_was_not_there_before_it_was_opened(rosa: User) -> None:
    deal = a_deal(rosa)
    before = at_moment(deal, NOW - SECOND)
    assert (before["there"], before["open"]) == (False, False)
    assert at_moment(deal, NOW) == as_it_is(deal)


def test_a_deal_whose_opening_is_not_known_was_always_there(rosa: User) -> None:
    deal = a_deal(rosa)
    StageChange.objects.all().delete()
    assert at_moment(deal, NOW - 3650 * DAY) == as_it_is(deal)


def test_what_happened_at_the_moment_itself_has_happened(rosa: User) -> None:
    deal = a_deal(rosa, at=NOW - DAY, stage=a_stage(2))
    deal.move_to(a_stage(4), by=rosa, at=NOW)
    assert at_moment(deal, NOW)["stage_order"] == 4
    before = at_moment(deal, NOW - SECOND)
    assert (before["stage_order"], before["stage_name"]) == (2, a_stage(2).name)
    assert before["probability"] == a_stage(2).probability


def test_a_close_date_that_was_not_said_is_read_back_as_none(rosa: User) -> None:
    deal = a_deal(rosa, at=NOW - DAY, close_date=None)
    for hours, day in ((1, SOON), (2, None), (3, LATER)):
        deal.push(day, by=rosa, at=NOW + hours * HOUR)
    read = [at_moment(deal, NOW + hours * HOUR)["close_date"] for hours in range(5)]
    assert read == [None, SOON, None, LATER, LATER]


def test_an_amount_that_was_not_known_is_read_back_as_none(rosa: User) -> None:
    deal = a_deal(rosa, at=NOW - DAY, amount=None)
    for hours, amount in ((1, Decimal("10.50")), (2, None), (3, Decimal(0))):
        deal.set_amount(amount, by=rosa, at=NOW + hours * HOUR)
    read = [at_moment(deal, NOW + hours * HOUR)["amount"] for hours in range(4)]
    assert read == [None, Decimal("10.50"), None, Decimal(0)]


def test_a_next_step_is_what_was_said_last_until_it_was_taken_away(rosa: User) -> None:
    deal = a_deal(rosa, at=NOW - DAY)
    said = {1: ("Call Ann", TODAY), 2: ("", None), 3: ("Send it", LATER)}
    for hours, (text, on) in said.items():
        deal.set_next_step(text, on, by=rosa, at=NOW + hours * HOUR)
    for hours in range(4):
        then = at_moment(deal, NOW + hours * HOUR)
        assert (then["next_step"], then["next_step_on"]) == said.get(hours, ("", None))


def test_a_deal_that_was_opened_again_was_closed_in_between(rosa: User) -> None:
    deal = a_deal(rosa, at=NOW - DAY)
    deal.lose(reason="Price", by=rosa, at=NOW + HOUR)
    deal.reopen(why="A new budget", by=rosa, at=NOW + 2 * HOUR)
    deal.win(by=rosa, at=NOW + 3 * HOUR)
    read = [at_moment(deal, NOW + hours * HOUR) for hours in range(4)]
    assert [then["status"] for then in read] == ["open", "lost", "open", "won"]
    assert [then["open"] for then in read] == [True, False, True, False]


def test_it_was_the_former_owners_until_it_was_given_away(rosa: User, pia: User) -> None:
    deal = a_deal(rosa, at=NOW - DAY)
    deal.assign(pia, by=rosa, at=NOW)
    assert at_moment(deal, NOW - SECOND)["owner"] == rosa.pk
    assert at_moment(deal, NOW)["owner"] == pia.pk


def test_all_deals_are_read_in_one_statement(rosa: User, django_assert_num_queries: Any) -> None:
    for n in range(5):
        a_deal(rosa, f"Deal {n}", at=NOW + n * DAY)
    with django_assert_num_queries(1):
        rows: Any = with_state_at(Opportunity.objects.all(), NOW + 2 * DAY, "was_", *COLUMNS)
        assert rows.filter(was_there=True).count() == 3


# Everything at random: each state is looked at while it is there.


@pytest.fixture(scope="module")
def two_reps(kept_rows: None) -> tuple[User, User]:
    people = some_people()
    return people.rosa, people.pia


def something(deal: Opportunity, chance: Random, reps: tuple[User, User], at: datetime) -> None:
    by: dict[str, Any] = {"by": reps[0], "at": at}
    day = chance.choice([None, SOON, LATER, TODAY])
    if not deal.is_open:
        if chance.random() < 0.7:
            deal.reopen(why="It lives", **by)
        else:
            deal.set_amount(chance.choice([None, Decimal(0), Decimal("7.77")]), **by)
        return
    what = chance.randrange(8)
    if what < 2:
        deal.move_to(a_stage(chance.randint(1, 5)), **by)
    elif what == 2:
        deal.push(day, **by)
    elif what == 3:
        deal.set_amount(chance.choice([None, Decimal(0), Decimal("99.99")]), **by)
    elif what == 4:
        deal.set_next_step("Call" if day else "", day, **by)
    elif what == 5:
        deal.assign(chance.choice(reps), **by)
    elif what == 6:
        deal.win(**by)
    else:
        deal.lose(reason="Price", **by)


@pytest.mark.django_db
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.integers(0, 12), chance=st.randoms(use_true_random=True))
def test_every_moment_is_read_back_as_it_was_seen_then(
    two_reps: tuple[User, User], steps: int, chance: Random
) -> None:
    with transaction.atomic():
        at = NOW
        close = chance.choice([None, SOON])
        deal = a_deal(two_reps[0], at=at, stage=a_stage(chance.randint(1, 5)), close_date=close)
        seen = [(at, as_it_is(deal))]
        for _ in range(steps):
            at += chance.choice([timedelta(), SECOND, HOUR, 40 * DAY])
            something(deal, chance, two_reps, at)
            deal.refresh_from_db()
            seen.append((at, as_it_is(deal)))
        for moment in {at + n * SECOND for at, _ in seen for n in (-1, 0, 1)}:
            states = [state for at, state in seen if at <= moment]
            if states:
                assert at_moment(deal, moment) == states[-1]
            else:
                assert not at_moment(deal, moment)["there"]
        transaction.set_rollback(True)
