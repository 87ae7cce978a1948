"""What leaves as CSV does nothing in a spreadsheet and comes back unchanged."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from lib.csv_out import escaped, lines, plain

TEXTS = [
    "",
    "Acme",
    "=1+1",
    "'=1+1",
    "''=1+1",
    "'quoted'",
    "+49 30 123",
    "-5",
    "@home",
    "\t=2",
    " =2",
    "' =2",
    "two\nlines",
    '"; =cmd|x',
    "O'Neill, Ltd",
    "＝1",
    "Ünal",
]


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_comes_back_as_it_was(text: str) -> None:
    (_, row) = list(csv.reader("".join(lines(["a"], [[text, "x"]])).splitlines(keepends=True)))
    assert plain(row[0]) == text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1"])
def test_nothing_a_spreadsheet_evaluates_begins_a_cell(text: str) -> None:
    assert escaped(text) == f"'{text}"


def test_numbers_and_dates_are_left_alone() -> None:
    (_, line) = lines(["a"], [[Decimal("-5.50"), date(2026, 11, 18), None]])
    assert line == "-5.50,2026-11-18,\r\n"
