"""Pages by cursor meet every row once."""

from datetime import date

import pytest

from people.models import User
from tests.factories import a_deal


@pytest.mark.parametrize("order", ["id", "-id", "close_date", "-close_date"])
def test_every_row_is_met_once_there_and_back(rosa: User, as_, order: str) -> None:
    days = [None, date(2026, 12, 1), date(2026, 12, 1), None, date(2027, 1, 1), date(2026, 1, 1)]
    deals = {a_deal(rosa, f"Deal {n}", close_date=day).pk for n, day in enumerate(days)}
    client = as_.api(rosa)
    there, url = [], f"/api/v1/opportunities/?page_size=2&ordering={order}"
    while url:
        page = client.get(url).data
        there.append([row["id"] for row in page["results"]])
        url, last = page["next"], page
    assert sorted(pk for ids in there for pk in ids) == sorted(deals)
    back, page = [there[-1]], last
    while page["previous"]:
        page = client.get(page["previous"]).data
        back.append([row["id"] for row in page["results"]])
    assert back == there[::-1]


def test_links_keep_the_filters(rosa: User, as_) -> None:
    for n in range(3):
        a_deal(rosa, f"Deal {n}")
    page = as_.api(rosa).get("/api/v1/opportunities/?page_size=1&status=open").data
    assert "status=open" in page["next"]
    assert page["previous"] is None


def test_a_cursor_is_good_for_its_own_order_only(rosa: User, as_, attrs) -> None:
    for n in range(3):
        a_deal(rosa, f"Deal {n}")
    client = as_.api(rosa)
    url = client.get("/api/v1/opportunities/?page_size=1").data["next"]
    answer = client.get(f"{url}&ordering=close_date")
    assert (answer.status_code, attrs(answer)) == (400, ["cursor"])
