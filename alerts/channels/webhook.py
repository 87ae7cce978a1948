"""Sends to endpoints: signed as Standard Webhooks says, or as a chat wants it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.utils import timezone
from standardwebhooks import Webhook

from alerts.models.outbox import Refused, TryLater
from alerts.models.webhook import GONE, GONE_STATUS, WebhookDelivery, WebhookEndpoint
from lib import outgoing

TRY_LATER = {408, 425, 429}  # too slow, too early, too many
LONGEST_WAIT = 86_400  # seconds that Retry-After may ask for


@contextmanager
def deliveries() -> Iterator[Callable[[WebhookDelivery], None]]:
    """A way to send some. Who gave no answer is not waited for a second time among these."""
    silent: set[int] = set()

    def send(delivery: WebhookDelivery) -> None:
        if delivery.endpoint_id in silent:
            raise TryLater("The endpoint gave no answer to another one a moment ago.")
        try:
            deliver(delivery)
        except outgoing.Unreachable as silence:
            silent.add(delivery.endpoint_id)
            raise TryLater(str(silence)) from silence

    yield send


def deliver(delivery: WebhookDelivery) -> None:
    """Send one. Raises Refused, TryLater, or Unreachable when no answer came."""
    endpoints = WebhookEndpoint.objects.select_related("owner")
    endpoint = endpoints.filter(pk=delivery.endpoint_id).first()
    if endpoint is None or not endpoint.is_on:
        raise Refused("The endpoint is switched off.")
    if not endpoint.owner.is_active:
        raise Refused("Whose endpoint this is works here no longer.")
    now, began = timezone.now(), monotonic()
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":"))
    try:
        answer = outgoing.post(
            endpoint.url,
            body.encode(),
            headers(endpoint, delivery, body, now),
            allowed=settings.OUTGOING_ALLOWED,
        )
    except (outgoing.Unreachable, outgoing.Forbidden) as silence:
        delivery.note(now, _milliseconds(began))
        endpoint.note_failure(now)
        if isinstance(silence, outgoing.Forbidden):
            raise Refused(str(silence)) from silence
        raise
    delivery.note(now, _milliseconds(began), answer.status, answer.excerpt)
    _judge(answer, delivery, endpoint, now)


def headers(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, body: str, now: datetime
) -> dict[str, str]:
    """Who sends it and, for programs, its id, the time of this attempt and who can prove it."""
    said = {"content-type": "application/json", "user-agent": "Touchline-Webhooks/1"}
    if not endpoint.is_signed:
        return said
    uid = str(delivery.uid)
    signed = [Webhook(secret).sign(uid, now, body) for secret in endpoint.secrets(now)]
    return said | {
        "webhook-id": uid,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _judge(
    answer: outgoing.Answer, delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime
) -> None:
    if 200 <= answer.status < 300:
        endpoint.note_success()
        return
    said = f"It answered {answer.status}."
    if answer.status == GONE_STATUS:
        endpoint.stop(GONE, now)
        raise Refused(f"{said} The endpoint is gone for good and was switched off.")
    endpoint.note_failure(now)
    if answer.status >= 500 or answer.status in TRY_LATER:
        wait = min(answer.retry_after or 0, LONGEST_WAIT)
        delivery.not_before = now + timedelta(seconds=wait)
        raise TryLater(said)
    raise Refused(f"{said} Redirects are not followed." if answer.status < 400 else said)


def _milliseconds(began: float) -> int:
    return round((monotonic() - began) * 1000)
