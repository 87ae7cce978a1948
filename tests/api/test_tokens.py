"""Keys by which programs come in: shown once, scoped, expiring, one's own."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from people.models import ApiToken, User
from tests.factories import a_token, an_account


def test_a_key_is_shown_once_and_works(rosa: User, as_, client) -> None:
    made = as_.api(rosa).post("/api/v1/tokens/", {"name": "BI", "expires_in_days": 30})
    assert made.status_code == 201
    key = made.data["key"]
    assert key.startswith("tl_")
    again = as_.api(rosa).get(made["Location"]).data
    assert "key" not in again
    assert again["scope"] == "read"
    assert key not in str(as_.api(rosa).get("/api/v1/tokens/").data)
    me = client.get("/api/v1/users/me/", headers={"authorization": f"Token {key}"})
    assert me.json()["id"] == rosa.pk
    assert as_.api(rosa).get(made["Location"]).data["last_used_at"] is not None


def test_a_read_token_only_reads(rosa: User, as_) -> None:
    client, account = as_.api(rosa, scope="read"), an_account()
    path = f"/api/v1/accounts/{account.pk}/"
    assert client.get(path).status_code == 200
    for answer in (
        client.post("/api/v1/accounts/", {"name": "x"}),
        client.patch(path, {"name": "x"}),
        client.post("/api/v1/tokens/", {"name": "more", "scope": "write"}),
        client.delete(f"/api/v1/tokens/{ApiToken.objects.get().uid}/"),
    ):
        assert answer.status_code == 403
        assert "only read" in answer.json()["errors"][0]["detail"]


def test_an_expired_token_is_refused(rosa: User, client) -> None:
    headers = {"authorization": f"Token {a_token(rosa, lasts=timedelta(hours=1))}"}
    assert client.get("/api/v1/users/me/", headers=headers).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert client.get("/api/v1/users/me/", headers=headers).status_code == 401


def test_a_deleted_token_is_refused_at_once(rosa: User, as_) -> None:
    client = as_.api(rosa)
    uid = client.get("/api/v1/tokens/").data["results"][0]["uid"]
    assert client.delete(f"/api/v1/tokens/{uid}/").status_code == 204
    assert client.get("/api/v1/tokens/").status_code == 401


def test_tokens_are_ones_own(rosa: User, ada: User, as_) -> None:
    a_token(rosa)
    uid = ApiToken.objects.get(user=rosa).uid
    for method in ("get", "delete"):
        assert getattr(as_.api(ada), method)(f"/api/v1/tokens/{uid}/").status_code == 404


def test_deactivating_a_person_ends_tokens_at_once(rosa: User, ada: User, as_, sends) -> None:
    client = as_.api(rosa)
    path = f"users/{rosa.pk}/deactivation/"
    ended = sends(as_.api(ada)).post(path, version=rosa.version)
    assert (ended.status_code, ended.data["is_active"]) == (200, False)
    assert client.get("/api/v1/users/me/").status_code == 401
    back = sends(as_.api(ada)).delete(path, version=ended.data["version"])
    assert back.data["is_active"] is True
    assert client.get("/api/v1/users/me/").status_code == 401
    assert as_.api(rosa).get("/api/v1/users/me/").status_code == 200


def test_a_token_says_nothing_of_itself_in_lists(rosa: User, as_) -> None:
    row = as_.api(rosa).get("/api/v1/tokens/").data["results"][0]
    assert set(row) == {"uid", "name", "scope", "created_at", "expires_at", "last_used_at"}
