"""Lists: filters, order and search; names that mean nothing are errors."""

from datetime import date

import pytest

from people.models import User
from tests.factories import a_call, a_deal, a_stage, an_account


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.data
    return [row["name"] for row in answer.data["results"]]


@pytest.fixture
def deals(rosa: User, pia: User) -> None:
    acme = an_account("Acme")
    a_deal(rosa, "Big", account=acme, amount=90_000, close_date=date(2026, 12, 1))
    a_deal(rosa, "Small", amount=5, close_date=date(2026, 11, 1), stage=a_stage(3))
    a_deal(rosa, "Undated", amount=None, close_date=None)
    a_deal(pia, "Café rollout", close_date=date(2027, 1, 1))


def test_filters_narrow_the_list(mia: User, rosa: User, deals, as_) -> None:
    client = as_.api(mia)

    def found(query: str) -> list[str]:
        return names(client.get(f"/api/v1/opportunities/?{query}"))

    assert found(f"owner={rosa.pk}") == ["Big", "Small", "Undated"]
    assert found("close_from=2026-11-15&close_to=2026-12-31") == ["Big"]
    assert found("amount_from=1000") == ["Big", "Café rollout"]
    assert found(f"stage={a_stage(3).pk}") == ["Small"]
    assert found("status=won") == []
    assert found("search=CAFE") == ["Café rollout"]
    assert found("search=acme") == ["Big"]
    assert found("account=999999") == []


def test_the_order_is_chosen_and_undated_ones_come_last(mia: User, deals, as_) -> None:
    client = as_.api(mia)
    there = names(client.get("/api/v1/opportunities/?ordering=close_date"))
    back = names(client.get("/api/v1/opportunities/?ordering=-close_date"))
    assert there == ["Small", "Big", "Café rollout", "Undated"]
    assert back == ["Café rollout", "Big", "Small", "Undated"]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ("nonsense=1", "nonsense"),
        ("owner__password=x", "owner__password"),
        ("format=json", "format"),
        ("ordering=amount", "ordering"),
        ("ordering=--close_date", "ordering"),
        ("ordering=owner__password", "ordering"),
        ("status=nope", "status"),
        ("owner=abc", "owner"),
        ("owner=-1", "owner"),
        (f"owner={10**30}", "owner"),
        ("close_from=12/01/2026", "close_from"),
        ("amount_from=1e400", "amount_from"),
        ("amount_from=NaN", "amount_from"),
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=ten", "page_size"),
        ("page_size=²", "page_size"),
        ("cursor=nonsense", "cursor"),
        ("search=%00", "search"),
        ("external_id=%00", "external_id"),
        ("search=" + "x" * 201, "search"),
    ],
)
def test_what_means_nothing_is_an_error(rosa: User, as_, attrs, query: str, attr: str) -> None:
    answer = as_.api(rosa).get(f"/api/v1/opportunities/?{query}")
    assert (answer.status_code, attrs(answer)) == (400, [attr])


def test_one_thing_takes_no_parameters(rosa: User, as_, attrs) -> None:
    answer = as_.api(rosa).get("/api/v1/users/me/?fields=all")
    assert (answer.status_code, attrs(answer)) == (400, ["fields"])


def test_search_is_only_where_there_is_something_to_search(rosa: User, as_, attrs) -> None:
    assert attrs(as_.api(rosa).get("/api/v1/proposals/?search=x")) == ["search"]


def test_calls_are_found_by_time(rosa: User, as_, attrs) -> None:
    call, client = a_call(rosa), as_.api(rosa)
    inside = "starts_from=2026-11-19T00:00:00Z&starts_before=2026-11-20T00:00:00%2B01:00"
    found = client.get(f"/api/v1/calls/?{inside}").data["results"]
    assert [row["id"] for row in found] == [call.pk]
    assert client.get("/api/v1/calls/?starts_before=2026-11-19T00:00:00Z").data["results"] == []
    odd = client.get("/api/v1/calls/?starts_from=0001-01-01T00:00:00%2B14:00")
    assert attrs(odd) == ["starts_from"]


def test_true_and_false_are_the_only_answers_to_a_question(rosa: User, as_, attrs) -> None:
    client = as_.api(rosa)
    assert client.get("/api/v1/products/?is_active=true").status_code == 200
    assert attrs(client.get("/api/v1/products/?is_active=maybe")) == ["is_active"]
