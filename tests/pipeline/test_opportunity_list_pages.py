"""The list of deals: who sees what, filters, order, pages, CSV."""

import csv
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lib.csv_out import plain
from people.models import User
from pipeline.forms import filters
from pipeline.models import Opportunity, StallRules
from tests.factories import NOW, TODAY, a_deal, a_product, a_stage, an_account


def names(page: Any) -> list[str]:
    return [deal.name for deal in page.context["page"].rows]


def test_everybody_sees_the_deals_of_their_line(
    as_: Any, rosa: User, mia: User, otto: User, ada: User
) -> None:
    a_deal(rosa, "North deal")
    a_deal(otto, "South deal")
    assert names(as_.page(rosa).get("/opportunities/")) == ["North deal"]
    assert names(as_.page(mia).get("/opportunities/")) == ["North deal"]
    assert names(as_.page(otto).get("/opportunities/")) == ["South deal"]
    assert len(names(as_.page(ada).get("/opportunities/"))) == 2


def test_without_deals_it_offers_to_open_one(as_: Any, rosa: User) -> None:
    page = as_.page(rosa).get("/opportunities/")
    assert b"No deals yet" in page.content
    assert b"/opportunities/new/" in page.content


def test_without_a_match_it_offers_to_clear_the_filters(as_: Any, rosa: User) -> None:
    a_deal(rosa)
    page = as_.page(rosa).get("/opportunities/", {"search": "zebra"})
    assert b"No deal matches" in page.content
    assert b'href="/opportunities/"' in page.content


def test_closed_deals_are_shown_when_asked_for(as_: Any, rosa: User) -> None:
    a_deal(rosa, "Open")
    a_deal(rosa, "Gone").win(by=rosa, at=NOW)
    client = as_.page(rosa)
    assert names(client.get("/opportunities/")) == ["Open"]
    assert names(client.get("/opportunities/", {"status": "won"})) == ["Gone"]
    assert sorted(names(client.get("/opportunities/", {"status": ""}))) == ["Gone", "Open"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "acme"}, ["One"]),
        ({"search": "TWÖ"}, ["Two"]),
        ({"close_from": "2026-12-02"}, ["Two"]),
        ({"close_to": "2026-12-01"}, ["One"]),
        ({"close_from": "2026-12-01", "close_to": "2026-12-02"}, ["One", "Two"]),
        ({"stage": "2"}, ["Two"]),
        ({"product": "1"}, ["One"]),
        ({"owner": "rosa"}, ["One", "Two"]),
        ({"owner": "pia"}, ["Three"]),
    ],
)
def test_filters_narrow_the_list(
    as_: Any, rosa: User, pia: User, mia: User, query: dict[str, str], found: list[str]
) -> None:
    product = a_product()
    a_deal(rosa, "One", account=an_account(), close_date=date(2026, 12, 1), product=product)
    a_deal(rosa, "Two", close_date=date(2026, 12, 2), stage=a_stage(2))
    a_deal(pia, "Three", close_date=None)
    ids = {"stage": a_stage(2).pk, "product": product.pk}
    people = {"rosa": rosa.pk, "pia": pia.pk}
    query = {name: people.get(value, ids.get(name, value)) for name, value in query.items()}
    assert names(as_.page(mia).get("/opportunities/", query)) == found


def test_a_wrong_filter_is_told_and_finds_nothing(as_: Any, rosa: User, otto: User) -> None:
    a_deal(rosa, "Mine")
    page = as_.page(rosa).get(
        "/opportunities/", {"close_from": "soon", "owner": otto.pk, "stage": "x", "order": "age"}
    )
    assert page.status_code == 200
    assert b"make no sense" in page.content
    assert names(page) == []


def test_columns_sort_and_links_keep_the_filters(as_: Any, rosa: User) -> None:
    for amount in (5, 100, None, 20):
        a_deal(rosa, f"Deal {amount}", amount=amount)
    page = as_.page(rosa).get("/opportunities/", {"order": "-amount", "search": "deal"})
    assert names(page) == ["Deal 100", "Deal 20", "Deal 5", "Deal None"]
    assert b'aria-sort="descending"' in page.content
    assert b"?order=amount&amp;search=deal" in page.content


