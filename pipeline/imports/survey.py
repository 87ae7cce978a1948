"""One look at all rows of a file: its columns, and what in them tells the format."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import IO, Any

from pipeline.imports.cells import arranged, stands_for_missing, three_numbers
from pipeline.imports.formats import number_hint
from pipeline.imports.reading import (
    MAX_COLUMNS,
    Row,
    choose_delimiter,
    decoded,
    detect_encoding,
    records,
    refuse,
)

CHUNK = 5_000  # rows
MOST_VALUES = 1_000  # different values of a column that are remembered
SAMPLES = 3
SHOWN = 200  # characters of a value


@dataclass
class Column:
    """What all rows say of a column. `values` is None when there are too many different ones."""

    name: str
    samples: list[str] = field(default_factory=list)
    values: dict[str, int] | None = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    dates: dict[str, int] = field(default_factory=dict)
    firsts: set[str] = field(default_factory=set)
    lasts: set[str] = field(default_factory=set)

    def add(self, counts: Counter[str]) -> None:
        """Take in the values of some rows, each with its number of times."""
        for text, times in counts.items():
            if text:
                self._add(text, times)
        if self.values is not None and len(self.values) > MOST_VALUES:
            self.values = None

    def _add(self, text: str, times: int) -> None:
        short = text[:SHOWN]
        if len(self.samples) < SAMPLES and short not in self.samples:
            self.samples.append(short)
        if self.values is not None:
            self.values[short] = self.values.get(short, 0) + times
        if stands_for_missing(text):
            self.missing[short] = self.missing.get(short, 0) + times
            return
        if hint := number_hint(text):
            self.numbers[hint] = self.numbers.get(hint, 0) + times
        numbers = three_numbers(text)
        if numbers and len(numbers[0]) < 4:
            self._add_date(numbers, times)

    def _add_date(self, numbers: tuple[str, str, str], times: int) -> None:
        self.firsts.add(numbers[0])
        self.lasts.add(numbers[2])
        fits = [order for order in ("dmy", "mdy", "ymd") if arranged(numbers, order)]
        if fits and numbers[0] != numbers[1]:  # 5/5/17 is the same day in any order that counts
            key = " ".join(fits)
            self.dates[key] = self.dates.get(key, 0) + times

    def as_json(self) -> dict[str, Any]:
        """Plain data; of the parts of dates only how many different ones there are."""
        data = asdict(self)
        return data | {"firsts": len(self.firsts), "lasts": len(self.lasts)}


def survey(
    file: IO[bytes], *, most_rows: int, encoding: str = "", delimiter: str = ""
) -> dict[str, Any]:
    """Encoding, delimiter, number of rows and the columns; ValidationError when unreadable."""
    encoding = encoding or detect_encoding(file)
    delimiter = delimiter or choose_delimiter(file, encoding)
    text = decoded(file, encoding)
    rows = records(text, delimiter)
    header = next(rows, None)
    if header is None or header.fault:
        raise refuse(f"The header line cannot be read. {header.fault if header else ''}".strip())
    columns = [Column(name) for name in column_names(header.cells)]
    count = 0
    for chunk in _chunks(rows):
        count += len(chunk)
        if count > most_rows:
            raise refuse(f"This file has more than {most_rows:,} rows. Split it.")
        whole = [row.cells for row in chunk if not row.fault]
        for column, values in zip(columns, zip(*whole, strict=True), strict=False):
            column.add(Counter(map(str.strip, values)))
    text.detach()
    if not count:
        raise refuse("This file has a header line and no rows.")
    return {
        "encoding": encoding,
        "delimiter": delimiter,
        "rows": count,
        "columns": [column.as_json() for column in columns],
    }


def column_names(cells: list[str]) -> list[str]:
    """The header's names; a nameless column is called by its number. Refuses twins."""
    if len(cells) > MAX_COLUMNS:
        raise refuse(f"This file has more than {MAX_COLUMNS} columns.")
    names = [cell.strip()[:SHOWN] or f"Column {n}" for n, cell in enumerate(cells, start=1)]
    twins = [name for name, times in Counter(names).items() if times > 1]
    if twins:
        raise refuse(f"Two columns are called “{twins[0]}”. Rename one of them.")
    return names


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
