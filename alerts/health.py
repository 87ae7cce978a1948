"""How delivery runs: signs of life, what waits, what went wrong. Not a word of what is sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Min, Q, QuerySet, Value

from alerts.kinds import KINDS
from alerts.models import Heartbeat, Sweep
from alerts.models.heartbeat import LATE_AFTER, PARTS
from alerts.models.outbox import Outbox, OutboxQuerySet
from alerts.sending import OUTBOXES, ring_for, rows_of

LATE_DUE = timedelta(minutes=15)  # what is due that long has nobody who sends it
MOST_SHOWN = 50
WAITING, FAILED = "waiting", "failed"


@dataclass(frozen=True)
class Part:
    """A part that is to run; `heard` is None when it never said that it lives."""

    name: str
    label: str
    heard: datetime | None
    now: datetime

    @property
    def age(self) -> timedelta | None:
        return self.now - self.heard if self.heard else None

    @property
    def is_late(self) -> bool:
        return self.age is None or self.age > LATE_AFTER


def parts(now: datetime) -> list[Part]:
    """All there are."""
    heard = dict(Heartbeat.objects.values_list("part", "at"))
    return [Part(name, label, heard.get(name), now) for name, label in PARTS.items()]


@dataclass(frozen=True)
class Queue:
    """One outbox: how many are still to be sent, how many of them went wrong, how many were given
    up; and since when the longest due one is due.
    """

    name: str
    waiting: int
    retried: int
    failed: int
    due_since: datetime | None
    now: datetime

    @property
    def label(self) -> str:
        return OUTBOXES[self.name].plural

    @property
    def late_by(self) -> timedelta:
        return self.now - self.due_since if self.due_since else timedelta()

    @property
    def is_late(self) -> bool:
        return self.late_by > LATE_DUE


def queues(now: datetime) -> list[Queue]:
    """Of all outboxes, in one statement."""
    asked = [branch for name in OUTBOXES for branch in _counted(name, now)]
    nothing: tuple[int, int, datetime | None] = (0, 0, None)
    found = {(name, state): tuple(rest) for name, state, *rest in _together(asked)}
    counted = []
    for name in OUTBOXES:
        waiting, retried, due_since = found.get((name, WAITING), nothing)
        failed, *_ = found.get((name, FAILED), nothing)
        counted.append(Queue(name, waiting, retried, failed, due_since, now))
    return counted


def _counted(name: str, now: datetime) -> Iterator[QuerySet[Any, Any]]:
    rows = rows_of(OUTBOXES[name])
    for state, some in ((WAITING, rows.waiting()), (FAILED, rows.failed())):
        named = {"outbox": Value(name, CharField()), "state": Value(state, CharField())}
        yield (
            some.order_by()
            .values(**named)
            .annotate(
                number=Count("pk"),
                retried=Count("pk", filter=~Q(last_error="")),
                due=Min("due_at", filter=Q(due_at__lte=now)),
            )
            .values_list("outbox", "state", "number", "retried", "due")
        )


@dataclass(frozen=True)
class Trouble:
    """Something that did not get out, as operators read of it."""

    outbox: str
    pk: int
    receiver: str
    what: str
    attempts: int
    last_error: str
    made_at: datetime
    due_at: datetime
    gave_up_at: datetime | None

    @property
    def label(self) -> str:
        """What kind of thing it is: the label of a kind, an event type, or "Digest"."""
        return KINDS[self.what].label if self.what in KINDS else self.what


def failures() -> list[Trouble]:
    """What was given up, the latest first; MOST_SHOWN at most."""
    return _troubles([rows_of(each).failed() for each in OUTBOXES.values()], "-gave_up_at")


def retries() -> list[Trouble]:
    """What is tried again by itself, the next first; MOST_SHOWN at most."""
    return _troubles([rows_of(each).retried() for each in OUTBOXES.values()], "due_at")


def _troubles(asked: list[OutboxQuerySet], order: str) -> list[Trouble]:
    """In one statement."""
    columns = list(Trouble.__dataclass_fields__)
    rows = [
        some.order_by()
        .annotate(
            outbox=Value(some.model._meta.model_name, CharField()),
            receiver=some.model.receiver,
            what=some.model.what,
        )
        .values(*columns)
        for some in asked
    ]
    return [Trouble(**row) for row in _together(rows).order_by(order)[:MOST_SHOWN]]


def _together(rows: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    first, *others = rows
    return first.union(*others, all=True)


@dataclass(frozen=True)
class Search:
    """A kind and its last search; None when there was none."""

    label: str
    sweep: Sweep | None
    is_late: bool


def searches(now: datetime) -> list[Search]:
    """Of all kinds there are."""
    swept = {sweep.kind: sweep for sweep in Sweep.objects.all()}
    late = {kind for kind, sweep in swept.items() if sweep.is_late(now)}
    return [Search(kind.label, swept.get(name), name in late) for name, kind in KINDS.items()]


def late_searches(now: datetime) -> list[str]:
    """The kinds whose turn came long ago, and nobody took it."""
    late = Sweep.objects.late(now).filter(kind__in=KINDS)
    return list(late.values_list("kind", flat=True))


def try_again(now: datetime, outbox: type[Outbox], **only: Any) -> int:
    """Send what went wrong once more; returns how many that is."""
    again = rows_of(outbox).filter(**only).try_again(now)
    ring_for(outbox)
    return again
