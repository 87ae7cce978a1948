"""A deal opened from a list knows its place in it: "4 of 23", the ones beside it, the way back."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from pipeline.models import Opportunity
from pipeline.views import place as view
from tests.factories import NOW, TODAY, a_deal, a_stage


@pytest.fixture
def deals(rosa: User) -> list[Opportunity]:
    """Five in the usual order, with ties and holes."""
    days = [1, 2, 2, 3, None]
    return [
        a_deal(rosa, f"Deal {n}", amount=n % 2, close_date=TODAY + timedelta(day) if day else None)
        for n, day in enumerate(days)
    ]


def place(client: Any, deal: Opportunity, query: str = "") -> tuple[str, Any, Any]:
    context = client.get(f"/opportunities/{deal.pk}/place/?{query}").context
    return context["words"], context["place"].previous, context["place"].next


@pytest.mark.parametrize("order", ["close_date", "-close_date", "amount", "-name", "owner", "age"])
def test_walking_by_next_meets_the_list_in_its_order(
    as_: Any, rosa: User, deals: list[Opportunity], order: str
) -> None:
    client = as_.page(rosa)
    rows = client.get("/opportunities/", {"order": order}).context["page"].rows
    beside = [None, *(deal.pk for deal in rows), None]
    for n, deal in enumerate(rows, start=1):
        assert place(client, deal, f"order={order}") == (
            f"{n} of 5",
            beside[n - 1],
            beside[n + 1],
        )


def test_filters_are_kept_and_junk_is_not(as_: Any, rosa: User, deals: list[Opportunity]) -> None:
    client = as_.page(rosa)
    query = "search=deal&amount_from=1&page=abc&x=1"
    assert place(client, deals[3], query) == ("2 of 2", deals[1].pk, None)
    page = client.get(f"/opportunities/{deals[3].pk}/place/?{query}").content.decode()
    kept = "search=deal&amount_from=1"
    assert f'href="/opportunities/?{kept.replace("&", "&amp;")}"' in page
    assert f'href="/opportunities/{deals[1].pk}/?in={quote(kept, safe="")}"' in page


def test_a_deal_that_left_the_list_says_so_and_still_leads_on(
    as_: Any, rosa: User, deals: list[Opportunity]
) -> None:
    deals[1].win(by=rosa, at=NOW)
    client = as_.page(rosa)
    page = client.get(f"/opportunities/{deals[1].pk}/place/").content.decode()
    assert "No longer in this list" in page
    assert place(client, deals[1]) == ("", deals[0].pk, deals[2].pk)
    assert "Back to the list" in page


def test_filters_that_make_no_sense_leave_the_way_back(
    as_: Any, rosa: User, deals: list[Opportunity]
) -> None:
    assert place(as_.page(rosa), deals[1], "close_from=soon") == ("", None, None)


def test_counting_stops_and_says_so(
    as_: Any, rosa: User, deals: list[Opportunity], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "MOST_COUNTED", 3)
    client = as_.page(rosa)
    assert place(client, deals[1])[0] == "2 of 3+"
    assert place(client, deals[4])[0] == "3+ of 3+"


def test_on_a_board_the_columns_are_walked_one_after_the_other(
    as_: Any, rosa: User, deals: list[Opportunity]
) -> None:
    deals[0].move_to(a_stage(2), by=rosa, at=NOW)
    client = as_.page(rosa)
    assert place(client, deals[4], "layout=board") == ("4 of 5", deals[3].pk, deals[0].pk)
    page = client.get(f"/opportunities/{deals[4].pk}/place/?layout=board&search=deal")
    assert 'href="/opportunities/board/?search=deal"' in page.content.decode()


def test_a_deal_one_does_not_see_has_no_place(
    as_: Any, otto: User, deals: list[Opportunity]
) -> None:
    assert as_.page(otto).get(f"/opportunities/{deals[0].pk}/place/").status_code == 404


def test_a_place_counts_nobody_elses_deals(
    as_: Any, rosa: User, mia: User, pia: User, deals: list[Opportunity]
) -> None:
    a_deal(pia, "Deal of pia", close_date=TODAY)
    assert place(as_.page(rosa), deals[0]) == ("1 of 5", None, deals[1].pk)
    assert place(as_.page(mia), deals[0])[0] == "2 of 6"


@pytest.mark.parametrize("query", ["", "search=deal&order=-amount"])
def test_it_takes_four_statements_whatever_the_length(
    as_: Any, rosa: User, deals: list[Opportunity], query: str
) -> None:
    client, asked = as_.page(rosa), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            place(client, deals[2], query)
        asked.append(len(queries))
        for n in range(30):
            a_deal(rosa, f"Deal more {n}")
    assert asked[0] == asked[1] == 4 + 2  # session and person


def test_the_page_of_a_deal_knows_where_it_was_opened_from(
    as_: Any, rosa: User, deals: list[Opportunity]
) -> None:
    client = as_.page(rosa)
    listed = client.get("/opportunities/", {"search": "deal"}).content.decode()
    address = f"/opportunities/{deals[0].pk}/?in=search%3Ddeal"
    assert f'href="{address}"' in listed
    page = client.get(address).content.decode()
    assert f'hx-get="/opportunities/{deals[0].pk}/place/?search=deal"' in page
    assert (
        "hx-get="
        not in client.get(f"/opportunities/{deals[0].pk}/")
        .content.decode()
        .split('class="deal"')[0]
        .split("<main")[-1]
    )


def test_a_verb_leads_back_to_the_same_place(
    as_: Any, rosa: User, deals: list[Opportunity]
) -> None:
    address = f"/opportunities/{deals[0].pk}/"
    sent = {"stage": a_stage(2).pk, "version": deals[0].version}
    came = f"http://testserver{address}?in=search%3Ddeal%26order%3D-amount"
    response = as_.page(rosa).post(address + "stage-changes/", sent, headers={"referer": came})
    assert response.headers["Location"] == f"{address}?in=search%3Ddeal%26order%3D-amount"
