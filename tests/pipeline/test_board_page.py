"""The board: what it shows, to whom, and how little it reads for it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Organisation, User
from pipeline.models import Hold, Opportunity, Stage
from tests.factories import a_deal, a_product, a_stage, an_account

BOARD = "/opportunities/board/"


def today() -> date:
    return timezone.now().astimezone(Organisation.current().zone).date()


def a_fresh_deal(owner: User, name: str, **fields: Any) -> Opportunity:
    """Opened now, with a next step: nothing to worry about."""
    fields.setdefault("close_date", today() + timedelta(days=60))
    fields.setdefault("next_step", "Send the figures")
    fields.setdefault("next_step_on", today() + timedelta(days=5))
    return a_deal(owner, name, at=timezone.now(), **fields)


def columns(page: Any) -> dict[str, list[str]]:
    return {c.stage.name: [card.name for card in c.cards] for c in page.context["board"].columns}


def shown(page: Any) -> list[str]:
    return [name for names in columns(page).values() for name in names]


def test_deals_stand_in_the_column_of_their_stage_by_close_date(as_: Any, rosa: User) -> None:
    first, second = a_stage(1), a_stage(2)
    a_fresh_deal(rosa, "Late", close_date=today() + timedelta(days=9))
    a_fresh_deal(rosa, "Never", close_date=None)
    a_fresh_deal(rosa, "Soon", close_date=today() + timedelta(days=2))
    a_fresh_deal(rosa, "Further", stage=second)
    a_fresh_deal(rosa, "Gone").win(by=rosa, at=timezone.now())
    found = columns(as_.page(rosa).get(BOARD))
    assert found[first.name] == ["Soon", "Late", "Never"]
    assert found[second.name] == ["Further"]
    assert len(found) == Stage.objects.count()


def test_everybody_sees_the_deals_of_their_line(
    as_: Any, rosa: User, mia: User, otto: User, ada: User
) -> None:
    a_fresh_deal(rosa, "North deal", amount=1_000)
    a_fresh_deal(otto, "South deal", amount=2_000)
    assert shown(as_.page(rosa).get(BOARD)) == ["North deal"]
    assert shown(as_.page(mia).get(BOARD)) == ["North deal"]
    assert shown(as_.page(otto).get(BOARD)) == ["South deal"]
    assert sorted(shown(as_.page(ada).get(BOARD))) == ["North deal", "South deal"]
    assert "€2,000" not in as_.page(mia).get(BOARD).content.decode()


def text_of(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_heads_and_the_sentence_say_count_sum_and_weighted_sum(
    as_: Any, rosa: User, mia: User
) -> None:
    a_fresh_deal(rosa, "Big", amount=1_200_000, stage=a_stage(3))
    a_fresh_deal(rosa, "Small", amount=40_000, stage=a_stage(3))
    text = text_of(as_.page(mia).get(BOARD))
    probability = a_stage(3).probability
    assert "My team · 2 open deals · €1.24 M · weighted" in text
    assert "2 deals · €1.24 M" in text
    assert f"at {probability} %" in text


def test_several_currencies_are_not_summed(as_: Any, rosa: User) -> None:
    a_fresh_deal(rosa, "Euro", amount=100)
    a_fresh_deal(rosa, "Franc", amount=100, currency="CHF")
    text = text_of(as_.page(rosa).get(BOARD))
    assert "My deals · 2 open deals · 2 currencies" in text
    assert "weighted" not in text.split("2 currencies")[1][:40]


def test_a_card_says_the_worst_reason_or_the_next_step(as_: Any, rosa: User) -> None:
    a_fresh_deal(rosa, "Fine", next_step="Call the CFO")
    a_fresh_deal(rosa, "Late", close_date=today() - timedelta(days=3), next_step="Nothing else")
    text = text_of(as_.page(rosa).get(BOARD))
    due = today() + timedelta(days=5)
    assert f"Call the CFO · {due.day} {due:%b}" in text
    assert "3 d past close" in text
    assert "Nothing else" not in text


def test_a_card_shows_its_owner_and_its_days_in_the_stage(as_: Any, rosa: User) -> None:
    a_deal(rosa, at=timezone.now() - timedelta(days=12))
    page = as_.page(rosa).get(BOARD)
    assert "12 d" in text_of(page)
    assert 'aria-label="Rosa Rep" title="Rosa Rep">RR<' in page.content.decode()


def test_a_deal_on_hold_says_until_when(as_: Any, rosa: User) -> None:
    deal = a_deal(rosa, at=timezone.now() - timedelta(days=50), close_date=None)
    until = today() + timedelta(days=20)
    Hold.begin(deal, "Budget freeze", until, by=rosa, at=timezone.now())
    assert f"On hold until {until.day} {until:%b}" in text_of(as_.page(rosa).get(BOARD))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "one"}, ["One"]),
        ({"owner": "pia"}, ["Three"]),
        ({"stage": "2"}, ["Two"]),
        ({"stall_reason": "past_close"}, ["Two"]),
        ({"status": "won"}, ["One", "Two", "Three"]),  # a board is of open deals
        ({"owner": "nobody"}, []),
    ],
)
def test_the_filters_are_those_of_the_list(
    as_: Any, rosa: User, pia: User, mia: User, query: dict[str, Any], found: list[str]
) -> None:
    a_fresh_deal(rosa, "One")
    a_fresh_deal(rosa, "Two", stage=a_stage(2), close_date=today() - timedelta(days=1))
    a_fresh_deal(pia, "Three", stage=a_stage(3))
    ids = {"pia": pia.pk, "2": a_stage(2).pk, "nobody": 99_999}
    said = {name: ids.get(value, value) for name, value in query.items()}
    assert shown(as_.page(mia).get(BOARD, said)) == found


def test_board_and_list_lead_to_each_other_with_the_filters(as_: Any, rosa: User) -> None:
    a_fresh_deal(rosa, "One")
    client = as_.page(rosa)
    board = client.get(BOARD, {"search": "one", "page": "x"}).content.decode()
    assert 'href="/opportunities/?search=one" data-key="l"' in board
    listed = client.get("/opportunities/", {"search": "one"}).content.decode()
    assert 'href="/opportunities/board/?search=one" data-key="b"' in listed


def test_the_rail_leads_to_the_board_and_marks_it_on_every_page_of_a_deal(
    as_: Any, rosa: User
) -> None:
    deal = a_fresh_deal(rosa, "One")
    client = as_.page(rosa)
    for url in (BOARD, "/opportunities/", f"/opportunities/{deal.pk}/"):
        page = client.get(url).content.decode()
        assert '<a href="/opportunities/board/" aria-current="page"' in page


def test_without_deals_it_offers_to_open_one(as_: Any, rosa: User) -> None:
    page = as_.page(rosa).get(BOARD).content.decode()
    assert "No open deals" in page
    assert "/opportunities/new/" in page


def test_without_a_match_it_offers_to_clear_the_filters(as_: Any, rosa: User) -> None:
    a_fresh_deal(rosa, "One")
    page = as_.page(rosa).get(BOARD, {"search": "zebra"}).content.decode()
    assert "No open deal matches" in page
    assert 'href="/opportunities/board/"' in page


def test_an_empty_column_says_so(as_: Any, rosa: User) -> None:
    a_fresh_deal(rosa, "One")
    assert f"No deals in {a_stage(2)}." in text_of(as_.page(rosa).get(BOARD))


def test_what_is_typed_is_text(as_: Any, rosa: User) -> None:
    a_fresh_deal(rosa, '<img src=x onerror="1">')
    page = as_.page(rosa).get(BOARD).content.decode()
    assert "<img" not in page


# Long columns.


def sixty(owner: User) -> list[str]:
    day = today() + timedelta(days=40)
    for n in range(60):
        a_fresh_deal(owner, f"Deal {n:02}", close_date=day + timedelta(days=n // 7))
    return [f"Deal {n:02}" for n in range(60)]


def test_a_long_column_shows_its_first_cards_and_the_rest_by_and_by(as_: Any, rosa: User) -> None:
    everything, client = sixty(rosa), as_.page(rosa)
    page = client.get(BOARD, {"search": "deal"})
    column = page.context["board"].columns[0]
    assert [card.name for card in column.cards] == everything[:25]
    assert "Show 25 more of 60" in text_of(page)
    found = [card.name for card in column.cards]
    sentences = []
    while column.more_url:
        answer = client.get(column.more_url, headers={"HX-Request": "true"})
        column = answer.context["column"]
        found += [card.name for card in column.cards]
        sentences.append(text_of(answer)[-22:])
        assert "<html" not in answer.content.decode()
    assert found == everything
    assert sentences[0].endswith("Show 10 more of 60")


def test_without_scripts_the_next_cards_are_a_page(as_: Any, rosa: User) -> None:
    everything, client = sixty(rosa), as_.page(rosa)
    column = client.get(BOARD, {"search": "deal"}).context["board"].columns[0]
    page = client.get(column.more_url)
    assert [card.name for card in page.context["column"].cards] == everything[25:50]
    assert 'href="/opportunities/board/?search=deal">Back to the board' in page.content.decode()


def test_a_cursor_that_makes_no_sense_shows_the_first_cards(as_: Any, rosa: User) -> None:
    a_fresh_deal(rosa, "One")
    page = as_.page(rosa).get(f"{BOARD}{a_stage(1).pk}/", {"page": "x", "shown": "y"})
    assert [card.name for card in page.context["column"].cards] == ["One"]


def test_a_column_shows_nothing_of_others(as_: Any, rosa: User, otto: User) -> None:
    a_fresh_deal(rosa, "Secret")
    page = as_.page(otto).get(f"{BOARD}{a_stage(1).pk}/")
    assert "Secret" not in page.content.decode()
    assert as_.page(otto).get(f"{BOARD}999999/").status_code == 404


@pytest.mark.parametrize("query", [{}, {"stall_reason": "any"}, {"search": "deal"}])
def test_the_board_asks_as_often_for_thirty_deals_as_for_three(
    as_: Any, mia: User, rosa: User, query: dict[str, str]
) -> None:
    client, asked = as_.page(mia), []
    at = timezone.now() - timedelta(days=90)
    client.get(BOARD)  # what is kept in the cache is known from here on
    for count in (3, 27):
        for n in range(count):
            new = f"{count}-{n} deal"
            deal = a_deal(rosa, new, at=at, account=an_account(new), product=a_product(new))
            deal.move_to(a_stage(3), by=rosa, at=timezone.now())
            deal.move_to(a_stage(1 + n % 2), by=rosa, at=timezone.now())
        with CaptureQueriesContext(connection) as queries:
            assert client.get(BOARD, query).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 12, [q["sql"][:120] for q in queries]
