"""Endpoints under settings: made, changed, tried, read, ended; a secret is shown once."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts.models import WebhookDelivery, WebhookEndpoint
from people.models import User
from tests.alerts.conftest import an_endpoint
from tests.factories import NOW, a_deal

LIST = "/settings/webhooks/"
URL = "https://hooks.example.com/in?key=very-secret"


def address(endpoint: WebhookEndpoint, below: str = "") -> str:
    return f"{LIST}{endpoint.pk}/{below}"


@pytest.fixture
def web(rosa: User, as_) -> Any:
    return as_.page(rosa)


def test_without_any_it_says_what_they_are_for(web: Any) -> None:
    assert "No endpoints yet" in web.get(LIST).content.decode()


def test_a_program_is_added_and_its_secret_shown_once(web: Any, rosa: User) -> None:
    form = web.get(f"{LIST}new/").content.decode()
    assert "A deal was won." in form
    said = {"style": "signed", "url": URL, "event_types": ["opportunity.won"]}
    made = web.post(f"{LIST}new/", said)
    endpoint = WebhookEndpoint.objects.get(owner=rosa)
    assert (made.status_code, endpoint.event_types) == (201, ["opportunity.won"])
    assert endpoint.secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    for again in (LIST, address(endpoint), address(endpoint, "description/")):
        assert endpoint.secret not in web.get(again).content.decode()
    assert (
        'value="opportunity.won" checked'
        in web.get(address(endpoint, "description/")).content.decode()
    )


def test_a_chat_has_no_secret_to_be_shown(web: Any, rosa: User) -> None:
    said = {"style": "chat", "url": URL, "event_types": ["opportunity.won"]}
    made = web.post(f"{LIST}new/", said).content.decode()
    endpoint = WebhookEndpoint.objects.get(owner=rosa)
    assert endpoint.secret not in made
    assert endpoint.event_types == []


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"style": "signed", "url": "http://169.254.169.254/latest"}, "no public address"),
        ({"style": "signed", "url": "mailto:a@b.example"}, "begins with https://"),
        ({"style": "signed", "url": ""}, "This field is required"),
        ({"style": "fax", "url": URL}, "Select a valid choice"),
        ({"style": "signed", "url": URL, "event_types": "deal.eaten"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    web: Any, said: dict[str, Any], problem: str
) -> None:
    answer = web.post(f"{LIST}new/", {**said, "description": "Our warehouse"})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert problem in text
    assert "Our warehouse" in text
    assert not WebhookEndpoint.objects.exists()


def test_it_is_changed_and_a_stale_change_overwrites_nothing(web: Any, rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    said = {"url": URL, "description": "Ours", "event_types": ["call.held"], "version": 1}
    assert web.post(address(endpoint, "description/"), said).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.description, endpoint.event_types) == (
        URL, "Ours", ["call.held"],
    )  # fmt: skip
    stale = web.post(address(endpoint, "description/"), {**said, "description": "Mine"})
    assert stale.status_code == 412
    assert "Mine" in stale.content.decode()
    endpoint.refresh_from_db()
    assert endpoint.description == "Ours"


def test_a_new_secret_is_shown_once_and_not_made_twice_by_two_taps(web: Any, rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    former = endpoint.secret
    answer = web.post(address(endpoint, "secret/"), {"version": 1})
    endpoint.refresh_from_db()
    assert endpoint.secret != former
    assert endpoint.secret in answer.content.decode()
    assert former not in answer.content.decode()
    assert "and the former one until" in answer.content.decode()
    twice = web.post(address(endpoint, "secret/"), {"version": 1})
    assert twice.status_code == 412
    assert endpoint.secret not in twice.content.decode()
    assert WebhookEndpoint.objects.get().secret == endpoint.secret


def test_it_shows_what_was_sent_and_how_it_was_answered(web: Any, rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    a_deal(rosa, name="<b>Acme</b>")
    delivery = WebhookDelivery.objects.get()
    delivery.note(NOW, 42, 503, "<h1>Out of order</h1>")
    WebhookDelivery.objects.update(last_error="It answered 503.")
    text = web.get(address(endpoint)).content.decode()
    for said in ("503 in 42 ms", "Tried again", str(delivery.uid), "opportunity.opened"):
        assert said in text
    assert "&lt;h1&gt;Out of order" in text
    assert "&lt;b&gt;Acme" in text
    assert "<b>Acme" not in text


def test_a_test_is_sent_and_sent_again(web: Any, rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    sent = web.post(address(endpoint, "test/"), follow=True).content.decode()
    assert "A test is on its way" in sent
    delivery = endpoint.deliveries.get(event_type="ping")
    WebhookDelivery.objects.update(sent_at=NOW)
    again = web.post(reverse("settings_webhook_resend", args=[delivery.pk]), follow=True)
    assert "once more, under the same id" in again.content.decode()
    assert endpoint.deliveries.get().state == "waiting"


def test_it_is_switched_off_and_on_and_removed(web: Any, rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    delivery = endpoint.ping(by=rosa, at=NOW)
    off = web.post(address(endpoint, "deactivation/"), follow=True).content.decode()
    assert "Switched off" in off
    assert "Send a test" not in off
    for refused in (
        address(endpoint, "test/"),
        reverse("settings_webhook_resend", args=[delivery.pk]),
    ):
        text = web.post(refused, follow=True).content.decode()
        assert "Switch it on first" in text
    assert (
        "It is told as things happen"
        in web.post(address(endpoint, "activation/"), follow=True).content.decode()
    )
    assert web.post(address(endpoint, "removal/")).status_code == 302
    assert not WebhookEndpoint.objects.exists()


def test_it_says_why_it_was_switched_off(web: Any, rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    endpoint.stop("gone", NOW)
    assert "it answered that it is gone for good" in web.get(address(endpoint)).content.decode()


def test_an_administrator_sees_that_it_is_there_and_not_what_it_is_sent(
    rosa: User, ada: User, as_
) -> None:
    endpoint = an_endpoint(rosa, URL)
    a_deal(rosa, name="Acme rollout")
    web = as_.page(ada)
    assert "Rosa Rep" in web.get(LIST).content.decode()
    text = web.get(address(endpoint)).content.decode()
    assert "https://hooks.example.com/…" in text
    for secret in ("very-secret", "Acme rollout", endpoint.secret, "Send a test", "New secret"):
        assert secret not in text
    assert web.post(address(endpoint, "removal/")).status_code == 302


def test_it_costs_the_same_with_3_and_with_60_deliveries(web: Any, rosa: User) -> None:
    endpoint, costs = an_endpoint(rosa), []
    for more in (3, 57):
        for _ in range(more):
            endpoint.ping(by=rosa, at=NOW)
        an_endpoint(rosa)
        for url in (LIST, address(endpoint)):
            with CaptureQueriesContext(connection) as queries:
                text = web.get(url).content.decode()
            costs.append(len(queries))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 12
    older = re.search(r'href="(\?page=[^"]+)" rel="next"', text)
    assert older
    assert web.get(address(endpoint) + older[1]).content.decode().count("ping</code>") == 25
