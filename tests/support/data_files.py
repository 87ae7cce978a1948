"""The files of the data sets in tests: as they are, and as they are imported."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.imports import REAL

REAL_QUOTAS = REAL / "rep-quota-activities"

needs_real_quotas = pytest.mark.skipif(
    not REAL_QUOTAS.is_dir(),
    reason=f"no data set in {REAL_QUOTAS}: name its folder in TOUCHLINE_DATA",
)


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (folder / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def bring_in(kind: str, path: Path, *options: str) -> str:
    """Import a file; what is said of it."""
    said = StringIO()
    call_command("import_csv", kind, str(path), *options, stdout=said)
    return said.getvalue()
