"""The scheduler's sign of life, written by its own process."""

import logging
from time import monotonic
from typing import Any

from django import db
from django.utils import timezone

from alerts.models.heartbeat import SCHEDULER, Heartbeat

SECONDS = 20.0  # at most one sign of life in so many
log = logging.getLogger(__name__)


class Pulse:
    """Called each time the scheduler is about to have something done.

    A scheduler whose queue is away still lives; one that hangs says nothing more. That the
    database is away does not stop it: it goes on ringing, and says that it lives later.
    """

    def __init__(self) -> None:
        self.next = monotonic()

    def __call__(self, **_: Any) -> None:
        if monotonic() < self.next:
            return
        self.next = monotonic() + SECONDS
        db.close_old_connections()  # one that broke is made anew
        try:
            Heartbeat.beat(SCHEDULER, timezone.now())
        except db.Error as trouble:
            log.warning("The scheduler cannot say that it lives: %s", trouble)
