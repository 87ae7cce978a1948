"""The processes that run Touchline, each the leader of its own group, killed and started again."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from config import up
from tests.support.process import die_with_parent

CELERY = [sys.executable, "-m", "celery", "-q", "-A", "drill.app:app"]


@dataclass
class Part:
    """One process with its children; everything it says is in a file."""

    name: str
    command: list[str]
    log: Path
    starts: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
                env=os.environ | {"PYTHONWARNINGS": "ignore:You're running the worker"},
            )
        self.starts += 1

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def kill(self) -> None:
        """The whole group, with no warning (-9)."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@dataclass
class Fleet:
    """Web, workers and schedulers. `ended` are those that ended by themselves."""

    folder: Path
    workers: list[Part]
    others: list[Part]
    ended: list[str] = field(default_factory=list)
    kills: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, folder: Path, workers: int, beats: int) -> "Fleet":
        named = {f"worker {n + 1}": worker(n) for n in range(workers)}  # every other one sends
        rest = {f"beat {n + 1}": beat(folder, n) for n in range(beats)}
        rest["web"] = up.gunicorn()
        made = {
            name: Part(name, command, folder / f"{name.replace(' ', '-')}.log")
            for name, command in (named | rest).items()
        }
        return cls(folder, [made[name] for name in named], [made[name] for name in rest])

    def start(self) -> None:
        for part in [*self.others, *self.workers]:
            part.start()

    def kill_one(self, random: Random) -> str:
        """Kill a worker in the midst of whatever it does and start it again a moment later."""
        part = random.choice(self.workers)
        with self.guard:
            part.kill()
            self.kills += 1
        time.sleep(random.uniform(0, 1))
        with self.guard:
            part.start()
        return part.name

    def look_after(self) -> None:
        """Start again, and remember, what ended by itself."""
        with self.guard:
            for part in [*self.others, *self.workers]:
                if part.has_ended():
                    self.ended.append(part.name)
                    part.kill()
                    part.start()

    def stop(self) -> None:
        with self.guard:
            for part in [*self.workers, *self.others]:
                part.kill()


def worker(number: int) -> list[str]:
    """As `bin/start` runs it: one for what is to be done, the next one for what is to be sent."""
    return [*CELERY, "worker", *(up.SENDER if number % 2 else up.WORKER), "-n", f"drill{number}@%h"]


def beat(folder: Path, number: int) -> list[str]:
    """As `bin/start` runs it, each with a memory of its own."""
    return [*CELERY, "beat", *up.BEAT, "-s", str(folder / f"beat-{number}")]
