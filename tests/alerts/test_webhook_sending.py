"""What is sent is signed, tried again as long as it makes sense, and never under another id."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channels import chat
from alerts.models import WebhookDelivery, WebhookEndpoint
from alerts.models.outbox import LEASE
from alerts.models.webhook import FAILING, GONE
from alerts.sending import send_some
from alerts.tasks import forget_webhook_deliveries
from people.models import User
from tests.alerts.conftest import an_endpoint
from tests.factories import NOW, a_deal
from tests.support.receiver import Receiver, reply

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def endpoint(rosa: User, receiver: Receiver) -> WebhookEndpoint:
    return an_endpoint(rosa, receiver.url)


@pytest.fixture
def delivery(endpoint: WebhookEndpoint, clock: Any) -> WebhookDelivery:
    return endpoint.ping(by=endpoint.owner, at=timezone.now())


@pytest.fixture
def clock() -> Iterator[Any]:
    """It stands still at NOW until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def send() -> int:
    return send_some(WebhookDelivery, timezone.now, lambda: None)


def send_when_due(delivery: WebhookDelivery, clock: Any) -> None:
    clock.move_to(delivery.due_at)
    send()
    delivery.refresh_from_db()


def verified(endpoint: WebhookEndpoint, receiver: Receiver, number: int = -1) -> Any:
    got = receiver.received[number]
    return Webhook(endpoint.secret).verify(got.body, got.headers)


def test_a_program_that_knows_the_secret_can_prove_who_sent_it(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    a_deal(endpoint.owner, name="Überlingen “rollout” 🚀")
    assert send() == 1
    said = verified(endpoint, receiver)
    assert said["data"]["subject"]["name"] == "Überlingen “rollout” 🚀"
    row, got = WebhookDelivery.objects.get(), receiver.received[0]
    assert said == row.payload
    assert got.headers["webhook-id"] == str(row.uid)
    assert got.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"] == "Touchline-Webhooks/1"
    assert (row.state, row.status, row.attempted_at) == ("sent", 200, NOW)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(got.body + b" ", got.headers)
    assert endpoint.secret not in str(got.raw)
    assert len(endpoint.secret) == len("whsec_") + 44


def test_for_a_day_the_former_secret_signs_as_well(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    former, rosa = endpoint.secret, endpoint.owner
    fresh = endpoint.rotate_secret(by=rosa, at=NOW)
    assert fresh != former
    for hours, signed_by in ((23, {former, fresh}), (24, {fresh})):
        clock.move_to(NOW + hours * HOUR)
        endpoint.ping(by=rosa, at=timezone.now())
        send()
        got = receiver.received[-1]
        assert len(got.headers["webhook-signature"].split(" ")) == len(signed_by)
        for secret in signed_by:
            Webhook(secret).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(receiver.received[-1].body, receiver.received[-1].headers)


@pytest.mark.parametrize("status", [500, 502, 503, 599, 408, 425, 429])
def test_trouble_that_may_pass_is_tried_again_under_the_same_id(
    delivery: WebhookDelivery, receiver: Receiver, clock: Any, status: int
) -> None:
    receiver.replies = [reply(status, b"not now"), reply(status)]
    for attempt in (1, 2):
        send_when_due(delivery, clock)
        assert (delivery.state, delivery.attempts) == ("retrying", attempt)
        assert delivery.due_at >= timezone.now() + timedelta(seconds=5)
        assert delivery.last_error == f"It answered {status}."
        assert delivery.status == status
    send_when_due(delivery, clock)
    assert (delivery.state, delivery.status, delivery.last_error) == ("sent", 200, "")
    ids = {got.headers["webhook-id"] for got in receiver.received}
    times = [int(got.headers["webhook-timestamp"]) for got in receiver.received]
    assert ids == {str(delivery.uid)}
    assert times == sorted(set(times))  # of each attempt its own


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 422])
def test_what_is_refused_is_given_up(
    delivery: WebhookDelivery, receiver: Receiver, clock: Any, status: int
) -> None:
    receiver.otherwise = reply(status, b"<b>no</b>", f"Location: {receiver.url}")
    send_when_due(delivery, clock)
    assert (delivery.state, delivery.status) == ("failed", status)
    assert (delivery.excerpt, receiver.connections) == ("<b>no</b>", 1)
    assert delivery.last_error.startswith(f"It answered {status}.")


