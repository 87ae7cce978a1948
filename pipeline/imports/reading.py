"""A CSV file as rows with their line numbers, streamed."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import IO, NamedTuple

from django.core.exceptions import ValidationError

ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("utf-16-le", "UTF-16, little endian"),
    ("utf-16-be", "UTF-16, big endian"),
    ("cp1252", "Windows-1252 (Western European)"),
]
DELIMITERS = [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Vertical bar")]
MAX_LINE = 1_000_000  # characters
MAX_COLUMNS = 200
HEAD = 65_536  # bytes
CHUNK = 1 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
NOT_TEXT = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1f]")
UNDECODED = re.compile("[\udc80-\udcff\ufffd\x00]")
SEPARATOR_LINE = re.compile(r"sep=.\s*$", re.IGNORECASE)  # written by and for spreadsheets
QUOTES = "The quotation marks of this line do not add up."
BYTES = "This line has bytes that are no text in the file's encoding."


class Row(NamedTuple):
    """A row; `line` is where it begins, counted from 1. With a fault its cells mean nothing."""

    line: int
    cells: list[str]
    fault: str = ""


def refuse(reason: str) -> ValidationError:
    """What is raised for a file that cannot be read at all."""
    return ValidationError({"file": reason})


def detect_encoding(file: IO[bytes]) -> str:
    """The encoding, from a byte order mark or from all bytes. Raises ValidationError."""
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip():
        raise refuse("This file is empty. Choose one with a header line and rows.")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refuse("This is a spreadsheet or an archive. Save it as CSV and choose that file.")
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if (wide := _wide(head)) is not None:
        return wide
    if b"\0" in head or NOT_TEXT.search(head):
        raise refuse("This is not a text file. Choose a CSV file.")
    return _utf8_or_windows(file)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark shows by its zero bytes, all on one side."""
    half = max(len(head) // 2, 1)
    odd, even = head[1::2].count(0) / half, head[0::2].count(0) / half
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else None


def _utf8_or_windows(file: IO[bytes]) -> str:
    """UTF-8 unless more of its special characters are broken than whole."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    broken = whole = 0
    while chunk := file.read(CHUNK):
        if chunk.isascii():
            continue
        text = decoder.decode(chunk)
        bad = len(UNDECODED.findall(text))
        broken += bad
        whole += len(text) - bad - len(text.encode("ascii", "ignore"))
    return "cp1252" if broken > whole else "utf-8"


class Lines:
    """Physical lines; those of a record that went wrong can be put back."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text, self.taken = text, list[str]()
        self.back: deque[str] = deque()

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else self.text.readline(MAX_LINE)
        if not line:
            raise StopIteration
        if len(line) == MAX_LINE:
            raise refuse(f"A line is longer than {MAX_LINE:,} characters. Is this a CSV file?")
        self.taken.append(line)
        return line

    def put_back(self) -> None:
        """All lines taken since the last record but the first."""
        self.back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def decoded(file: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """The file as text from its beginning; detach it when the file is to stay open."""
    file.seek(0)
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    text = io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="")
    if encoding != "cp1252" and text.read(1) != "\ufeff":
        text.seek(0)
    return text


def records(text: io.TextIOBase, delimiter: str) -> Iterator[Row]:
    """Header and rows without blank ones; each row has as many cells as the header or a fault.

    A stray quotation mark swallows the lines after it: when a record of several lines does not
    come out right, only its first line is the bad one and the rest is read again.
    """
    lines = Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    width, line = 0, 1
    while True:
        lines.taken.clear()
        try:
            cells, fault = next(reader, None), ""
        except csv.Error:
            cells, fault = [], QUOTES
        if cells is None:
            return
        if len(lines.taken) > 1 and (fault or (width and len(cells) != width)):
            lines.put_back()
            cells, fault = [], QUOTES
        row = Row(line, cells, fault or _fault(lines.taken, cells, width))
        line += len(lines.taken)
        if row.line == 1 and SEPARATOR_LINE.match("".join(lines.taken)):
            continue
        if row.fault or any(map(str.strip, cells)):
            width = width or len(cells)
            yield row


def _fault(taken: list[str], cells: list[str], width: int) -> str:
    if any(UNDECODED.search(line) for line in taken):
        return BYTES
    if width and cells and len(cells) != width and any(map(str.strip, cells)):
        return f"This line has {len(cells)} cells, the header has {width}."
    return ""


def choose_delimiter(file: IO[bytes], encoding: str) -> str:
    """The one that cuts most rows like the header; the wider cut decides between equals."""
    text = decoded(file, encoding)
    header = text.readline(MAX_LINE)
    text.detach()
    found = [mark for mark, _ in DELIMITERS if mark in header]
    if len(found) < 2:
        return found[0] if found else ","
    return max(found, key=lambda mark: _fit(file, encoding, mark))


def _fit(file: IO[bytes], encoding: str, delimiter: str) -> tuple[float, int]:
    text = decoded(file, encoding)
    rows = good = width = 0
    for row in records(text, delimiter):
        width = width or len(row.cells)
        rows += 1
        good += not row.fault
    text.detach()
    return round(good / max(rows, 1), 2), width
