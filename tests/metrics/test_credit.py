"""What somebody opened, won or sent stays theirs when the deal changes hands."""

from datetime import timedelta
from decimal import Decimal

import pytest

from metrics import rollups
from metrics.models import DailyTally
from people.models import Organisation, User
from pipeline import credit
from pipeline.models import Opportunity, Proposal, Stage
from tests.factories import NOW, TODAY, People, a_deal, some_people
from tests.support.imports import import_text

DAY = timedelta(days=1)


@pytest.fixture
def people(db: None) -> People:
    Organisation.current()
    return some_people()


def credited(person: User) -> dict[str, Decimal]:
    """What is kept of a person, of all days together."""
    rollups.catch_up()
    rows = DailyTally.objects.filter(person=person).values_list("tally", "number")
    return {tally: number for tally, number in rows if number}


def give(deal: Opportunity, person: User) -> None:
    deal.assign(person, by=person, at=NOW)


def test_a_deal_stays_with_whoever_opened_it(people: People) -> None:
    deal = a_deal(people.rosa)
    give(deal, people.otto)
    assert credited(people.rosa) == {"prospects_targeted": 1}
    assert credited(people.otto) == {}


def test_it_is_won_by_whoever_owns_it_then(people: People) -> None:
    deal = a_deal(people.rosa)
    give(deal, people.otto)
    deal.win(by=people.otto, at=NOW)
    give(deal, people.pia)
    assert credited(people.rosa) == {"prospects_targeted": 1}
    assert credited(people.otto) == {"deals_won": 1, "money_won": 48_000}
    assert credited(people.pia) == {}


def test_it_counts_on_the_day_on_which_it_was_won(people: People) -> None:
    a_deal(people.rosa).win(by=people.rosa, at=NOW, on=TODAY - 3 * DAY)
    assert credited(people.rosa)["deals_won"] == 1
    assert DailyTally.objects.get(tally="deals_won").day == TODAY - 3 * DAY


def test_open_again_it_is_nobodys_until_it_is_closed_by_whoever_owns_it_then(
    people: People,
) -> None:
    deal = a_deal(people.rosa)
    deal.win(by=people.rosa, at=NOW)
    assert credited(people.rosa)["deals_won"] == 1
    deal.reopen(by=people.rosa, at=NOW, why="They called again")
    assert deal.closing_owner is None
    assert credited(people.rosa) == {"prospects_targeted": 1}
    give(deal, people.otto)
    deal.win(by=people.otto, at=NOW)
    assert credited(people.otto)["deals_won"] == 1
    assert credited(people.rosa) == {"prospects_targeted": 1}


def test_a_lost_deal_is_won_by_nobody_but_known_to_be_whose_it_was(people: People) -> None:
    deal = a_deal(people.rosa)
    deal.lose(by=people.rosa, at=NOW, reason="No budget")
    assert deal.closing_owner == people.rosa
    assert credited(people.rosa) == {"prospects_targeted": 1}


def test_another_amount_of_a_won_deal_is_money_of_whoever_won_it(people: People) -> None:
    deal = a_deal(people.rosa)
    deal.win(by=people.rosa, at=NOW)
    give(deal, people.otto)
    deal.set_amount(Decimal(50_000), by=people.otto, at=NOW)
    assert credited(people.rosa)["money_won"] == 50_000
    deal.set_amount(Decimal(50_000), by=people.otto, at=NOW, currency="USD")
    rollups.catch_up()
    assert [row.currency for row in DailyTally.objects.filter(tally="money_won")] == ["USD"]


def test_a_proposal_stays_with_whose_deal_it_was(people: People) -> None:
    deal = a_deal(people.rosa)
    first = Proposal.record(deal, "Offer", TODAY - DAY, by=people.rosa, at=NOW)
    give(deal, people.otto)
    Proposal.record(deal, "Another", TODAY, by=people.otto, at=NOW)
    assert credited(people.rosa)["proposals"] == 1
    assert credited(people.otto) == {"proposals": 1}
    first.remove()
    assert "proposals" not in credited(people.rosa)


HEAD = "opportunity_id,sales_agent,deal_stage,engage_date,close_date,close_value\n"


def test_an_import_that_corrects_the_owner_of_a_closed_deal_moves_it(people: People) -> None:
    import_text("opportunities", f"{HEAD}D1,Rosa Rep,Won,2016-10-20,2017-03-01,500\n")
    assert credited(people.rosa) == {"prospects_targeted": 1, "deals_won": 1, "money_won": 500}
    import_text("opportunities", f"{HEAD}D1,Otto Other,Won,2016-10-20,2017-03-01,500\n")
    assert credited(people.otto) == {"deals_won": 1, "money_won": 500}
    assert credited(people.rosa) == {"prospects_targeted": 1}


def test_an_import_that_closes_a_deal_credits_whoever_owns_it_now(people: People) -> None:
    import_text("opportunities", f"{HEAD}D1,Rosa Rep,{Stage.first().name},2016-10-20,,\n")
    give(Opportunity.objects.get(), people.otto)
    import_text("opportunities", f"{HEAD}D1,Otto Other,Won,2016-10-20,2017-03-01,500\n")
    deal = Opportunity.objects.get()
    assert (deal.opening_owner, deal.closing_owner) == (people.rosa, people.otto)


def test_bulk_writers_note_it_themselves_and_what_they_forget_is_nobodys(people: People) -> None:
    own = {"owner": people.rosa, "stage": Stage.first(), "status": "won", "amount": 7}
    days = {"opened_on": TODAY, "closed_on": TODAY}
    noted, forgotten = (Opportunity(name=name, **own, **days) for name in ("A", "B"))
    credit.note(noted)
    Opportunity.objects.bulk_create([noted, forgotten])
    wanted = {"prospects_targeted": 1, "deals_won": 1, "money_won": 7}
    assert credited(people.rosa) == wanted
    rollups.count_all(Organisation.current().zone)
    assert credited(people.rosa) == wanted
