"""Filters kept under a name: who finds them, who changes them, and what they show."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Team, User
from pipeline.models import SavedView
from tests.factories import a_deal

KEPT = {"name": "Mine", "team": "", "layout": "list", "query": "search=a&order=-amount"}


@pytest.fixture
def north(rosa: User) -> Team:
    return Team.objects.get(name="North")


def tabs(page: Any) -> list[str]:
    return [view.name for view in page.context["views"]]


def a_view(owner: User, name: str = "Mine", **fields: Any) -> SavedView:
    return SavedView.keep(by=owner, name=name, **{"layout": "list", **fields})


def test_a_view_keeps_filters_and_order_and_opens_them(as_: Any, rosa: User) -> None:
    client = as_.page(rosa)
    response = client.post("/saved-views/", KEPT)
    assert response.headers["Location"] == "/opportunities/?search=a&order=-amount"
    page = client.get(response.headers["Location"])
    assert 'order=-amount" aria-current="page">Mine' in page.content.decode()


def test_only_what_is_a_filter_is_kept(as_: Any, rosa: User) -> None:
    junk = "page=abc&search=%C3%9Cnal&x=1&owner=&status=open&order=sideways&csrfmiddlewaretoken=t"
    as_.page(rosa).post("/saved-views/", {**KEPT, "query": junk})
    assert SavedView.objects.get().query == "search=%C3%9Cnal"


def test_the_page_that_asks_for_a_name_takes_the_filters_of_its_address(
    as_: Any, rosa: User
) -> None:
    form = as_.page(rosa).get("/saved-views/?layout=board&stage=3&order=-amount").context["form"]
    assert form["layout"].value() == "board"
    assert "stage=3" in form["query"].value()


def test_filters_too_long_to_keep_are_refused_in_words(as_: Any, rosa: User) -> None:
    page = as_.page(rosa).post("/saved-views/", {**KEPT, "query": "search=" + "x" * 2_000})
    assert page.status_code == 400
    assert "too long to keep" in page.content.decode()
    assert 'value="Mine"' in page.content.decode()


def test_a_name_one_has_already_is_refused_and_stays_typed(as_: Any, rosa: User) -> None:
    a_view(rosa)
    page = as_.page(rosa).post("/saved-views/", KEPT)
    assert page.status_code == 400
    assert "a view of that name already" in page.content.decode()
    assert 'value="Mine"' in page.content.decode()


def test_own_views_come_first_and_shared_ones_name_their_owner(
    as_: Any, rosa: User, pia: User, otto: User, north: Team
) -> None:
    a_view(pia, "A shared one", team=north)
    a_view(pia, "A private one")
    a_view(rosa, "Zebra")
    a_view(otto, "Of the South", team=Team.objects.get(name="South"))
    a_deal(rosa)
    page = as_.page(rosa).get("/opportunities/")
    assert tabs(page) == ["Zebra", "A shared one"]
    assert "Pia Peer" in page.content.decode()


def test_a_view_is_shared_with_a_team_one_sees_only(as_: Any, rosa: User, otto: User) -> None:
    south = Team.objects.get(name="South")
    page = as_.page(rosa).post("/saved-views/", {**KEPT, "team": south.pk})
    assert page.status_code == 400
    assert not SavedView.objects.exists()


def test_a_shared_view_shows_nobody_more_than_they_see(
    as_: Any, mia: User, rosa: User, pia: User, north: Team
) -> None:
    a_deal(rosa, "Rosa's")
    a_deal(pia, "Pia's")
    everything = a_view(mia, "All", team=north, query="status=")
    of_pia = a_view(mia, "Pia", team=north, query=f"owner={pia.pk}")

    def found(user: User, view: SavedView) -> list[str]:
        page = as_.page(user).get(view.get_absolute_url())
        return sorted(deal.name for deal in page.context["page"].rows)

    assert found(mia, everything) == ["Pia's", "Rosa's"]
    assert found(rosa, everything) == ["Rosa's"]
    assert found(rosa, of_pia) == []
    assert found(pia, of_pia) == ["Pia's"]


def test_its_owner_renames_shares_and_refills_it(as_: Any, rosa: User, north: Team) -> None:
    view, client = a_view(rosa, query="search=a"), as_.page(rosa)
    address = f"/saved-views/{view.pk}/"
    client.post(address, {"name": "Ours", "team": north.pk, "version": 1})
    view.refresh_from_db()
    assert (view.name, view.team, view.query) == ("Ours", north, "search=a")
    client.post(address, {"layout": "board", "query": "search=b", "version": 2})
    view.refresh_from_db()
    assert (view.name, view.team, view.query) == ("Ours", north, "search=b")
    assert view.get_absolute_url() == "/opportunities/board/?search=b"


def test_a_stale_change_is_told_and_changes_nothing(as_: Any, rosa: User) -> None:
    view = a_view(rosa)
    view.change(by=rosa, name="Newer")
    page = as_.page(rosa).post(f"/saved-views/{view.pk}/", {"name": "Typed", "version": 1})
    assert page.status_code == 412
    assert "Typed" in page.content.decode()
    view.refresh_from_db()
    assert view.name == "Newer"


def test_its_owner_removes_it_and_the_deals_stay(as_: Any, rosa: User) -> None:
    deal, view = a_deal(rosa), a_view(rosa)
    response = as_.page(rosa).post(f"/saved-views/{view.pk}/removal/")
    assert response.headers["Location"] == "/opportunities/"
    assert not SavedView.objects.exists()
    deal.refresh_from_db()


def test_others_who_see_it_may_not_change_it_and_the_rest_do_not_know_of_it(
    as_: Any, rosa: User, pia: User, mia: User, otto: User, north: Team
) -> None:
    shared, private = a_view(rosa, "Shared", team=north), a_view(rosa, "Private")
    for address, method in (("", "get"), ("", "post"), ("removal/", "post")):
        for view, user, status in (
            (shared, pia, 403),
            (shared, mia, 403),
            (shared, otto, 404),
            (private, mia, 404),
        ):
            act = getattr(as_.page(user), method)
            assert act(f"/saved-views/{view.pk}/{address}", KEPT).status_code == status


def test_tabs_are_one_statement_however_many_views_there_are(
    as_: Any, rosa: User, north: Team
) -> None:
    a_deal(rosa)
    client, asked = as_.page(rosa), []
    client.get("/opportunities/")
    for count in (3, 27):
        for n in range(count):
            a_view(rosa, f"{count}-{n}", team=north)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/opportunities/")
        assert len(tabs(page)) in (3, 30)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 12
