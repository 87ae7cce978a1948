"""Sends what is due, some at a time; what cannot be sent now is tried again later."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from alerts.models.outbox import Needless, Outbox, OutboxQuerySet, Refused, TryLater
from lib.doorbell import ring

AT_ONCE = 20
OFFERED = timedelta(seconds=15)  # what is due later than that is offered by config/celery.py
BROKE_OFF = "Sending broke off; the log says why."
OUTBOXES: dict[str, type[Outbox]] = {}  # by name of the model, in lower case


def register(*outboxes: type[Outbox]) -> None:
    """Let the sender look after these."""
    OUTBOXES.update({each._meta.model_name or "": each for each in outboxes})


def ring_for(outbox: type[Outbox], after: float = 0) -> None:
    """Wake the sender once this transaction is committed, or `after` some seconds."""
    from alerts.tasks import send

    ring(send, outbox._meta.model_name, after=after)


def send_some(outbox: type[Outbox], clock: Callable[[], datetime], more: Callable[[], None]) -> int:
    """Claim and send some that are due; `more` is called at once when there are more of them.

    Returns how many were sent. An error that nobody foresaw is raised; it puts off the row that met
    with it, and keeps none of the others waiting.
    """
    rows = rows_of(outbox).claim(clock(), AT_ONCE)
    if len(rows) == AT_ONCE:
        more()
    sent = _send_all(outbox, rows, clock, more) if rows else 0
    _ring_again(outbox, rows, clock())
    return sent


def _ring_again(outbox: type[Outbox], rows: Sequence[Outbox], now: datetime) -> None:
    """Once for all of these that are to be tried again before it is offered."""
    soon = [row.due_at - now for row in rows if now < row.due_at < now + OFFERED]
    if soon:
        ring_for(outbox, after=max(soon).total_seconds())


def rows_of(outbox: type[Outbox]) -> OutboxQuerySet:
    """All of an outbox."""
    found: OutboxQuerySet = outbox._default_manager.all()  # type: ignore[assignment]
    return found


def _send_all(
    outbox: type[Outbox],
    rows: Sequence[Outbox],
    clock: Callable[[], datetime],
    more: Callable[[], None],
) -> int:
    sent, left = 0, list(rows)
    try:
        with outbox.opened() as send:
            while left:
                row = left.pop(0)
                if row.renew(clock()):  # one before it took long, and somebody else has it now
                    sent += _send(row, send, clock)
    finally:
        if left:
            rows_of(outbox).release(left)
        if 0 < len(left) < len(rows):  # else it may break off at once, again and again
            more()
    return sent


def _send(row: Outbox, send: Callable[[Outbox], None], clock: Callable[[], datetime]) -> bool:
    try:
        send(row)
    except TryLater as error:
        row.put_off(str(error), clock())
    except Refused as error:
        row.give_up(str(error), clock())
    except Needless:
        row.withdraw()
    else:
        row.mark_sent(clock())
        return True
    finally:
        if row.lease:
            row.put_off(BROKE_OFF, clock())
    return False
