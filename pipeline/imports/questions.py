"""Which values of a file cannot stand as they are, and what may be done with them."""

from dataclasses import dataclass, field
from typing import Any

from pipeline.imports import kinds
from pipeline.imports.cells import reader
from pipeline.imports.drafts import Column, Draft
from pipeline.imports.intake import ANY, field_of
from pipeline.imports.kinds import REFERENCES, Field, plain
from pipeline.imports.opportunities import OUTCOMES
from pipeline.imports.references import TABLES, Table, close_matches
from pipeline.models.imports import Import

MOST_SHOWN = 20  # values of a column that are asked about one by one
MOST_CHOICES = 100  # names offered beside the likely ones


@dataclass(frozen=True)
class Question:
    """A value that cannot stand as it is. `answer` is the action noted for it, {} without."""

    column: str
    value: str
    times: int
    reason: str
    likely: list[str]
    answer: dict[str, str]

    @property
    def is_open(self) -> bool:
        return not self.answer


@dataclass(frozen=True)
class ColumnQuestions:
    """The questions of one column; `more` values beyond those shown, `others` is what "*" does."""

    column: str
    goes_to: Field
    shown: list[Question]
    more: int = 0
    names: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)

    @property
    def is_reference(self) -> bool:
        return self.goes_to.type in REFERENCES

    @property
    def open_rows(self) -> int:
        """Rows of the values shown that would be refused."""
        if self.others.get("do") == "create":
            return 0
        return sum(question.times for question in self.shown if question.is_open)


def questions(source: Import) -> list[ColumnQuestions]:
    """By column, those values first that most rows have."""
    tables: dict[str, Table[Any]] = {}
    asked = []
    for found in source.survey["columns"]:
        known = field_of(source, found["name"])
        if known is not None:
            table = _table(known, found, tables)
            asked.append(_of_column(source, found, known, table))
    return [each for each in asked if each.shown or each.others]


def _table(known: Field, found: dict[str, Any], tables: dict[str, Table[Any]]) -> Table[Any] | None:
    if known.type not in REFERENCES:
        return None
    table = tables.setdefault(known.type, TABLES[known.type]())
    table.load(found["values"] or {})
    return table


def _of_column(
    source: Import, found: dict[str, Any], known: Field, table: Table[Any] | None
) -> ColumnQuestions:
    name, actions = found["name"], source.values.get(found["name"], {})
    chosen = {part: source.format[part] or default for part, default in DEFAULTS.items()}
    column = Column(0, name, known, reader(known, **chosen), {})
    values = found["values"] if found["values"] is not None else found["missing"]
    names = table.names() if table else []
    wrong: list[Question] = []
    for value, times in sorted(values.items(), key=lambda pair: -pair[1]):
        if reason := _wrong(column, value, table):
            likely = close_matches(value, names) if table and len(wrong) < MOST_SHOWN else []
            answer = actions.get(value, {})
            wrong.append(Question(name, value, times, reason, likely, answer))
    more, shown = max(len(wrong) - MOST_SHOWN, 0), wrong[:MOST_SHOWN]
    others = actions.get(ANY, {}) if wrong or found["values"] is None else {}
    return ColumnQuestions(name, known, shown, more, names[:MOST_CHOICES], others)


DEFAULTS = {"decimal": ".", "date_order": "dmy"}


def _wrong(column: Column, value: str, table: Table[Any] | None) -> str:
    """Why the value cannot stand as it is; "" when it can."""
    draft = Draft(0)
    column.take(draft, value)
    if draft.problems:
        return draft.problems[0][2]
    if table is None or (column.field.type == kinds.STAGE and plain(value) in OUTCOMES):
        return ""
    try:
        return "" if table.find(value) else table.unknown
    except ValueError as wrong:
        return str(wrong)
