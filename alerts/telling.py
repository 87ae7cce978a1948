"""Puts what was told in the app into the other channels' outboxes, in the same transaction."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from alerts.channels import chat, email
from alerts.models import Alert, Notification, WebhookDelivery, WebhookEndpoint
from alerts.models.mail import AGAIN_AFTER
from alerts.models.preference import Preferences
from alerts.speaking import hours_of
from lib.events import API, stamp

OPENED, CLOSED = "alert.opened", "alert.closed"
Endpoints = dict[int, list[WebhookEndpoint]]  # by the id of their owner


def queue(notifications: Sequence[Notification], preferences: Preferences, now: datetime) -> None:
    """For each channel, what each person wants by it. The notifications are saved already."""
    heard = [each for each in notifications if each.app_at is not None]
    if not heard:
        return
    email.queue(heard, preferences, now)
    endpoints = _endpoints({each.person_id for each in heard}, OPENED)
    if endpoints:
        _queue_hooks(heard, endpoints, OPENED, now)
        _queue_chats(heard, endpoints, now)


def ended(alerts: Collection[int], now: datetime) -> None:
    """Tell programs of the people who had heard of these that they have ended."""
    told = Notification.objects.filter(alert__in=alerts, app_at__lte=now)
    listening = WebhookEndpoint.objects.listening().order_by().values("owner")
    heard = list(told.filter(person__in=listening).select_related("alert__about"))
    endpoints = _endpoints({each.person_id for each in heard}, CLOSED) if heard else {}
    _queue_hooks(heard, endpoints, CLOSED, now)


def is_anybody_listening() -> bool:
    """Whether any program is told of anything at all."""
    return WebhookEndpoint.objects.listening().exists()


def _endpoints(people: Collection[int], event_type: str) -> Endpoints:
    on = WebhookEndpoint.objects.filter(owner__in=people, owner__is_active=True, is_on=True)
    found: Endpoints = defaultdict(list)
    for endpoint in on.order_by("pk"):
        if endpoint.hears(event_type):
            found[endpoint.owner_id].append(endpoint)
    return found


def _queue_hooks(
    heard: Sequence[Notification], endpoints: Endpoints, event_type: str, now: datetime
) -> None:
    """For programs: each event as it is, whatever the hour."""
    deliveries = [
        WebhookDelivery(
            endpoint=endpoint,
            event_type=event_type,
            subject=f"{API}alerts/{told.alert_id}/",
            payload=_payload(event_type, told.alert, now),
            made_at=now,
            due_at=max(now, told.app_at or now),
        )
        for told in heard
        for endpoint in endpoints.get(told.person_id, ())
        if endpoint.is_signed
    ]
    WebhookDelivery.post(deliveries)


def _queue_chats(heard: Sequence[Notification], endpoints: Endpoints, now: datetime) -> None:
    """For chats: not in quiet hours, and of what comes and goes once a day."""
    chats = {person: [e for e in some if not e.is_signed] for person, some in endpoints.items()}
    wanted = [told for told in heard if chats.get(told.person_id)]
    if not wanted:
        return
    earlier, hours = _told_lately(wanted, now), hours_of(set(chats), now)
    deliveries = [
        WebhookDelivery(
            endpoint=endpoint,
            event_type=OPENED,
            subject=f"{API}alerts/{told.alert_id}/",
            payload=chat.message(_sentence(told), told.get_absolute_url()),
            made_at=now,
            due_at=hours[told.person_id].speaks_from(max(now, told.app_at or now)),
        )
        for told in wanted
        if _what(told) not in earlier and told.person_id in hours
        for endpoint in chats[told.person_id]
    ]
    WebhookDelivery.post(deliveries)


def _told_lately(heard: Sequence[Notification], now: datetime) -> set[tuple[Any, ...]]:
    """Who was told of an earlier episode of the same within a day."""
    alerts = [told.alert_id for told in heard]
    subjects = {told.alert.subject_id for told in heard}
    rows = Notification.objects.filter(
        alert__subject_id__in=subjects, alert__opened_at__gt=now - AGAIN_AFTER
    ).exclude(alert__in=alerts)
    return set(rows.values_list("person", "alert__kind", "alert__subject_id", "alert__rule"))


def _what(told: Notification) -> tuple[Any, ...]:
    return told.person_id, told.alert.kind, told.alert.subject_id, told.alert.rule


def _sentence(told: Notification) -> str:
    whose = "" if told.alert.about_id == told.person_id else f" ({told.alert.about})"
    return f"{told.alert.title}{whose}: {told.alert.sentence()}"


def _payload(event_type: str, alert: Alert, now: datetime) -> dict[str, Any]:
    """As for the events of verbs: ids, numbers and names."""
    data = {
        "id": alert.pk,
        "kind": alert.kind,
        "rule": alert.rule,
        "subject_id": alert.subject_key,
        "about": {"id": alert.about_id, "name": alert.about.name},
        "title": alert.title,
        "sentence": alert.sentence(),
        "severity": alert.severity,
        "value": str(alert.value.normalize()),
        "limit": str(alert.limit.normalize()),
        "unit": alert.unit,
        "money": None if alert.money is None else str(alert.money),
        "currency": alert.currency,
        "opened_at": stamp(alert.opened_at),
        "closed_at": stamp(now) if event_type == CLOSED else None,
    }
    return {"type": event_type, "timestamp": stamp(now), "data": data}
