"""CSV that a spreadsheet opens safely and that comes back as it went out."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

MARK = "'"
_EVALUATED = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets take UTF-8 for something else


def escaped(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: `=1+1` becomes `'=1+1`."""
    return MARK + text if _EVALUATED.match(text) else text


def plain(cell: str) -> str:
    """What was written, from a cell of a file: the inverse of `escaped` for every text."""
    marked = cell.startswith(MARK) and _EVALUATED.match(cell)
    return cell[1:] if marked else cell


class _Line:
    """Where csv.writer writes: hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file line by line; texts are escaped, None is empty, the rest is written by str()."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(header)
    for row in rows:
        yield writer.writerow([escaped(cell) if isinstance(cell, str) else cell for cell in row])


def stream(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download that is written while it is read, whatever its length."""
    return StreamingHttpResponse(
        lines(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": "no-store",
        },
    )
