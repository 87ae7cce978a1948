"""Where the benchmark runs: a database, a queue and the production server of its own."""

import http.client
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.postgres import postgres
from tests.support.process import free_port, running
from tests.support.valkey import valkey

UNSET = ["MEDIA_ROOT", "TRUSTED_ORIGINS", "EMAIL_HOST", "DEBUG", "LOG_LEVEL"]
UNSET += ["DATABASE_URL", "REDIS_URL"]


@contextmanager
def services(database: str) -> Iterator[Path]:
    """A data folder, with queue and database started and the environment pointing at them.

    `database` is "postgres" (one started for this run), "sqlite", or the postgres:// URL of a
    database to use: an empty one is filled, one that was filled by an earlier run is used again.
    """
    with ExitStack() as stack:
        for name in UNSET:
            os.environ.pop(name, None)
        folder = Path(tempfile.mkdtemp(prefix="touchline-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(valkey(folder))
        if database != "sqlite":
            own = database == "postgres"
            os.environ["DATABASE_URL"] = stack.enter_context(postgres()) if own else database
        os.environ.update(
            DJANGO_SETTINGS_MODULE="bench.settings",
            TOUCHLINE_ENV="production",
            TLS="0",
            SECRET_KEY=secrets.token_urlsafe(50),
            ALLOWED_HOSTS="127.0.0.1,testserver",
            API_RATE="1000000/min",
            VAR_DIR=str(folder),
        )
        yield folder


@contextmanager
def server(folder: Path) -> Iterator[int]:
    """The port of a running gunicorn with the options of production."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", "bench.wsgi:application"]
    with running(command, log=folder / "server.log", ready=lambda: answers(port)):
        yield port


def answers(port: int) -> bool:
    """Whether the server works, database included; else an answer below 500 is yet to come."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
