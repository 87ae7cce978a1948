"""Dated cases, worked out by hand: tables of text, a case a line, its cells between bars."""

from datetime import date

import pytest

d = date.fromisoformat


def table(text: str) -> list[list[str]]:
    """The cells of each line; lines that are empty or begin with "#" say nothing."""
    lines = [line.strip() for line in text.splitlines()]
    rows = [line for line in lines if line and not line.startswith("#")]
    return [[cell.strip() for cell in row.split("|")] for row in rows]


def params(text: str) -> list:
    """For `parametrize`, named for what stands in each line."""
    return [pytest.param(*row, id=" ".join(" ".join(row).split())) for row in table(text)]


def dates(cell: str) -> list[date]:
    """ "2026-11-17 2026-11-18"; nothing for "-"."""
    return [] if cell == "-" else [d(each) for each in cell.split()]
