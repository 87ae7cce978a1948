"""A list is walked forth and back without losing or doubling a row."""

import random
from datetime import date, timedelta
from itertools import chain

import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from lib.keyset import Page, Place, ordered
from people.models import User
from pipeline.models import Opportunity
from tests.factories import a_deal, an_account

DAY = date(2026, 11, 1)
ORDERS = [
    ["close_date"],
    ["-close_date"],
    ["amount", "-close_date"],
    ["-account__name", "close_date"],
    ["name"],
    ["-pk"],
]


@pytest.fixture
def deals(rosa: User) -> int:
    """Seventeen deals with ties and holes in every column."""
    draw = random.Random(7)
    accounts = [None, an_account("Acme"), an_account("Bolt")]
    for n in range(17):
        a_deal(
            rosa,
            name=f"Deal {draw.randrange(4)}",
            amount=draw.choice([None, 0, 5, 5, 10]),
            close_date=draw.choice([None, DAY, DAY + timedelta(1), DAY + timedelta(n)]),
            account=draw.choice(accounts),
        )
    return 17


def walk(order: list[str], size: int, side: str, link: str = "?") -> list[list[int]]:
    """The pages from a link on, as lists of ids."""
    pages = []
    while link:
        page = Page.of(
            Opportunity.objects.select_related("account"), order, QueryDict(link[1:]), size
        )
        pages.append([deal.pk for deal in page.rows])
        link = getattr(page, side)
    return pages


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 17, 50])
def test_every_row_is_met_once_in_order(deals: int, order: list[str], size: int) -> None:
    whole = walk(order, 100, "older")[0]
    assert len(whole) == deals
    assert list(chain(*walk(order, size, "older"))) == whole


@pytest.mark.parametrize("order", ORDERS)
def test_the_way_back_shows_the_same_pages(deals: int, order: list[str]) -> None:
    forth = walk(order, 4, "older")
    last = Page.of(Opportunity.objects.all(), order, QueryDict(), 4)
    while last.older:
        link = last.older
        last = Page.of(Opportunity.objects.all(), order, QueryDict(link[1:]), 4)
    back = walk(order, 4, "newer", link)
    assert back == forth[::-1]


@pytest.mark.parametrize("order", [["close_date"], ["-close_date"], ["amount"], ["-amount"]])
def test_empty_values_come_last(deals: int, order: list[str]) -> None:
    page = Page.of(Opportunity.objects.all(), order, QueryDict())
    empty = [getattr(deal, order[0].lstrip("-")) is None for deal in page.rows]
    assert any(empty)
    assert empty == sorted(empty)


@pytest.mark.parametrize("cursor", ["x", "!!!", "WyJhIiwibm8iLDFd:forged", "é", "\0"])
def test_nonsense_shows_the_first_page(deals: int, cursor: str) -> None:
    query = QueryDict(mutable=True)
    query["page"] = cursor
    page = Page.of(Opportunity.objects.all(), ["close_date"], query, 4)
    assert [deal.pk for deal in page.rows] == walk(["close_date"], 4, "older")[0]


def test_a_link_made_for_another_order_shows_the_first_page(deals: int) -> None:
    link = Page.of(Opportunity.objects.all(), ["name"], QueryDict(), 4).older
    page = Page.of(Opportunity.objects.all(), ["amount"], QueryDict(link[1:]), 4)
    assert [deal.pk for deal in page.rows] == walk(["amount"], 4, "older")[0]


def test_a_link_keeps_the_filters(deals: int) -> None:
    page = Page.of(Opportunity.objects.all(), ["name"], QueryDict("stage=2&q=a b"), 4)
    assert page.older.startswith("?stage=2&q=a+b&page=")


def test_rows_added_in_front_do_not_shift_the_next_page(deals: int, rosa: User) -> None:
    first = Page.of(Opportunity.objects.all(), ["pk"], QueryDict(), 4)
    Opportunity.objects.filter(pk=first.rows[0].pk).delete()
    second = Page.of(Opportunity.objects.all(), ["pk"], QueryDict(first.older[1:]), 4)
    assert second.rows[0].pk == first.rows[3].pk + 1


def test_it_neither_skips_nor_counts(deals: int) -> None:
    first = Page.of(Opportunity.objects.all(), ["close_date"], QueryDict(), 4)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        Page.of(Opportunity.objects.all(), ["close_date"], QueryDict(first.older[1:]), 4)
    (query,) = captured.captured_queries
    assert "OFFSET" not in query["sql"]
    assert "COUNT" not in query["sql"]


@pytest.mark.parametrize("order", ORDERS)
def test_a_place_counts_what_is_around_it_and_knows_its_neighbours(
    deals: int, order: list[str]
) -> None:
    whole = [None, *walk(order, 100, "older")[0], None]
    for n, deal in enumerate(whole[1:-1], start=1):
        row = Opportunity.objects.select_related("account").get(pk=deal)
        place = Place.of(Opportunity.objects.all(), order, row, most=100)
        assert (place.before, place.after) == (n - 1, deals - n)
        assert (place.previous, place.next) == (whole[n - 1], whole[n + 1])


def test_a_place_in_a_list_without_the_row_is_where_it_would_stand(deals: int) -> None:
    row = Opportunity.objects.order_by("pk")[4]
    rest = Opportunity.objects.exclude(pk=row.pk)
    place = Place.of(rest, ["pk"], row, most=100)
    assert (place.before, place.after) == (4, deals - 5)


def test_a_place_counts_no_further_than_asked(deals: int) -> None:
    row = Opportunity.objects.order_by("pk")[8]
    with CaptureQueriesContext(connection) as queries:
        place = Place.of(Opportunity.objects.all(), ["pk"], row, most=3)
    assert (place.before, place.after) == (4, 4)
    assert len(queries) == 2


def test_a_column_that_the_filter_compares_is_ordered_as_plain_indexes_are(rosa: User) -> None:
    """Nothing empty is left in it; "nulls last" would keep its index from being used."""
    some = Opportunity.objects.filter(close_date__lte=date(2026, 12, 31))
    assert "NULLS LAST" not in str(ordered(some, ["-close_date"]).query)
    for others in (
        Opportunity.objects.all(),
        Opportunity.objects.exclude(close_date__lte=date(2026, 12, 31)),
        Opportunity.objects.filter(Q(close_date__lte=date(2026, 12, 31)) | Q(close_date=None)),
        Opportunity.objects.filter(closed_on__lte=date(2026, 12, 31)),
    ):
        assert "NULLS LAST" in str(ordered(others, ["-close_date"]).query)
