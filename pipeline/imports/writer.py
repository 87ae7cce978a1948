"""What all kinds share: rows become drafts, drafts become new, changed or unchanged things."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Model

from pipeline.imports.drafts import Draft, DraftReader, Name, key_of
from pipeline.imports.intake import column_of
from pipeline.imports.kinds import KINDS
from pipeline.imports.reading import Row
from pipeline.imports.references import TABLES, Table
from pipeline.models.imports import Import, ImportProblem

M = TypeVar("M", bound=Model)


@dataclass
class Tally:
    """What a batch did, or would do."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[ImportProblem] = field(default_factory=list)
    rejected: int = 0
    also: Counter[str] = field(default_factory=Counter)


class Writer(Generic[M]):
    """One run over the rows of an import; with `write` False nothing is written."""

    model: type[M]
    batch_rows = 1_000

    def __init__(self, source: Import, *, write: bool) -> None:
        self.source, self.write = source, write
        self.reader = DraftReader(source)
        self.kind = KINDS[source.kind]
        self.key_column = column_of(source, self.kind.key)
        self.seen: dict[str, int] = {}
        types = {self.kind.field(name).type for name in source.mapping.values() if name}
        self.tables: dict[str, Table[Any]] = {
            name: table() for name, table in TABLES.items() if name in types
        }

    # What a kind says for itself.

    def prepare(self) -> Counter[str]:
        """Before the first row, in a transaction of its own; what it made, by noun."""
        return Counter()

    def key(self, draft: Draft) -> str:
        """By what the thing is known again."""
        return key_of(draft.values["name"])

    def judge(self, draft: Draft) -> None:
        """Refuse what is wrong between the values of a row."""

    def existing(self, keys: Sequence[str]) -> dict[str, M]:
        """Those of the keys that are in the database; locked when writing."""
        raise NotImplementedError

    def known(self, drafts: Sequence[Draft]) -> list[M | None]:
        """For each draft what it is about; None for what is new."""
        existing = self.existing([self.key(draft) for draft in drafts])
        return [existing.get(self.key(draft)) for draft in drafts]

    def target(self, draft: Draft, thing: M | None) -> dict[str, Any]:
        """What the row wants of the thing: attribute -> value."""
        return {**draft.values, **draft.found}

    def create(self, wanted: list[dict[str, Any]]) -> None:
        raise NotImplementedError

    def update(self, wanted: list[tuple[M, dict[str, Any]]]) -> None:
        raise NotImplementedError

    def finish(self) -> list[ImportProblem]:
        """After the last row, in a transaction of its own."""
        return []

    # The run.

    def skim(self, row: Row) -> None:
        """Note the key of a row that was dealt with before this run."""
        draft = self.reader.draft(row)
        if self.kind.key in draft.values:
            self.seen.setdefault(self.key(draft), row.line)

    def take(self, rows: Iterable[Row]) -> Tally:
        """Deal with a batch of rows, in the caller's transaction."""
        drafts = [self.reader.draft(row) for row in rows]
        for draft in drafts:
            self._refuse_twin(draft)
        self._resolve([draft for draft in drafts if draft.names])
        for draft in drafts:
            if not draft.problems:
                self.judge(draft)
        tally = self._tally([draft for draft in drafts if not draft.problems])
        for draft in drafts:
            tally.problems += draft.problem_rows(self.source)
            tally.rejected += bool(draft.problems)
        return tally

    def _refuse_twin(self, draft: Draft) -> None:
        if self.kind.key not in draft.values:
            return
        first = self.seen.setdefault(self.key(draft), draft.line)
        if first != draft.line:
            value = str(draft.values[self.kind.key])
            draft.refuse(self.key_column, value, f"Line {first} has the same already.")

    def _resolve(self, drafts: list[Draft]) -> None:
        for kind, table in self.tables.items():
            table.load({n.text for d in drafts for f, n in d.names.items() if self._is(f, kind)})
        for draft in drafts:
            for field_name, name in draft.names.items():
                self.find(draft, field_name, name)

    def _is(self, field_name: str, table: str) -> bool:
        return self.kind.field(field_name).type == table

    def find(self, draft: Draft, field_name: str, name: Name) -> None:
        """Put what a name stands for on the draft, or refuse it."""
        table = self.tables[self.kind.field(field_name).type]
        try:
            found = table.find(name.text)
        except ValueError as wrong:
            draft.refuse(name.column, name.raw, str(wrong))
            return
        if found is None and name.do != "create":
            draft.refuse(name.column, name.raw, table.unknown)
        elif found is not None:
            draft.found[field_name] = found
        elif not draft.problems:  # nothing is made for the sake of a bad row
            draft.found[field_name] = table.add(name.text)

    def _tally(self, drafts: list[Draft]) -> Tally:
        tally, new, changed = Tally(), list[dict[str, Any]](), list[tuple[M, dict[str, Any]]]()
        for draft, thing in zip(drafts, self.known(drafts), strict=True):
            wanted = self.target(draft, thing)
            if thing is None:
                new.append(wanted)
            elif different := {k: v for k, v in wanted.items() if differs(thing, k, v)}:
                changed.append((thing, different))
            else:
                tally.unchanged += 1
        tally.created, tally.changed = len(new), len(changed)
        tally.also = self.save_new()
        if self.write:
            self.create(new)
            self.update(changed)
        return tally

    def save_new(self) -> Counter[str]:
        """Write what names made; counted by noun. A check forgets to write but counts."""
        made: Counter[str] = Counter()
        for table in self.tables.values():
            if self.write:
                made[table.noun] += table.save_new()
            else:
                made[table.noun] += len(table.new)
                table.new = {}
        return made


def differs(thing: Model, attribute: str, value: Any) -> bool:
    """Whether the thing has another value there; what is not saved yet is always another."""
    if isinstance(value, Model):
        return value.pk is None or getattr(thing, f"{attribute}_id") != value.pk
    return bool(getattr(thing, attribute) != value)


def overwrite(things: Sequence[Model], attributes: Iterable[str]) -> None:
    """Update rows that exist in a few statements, and raise their versions."""
    if not things:
        return
    for thing in things:
        thing.version += 1  # type: ignore[attr-defined]
    type(things[0])._base_manager.bulk_create(
        things,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*attributes, "version"],
    )
