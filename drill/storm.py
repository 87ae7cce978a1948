"""The storm: alerts flow while workers die, the queue goes, the database goes, receivers sulk."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import TypeVar

from django.db import OperationalError, connection

from drill.counts import missing, untried, waiting
from drill.parts import Fleet
from drill.place import Database, Queue
from drill.web import Rep, Visitor
from drill.world import World

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Plan:
    """How much, and how long; `gap` is how many seconds pass from kill to kill, from and to."""

    alerts: int
    kills: int
    outage: float
    away: float  # the database
    gap: tuple[float, float]
    wave: int  # deals that stall at one time
    limit: float  # seconds until it must have drained
    seed: int

    @property
    def seconds(self) -> float:
        """About how long the kills take, and therefore the waves."""
        return max(self.kills * sum(self.gap) / 2, self.outage * 2 + self.away + 1)


@dataclass
class Storm:
    """What happens to whom; `say` prints a line of the log."""

    plan: Plan
    world: World
    fleet: Fleet
    queue: Queue
    database: Database
    visitor: Visitor
    rep: Rep
    say: Callable[[str], None]
    done: dict[int, datetime] = field(default_factory=dict)  # when each deal stalled
    killed: threading.Event = field(default_factory=threading.Event)
    told_after: float = 0.0
    tried_after: float = 0.0

    def rage(self) -> None:
        """Returns when all of it is over."""
        stalling = threading.Thread(target=self._stall, daemon=True)
        stalling.start()
        threading.Thread(target=self._kill, daemon=True).start()
        self._sleep(self.plan.seconds * 0.1)
        self._take_queue_away()
        self._take_database_away()
        self._sleep(self.plan.seconds * 0.05)
        self.queue.flush()
        self.say("Valkey was flushed once more")
        while stalling.is_alive() or not self.killed.is_set():
            self._sleep(0.5)
        self.say(f"{len(self.done)} deals stalled, {self.fleet.kills} workers killed")

    def drain(self) -> float | None:
        """Seconds until everything is out; None when the limit came first."""
        began = time.monotonic()
        shown = began
        while time.monotonic() - began < self.plan.limit:
            left = asked(self._left)
            if not sum(left.values()):
                return time.monotonic() - began
            if time.monotonic() - shown > 15:
                shown = time.monotonic()
                self.say("still waiting: " + ", ".join(f"{n} {k}" for k, n in left.items() if n))
            self._sleep(0.5)
        return None

    def _left(self) -> dict[str, int]:
        return {"for the app": missing(self.world, self.done)} | waiting()

    # What happens.

    def _stall(self) -> None:
        """Waves of deals lose their next step, spread over the storm."""
        waves = list(self._waves())
        for n, wave in enumerate(waves):
            began = time.monotonic()
            for deal in wave:
                self.rep.stall(deal)
                self.done[deal] = datetime.now(UTC)
            if n < len(waves) - 1:
                pause = self.plan.seconds * 0.9 / len(waves)
                time.sleep(max(0.0, pause - (time.monotonic() - began)))

    def _waves(self) -> Iterator[list[int]]:
        deals = list(self.world.deals)
        Random(self.plan.seed).shuffle(deals)
        for first in range(0, len(deals), self.plan.wave):
            yield deals[first : first + self.plan.wave]

    def _kill(self) -> None:
        random = Random(self.plan.seed + 1)
        for _ in range(self.plan.kills):
            time.sleep(random.uniform(*self.plan.gap))
            self.fleet.kill_one(random)
        self.killed.set()
        threading.Event().wait()  # what this thread has started ends when it does

    def _take_queue_away(self) -> None:
        self.queue.stop()
        self.say(f"Valkey killed for {self.plan.outage:.0f} s")
        self._sleep(self.plan.outage)
        before = list(self.done)
        self.queue.start()
        self.queue.flush()
        began, now = time.monotonic(), datetime.now(UTC)
        self.say(f"Valkey back, and flushed; {len(before)} deals had stalled by then")
        self.told_after = self._until(lambda: not missing(self.world, before), began)
        self.say(f"all of these in the app after {self.told_after:.0f} s")
        self.tried_after = self._until(lambda: not untried(now), began)
        self.say(f"all mails and webhooks made by then tried after {self.tried_after:.0f} s")

    def _until(self, is_so: Callable[[], bool], began: float) -> float:
        while not asked(is_so) and time.monotonic() - began < self.plan.limit:
            self._sleep(0.5)
        return time.monotonic() - began

    def _take_database_away(self) -> None:
        connection.close()
        self.visitor.is_excused.set()
        self.say(self.database.disturbance.format(self.plan.away))
        self.database.disturb(self.plan.away)
        self.say("The database is back")
        self._sleep(3)
        self.visitor.is_excused.clear()

    def _sleep(self, seconds: float) -> None:
        """Meanwhile, what ended by itself is noticed."""
        limit = time.monotonic() + seconds
        while (left := limit - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))
            self.fleet.look_after()


def asked(question: Callable[[], Answer]) -> Answer:
    """The database's answer; asked again while it is locked."""
    while True:
        try:
            return question()
        except OperationalError:
            time.sleep(0.5)
        finally:
            connection.close()
