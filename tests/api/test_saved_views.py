"""Saved views by the API: one's own and those of one's team; only their owner changes them."""

import pytest

from people.models import Team, User
from pipeline.models import SavedView
from tests.factories import a_deal


def names(answer) -> list[str]:
    return [row["name"] for row in answer.data["results"]]


@pytest.fixture
def north(rosa: User) -> Team:
    assert rosa.team
    return rosa.team


def test_a_view_is_kept_changed_and_thrown_away(rosa: User, north: Team, as_, sends) -> None:
    sender = sends(as_.api(rosa))
    body = {"name": "Stuck", "layout": "list", "query": "stall_reason=any&order=-amount"}
    kept, again = (sender.post("saved-views/", body, key="k1") for _ in range(2))
    assert (kept.status_code, kept["ETag"], again["Idempotency-Replayed"]) == (201, '"1"', "true")
    assert (kept.data["owner"], kept.data["team"]) == (rosa.pk, None)
    path = f"saved-views/{kept.data['id']}/"
    assert sender.patch(path, {"name": "Mine"}).status_code == 428
    shared = sender.patch(path, {"team": north.pk}, version=1)
    assert (shared.data["team"], shared.data["query"]) == (north.pk, body["query"])
    stale = sender.patch(path, {"name": "Old"}, version=1)
    assert (stale.status_code, stale.json()["current"]["team"]) == (412, north.pk)
    assert sender.delete(path).status_code == 428
    assert sender.delete(path, version=2).status_code == 204
    assert sender.get(path).status_code == 404


def test_a_shared_view_is_seen_by_the_team_and_its_managers_only(
    rosa: User, pia: User, mia: User, eva: User, otto: User, max_: User, north: Team, as_, sends
) -> None:
    SavedView.keep(by=rosa, name="Hers")
    shared = SavedView.keep(by=rosa, name="Ours", team=north)
    seen = {
        person.name: names(as_.api(person).get("/api/v1/saved-views/"))
        for person in (rosa, pia, mia, eva, otto, max_)
    }
    assert seen.pop("Rosa Rep") == ["Hers", "Ours"]
    assert (seen.pop("Otto Other"), seen.pop("Max Manager")) == ([], [])
    assert all(found == ["Ours"] for found in seen.values())
    for person in (pia, mia, eva):
        sender = sends(as_.api(person))
        path = f"saved-views/{shared.pk}/"
        assert sender.get(path).data["name"] == "Ours"
        assert sender.patch(path, {"name": "Mine now"}, version=1).status_code == 403
        assert sender.delete(path, version=1).status_code == 403
    assert sends(as_.api(otto)).delete(f"saved-views/{shared.pk}/", version=1).status_code == 404


def test_a_shared_view_shows_nobody_more_deals(rosa: User, pia: User, north: Team, as_) -> None:
    a_deal(rosa, "Rosa's")
    view = SavedView.keep(by=rosa, name="Ours", team=north, query="status=open", layout="list")
    client = as_.api(pia)
    query = client.get(f"/api/v1/saved-views/{view.pk}/").data["query"]
    assert client.get(f"/api/v1/opportunities/?{query}").data["results"] == []


def test_what_cannot_be_kept_is_named(rosa: User, otto: User, as_, sends, attrs) -> None:
    sender = sends(as_.api(rosa))
    assert attrs(sender.post("saved-views/", {})) == ["name"]
    odd = {"name": "x" * 61, "layout": "pie", "query": "x" * 2_001, "team": otto.team_id}
    assert attrs(sender.post("saved-views/", odd)) == ["layout", "name", "query", "team"]
    assert attrs(sender.post("saved-views/", {"name": "A", "owner": otto.pk})) == ["owner"]
    assert sender.post("saved-views/", {"name": "A"}).status_code == 201
    twice = sender.post("saved-views/", {"name": "A"})
    assert twice.json()["errors"][0]["detail"] == "You have a view of that name already."


def test_views_are_found_by_layout_and_team(rosa: User, north: Team, as_, attrs) -> None:
    SavedView.keep(by=rosa, name="Board")
    SavedView.keep(by=rosa, name="Another list", layout="list", team=north)
    client = as_.api(rosa)

    def found(query: str) -> list[str]:
        return names(client.get(f"/api/v1/saved-views/?{query}"))

    assert found("ordering=name") == ["Another list", "Board"]
    assert found("layout=board") == ["Board"]
    assert found(f"team={north.pk}") == ["Another list"]
    assert found("owner=999999") == []
    assert attrs(client.get("/api/v1/saved-views/?layout=pie")) == ["layout"]
