"""From an uploaded file to a complete mapping: guess, remember, take the user's word."""

import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File

from pipeline.imports import kinds
from pipeline.imports.cells import DECIMALS, ORDERS
from pipeline.imports.formats import infer
from pipeline.imports.kinds import KINDS, Field, guess, plain
from pipeline.imports.reading import DELIMITERS, ENCODINGS, refuse
from pipeline.imports.survey import survey
from pipeline.models.imports import Import

ANY = "*"  # stands for all unknown values of a column
FORMATS = {
    "encoding": dict(ENCODINGS),
    "delimiter": dict(DELIMITERS),
    "decimal": dict(DECIMALS),
    "date_order": dict(ORDERS),
}
LAYOUT = ("encoding", "delimiter")  # these decide what the rows are
QUESTIONS = {
    "decimal": "Numbers here could be read in two ways. Say which mark separates decimals.",
    "date_order": "Dates here could be read in two orders. Say which one is meant.",
}


def look_at(source: Import, file: "File[bytes]") -> None:
    """Survey the file and refuse it when its header has no column we know."""
    assert file.file is not None
    _take_survey(source, survey(file.file, most_rows=settings.IMPORT_MAX_ROWS))
    if not any(guess(KINDS[source.kind], source.columns).values()):
        known = ", ".join(field.label for field in KINDS[source.kind].fields if field.required)
        raise refuse(
            "The first line has no column name we know. It must be a header: name at least "
            f"these columns: {known}."
        )


def _take_survey(source: Import, found: dict[str, Any]) -> None:
    source.survey = {"columns": found["columns"]}
    source.rows = found["rows"]
    source.format = {**source.format, **{name: found[name] for name in LAYOUT}}
    header = "\n".join(plain(name) or name for name in source.columns)
    source.header_key = hashlib.sha256(header.encode()).hexdigest()


def first_mapping(source: Import) -> None:
    """As in the last committed import with this header, else guessed from the names."""
    source.mapping = guess(KINDS[source.kind], source.columns)
    same = Import.objects.filter(kind=source.kind, header_key=source.header_key, state=Import.DONE)
    last = same.order_by("-finished_at").first()
    if last is not None and set(last.mapping) == set(source.mapping):
        source.mapping, source.values = last.mapping, last.values
        source.closed_stage = last.closed_stage
    for column in source.columns:
        _make_unknown(source, column)
    _infer(source)


def _make_unknown(source: Import, column: str) -> None:
    """Columns whose unknown names are made by default say so, so that it can be seen."""
    field = field_of(source, column)
    if field and field.made:
        source.values.setdefault(column, {}).setdefault(ANY, {"do": "create"})


def field_of(source: Import, column: str) -> Field | None:
    """The field a column is mapped to, None when it is ignored."""
    name = source.mapping.get(column)
    return KINDS[source.kind].field(name) if name else None


def column_of(source: Import, name: str) -> str:
    """The column mapped to a field, "" when there is none."""
    return next((column for column, field in source.mapping.items() if field == name), "")


def _infer(source: Import) -> None:
    """What all rows tell, but never against what was said."""
    found = infer(KINDS[source.kind], source.survey, source.mapping)
    said = source.format.get("said", [])
    source.format |= {name: value for name, value in found.items() if name not in said}


def arrange(
    source: Import,
    *,
    mapping: dict[str, str] | None = None,
    values: dict[str, dict[str, Any]] | None = None,
    format: dict[str, str] | None = None,  # noqa: A002 - the name in page and API
    closed_stage: str | None = None,
) -> None:
    """Check what was said and note it on the import; the caller saves it."""
    if format:
        _arrange_layout(source, format)
    if mapping:
        _arrange_mapping(source, mapping)
    for column, actions in (values or {}).items():
        _arrange_values(source, column, actions)
    if closed_stage is not None:
        source.closed_stage = closed_stage.strip()[:100]
    _note_said(source, format or {})
    _infer(source)


def _arrange_layout(source: Import, format: dict[str, str]) -> None:  # noqa: A002
    """With another delimiter or encoding it is another table: look at it and guess again."""
    for name, value in format.items():
        if name not in FORMATS:
            raise ValidationError({"format": f"“{name}” is no part of the format."})
        if value not in FORMATS[name] and (value or name in LAYOUT):
            raise ValidationError({name: "Choose one of the formats offered."})
    chosen = {name: format.get(name, source.format[name]) for name in LAYOUT}
    if any(chosen[name] != source.format[name] for name in LAYOUT):
        with source.opened() as file:
            _take_survey(source, survey(file, most_rows=settings.IMPORT_MAX_ROWS, **chosen))
        first_mapping(source)


def _note_said(source: Import, format: dict[str, str]) -> None:  # noqa: A002
    """What was said against the inference, or where there is none, stays said."""
    found = infer(KINDS[source.kind], source.survey, source.mapping)
    named = {name: value for name, value in format.items() if name not in LAYOUT}
    said = set(source.format.get("said", [])) - set(named)
    said |= {name for name, value in named.items() if value and value != found[name]}
    source.format |= {**named, "said": sorted(said)}


def _arrange_mapping(source: Import, mapping: dict[str, str]) -> None:
    names = KINDS[source.kind].names
    for column, name in mapping.items():
        if column not in source.mapping:
            raise ValidationError({"mapping": f"This file has no column “{column}”."})
        if name and name not in names:
            raise ValidationError({"mapping": f"“{name}” is no field of {source.kind}."})
    merged = {column: mapping.get(column, source.mapping[column]) for column in source.columns}
    taken = [name for name in merged.values() if name]
    if twice := next((name for name in taken if taken.count(name) > 1), None):
        label = KINDS[source.kind].field(twice).label
        raise ValidationError({"mapping": f"Two columns are mapped to “{label}”. Keep one."})
    source.mapping = merged
    for column in mapping:
        _make_unknown(source, column)


def _arrange_values(source: Import, column: str, actions: dict[str, Any]) -> None:
    field = field_of(source, column)
    if field is None:
        raise ValidationError({"values": f"“{column}” is no mapped column of this file."})
    kept = source.values.setdefault(column, {})
    for value, action in actions.items():
        if action is None:
            kept.pop(value, None)
        else:
            kept[value] = _checked_action(field, column, value, action)


def _checked_action(field: Field, column: str, value: str, action: Any) -> dict[str, str]:
    do = action.get("do") if isinstance(action, dict) else None
    if do not in allowed_actions(field) or (value == ANY and do not in ("create", "error")):
        raise ValidationError({"values": f"“{value}” in {column}: no such action here."})
    other = str(action.get("with") or "").strip()
    if do == "use" and not other:
        raise ValidationError({"values": f"“{value}” in {column}: say which value to use."})
    return {"do": do, "with": other} if do == "use" else {"do": do}


def allowed_actions(field: Field) -> tuple[str, ...]:
    """What may be done with a value of this field that cannot stand as it is."""
    extra = ("create",) if field.is_makeable else ()
    outcomes = ("won", "lost") if field.type == kinds.STAGE else ()
    return ("use", "empty", "error", *extra, *outcomes)


def require_complete(source: Import) -> None:
    """Raise ValidationError for what must be said before the rows can be checked."""
    errors: dict[str, str] = {}
    mapped = set(source.mapping.values())
    missing = [f.label for f in KINDS[source.kind].fields if f.required and f.name not in mapped]
    if missing:
        errors["mapping"] = f"No column is mapped to: {', '.join(missing)}."
    errors |= {name: text for name, text in QUESTIONS.items() if not source.format.get(name)}
    if errors:
        raise ValidationError(errors)
