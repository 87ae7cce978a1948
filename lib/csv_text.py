"""Cells of CSV files that a spreadsheet shows but never evaluates.

A spreadsheet takes a cell that begins with = + - @ or a control character for a formula. Such
cells go out with an apostrophe in front and lose it on the way in, so that a round trip gives the
identical text.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

FORMULA = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guard(text: str) -> str:
    """The text as it goes out: `guard("=1+1") == "'=1+1"`."""
    return f"'{text}" if FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`."""
    return text[1:] if GUARDED.match(text) else text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Each row as a line of CSV, guarded, with CRLF; made as they are asked for."""
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([guard(str(cell)) for cell in row])
