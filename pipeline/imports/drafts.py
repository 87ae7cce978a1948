"""A row of the file as values of fields, with what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Model

from lib.csv_out import plain
from lib.searching import fold
from pipeline.imports.cells import reader, stands_for_missing
from pipeline.imports.intake import ANY, field_of
from pipeline.imports.kinds import KINDS, REFERENCES, Field
from pipeline.imports.reading import Row
from pipeline.models.imports import Import, ImportProblem

key_of = lru_cache(maxsize=50_000)(fold)
MISSING = "This looks like a missing value. Map it to “treat as missing”, or correct it."
SHOWN = 500


@dataclass(slots=True)
class Name:
    """A name in the file that stands for something in the database. `do` may be ""."""

    column: str
    raw: str
    text: str
    do: str


@dataclass(slots=True)
class Draft:
    """Values by field name; `names` are references as written, `found` what they stand for."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Name] = field(default_factory=dict)
    found: dict[str, Model] = field(default_factory=dict)
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    def refuse(self, column: str, value: str, reason: str) -> None:
        self.problems.append((column, value, reason))

    def problem_rows(self, source: Import) -> list[ImportProblem]:
        return [
            ImportProblem(
                source=source,
                line=self.line,
                column=column,
                value=value[:SHOWN].encode(errors="replace").decode().replace("\0", "?"),
                reason=reason,
            )
            for column, value, reason in self.problems
        ]


@dataclass(frozen=True, slots=True)
class Column:
    """A mapped column: where it stands, how its values are read, and what was said of them."""

    index: int
    name: str
    field: Field
    read: Callable[[str], object]
    actions: dict[str, dict[str, str]]

    def take(self, draft: Draft, raw: str) -> None:
        """Put the value on the draft, or say what is wrong with it."""
        if raw[0] == "'":
            raw = plain(raw)
        action = self.actions.get(raw)
        do = action["do"] if action else ""
        if do == "empty":
            return
        if not do and stands_for_missing(raw):
            draft.refuse(self.name, raw, MISSING)
            return
        text = action["with"] if action and do == "use" else raw
        if len(text) > self.field.most and self.field.most < 1_000:
            draft.refuse(self.name, raw, f"This has more than {self.field.most} characters.")
        elif self.field.type in REFERENCES:
            unknown = self.actions.get(ANY, {}).get("do", "")
            draft.names[self.field.name] = Name(self.name, raw, text, do or unknown)
        else:
            self._read(draft, raw, text)

    def _read(self, draft: Draft, raw: str, text: str) -> None:
        try:
            draft.values[self.field.name] = self.read(text)
        except ValueError as wrong:
            draft.refuse(self.name, raw, str(wrong))


class DraftReader:
    """Reads rows the way an import was told to."""

    def __init__(self, source: Import) -> None:
        chosen = {name: source.format[name] for name in ("decimal", "date_order")}
        self.columns = [
            Column(index, name, known, reader(known, **chosen), source.values.get(name, {}))
            for index, name in enumerate(source.columns)
            if (known := field_of(source, name))
        ]
        fields = KINDS[source.kind].fields
        self.column_names = {column.field.name: column.name for column in self.columns}
        self.required = [known for known in fields if known.required]

    def draft(self, row: Row) -> Draft:
        """The row's values; what is missing or wrong stands in `problems`."""
        draft = Draft(row.line)
        if row.fault:
            draft.refuse("", "", row.fault)
            return draft
        for column in self.columns:
            if raw := row.cells[column.index].strip():
                column.take(draft, raw)
        wrong = {column for column, _, _ in draft.problems}
        for known in self.required:
            there = known.name in draft.values or known.name in draft.names
            if not there and self.column_names[known.name] not in wrong:
                draft.refuse(self.column_names[known.name], "", f"{known.label} is missing.")
        return draft
