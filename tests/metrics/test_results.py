"""What a 1-on-1 shows as won is what the tallies count, however often deals change hands."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from lib.calendar import month_of
from metrics.results import Results, compared
from metrics.tallies import COLUMNS, count_events
from people.models import User
from tests.factories import NOW, TODAY, a_deal

UTC = ZoneInfo("UTC")


@pytest.mark.parametrize("seed", range(3))
def test_they_agree_with_the_tallies_whoever_owns_the_deals_by_now(
    rosa: User, pia: User, otto: User, mia: User, seed: int
) -> None:
    they_sell(Random(seed), [rosa, pia, otto], mia)
    found = Results(compared(mia, rosa.pk), "EUR", TODAY, 1)
    assert found.people == {rosa.pk, pia.pk}
    counted = tallied(found.people)
    assert counted
    for person in found.people:
        for month in (date(2026, number, 1) for number in range(1, 12)):
            result = found.of({person}, *month_of(month))
            assert result.won == counted.get((person, month, "money_won"), 0)
            assert result.deals + result.elsewhere == counted.get((person, month, "deals_won"), 0)


def they_sell(chance: Random, people: list[User], mia: User) -> None:
    """Deals that are won, lost, opened again and given to others, in any order."""
    for n in range(20):
        at = NOW - timedelta(days=chance.randint(1, 300))
        deal = a_deal(
            chance.choice(people),
            f"Deal {n}",
            at=at,
            amount=chance.randint(0, 9) * 1_000,
            currency=chance.choice(["EUR", "EUR", "USD"]),
        )
        for _ in range(chance.randint(1, 5)):
            at += timedelta(days=chance.randint(0, 40))
            ended = {"by": mia, "at": at, "on": min(at.date(), TODAY)}
            if chance.random() < 0.5:
                deal.assign(chance.choice(people), by=mia, at=at)
            elif not deal.is_open:
                deal.reopen(by=mia, at=at, why="Back")
            elif chance.random() < 0.7:
                deal.win(**ended)
            else:
                deal.lose(**ended, reason="Price")


def tallied(people: set[int]) -> dict[tuple[int, date, str], Decimal]:
    """What was won by person, month and tally; money in EUR."""
    counted: dict[tuple[int, date, str], Decimal] = {}
    events = count_events(date(2026, 1, 1), TODAY, UTC, people, ["money_won", "deals_won"])
    for whom, tally, day, currency, number in events.values_list(*COLUMNS):
        if tally == "deals_won" or currency == "EUR":
            key = whom, day.replace(day=1), tally
            counted[key] = counted.get(key, Decimal()) + number
    return counted


def test_a_deal_that_was_given_away_afterwards_stays_with_who_won_it(
    rosa: User, otto: User, mia: User
) -> None:
    deal = a_deal(rosa, amount=50_000)
    deal.win(by=rosa, at=NOW)
    deal.assign(otto, by=mia, at=NOW)
    found = Results(compared(mia, rosa.pk), "EUR", TODAY, 1)
    assert found.of({rosa.pk}, *month_of(TODAY)).won == 50_000


def test_only_people_whom_the_manager_leads_are_compared(
    rosa: User, pia: User, otto: User, mia: User
) -> None:
    pia.deactivate()
    assert Results(compared(mia, rosa.pk), "EUR", TODAY, 1).people == {rosa.pk}
    assert Results(compared(mia, otto.pk), "EUR", TODAY, 1).people == {rosa.pk}
    assert Results(compared(mia, pia.pk), "EUR", TODAY, 1).people == {rosa.pk, pia.pk}
