"""Importing in tests: text in, report out, through the same verbs as page, API and command."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from people.models import User
from pipeline.imports import engine
from pipeline.models import Import
from tests.factories import NOW

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("TOUCHLINE_DATA") or ROOT.parent / "shared" / "data")
REAL_DEALS = REAL / "crm-sales-opportunities"

needs_real_data = pytest.mark.skipif(
    not REAL_DEALS.is_dir(),
    reason=f"no real data set in {REAL_DEALS}: name its folder in TOUCHLINE_DATA",
)


def upload(kind: str, content: str | bytes, by: User | None = None, name: str = "f.csv") -> Import:
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, raw)
    return Import.upload(kind, file, name=name, by=by, at=NOW)


def check(source: Import, at: Any = NOW) -> Import:
    """Check all rows, here and now."""
    source.start_check(at=at, ring=False)
    return run(source)


def commit(source: Import, at: Any = NOW) -> Import:
    source.start_commit(at=at, ring=False)
    return run(source)


def run(source: Import) -> Import:
    engine.run(source.pk, timezone.now)
    source.refresh_from_db()
    return source


def import_text(kind: str, content: str | bytes, by: User | None = None, **choices: Any) -> Import:
    """Upload, arrange, check and commit."""
    source = upload(kind, content, by)
    if choices:
        source.arrange(**choices)
    check(source)
    return commit(source) if source.accepted else source


def counts(source: Import) -> tuple[int, int, int, int]:
    """Created, changed, unchanged, rejected."""
    return source.created, source.changed, source.unchanged, source.rejected


def problems(source: Import) -> list[tuple[int, str, str]]:
    """Line, column and value of each problem."""
    return list(source.problems.values_list("line", "column", "value"))
