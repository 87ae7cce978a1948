"""Sends what is due, some at a time; what cannot be sent now is tried again later."""

from collections.abc import Callable
from datetime import datetime

from alerts.models.outbox import Outbox, OutboxQuerySet, Refused, TryLater
from lib.doorbell import ring

AT_ONCE = 20
OUTBOXES: dict[str, type[Outbox]] = {}  # by name of the model, in lower case


def register(*outboxes: type[Outbox]) -> None:
    """Let the sender look after these."""
    OUTBOXES.update({each._meta.model_name or "": each for each in outboxes})


def ring_for(outbox: type[Outbox]) -> None:
    """Wake the sender once this transaction is committed."""
    from alerts.tasks import send

    ring(send, outbox._meta.model_name)


def send_some(outbox: type[Outbox], clock: Callable[[], datetime], more: Callable[[], None]) -> int:
    """Claim and send some that are due; `more` is called at once when there are more of them.

    Returns how many were sent.
    """
    rows = _rows(outbox).claim(clock(), AT_ONCE)
    if len(rows) == AT_ONCE:
        more()
    sent = 0
    if rows:
        with outbox.opened() as send:
            for row in rows:
                if row.renew(clock()):  # one before it took long, and somebody else has it now
                    sent += _send(row, send, clock)
    return sent


def _rows(outbox: type[Outbox]) -> OutboxQuerySet:
    found: OutboxQuerySet = outbox._default_manager.all()  # type: ignore[assignment]
    return found


def _send(row: Outbox, send: Callable[[Outbox], None], clock: Callable[[], datetime]) -> bool:
    try:
        send(row)
    except TryLater as error:
        row.put_off(str(error), clock())
    except Refused as error:
        row.give_up(str(error), clock())
    else:
        row.mark_sent(clock())
        return True
    return False
