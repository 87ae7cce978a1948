"""Every filter finds the same deals on the list, in its file, in the API and in its count."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from lib.csv_out import plain
from people.models import Team, User
from pipeline.filters import STALL_REASONS
from pipeline.models import BuyerAction, Hold, Opportunity, Product
from pipeline.stalls import StallCheck
from tests.factories import (
    NOW,
    TODAY,
    People,
    a_deal,
    a_product,
    a_stage,
    an_account,
    some_people,
)
from tests.support.lists import in_file, on_list

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def it_is_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def people(kept_rows: None) -> People:
    """Who they are; rosa and pia have ten deals."""
    people = some_people()
    with time_machine.travel(NOW, tick=False):
        make_deals(people.rosa, people.pia)
    return people


def make_deals(rosa: User, pia: User) -> None:
    """Ten that differ in all that can be filtered; every reason but one stalls one of them."""
    unal = an_account("Ünal Bäckerei")
    a_deal(rosa, "Fresh", at=NOW, account=unal, product=a_product("Platform"))
    a_deal(pia, "Peer's", at=NOW - 3 * DAY, stage=a_stage(3), forecast_category="commit")
    a_deal(rosa, "Old", at=NOW - 60 * DAY, amount=None)
    a_deal(rosa, "Past", at=NOW - DAY, close_date=TODAY - DAY, amount=10)
    stepped = a_deal(rosa, "Late step", at=NOW - 6 * DAY)
    stepped.set_next_step("Call", TODAY - 2 * DAY, by=rosa, at=NOW - 5 * DAY)
    pushed = a_deal(rosa, "Pushed", at=NOW - 9 * DAY, close_date=TODAY + DAY)
    for n in (2, 3, 4):
        pushed.push(TODAY + n * 20 * DAY, by=rosa, at=NOW - n * DAY)
    back = a_deal(rosa, "Back", at=NOW - 50 * DAY, stage=a_stage(3))
    back.move_to(a_stage(2), by=rosa, at=NOW - DAY)
    held = a_deal(rosa, "Held", at=NOW - 60 * DAY, amount=1)
    Hold.begin(held, "Freeze", TODAY + 9 * DAY, by=rosa, at=NOW, version=held.version)
    active = a_deal(rosa, "Rep only", at=NOW - 40 * DAY, close_date=date(2027, 1, 31))
    BuyerAction.record(active, "Asked", TODAY - 30 * DAY, by=rosa, at=NOW - 30 * DAY)
    Opportunity.objects.filter(pk=active.pk).update(last_activity_on=TODAY - DAY)
    a_deal(rosa, "Won", at=NOW - 5 * DAY).win(by=rosa, at=NOW)


def in_api(client: Any, query: dict[str, Any]) -> list[str]:
    return sorted(
        row["name"] for row in client.get("/api/v1/opportunities/", query).data["results"]
    )


QUERIES: list[dict[str, Any]] = [
    {"status": "open"},
    {"status": ""},
    {"status": "won"},
    {"status": "open", "search": "BACKEREI"},
    {"status": "open", "search": "pushed"},
    {"status": "open", "owner": "pia"},
    {"status": "open", "team": "team"},
    {"status": "open", "stage": "stage"},
    {"status": "open", "product": "product"},
    {"status": "open", "forecast_category": "commit"},
    {"status": "open", "close_from": "2026-12-18"},
    {"status": "open", "close_to": "2026-12-17"},
    {"status": "open", "close_from": "2027-01-31", "close_to": "2027-01-31"},
    {"status": "open", "amount_from": "10"},
    {"status": "open", "amount_to": "10"},
    {"status": "open", "amount_from": "0", "amount_to": "1"},
    {"status": "open", "stall_reason": "any", "on": "2026-11-10"},
    {"status": "open", "stall_reason": "silent", "search": "old", "owner": "rosa"},
    *({"status": "open", "stall_reason": name} for name, _ in STALL_REASONS),
]


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_filter_finds_the_same_deals_everywhere(
    as_: Any, people: People, query: dict[str, Any]
) -> None:
    things = {
        "pia": people.pia.pk,
        "rosa": people.rosa.pk,
        "team": Team.objects.get(name="North").pk,
        "stage": a_stage(3).pk,
        "product": Product.objects.get(name="Platform").pk,
    }
    query = {name: things.get(value, value) for name, value in query.items()}
    client = as_.page(people.mia)
    found = on_list(client, query)
    assert [plain(row["name"]) for row in in_file(client, query)] == found
    said = {name: value for name, value in query.items() if value != ""}
    assert in_api(as_.api(people.mia), {**said, "page_size": 100}) == sorted(found)
    if "single_threaded" not in query.values():
        assert found


def test_counts_in_the_filter_are_the_lengths_of_the_lists(as_: Any, people: People) -> None:
    client = as_.page(people.mia)
    for others in ({}, {"search": "e"}, {"stage": a_stage(1).pk}, {"status": "won"}):
        counts = client.get("/opportunities/", others).context["form"].counts
        for name, _ in STALL_REASONS:
            found = on_list(client, {**others, "stall_reason": name})
            assert counts[name] == len(found), (others, name)


def test_the_counts_do_not_depend_on_the_reason_that_is_chosen(as_: Any, people: People) -> None:
    client = as_.page(people.mia)
    whole = client.get("/opportunities/").context["form"]
    chosen = client.get("/opportunities/", {"stall_reason": "pushed"}).context["form"]
    assert chosen.counts == whole.counts
    assert chosen.total.count == whole.counts["pushed"] == 1


def test_the_file_says_what_stalls_each_deal_and_since_when(as_: Any, people: People) -> None:
    rows = {row["name"]: row for row in in_file(as_.page(people.mia), {})}
    check = StallCheck.on(TODAY, people.mia)
    for deal in Opportunity.objects.open().for_list():
        assert (
            rows[deal.name]["stall_reasons"].split(";")
            == [reason.name for reason in check.reasons(deal)]
            or rows[deal.name]["stall_reasons"] == ""
        )
    assert rows["Held"]["held_until"] == str(TODAY + 9 * DAY)
    assert rows["Rep only"]["last_buyer_action_on"] == str(TODAY - 30 * DAY)
    assert rows["Rep only"]["last_activity_on"] == str(TODAY - DAY)
    assert "pushed" in rows["Pushed"]["stall_reasons"].split(";")


def test_a_filter_on_what_one_may_not_see_finds_nothing(as_: Any, people: People) -> None:
    client = as_.page(people.mia)
    south = Team.objects.get(name="South")
    for query in ({"owner": people.otto.pk}, {"owner": "Otto Other"}, {"team": south.pk}):
        page = client.get("/opportunities/", query)
        assert on_list(client, query) == []
        assert "make no sense" in page.content.decode()
        assert in_file(client, query) == []
