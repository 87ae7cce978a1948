"""Forms of the import pages: a file, and how it is to be read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import User
from pipeline.imports import kinds
from pipeline.imports.cells import DECIMALS, ORDERS
from pipeline.imports.intake import ANY, LAYOUT, column_of
from pipeline.imports.kinds import KINDS
from pipeline.imports.questions import ColumnQuestions, Question, questions
from pipeline.imports.reading import DELIMITERS, ENCODINGS
from pipeline.models import Import, Stage

SAY = ("", "Say which …")
FORMAT = ("delimiter", "encoding", "decimal", "date_order")


class UploadForm(VerbForm):
    """A file and what it holds."""

    kind = forms.ChoiceField(
        label="What does the file hold?", choices=kinds.choices, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,
        help_text="With a header line. Any delimiter and encoding; nothing is changed yet.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    source: Import

    def save(self, *, by: User, at: datetime) -> bool:
        """Whether the file can be read; then it is `source`."""
        return self.carry_out(lambda: self._upload(by, at))

    def _upload(self, by: User, at: datetime) -> None:
        file = self.cleaned_data["file"]
        kind = self.cleaned_data["kind"]
        self.source = Import.upload(kind, file, name=file.name, by=by, at=at)


class MappingForm(VersionedVerbForm):
    """How to read the file; the fields follow from its columns and from what is in them."""

    def __init__(self, source: Import, data: Any = None) -> None:
        super().__init__(data, initial={"version": source.version})
        self.source = source
        self.asked = questions(source)
        self._add_format()
        self._add_columns()
        for number, column in enumerate(self.asked):
            self._add_values(number, column)

    def _add_format(self) -> None:
        for name, label, choices in (
            ("delimiter", "Cells are separated by", DELIMITERS),
            ("encoding", "Encoding", ENCODINGS),
            ("decimal", "Decimal mark", DECIMALS),
            ("date_order", "Order of dates", ORDERS),
        ):
            value = self.source.format.get(name, "")
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=choices if value else [SAY, *choices],
                initial=value,
                error_messages={"required": "This could be read in two ways: say which."},
            )

    def _add_columns(self) -> None:
        fields = KINDS[self.source.kind].fields
        choices = [(f.name, f"{f.label} – needed" if f.required else f.label) for f in fields]
        for number, column in enumerate(self.source.columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column,
                choices=[("", "Ignore this column"), *choices],
                initial=self.source.mapping[column],
                required=False,
            )
        if column_of(self.source, "stage"):
            stages = [stage.name for stage in Stage.objects.order_by("order")]
            chosen = self.source.closed_stage
            self.fields["closed_stage"] = forms.ChoiceField(
                label="Won and lost deals came from the stage",
                choices=[("", "The last stage of the open ones"), *((s, s) for s in stages)],
                initial=chosen if chosen in stages else "",
                required=False,
            )

    def _add_values(self, number: int, column: ColumnQuestions) -> None:
        for place, question in enumerate(column.shown):
            self.fields[f"value_{number}_{place}"] = forms.ChoiceField(
                label=f"{column.column}: {question.value}",
                choices=_choices(column, question),
                initial=_as_text(question.answer),
                required=False,
            )
        if column.goes_to.is_makeable and (column.more or column.shown or column.others):
            self.fields[f"others_{number}"] = forms.ChoiceField(
                label=f"{column.column}: all others that are unknown",
                choices=[("error", "Leave their rows out"), ("create", _make(column))],
                initial=column.others.get("do", "error"),
                required=False,
            )

    # What the page shows.

    @property
    def help(self) -> str:
        """What one must know of this kind to map its columns."""
        return KINDS[self.source.kind].help

    def format_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in FORMAT]

    def column_rows(self) -> Iterator[tuple[forms.BoundField, list[str]]]:
        """Each column's field with sample values."""
        for number, column in enumerate(self.source.survey["columns"]):
            yield self[f"column_{number}"], column["samples"]

    def value_groups(
        self,
    ) -> Iterator[
        tuple[ColumnQuestions, list[tuple[Question, forms.BoundField]], forms.BoundField | None]
    ]:
        """Each column with open questions, a field for each, and one for all others."""
        for number, column in enumerate(self.asked):
            pairs = [(q, self[f"value_{number}_{n}"]) for n, q in enumerate(column.shown)]
            others = f"others_{number}"
            yield column, pairs, self[others] if others in self.fields else None

    # What was said.

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if any(said.get(name) != self.source.format[name] for name in LAYOUT):
            return said  # it becomes another table, with other columns
        mapped = {said.get(f"column_{n}") for n in range(len(self.source.columns))}
        fields = KINDS[self.source.kind].fields
        missing = [f.label for f in fields if f.required and f.name not in mapped]
        if missing:
            self.add_error(None, f"No column goes to: {', '.join(missing)}. Choose one for each.")
        return said

    def save(self, *, at: datetime, check: bool) -> bool:
        """Whether it was noted (and the check begun, unless new questions came up)."""
        return self.carry_out(lambda: self._save(at, check=check))

    @transaction.atomic
    def _save(self, at: datetime, *, check: bool) -> None:
        before = dict(self.source.mapping)
        self.source.arrange(version=self.cleaned_data["version"], **self._choices())
        if check and not (before != self.source.mapping and self._is_open()):
            self.source.start_check(at=at)

    def _is_open(self) -> bool:
        """Whether the mapping as it is now asks something that was not on the page."""
        unclear = not all(self.source.format[name] for name in ("decimal", "date_order"))
        return unclear or any(column.open_rows for column in questions(self.source))

    def _choices(self) -> dict[str, Any]:
        """What differs from what was there; another layout makes the rest meaningless."""
        said = self.cleaned_data
        changed = {n: said[n] for n in FORMAT if said[n] != self.source.format.get(n)}
        if changed.keys() & set(LAYOUT):
            return {"format": {name: changed[name] for name in LAYOUT if name in changed}}
        columns = self.source.columns
        mapping = {column: said[f"column_{n}"] for n, column in enumerate(columns)}
        return {
            "format": changed,
            "mapping": mapping,
            "values": self._values(mapping),
            "closed_stage": said.get("closed_stage"),
        }

    def _values(self, mapping: dict[str, str]) -> dict[str, dict[str, Any]]:
        """Answers for the columns that stay what they were."""
        values: dict[str, dict[str, Any]] = {}
        for number, asked in enumerate(self.asked):
            if mapping.get(asked.column) != asked.goes_to.name:
                continue
            actions = values.setdefault(asked.column, {})
            for place, question in enumerate(asked.shown):
                actions[question.value] = _as_action(self.cleaned_data[f"value_{number}_{place}"])
            if others := self.cleaned_data.get(f"others_{number}"):
                actions[ANY] = {"do": others}
        return values


