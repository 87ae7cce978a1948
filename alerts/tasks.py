"""Jobs of this app; see `config/celery.py` for when they run. Each may run twice or at once."""

from celery import shared_task
from django.utils import timezone

from alerts import climb, digests, sweep
from alerts.kinds import KINDS
from alerts.models import Heartbeat, WebhookDelivery
from alerts.models.heartbeat import SENDER, WORKER
from alerts.sending import OUTBOXES, send_some
from lib.doorbell import ring, ring_each


@shared_task
def tick() -> None:
    """Once a minute: wake whoever has something to do, as the database says."""
    Heartbeat.beat(WORKER, timezone.now())
    ring_each(sweep_kind, KINDS)
    ring(tell)


@shared_task
def offer() -> None:
    """Wake the sender for what is due: what a sender held that died is sent soon after."""
    ring_each(send, OUTBOXES)


@shared_task
def sweep_kind(kind: str) -> None:
    """Find what begins and what is over, if it is this kind's turn; tell of it."""
    swept = sweep.take_turn(kind, timezone.now)
    if swept and (swept.opened or swept.closed):
        ring(tell)


@shared_task
def judge(kind: str, subject: int) -> None:
    """Look at one subject, of which something was just done."""
    now = timezone.now()
    sweep.sweep(KINDS[kind], now, [subject])
    climb.climb(now)


@shared_task
def look_again() -> None:
    """Tell whoever manages somebody by now of what is open."""
    climb.look_again(timezone.now())
    ring(tell)


@shared_task
def tell() -> None:
    """Tell people of what is due, in the app, and make the digests whose hour has come."""
    now = timezone.now()
    climb.climb(now)
    climb.end_summaries(now)
    digests.make_due(now)


@shared_task
def send(outbox: str) -> None:
    """Send some of what is due."""
    Heartbeat.beat(SENDER, timezone.now())
    send_some(OUTBOXES[outbox], timezone.now, lambda: ring(send, outbox))


@shared_task
def forget_webhook_deliveries() -> None:
    """Delete what was sent to programs a month ago and before."""
    WebhookDelivery.objects.forget(timezone.now())
