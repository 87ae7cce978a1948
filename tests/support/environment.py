"""The pytest plugin that gives a test run its own queue, database and data folder.

It is loaded by `-p` in pyproject.toml because pytest-django reads the settings before any conftest.
TEST_DATABASE chooses the database: `sqlite` (the default) or `postgres` (TEST_DATABASE_URL if set,
else one started for this run). TEST_REDIS_URL names a Redis to use instead of the bundled Valkey.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.postgres import postgres
from tests.support.valkey import valkey

OURS = (
    "TOUCHLINE_ENV",
    "VAR_DIR",
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "REDIS_URL",
)
OTHERS = ("MEDIA_ROOT", "TRUSTED_ORIGINS", "EMAIL_HOST", "TLS", "API_RATE", "LOG_LEVEL")


def set_up() -> ExitStack:
    """Starts what the run needs and points the settings at it; closing the stack ends it."""
    stack = ExitStack()
    for name in (*OURS, *OTHERS):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="touchline-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    (folder / "static").mkdir()  # WhiteNoise warns when it is not there
    os.environ.update(TOUCHLINE_ENV="test", VAR_DIR=str(folder))
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the test's thread
    if os.environ.get("TEST_REDIS_URL"):
        os.environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
    else:
        stack.enter_context(valkey(folder))
    if os.environ.get("TEST_DATABASE") == "postgres":
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or stack.enter_context(
            postgres()
        )
    return stack


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """No test sees what another one cached or how often it called the API."""
    from django.core.cache import cache

    yield
    cache.clear()


atexit.register(set_up().close)


def pytest_report_header() -> str:
    """Says on which database the run stands."""
    return f"database: {os.environ.get('TEST_DATABASE') or 'sqlite'}"
