"""Where the drill happens: a folder, a queue and a database of its own that can be taken away."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg2

from tests.support.postgres import created, installed, reachable, unprivileged
from tests.support.process import die_with_parent, free_port, wait_until

UNSET = ("MEDIA_ROOT", "TRUSTED_ORIGINS", "DEBUG", "LOG_LEVEL", "DATABASE_URL", "REDIS_URL")


@contextmanager
def folder() -> Iterator[Path]:
    """An empty data folder; the environment of this process and its children points at it.

    It stays when KEEP_DRILL is set: every log is in it.
    """
    for name in UNSET:
        os.environ.pop(name, None)
    path = Path(tempfile.mkdtemp(prefix="touchline-drill-"))
    (path / "static").mkdir()
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):  # else each worker compiles all modules anew
        os.environ.update(PYTHONDONTWRITEBYTECODE="", PYTHONPYCACHEPREFIX=str(path / "compiled"))
    os.environ.update(TOUCHLINE_ENV="test", VAR_DIR=str(path))
    try:
        yield path
    finally:
        if not os.environ.get("KEEP_DRILL"):
            shutil.rmtree(path, ignore_errors=True)


class Queue:
    """The bundled Valkey as `bin/start` runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "valkey.sock"
        self.server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        from config.up import valkey

        self.socket.unlink(missing_ok=True)
        log = self.folder / "valkey.out"
        with log.open("ab") as output:
            self.server = subprocess.Popen(
                valkey(), stdout=output, stderr=output, preexec_fn=die_with_parent
            )
        wait_until(self.socket.exists, self.server, log)

    def stop(self) -> None:
        """Without a warning."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()
            self.socket.unlink(missing_ok=True)
            self.server = None

    def flush(self) -> None:
        """Forget everything in it."""
        import redis

        with contextlib.closing(redis.Redis(unix_socket_path=str(self.socket))) as client:
            client.flushall()


class Database(Protocol):
    """What can be taken away for some seconds and comes back."""

    disturbance: str

    def disturb(self, seconds: float) -> None: ...


class Postgres:
    """A PostgreSQL that keeps what was committed, ended as by a power cut."""

    disturbance = "PostgreSQL ended at once and away for {:.0f} s"

    def __init__(self, stack: ExitStack) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="touchline-drill-pg-"))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.identity: dict[str, Any] = unprivileged(self.folder)
        self.binaries = reachable(installed(), self.folder, self.identity)
        self.data, self.port = self.folder / "data", free_port()
        create = [self.binaries / "initdb", "-D", self.data, "-U", "touchline", "--auth=trust"]
        subprocess.run(
            [*create, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            **self.identity,
        )
        self._start(lambda: created(self.port))
        stack.callback(self._stop, signal.SIGINT)
        os.environ["DATABASE_URL"] = f"postgres://touchline@127.0.0.1:{self.port}/touchline"

    def disturb(self, seconds: float) -> None:
        self._stop(signal.SIGQUIT)
        time.sleep(seconds)
        self._start(self._answers)

    def _start(self, ready: Any) -> None:
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        command += ["-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"]
        command += ["-c", "max_connections=200", "-c", "fsync=off"]  # the machine itself stays up
        log = self.folder / "log"
        with log.open("ab") as output:
            self.server = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                preexec_fn=die_with_parent,
                **self.identity,
            )
        wait_until(ready, self.server, log)

    def _stop(self, number: int) -> None:
        self.server.send_signal(number)
        self.server.wait(30)

    def _answers(self) -> bool:
        try:
            psycopg2.connect(
                host="127.0.0.1", port=self.port, user="touchline", dbname="touchline"
            ).close()
        except psycopg2.OperationalError:
            return False
        return True


class SQLite:
    """The embedded database; taken away it is locked against everybody who writes."""

    disturbance = "SQLite locked for {:.0f} s"

    def __init__(self, folder: Path, tables: str) -> None:
        self.path = folder / "db.sqlite3"
        if tables:
            with (
                contextlib.closing(sqlite3.connect(tables)) as made,
                contextlib.closing(sqlite3.connect(self.path)) as own,
            ):
                made.backup(own)

    def disturb(self, seconds: float) -> None:
        with contextlib.closing(sqlite3.connect(self.path, timeout=60)) as connection:
            connection.isolation_level = None
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
