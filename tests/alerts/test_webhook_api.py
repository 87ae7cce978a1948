"""Endpoints, their secrets and what they were sent, for programs that look after themselves."""

from typing import Any

import pytest

from alerts.models import WebhookDelivery, WebhookEndpoint
from lib.events import event_types
from people.models import User
from tests.alerts.conftest import an_endpoint
from tests.factories import NOW, a_deal

PATH, SENT = "/api/v1/webhook-endpoints/", "/api/v1/webhook-deliveries/"
URL = "https://hooks.example.com/in?key=very-secret"


@pytest.fixture
def api(rosa: User, as_) -> Any:
    return as_.api(rosa)


def tag(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


def test_the_secret_is_in_the_answer_to_making_it_and_nowhere_else(api: Any, rosa: User) -> None:
    body = {"url": URL, "event_types": ["opportunity.won"]}
    made = api.post(PATH, body, headers={"idempotency-key": "once"})
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    secret = made.data["secret"]
    assert secret == WebhookEndpoint.objects.get(owner=rosa).secret
    assert made.data["style"] == "signed"
    one = api.get(made["Location"])
    assert one.data["url"] == URL
    again = api.post(PATH, body, headers={"idempotency-key": "once"})
    for other in (one, api.get(PATH), again):
        assert secret not in str(other.content)


def test_a_new_secret_needs_the_version_and_is_answered_once(api: Any, rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    path = f"{PATH}{endpoint.pk}/"
    assert api.post(f"{path}secret/").status_code == 428
    answer = api.post(f"{path}secret/", headers=tag(1))
    assert answer.status_code == 201
    assert answer.data["secret"] not in (endpoint.secret, "")
    assert answer.data["version"] == 2
    assert answer.data["former_until"] is not None
    stale = api.post(f"{path}secret/", headers=tag(1))
    assert stale.status_code == 412
    assert "whsec_" not in str(stale.content)


def test_it_is_changed_switched_off_and_on_and_removed(api: Any, rosa: User) -> None:
    path = f"{PATH}{an_endpoint(rosa).pk}/"
    changed = api.patch(path, {"description": "BI", "event_types": []}, headers=tag(1))
    assert (changed.status_code, changed.data["description"]) == (200, "BI")
    off = api.post(f"{path}deactivation/", headers=tag(2))
    assert (off.data["is_on"], off.data["off_because"]) == (False, "")
    assert api.post(f"{path}test/").status_code == 400
    on = api.delete(f"{path}deactivation/", headers=tag(3))
    assert on.data["is_on"] is True
    assert api.delete(path, headers=tag(4)).status_code == 204


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://127.0.0.1/"),
        ("url", "https://a@example.com/"),
        ("event_types", ["deal.eaten"]),
        ("event_types", "opportunity.won"),
        ("style", "fax"),
        ("secret", "whsec_mine"),
        ("owner", 1),
    ],
)
def test_what_cannot_be_is_refused_on_its_field(api: Any, field: str, value: Any) -> None:
    answer = api.post(PATH, {"url": URL, field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == field
    assert not WebhookEndpoint.objects.exists()


def test_what_was_sent_is_listed_filtered_read_and_sent_again(api: Any, rosa: User) -> None:
    endpoint, other = an_endpoint(rosa), an_endpoint(rosa, event_types=["call.held"])
    ping = api.post(f"{PATH}{endpoint.pk}/test/")
    assert (ping.status_code, ping.data["event_type"]) == (201, "ping")
    deal = a_deal(rosa)
    WebhookDelivery.objects.filter(event_type="ping").update(sent_at=NOW)

    def found(**narrowed: Any) -> list[str]:
        return [row["event_type"] for row in api.get(SENT, narrowed).data["results"]]

    assert found() == ["opportunity.opened", "ping"]
    assert found(state="sent") == found(event_type="ping") == ["ping"]
    assert found(state="waiting") == ["opportunity.opened"]
    assert found(state="failed") == found(endpoint=other.pk) == []
    assert api.get(SENT, {"state": "lost"}).status_code == 400
    row = api.get(SENT).data["results"][0]
    assert "payload" not in row
    one = api.get(f"{SENT}{row['id']}/").data
    assert one["payload"]["data"]["subject"]["id"] == deal.pk
    assert one["subject"] == f"/api/v1/opportunities/{deal.pk}/"
    again = api.post(f"{SENT}{ping.data['id']}/resend/")
    assert (again.status_code, again.data["state"]) == (200, "waiting")
    assert again.data["uid"] == ping.data["uid"]
    assert again.data["resent_at"] is not None


def test_an_administrator_ends_endpoints_and_reads_nothing(rosa: User, ada: User, as_) -> None:
    endpoint = an_endpoint(rosa, URL)
    a_deal(rosa)
    api, path = as_.api(ada), f"{PATH}{endpoint.pk}/"
    off = api.post(f"{path}deactivation/", headers=tag(1))
    stale = api.post(f"{path}deactivation/", headers=tag(1))
    assert (off.status_code, stale.status_code) == (200, 412)
    for answer in (api.get(PATH), api.get(path), off, stale):
        assert "very-secret" not in answer.content.decode()
        assert "https://hooks.example.com/…" in answer.content.decode()
    assert api.get(SENT).data["results"] == []
    for method, below in (("patch", ""), ("post", "secret/"), ("post", "test/")):
        assert getattr(api, method)(f"{path}{below}", {}, headers=tag(2)).status_code == 403
    assert api.delete(path, headers=tag(2)).status_code == 204


def test_what_there_is_to_be_told_is_listed_with_a_sentence_each(api: Any) -> None:
    rows = api.get("/api/v1/webhook-event-types/").data["results"]
    assert {row["name"]: row["description"] for row in rows} == event_types()
    assert {"name": "opportunity.won", "description": "A deal was won."} in rows
