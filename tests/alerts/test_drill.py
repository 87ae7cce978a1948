"""bin/drill in its short form: when everything fails, nothing is lost and nothing comes twice."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.support.environment import OTHERS, OURS

ROOT = Path(__file__).resolve().parent.parent.parent
OPTIONS = ["--short", "--database", "sqlite"]


@pytest.fixture
def tables(db: None, tmp_path: Path) -> Path:
    """A copy of the empty tables: making them takes longer than the drill itself."""
    path = tmp_path / "tables.sqlite3"
    with (
        closing(sqlite3.connect(str(connection.settings_dict["NAME"]))) as ours,
        closing(sqlite3.connect(path)) as copy,
    ):
        ours.backup(copy)
    return path


@pytest.mark.once
@pytest.mark.worker
@pytest.mark.slow
def test_nothing_is_lost_or_comes_twice_while_everything_fails(tables: Path) -> None:
    """Kills, an outage of the queue and a locked database, with 4xx, silence and resets by mail."""
    own = {name: text for name, text in os.environ.items() if name not in {*OURS, *OTHERS}}
    done = subprocess.run(
        [sys.executable, "-m", "drill.run", *OPTIONS, "--tables", str(tables)],
        cwd=ROOT,
        env=own,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Nothing lost, nothing twice." in done.stdout