def test_an_address_that_is_none_of_the_worlds_is_given_up(rosa: User, clock: Any) -> None:
    delivery = an_endpoint(rosa, "http://localhost/").ping(by=rosa, at=NOW)
    send_when_due(delivery, clock)
    assert (delivery.state, delivery.status) == ("failed", None)
    assert "which is no public address" in delivery.last_error


def test_nobody_there_is_tried_again(
    delivery: WebhookDelivery, receiver: Receiver, clock: Any
) -> None:
    receiver.close()
    send_when_due(delivery, clock)
    assert (delivery.state, delivery.status) == ("retrying", None)
    assert delivery.last_error == "No connection: Connection refused."


def test_who_gives_no_answer_is_waited_for_once_among_many(
    endpoint: WebhookEndpoint, receiver: Receiver, rosa: User, clock: Any
) -> None:
    with Receiver() as other:
        works = an_endpoint(rosa, other.url)
        receiver.otherwise = lambda connection: None  # hangs up
        for _ in range(5):
            endpoint.ping(by=rosa, at=NOW)
        works.ping(by=rosa, at=NOW)
        assert send() == 1
        assert (receiver.connections, other.connections) == (1, 1)
    endpoint.refresh_from_db()
    assert endpoint.failures == 1


@pytest.mark.parametrize(("asked", "seconds"), [("3600", 3600), ("999999", 86_400), ("soon", 5)])
def test_who_asks_for_a_pause_gets_it_up_to_a_day(
    delivery: WebhookDelivery, receiver: Receiver, clock: Any, asked: str, seconds: int
) -> None:
    receiver.otherwise = reply(429, b"", f"Retry-After: {asked}")
    send_when_due(delivery, clock)
    assert delivery.due_at == NOW + timedelta(seconds=seconds)


