"""The scheduler in a process of its own, with everything due each second.

On the database of the test run like `worker.py`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.process import running
from tests.support.worker import environment


@contextmanager
def beat(folder: Path, name: str, **changes: str) -> Iterator[Path]:
    """A running scheduler that has rung for something; what it says is in the file."""
    log = folder / f"{name}.log"
    command = [sys.executable, "-m", "celery", "-A", "tests.support.fast_beat:app", "beat"]
    command += ["--pidfile", "", "-s", str(folder / name), "-l", "INFO"]

    def ready() -> bool:
        return "Sending due task" in log.read_text(errors="replace")

    with running(command, log=log, ready=ready, env=environment() | changes):
        yield log