def test_the_next_page_goes_on_where_this_one_ended(as_: Any, rosa: User) -> None:
    for n in range(53):
        a_deal(rosa, f"Deal {n}", close_date=TODAY)
    client = as_.page(rosa)
    first = client.get("/opportunities/")
    second = client.get("/opportunities/" + first.context["page"].older)
    assert len(names(first)) == 50
    assert len({*names(first), *names(second)}) == 53


def test_what_stalls_a_deal_is_said_in_words_with_how_much_more_there_is(
    as_: Any, rosa: User
) -> None:
    today = timezone.now().date()
    a_deal(rosa, at=timezone.now(), close_date=today - timedelta(days=3))
    page = as_.page(rosa).get("/opportunities/").content.decode()
    assert "3 d past close" in page
    assert 'title="No next step"' in page


@pytest.mark.parametrize("query", ["", "?stall_reason=any&product=1&stage=2&status=&order=-age"])
def test_the_list_asks_as_often_for_a_thousand_deals_as_for_three(
    as_: Any, mia: User, rosa: User, query: str
) -> None:
    client, asked = as_.page(mia), []
    client.get("/opportunities/")  # the organisation's rules are made when first asked for
    for count in (3, 27, 970):
        for n in range(min(count, 30)):
            new = f"{count}-{n}"
            a_deal(rosa, new, account=an_account(new), product=a_product(new))
        copies = [
            Opportunity(name=f"Copy {n}", owner=rosa, stage=a_stage(1), amount=n, opened_on=TODAY)
            for n in range(count - 30)
        ]
        Opportunity.objects.bulk_create(copies)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/opportunities/" + query).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1] == asked[2] <= 12


def test_the_line_above_the_list_sums_all_pages_of_it(as_: Any, rosa: User) -> None:
    for n in range(55):
        a_deal(rosa, f"Deal {n}", amount=1_000, stage=a_stage(1))
    page = as_.page(rosa).get("/opportunities/").content.decode()
    assert "<b>55 deals</b> · €55,000" in page
    share = a_stage(1).probability * 55_000 // 100
    assert f"€{share:,} weighted" in page


def test_two_currencies_have_no_sum(as_: Any, rosa: User) -> None:
    a_deal(rosa, "One")
    a_deal(rosa, "Two", currency="USD")
    page = as_.page(rosa).get("/opportunities/").content.decode()
    assert "<b>2 deals</b> · 2 currencies" in page
    assert "weighted" not in page


def test_reasons_of_very_many_deals_are_counted_when_asked_for(
    as_: Any, rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "MOST_COUNTED", 2)
    for n in range(4):
        a_deal(rosa, f"Deal {n}", at=timezone.now())
    client = as_.page(rosa)
    page = client.get("/opportunities/", {"search": "deal"}).content.decode()
    assert "<b>4 deals</b> · €192,000" in page
    assert ">No next step</option>" in page
    link = "/opportunities/?search=deal&amp;counted"
    assert link in page
    assert "No next step (4)" in client.get(link.replace("&amp;", "&")).content.decode()
    narrowed = client.get("/opportunities/", {"stall_reason": "no_next_step"}).content.decode()
    assert "No next step (4)" in narrowed


