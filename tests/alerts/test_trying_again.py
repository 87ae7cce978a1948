"""What could not be sent is tried again when its pause is over, not when a minute is."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from alerts.climb import climb
from alerts.kinds import KINDS
from alerts.models import AlertMail, AlertPreference
from alerts.models.outbox import TryLater
from alerts.models.preference import AT_ONCE
from alerts.sending import send_some
from alerts.sweep import sweep
from people.models import User
from tests.factories import NOW, a_deal

pytestmark = pytest.mark.django_db
FIRST_PAUSE = timedelta(seconds=5)


@pytest.fixture
def queue() -> Iterator[Redis]:
    """The sender's, real and empty."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete("out")
        yield redis
        redis.delete("out")


@pytest.fixture
def mail(rosa: User) -> AlertMail:
    """One to rosa, whose deal has no next step."""
    AlertPreference.choose(rosa, "stalled_deal", mail=AT_ONCE)
    a_deal(rosa, amount=None, close_date=NOW.date() + timedelta(days=300))
    sweep(KINDS["stalled_deal"], NOW)
    climb(NOW)
    return AlertMail.objects.get()


@contextmanager
def later() -> Iterator[Callable[[Any], None]]:
    def send(row: AlertMail) -> None:
        raise TryLater("450 The mailbox is busy")

    yield send


def rung_at(queue: Redis) -> list[datetime]:
    """When the sender is to wake, for each ring that waits."""
    messages = [json.loads(each)["headers"]["eta"] for each in queue.lrange("out", 0, -1)]
    return [datetime.fromisoformat(eta) for eta in messages if eta]


def test_the_sender_wakes_when_the_pause_is_over(
    mail: AlertMail,
    queue: Redis,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(AlertMail, "opened", later)
    with django_capture_on_commit_callbacks(execute=True):
        began = datetime.now(NOW.tzinfo)
        assert send_some(AlertMail, lambda: NOW, lambda: None) == 0
    (woken,) = rung_at(queue)
    assert FIRST_PAUSE <= woken - began < 2 * FIRST_PAUSE
    mail.refresh_from_db()
    assert mail.due_at == NOW + FIRST_PAUSE


def test_what_is_tried_again_later_waits_until_it_is_offered(
    mail: AlertMail,
    queue: Redis,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(AlertMail, "opened", later)
    AlertMail.objects.update(attempts=9)
    with django_capture_on_commit_callbacks(execute=True):
        send_some(AlertMail, lambda: NOW, lambda: None)
    assert rung_at(queue) == []
    mail.refresh_from_db()
    assert mail.due_at > NOW + timedelta(minutes=1)
