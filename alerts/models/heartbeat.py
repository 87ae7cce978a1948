"""Signs of life: of the scheduler, the worker and the sender; and what each sweep did."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from people.models import User

SCHEDULER, WORKER, SENDER = "scheduler", "worker", "sender"
PARTS = {
    SCHEDULER: "The scheduler",
    WORKER: "The worker",
    SENDER: "The sender",
}
LATE_AFTER = timedelta(seconds=150)  # promises.md: seen by every manager within 3 minutes
LATE_TURN = timedelta(minutes=10)
HELD = timedelta(minutes=10)  # a sweep that is not back by then has died
HELD_AT_LEAST = timedelta(minutes=1)  # where the last one took no time
SHARE = 20  # a sweep takes one part in so many of the time, unless it takes half a minute
PAUSE = timedelta(seconds=50)  # of a sweep: the tick comes each minute


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def visible_to(self, user: User) -> Self:
        """Administrators see how it runs; every manager is told when it does not."""
        return self if user.is_administrator else self.none()

    def late(self, now: datetime) -> Self:
        return self.filter(at__lt=now - LATE_AFTER)

    def late_for(self, user: User, now: datetime) -> Self:
        """Those that are late, for whom it is told: managers and administrators."""
        return self.late(now) if user.leads_people or user.is_administrator else self.none()


class Heartbeat(models.Model):
    """When a part last worked. A part that was never expected to run here has no row."""

    part = models.CharField(max_length=10, unique=True, choices=list(PARTS.items()))
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.get_part_display()} at {self.at}"

    @classmethod
    def beat(cls, part: str, at: datetime) -> None:
        """It works. Never goes back: a late word of an earlier beat changes nothing."""
        if not cls.objects.filter(part=part, at__lt=at).update(at=at):
            Heartbeat.objects.bulk_create([Heartbeat(part=part, at=at)], ignore_conflicts=True)

    @classmethod
    def expect(cls, at: datetime) -> None:
        """All parts are to run here from now on: who says nothing more is late.

        What was said before they were stopped is no delay.
        """
        cls.objects.filter(at__lt=at).update(at=at)
        rows = [Heartbeat(part=part, at=at) for part in PARTS]
        Heartbeat.objects.bulk_create(rows, ignore_conflicts=True)


class SweepQuerySet(models.QuerySet["Sweep"]):
    def visible_to(self, user: User) -> Self:
        """Administrators see what ran."""
        return self if user.is_administrator else self.none()

    def running(self, now: datetime) -> set[str]:
        """The kinds that are being searched for; whoever died in it does so no longer."""
        begun = self.exclude(began_at=None).filter(due_at__gt=now)
        busy = begun.filter(Q(ended_at=None) | Q(ended_at__lt=F("began_at")))
        return set(busy.values_list("kind", flat=True))

    def late(self, now: datetime) -> Self:
        """Those whose turn came LATE_TURN ago, and nobody took it."""
        return self.filter(due_at__lt=now - LATE_TURN)


class Sweep(models.Model):
    """The last search for the alerts of a kind; one at a time, and never all the time."""

    kind = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    opened = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)

    objects = SweepQuerySet.as_manager()

    class Meta:
        ordering = ["kind"]

    def __str__(self) -> str:
        return f"{self.kind}, {self.began_at}"

    @classmethod
    def take(cls, kind: str, now: datetime) -> "Sweep | None":
        """This kind's turn, if it is due and nobody has it; whoever dies in it loses it."""
        Sweep.objects.bulk_create([Sweep(kind=kind, due_at=now)], ignore_conflicts=True)
        turn = cls.objects.get(kind=kind)
        due = cls.objects.filter(kind=kind, due_at__lte=now)
        return turn if due.update(**turn._begun(now)) else None

    def _begun(self, now: datetime) -> dict[str, datetime]:
        """It is held for long where it may take long: who died in it is missed soon elsewhere."""
        longest = HELD if self.took is None else max(HELD_AT_LEAST, self.took * SHARE)
        self.began_at, self.due_at = now, now + min(longest, HELD)
        return {"began_at": self.began_at, "due_at": self.due_at}

    def end(self, now: datetime, *, opened: int, closed: int) -> None:
        """It is done; the next one comes after a pause, a long one where this one took long."""
        took = now - self.began_at if self.began_at else timedelta()
        due_at = max(now + min(took * SHARE, HELD), (self.began_at or now) + PAUSE)
        values = {"ended_at": now, "due_at": due_at, "opened": opened, "closed": closed}
        Sweep.objects.filter(kind=self.kind, began_at=self.began_at).update(**values)

    def is_late(self, now: datetime) -> bool:
        return now - self.due_at > LATE_TURN

    @property
    def took(self) -> timedelta | None:
        """How long the last one took; None while it runs."""
        if self.began_at is None or self.ended_at is None or self.ended_at < self.began_at:
            return None
        return self.ended_at - self.began_at