def test_reasons_that_are_switched_off_are_no_choice_counted_or_not(
    as_: Any, rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    StallRules.current().change(pushed=False)
    for n in range(2):
        a_deal(rosa, f"Deal {n}", at=timezone.now())
    client = as_.page(rosa)
    for most in (1, 2):
        monkeypatch.setattr(filters, "MOST_COUNTED", most)
        page = client.get("/opportunities/").content.decode()
        assert 'value="past_close"' in page
        assert 'value="pushed"' not in page


def rows(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_csv_is_what_the_list_shows_in_its_order(as_: Any, rosa: User, otto: User) -> None:
    for n in range(60):
        a_deal(rosa, f"Deal {n:02}", amount=n)
    a_deal(rosa, "Other")
    a_deal(otto, "Deal of otto")
    response = as_.page(rosa).get("/opportunities/export/", {"search": "deal", "order": "-amount"})
    assert response.headers["Content-Disposition"].startswith("attachment")
    found = rows(response)
    assert [row["name"] for row in found] == [f"Deal {n:02}" for n in reversed(range(60))]
    assert found[0]["amount"] == "59.00"


def test_csv_is_harmless_in_a_spreadsheet_and_comes_back_as_it_was(as_: Any, rosa: User) -> None:
    texts = ['=HYPERLINK("x")', "+1", "-1", "@a", "'=1", 'a "quoted", line', "two\nlines", "Ünal"]
    for text in texts:
        a_deal(rosa, text)
    found = rows(as_.page(rosa).get("/opportunities/export/"))
    assert all(row["name"][0] not in "=+-@" for row in found)
    assert sorted(plain(row["name"]) for row in found) == sorted(texts)


NEW = {"name": "Big one", "currency": "EUR"}


def test_a_new_deal_needs_a_name_only(as_: Any, rosa: User) -> None:
    response = as_.page(rosa).post("/opportunities/new/", NEW)
    deal = Opportunity.objects.get()
    assert response.headers["Location"] == f"/opportunities/{deal.pk}/"
    assert (deal.owner, deal.stage, deal.amount) == (rosa, a_stage(1), None)


def test_a_new_deal_takes_everything_at_once(as_: Any, rosa: User, pia: User, mia: User) -> None:
    account, product = an_account("Ünal AG"), a_product()
    as_.page(mia).post(
        "/opportunities/new/",
        {
            **NEW,
            "account": "unal ag",
            "amount": "1200.50",
            "close_date": "2026-12-24",
            "currency": "CHF",
            "stage": a_stage(3).pk,
            "product": product.pk,
            "owner": pia.pk,
            "forecast_category": "commit",
            "next_step": "Send it",
            "next_step_on": "2026-12-01",
        },
    )
    deal = Opportunity.objects.get()
    assert (deal.account, deal.owner, deal.stage) == (account, pia, a_stage(3))
    assert (str(deal.amount), deal.currency) == ("1200.50", "CHF")
    assert deal.next_step == "Send it"
    assert deal.nextstepchanges.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"amount": "lots"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"close_date": "24.12.2026"}, "close_date"),
        ({"currency": "XXX"}, "currency"),
        ({"next_step": "Call"}, "next_step_on"),
    ],
)
def test_a_wrong_new_deal_keeps_what_was_typed(
    as_: Any, rosa: User, wrong: dict[str, str], field: str
) -> None:
    page = as_.page(rosa).post("/opportunities/new/", {**NEW, "amount": "77", **wrong})
    assert page.status_code == 400
    assert field in page.context["form"].errors or page.context["form"].non_field_errors()
    for value in wrong.values():
        assert value.encode() in page.content
    assert not Opportunity.objects.exists()


def test_an_unknown_account_is_offered_to_be_added(as_: Any, rosa: User) -> None:
    an_account("Acme West")
    client = as_.page(rosa)
    page = client.post("/opportunities/new/", {**NEW, "account": "Acme"})
    assert page.status_code == 400
    assert "Did you mean “Acme West”?".encode() in page.content
    assert b'name="add_account"' in page.content
    client.post("/opportunities/new/", {**NEW, "account": "Acme", "add_account": "on"})
    account = Opportunity.objects.get().account
    assert account is not None
    assert (account.name, account.owner) == ("Acme", rosa)


def test_a_foreign_account_or_owner_is_refused(as_: Any, rosa: User, otto: User) -> None:
    an_account("Secret", owner=otto)
    client = as_.page(rosa)
    page = client.post("/opportunities/new/", {**NEW, "account": "Secret", "owner": otto.pk})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"account", "owner"}
    assert b"Did you mean" not in page.content


def test_a_new_deal_can_begin_at_an_account(as_: Any, rosa: User, otto: User) -> None:
    mine, foreign = an_account("Acme"), an_account("Secret", owner=otto)
    client = as_.page(rosa)
    assert b'value="Acme"' in client.get(f"/opportunities/new/?account={mine.pk}").content
    assert b"Secret" not in client.get(f"/opportunities/new/?account={foreign.pk}").content


def test_while_a_name_is_typed_accounts_are_offered(as_: Any, rosa: User, otto: User) -> None:
    an_account("Acme West")
    an_account("Acme East", owner=otto)
    offered = as_.page(rosa).get("/accounts/options/", {"account": "acme"}).content
    assert b'value="Acme West"' in offered
    assert b"East" not in offered