def _choices(column: ColumnQuestions, question: Question) -> list[Any]:
    """What may be done with one value; what is likely stands first, nothing is chosen."""
    first: list[Any] = [("", "Leave these rows out"), ("empty", "Treat as missing")]
    if column.others.get("do") == "create":
        first[:1] = [("", "As all others, below"), ("error", "Leave these rows out")]
    if not column.is_reference:
        return first
    if column.goes_to.type == kinds.STAGE:
        first += [("won", "Deal is won"), ("lost", "Deal is lost")]
    if column.goes_to.is_makeable:
        first.append(("create", f"Create “{question.value}”"))
    groups = [("Looks like", question.likely), ("All", column.names)]
    chosen = question.answer.get("with", "")
    if chosen and chosen not in {*question.likely, *column.names}:
        groups.append(("Said before", [chosen]))
    listed = [(label, [(f"use:{n}", n) for n in names]) for label, names in groups if names]
    return [*first, *listed]


def _make(column: ColumnQuestions) -> str:
    return f"Create each as a new {column.goes_to.type}"


def _as_text(action: dict[str, str]) -> str:
    """An action as a select's value."""
    do = action.get("do", "")
    return f"use:{action['with']}" if do == "use" else do


def _as_action(text: str) -> dict[str, str] | None:
    if text.startswith("use:"):
        return {"do": "use", "with": text.removeprefix("use:")}
    return {"do": text} if text else None
