"""One command starts everything; however it ends, nothing is left running."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.environment import OTHERS, OURS
from tests.support.process import free_port

ROOT = Path(__file__).parents[2]
PREFLIGHT = [sys.executable, "bin/_preflight.py"]

pytestmark = pytest.mark.once


def environment(**changes: object) -> dict[str, str]:
    """The environment of a newcomer, with these changes."""
    kept = {k: v for k, v in os.environ.items() if k not in {*OURS, *OTHERS, "PORT", "BIND"}}
    return kept | {name: str(value) for name, value in changes.items()}


def says(**changes: object) -> str:
    """What the check before the start complains about."""
    result = subprocess.run(
        PREFLIGHT, cwd=ROOT, env=environment(**changes), capture_output=True, text=True
    )
    assert result.returncode == 1
    return result.stderr


def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether the condition came true in time."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder, empty at the first start; later starts find what the first one prepared."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def site(var: Path, port: int) -> Iterator[psutil.Popen]:
    """Touchline, started in a data folder of its own and ready."""
    log = (var / "output").open("wb")
    site = psutil.Popen(
        [sys.executable, "-m", "config.up"],
        cwd=ROOT,
        env=environment(VAR_DIR=var, PORT=port),
        stdout=log,
        stderr=log,
    )
    site.output = var / "output"
    assert until(lambda: b"ready on" in site.output.read_bytes(), seconds=90), (
        site.output.read_text()
    )
    yield site
    for process in (*site.children(recursive=True), site) if site.is_running() else ():
        process.kill()


def gone(process: psutil.Process) -> bool:
    """Whether it has ended; a zombie has, its parent just did not look yet."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def the_sender(site: psutil.Popen) -> psutil.Process | None:
    running = (each for each in site.children() if not gone(each))
    return next((each for each in running if "sender@%h" in each.cmdline()), None)


@pytest.mark.slow
def test_it_serves_starts_parts_again_refuses_a_second_copy_and_ends_at_ctrl_c(
    site: psutil.Popen, port: int
) -> None:
    var, greeting = site.output.parent, site.output.read_text()
    assert f"http://127.0.0.1:{port}/" in greeting
    assert (var / "secret_key").read_text().strip() not in greeting

    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200

    second = subprocess.run(
        [sys.executable, "-m", "config.up"],
        cwd=ROOT,
        env=environment(VAR_DIR=var, PORT=free_port()),
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert "already runs" in second.stderr

    # guard, queue, web and 2 workers, worker and 2 pool, sender, scheduler
    assert until(lambda: len(site.children(recursive=True)) >= 10, seconds=30)
    sender = the_sender(site)
    sender.kill()
    assert until(lambda: the_sender(site) not in (None, sender), seconds=10)
    everything = site.children(recursive=True)
    site.send_signal(signal.SIGINT)
    assert site.wait(30) == 0
    assert until(lambda: all(map(gone, everything)), seconds=5)


@pytest.mark.slow
def test_nothing_is_left_when_it_is_killed_outright(site: psutil.Popen) -> None:
    everything = site.children(recursive=True)
    site.kill()
    assert until(lambda: all(map(gone, everything)), seconds=20)


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        complaint = says(PORT=taken, VAR_DIR=tmp_path)
    assert f"127.0.0.1 port {taken}" in complaint
    assert f"PORT={taken + 1}" in complaint


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    assert "choose a number from 1 to 65535" in says(PORT=port)


def test_a_folder_too_deep_for_a_socket_is_refused(tmp_path: Path, port: int) -> None:
    assert "VAR_DIR" in says(VAR_DIR=tmp_path / ("deep" * 30), PORT=port)


def test_an_old_python_is_named() -> None:
    result = subprocess.run(
        ["bin/start"],
        cwd=ROOT,
        env=environment(PYTHON="/bin/false"),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "needs Python 3.11" in result.stderr
