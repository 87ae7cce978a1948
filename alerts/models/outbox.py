"""What is to go out of the house: claimed by a lease, sent, marked. The database is the ledger.

A row is written in the transaction of what it tells of. Whoever claims it holds it for LEASE; who
dies meanwhile loses it to the next one, who sends it with the same `uid`: at least once.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.expressions import Combinable

LEASE = timedelta(seconds=60)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=24)
MOST_ATTEMPTS = 18  # two to four days of them
ERROR_LENGTH = 500
WAITING = Q(sent_at=None, gave_up_at=None)


class TryLater(Exception):  # noqa: N818 - a state of affairs, not a fault
    """It could not be sent now; it may well be later."""


class Refused(Exception):  # noqa: N818
    """The other side will not have it, however often it is sent."""


class Needless(Exception):  # noqa: N818
    """There is nothing left to tell: it is over, or the person is no longer to know."""


class OutboxQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        """Neither sent nor given up."""
        return self.filter(WAITING)

    def due(self, now: datetime) -> Self:
        """To be sent by now and held by nobody, the longest due first."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.waiting().filter(free, due_at__lte=now).order_by("due_at", "pk")

    def failed(self) -> Self:
        return self.exclude(gave_up_at=None)

    def retried(self) -> Self:
        """Those that went wrong and are tried again by themselves."""
        return self.waiting().exclude(last_error="")

    def try_again(self, now: datetime) -> int:
        """Somebody asks for them: those given up from the beginning, with the same `uid`; those
        that wait for another try at once. What was sent is left alone. Returns how many.
        """
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        at_once = self.retried().filter(free).update(due_at=now)
        given_up = self.failed().filter(sent_at=None)
        return at_once + given_up.update(
            due_at=now, attempts=0, lease=None, leased_until=None, gave_up_at=None
        )

    def claim(self, now: datetime, most: int) -> list[Any]:
        """Take so many of those that are due; nobody else sends them until the lease is over."""
        lease = uuid4()
        with transaction.atomic():
            free = self.due(now).select_for_update(skip_locked=True, of=("self",))
            keys = [row.pk for row in free.only("pk")[:most]]
            self.model._base_manager.filter(pk__in=keys).update(
                lease=lease, leased_until=now + LEASE, attempts=F("attempts") + 1
            )
        return list(self.filter(pk__in=keys, lease=lease).order_by("due_at", "pk"))

    def release(self, rows: Sequence[Any]) -> None:
        """Give back those of one claim that were not tried."""
        ours = self.filter(pk__in=[row.pk for row in rows], lease=rows[0].lease)
        ours.update(lease=None, leased_until=None, attempts=F("attempts") - 1)


class Outbox(models.Model):
    """One thing for one receiver. `uid` stays the same however often it is sent.

    `plural` is what they are called; `receiver` and `what` are all that operators read of each.
    """

    plural: ClassVar[str]
    receiver: ClassVar[Combinable]
    what: ClassVar[Combinable]

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    due_at = models.DateTimeField(editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    gave_up_at = models.DateTimeField(null=True, editable=False)
    last_error = models.CharField(max_length=ERROR_LENGTH, blank=True, editable=False)

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(sent_at=None, gave_up_at=None),
                name="%(class)s_waiting",
            ),
            models.Index(
                fields=["gave_up_at"],
                condition=Q(gave_up_at__isnull=False),
                name="%(class)s_failed",
            ),
        ]

    @classmethod
    def opened(cls) -> "AbstractContextManager[Callable[[Self], None]]":
        """A way to send some of them one after the other; raises TryLater, Refused or Needless.

        A context manager over a function of one row, so that a connection may serve them all.
        """
        raise NotImplementedError

    @property
    def state(self) -> str:
        """ "sent", "failed", "retrying" or "waiting"."""
        if self.sent_at:
            return "sent"
        if self.gave_up_at:
            return "failed"
        return "retrying" if self.last_error else "waiting"

    def renew(self, now: datetime) -> bool:
        """Whether it is still ours; then it is for another LEASE."""
        return self._if_ours(leased_until=now + LEASE)

    def mark_sent(self, now: datetime) -> None:
        self._if_ours(sent_at=now, lease=None, leased_until=None, last_error="")

    def put_off(self, error: str, now: datetime) -> None:
        """Try again after a pause, twice as long each time and never at one time with others."""
        if self.attempts >= MOST_ATTEMPTS:
            self.give_up(error, now)
            return
        pause = min(FIRST_PAUSE * 2 ** (self.attempts - 1), LONGEST_PAUSE)
        due_at = now + max(FIRST_PAUSE, pause * random.uniform(0.5, 1))
        error = error[:ERROR_LENGTH]
        self._if_ours(due_at=due_at, lease=None, leased_until=None, last_error=error)

    def give_up(self, error: str, now: datetime) -> None:
        """It will not be sent, until somebody asks for it."""
        error = error[:ERROR_LENGTH]
        self._if_ours(gave_up_at=now, lease=None, leased_until=None, last_error=error)

    def withdraw(self) -> None:
        """It was never sent and is not to be: nothing is left of it."""
        if self.lease:
            type(self)._base_manager.filter(pk=self.pk, lease=self.lease).delete()
            self.lease = None

    def send_again(self, now: datetime) -> None:
        """Somebody asks for it: from the beginning, with the same `uid`."""
        type(self)._base_manager.filter(pk=self.pk).update(
            due_at=now, attempts=0, lease=None, leased_until=None, sent_at=None, gave_up_at=None
        )
        self.refresh_from_db()

    def _if_ours(self, **values: Any) -> bool:
        ours = type(self)._base_manager.filter(pk=self.pk, lease=self.lease)
        done = bool(self.lease and ours.update(**values))
        if done:
            for name, value in values.items():
                setattr(self, name, value)
        return done
