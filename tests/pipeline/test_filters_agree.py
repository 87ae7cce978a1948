"""Every filter finds the same deals on the list, in its file, in the API and in its count."""

import csv
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from lib.csv_out import plain
from people.models import Organisation, Team, User
from pipeline.filters import STALL_REASONS
from pipeline.forms.filters import FilterForm
from pipeline.imports.kinds import OPPORTUNITIES, guess
from pipeline.models import BuyerAction, Hold, Opportunity, SavedView
from pipeline.stalls import StallCheck
from tests.factories import NOW, TODAY, a_deal, a_product, a_stage, an_account

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def it_is_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def deals(rosa: User, pia: User, mia: User) -> None:
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


def on_list(client: Client, query: dict[str, Any]) -> list[str]:
    page = client.get("/opportunities/", query)
    return [deal.name for deal in page.context["page"].rows]


def in_file(client: Client, query: dict[str, Any]) -> list[dict[str, str]]:
    response: Any = client.get("/opportunities/export/", query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True)))


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
    as_: Any, deals: None, mia: User, rosa: User, pia: User, query: dict[str, Any]
) -> None:
    things = {
        "pia": pia.pk,
        "rosa": rosa.pk,
        "team": Team.objects.get(name="North").pk,
        "stage": a_stage(3).pk,
        "product": a_product("Other").pk - 1,
    }
    query = {name: things.get(value, value) for name, value in query.items()}
    client = as_.page(mia)
    found = on_list(client, query)
    assert [plain(row["name"]) for row in in_file(client, query)] == found
    said = {name: value for name, value in query.items() if value != ""}
    assert in_api(as_.api(mia), {**said, "page_size": 100}) == sorted(found)
    if "single_threaded" not in query.values():
        assert found


def test_counts_in_the_filter_are_the_lengths_of_the_lists(
    as_: Any, deals: None, mia: User
) -> None:
    client = as_.page(mia)
    for others in ({}, {"search": "e"}, {"stage": a_stage(1).pk}, {"status": "won"}):
        counts = client.get("/opportunities/", others).context["form"].counts
        for name, _ in STALL_REASONS:
            found = on_list(client, {**others, "stall_reason": name})
            assert counts[name] == len(found), (others, name)


def test_the_counts_do_not_depend_on_the_reason_that_is_chosen(
    as_: Any, deals: None, mia: User
) -> None:
    client = as_.page(mia)
    whole = client.get("/opportunities/").context["form"]
    chosen = client.get("/opportunities/", {"stall_reason": "pushed"}).context["form"]
    assert chosen.counts == whole.counts
    assert chosen.total.count == whole.counts["pushed"] == 1


def test_the_file_says_what_stalls_each_deal_and_since_when(
    as_: Any, deals: None, mia: User
) -> None:
    rows = {row["name"]: row for row in in_file(as_.page(mia), {})}
    check = StallCheck.on(TODAY, mia)
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


def test_an_import_passes_over_the_columns_that_are_only_told(as_: Any, rosa: User) -> None:
    a_deal(rosa)
    header = list(in_file(as_.page(rosa), {})[0])
    mapping = guess(OPPORTUNITIES, header)
    told = ["stall_reasons", "held_until", "last_activity_on", "last_buyer_action_on"]
    assert [mapping[name] for name in told] == ["", "", "", ""]
    assert mapping["opportunity_id"] == "external_id"


def test_the_file_is_written_in_as_many_statements_for_many_deals_as_for_few(
    as_: Any, rosa: User, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_.page(rosa)
    in_file(client, {})
    deals = [
        Opportunity(name=f"D{n}", owner=rosa, stage=a_stage(1), amount=n, moved_back_on=TODAY)
        for n in range(4_100)
    ]
    Opportunity.objects.bulk_create(deals, batch_size=500)
    with django_assert_max_num_queries(12):  # three chunks
        assert len(in_file(client, {})) == 4_100


def test_today_is_the_organisations_even_for_somebody_elsewhere(as_: Any, rosa: User) -> None:
    """At 23:30 UTC on 31 January it is 1 February in Auckland and still January in Honolulu."""
    Organisation.current().change(time_zone="Pacific/Auckland")
    rosa.change(time_zone="Pacific/Honolulu")
    at = datetime(2027, 1, 31, 23, 30, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        a_deal(rosa, "Due", at=at, close_date=date(2027, 1, 31))
        client = as_.page(rosa)
        assert on_list(client, {"stall_reason": "past_close"}) == ["Due"]
        assert on_list(client, {"stall_reason": "past_close", "on": "2027-01-31"}) == []
        assert on_list(client, {"on": "2027-02-01"}) == ["Due"]
        page = client.get("/opportunities/", {"on": "2027-02-02"}).content.decode()
        assert "has not come yet" in page


def test_a_filter_on_what_one_may_not_see_finds_nothing(
    as_: Any, deals: None, mia: User, otto: User
) -> None:
    client = as_.page(mia)
    south = Team.objects.get(name="South")
    for query in ({"owner": otto.pk}, {"owner": "Otto Other"}, {"team": south.pk}):
        page = client.get("/opportunities/", query)
        assert on_list(client, query) == []
        assert "make no sense" in page.content.decode()
        assert in_file(client, query) == []


def test_a_typed_name_becomes_an_id_in_the_address(as_: Any, mia: User, pia: User) -> None:
    response = as_.page(mia).get(
        "/opportunities/", {"owner": "pía péer", "search": "", "order": "-amount", "status": "open"}
    )
    assert response.status_code == 302
    assert response.headers["Location"] == f"/opportunities/?owner={pia.pk}&order=-amount"
    assert 'value="Pia Peer"' in as_.page(mia).get(response.headers["Location"]).content.decode()


def test_filters_in_force_are_chips_that_go_one_by_one(as_: Any, rosa: User) -> None:
    a_deal(rosa)
    query = {"stage": a_stage(3).pk, "close_to": "2026-12-31", "status": "", "order": "-amount"}
    form: FilterForm = as_.page(rosa).get("/opportunities/", query).context["form"]
    assert [chip.text for chip in form.chips] == [
        "Status: Any",
        f"Stage: {a_stage(3)}",
        "Closes until: 31 Dec 2026",
    ]
    page = as_.page(rosa).get("/opportunities/", {"stall_reason": "none"})
    assert [chip.text for chip in page.context["form"].chips] == ["Not stalled"]
    assert form.chips[1].query == "status=&close_to=2026-12-31&order=-amount"
    assert SavedView.keep(by=rosa, name="It", query=form.query).query == form.query
