"""Starting and ending the servers that tests use, so that none outlives the test run."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG
PATIENCE = 30.0  # seconds


def die_with_parent() -> None:
    """In a new child: the kernel ends it even when the test run is killed outright."""
    if LIBC is not None:
        LIBC.prctl(PARENT_DEATH_SIGNAL, signal.SIGINT)


@contextmanager
def running(
    command: list[str], *, log: Path, ready: Callable[[], bool], **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """The started server, once `ready()`; RuntimeError with its log when it does not come up."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=output, preexec_fn=die_with_parent, **options
        )
    try:
        wait_until(ready, server, log)
        yield server
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until(ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    """Returns as soon as the server is ready."""
    limit = time.monotonic() + PATIENCE
    while not ready():
        if server.poll() is not None or time.monotonic() > limit:
            raise RuntimeError(f"{server.args} did not come up:\n{log.read_text()}")
        time.sleep(0.02)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