def test_who_is_gone_for_good_is_switched_off_at_once(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    waiting = endpoint.ping(by=endpoint.owner, at=NOW + HOUR)
    receiver.otherwise = reply(410)
    send_when_due(delivery, clock)
    endpoint.refresh_from_db()
    assert (delivery.state, endpoint.is_on) == ("failed", False)
    assert (endpoint.off_because, endpoint.off_at) == (GONE, NOW)
    assert list(WebhookEndpoint.objects.stopped()) == [endpoint]
    send_when_due(waiting, clock)
    assert (waiting.state, waiting.last_error) == ("failed", "The endpoint is switched off.")
    assert receiver.connections == 1


def fail(endpoint: WebhookEndpoint, times: int, apart: timedelta, clock: Any) -> None:
    for _ in range(times):
        endpoint.ping(by=endpoint.owner, at=timezone.now())
        send()
        clock.shift(apart)
    endpoint.refresh_from_db()


def test_ten_failures_over_more_than_an_hour_switch_it_off(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    receiver.otherwise = reply(404)
    fail(endpoint, 9, timedelta(minutes=7), clock)
    assert (endpoint.is_on, endpoint.failures, endpoint.failing_since) == (True, 9, NOW)
    fail(endpoint, 1, timedelta(minutes=7), clock)
    assert (endpoint.is_on, endpoint.off_because) == (False, FAILING)
    assert endpoint.off_at == NOW + timedelta(minutes=63)
    with pytest.raises(ValidationError, match="switched off"):
        endpoint.ping(by=endpoint.owner, at=NOW)
    endpoint.switch_on(by=endpoint.owner, at=timezone.now())
    assert (endpoint.failures, endpoint.failing_since, endpoint.off_because) == (0, None, "")


def test_many_failures_within_an_hour_do_not(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    receiver.otherwise = reply(404)
    fail(endpoint, 20, timedelta(minutes=3), clock)
    assert (endpoint.is_on, endpoint.failures) == (True, 20)


def test_one_success_and_the_count_begins_anew(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    receiver.replies = [reply(404)] * 9 + [reply(204)] + [reply(404)] * 9
    fail(endpoint, 19, timedelta(minutes=10), clock)
    assert (endpoint.is_on, endpoint.failures) == (True, 9)
    assert endpoint.failing_since == NOW + timedelta(minutes=100)


def test_who_dies_after_sending_has_it_sent_again_under_the_same_id(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    (claimed,) = WebhookDelivery.objects.claim(timezone.now(), 20)
    with WebhookDelivery.opened() as sender:
        sender(claimed)  # and it dies before it could mark it
    assert send() == 0
    clock.shift(LEASE)
    assert send() == 1
    first, second = (verified(endpoint, receiver, n) for n in (0, 1))
    ids = {got.headers["webhook-id"] for got in receiver.received}
    assert (first, ids) == (second, {str(delivery.uid)})


def test_whoever_asks_gets_it_once_more_under_the_same_id(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    send()
    clock.shift(HOUR)
    delivery.resend(by=endpoint.owner, at=timezone.now())
    assert (delivery.state, delivery.resent_at) == ("waiting", NOW + HOUR)
    assert send() == 1
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1
    assert len(receiver.received) == 2


def test_only_its_owner_has_it_sent_again(delivery: WebhookDelivery, ada: User, mia: User) -> None:
    for other in (ada, mia):
        with pytest.raises(PermissionDenied):
            delivery.resend(by=other, at=NOW)
        assert not WebhookDelivery.objects.visible_to(other).exists()


def test_nothing_is_sent_for_who_works_here_no_longer(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, receiver: Receiver, clock: Any
) -> None:
    endpoint.owner.deactivate()
    send_when_due(delivery, clock)
    assert (delivery.state, receiver.connections) == ("failed", 0)


def test_a_chat_gets_a_sentence_and_a_link_unsigned(
    rosa: User, receiver: Receiver, clock: Any, settings: Any
) -> None:
    settings.SITE_URL = "https://sales.example.com"
    endpoint = an_endpoint(rosa, receiver.url, style="chat")
    said = chat.message("<!here> R&D rollout: no activity for 16 days", "/opportunities/7/")
    WebhookDelivery.queue(endpoint, "alert.opened", "", said, NOW)
    assert send() == 1
    got = receiver.received[0]
    assert json.loads(got.body) == {
        "text": "&lt;!here&gt; R&amp;D rollout: no activity for 16 days\n"
        "<https://sales.example.com/opportunities/7/|Open in Touchline>"
    }
    assert not any(name.startswith("webhook-") for name in got.headers)


def test_what_was_sent_is_forgotten_after_thirty_days(
    delivery: WebhookDelivery, clock: Any
) -> None:
    clock.shift(timedelta(days=30))
    forget_webhook_deliveries()
    assert WebhookDelivery.objects.count() == 1
    clock.shift(timedelta(seconds=1))
    forget_webhook_deliveries()
    assert WebhookDelivery.objects.count() == 0


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "ftp://a.example/", "http://0x7f.1/", "a"])
def test_a_url_that_is_never_sent_to_is_refused_when_it_is_typed(rosa: User, url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        an_endpoint(rosa, url)
    assert list(refused.value.message_dict) == ["url"]


def test_only_their_owner_changes_endpoints_and_an_administrator_ends_them(
    rosa: User, mia: User, ada: User
) -> None:
    endpoint = an_endpoint(rosa)
    for other in (mia, ada):
        for verb in (endpoint.change, endpoint.remove)[: 1 if other == ada else 2]:
            with pytest.raises(PermissionDenied):
                verb(by=other)
        for timed in (endpoint.rotate_secret, endpoint.switch_on, endpoint.ping):
            with pytest.raises(PermissionDenied):
                timed(by=other, at=NOW)
    with pytest.raises(PermissionDenied):
        endpoint.switch_off(by=mia, at=NOW)
    endpoint.switch_off(by=ada, at=NOW)
    assert (endpoint.is_on, endpoint.off_because) == (False, "")
    assert not WebhookEndpoint.objects.stopped().exists()
    assert not WebhookEndpoint.objects.visible_to(mia).exists()
    endpoint.remove(by=ada)
    assert not WebhookEndpoint.objects.exists()


def test_events_that_there_are_not_cannot_be_chosen(rosa: User) -> None:
    for wrong in (["deal.eaten"], "opportunity.won", {"a": 1}, [1]):
        with pytest.raises(ValidationError):
            an_endpoint(rosa, event_types=wrong)
    twice = an_endpoint(rosa, event_types=["opportunity.won", "opportunity.won"])
    assert twice.event_types == ["opportunity.won"]
