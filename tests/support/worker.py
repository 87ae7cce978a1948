"""The Celery app in a process of its own, on the database of the test run.

`celery -A tests.support.worker:app worker`; TEST_DATABASE_NAME names the database, because the
settings of another process do not know what pytest made of theirs.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

if os.environ.get("TEST_DATABASE_NAME"):
    settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE_NAME"]

from config.celery import app
from tests.support.process import running

__all__ = ["app", "environment", "worker"]


def environment() -> dict[str, str]:
    """For a process that imports this module first."""
    from django.db import connection

    return {**os.environ, "TEST_DATABASE_NAME": str(connection.settings_dict["NAME"])}


@contextmanager
def worker(folder: Path) -> Iterator[Any]:
    """A running worker for the queue of this test run; what it says is in `folder`."""
    log = folder / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "tests.support.worker:app", "worker"]
    command += ["-P", "solo", "-c", "1", "-l", "INFO", "--without-gossip", "--without-mingle"]

    def ready() -> bool:
        return " ready." in log.read_text(errors="replace")

    app.control.purge()  # what earlier tests rang for is gone
    with running(command, log=log, ready=ready, env=environment()) as process:
        yield process
