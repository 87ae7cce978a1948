"""Pages of a long list by the last row's keys: as fast on page 1,000 as on the first.

No OFFSET, no count. Empty values come last, ascending and descending alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import F, Lookup, Q
from django.db.models.expressions import Col
from django.db.models.sql.where import AND
from django.http import QueryDict
from django.utils.duration import duration_string

Row = TypeVar("Row", bound=models.Model)

SIZE = 50
PARAMETER = "page"
AFTER, BEFORE = "a", "b"
COMPARISONS = {"exact", "lt", "lte", "gt", "gte"}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list. `older` and `newer` are links to the pages beside it, "" without one."""

    rows: list[Row]
    newer: str = ""
    older: str = ""

    @classmethod
    def of(
        cls,
        rows: "models.QuerySet[Row, Row]",
        order: Sequence[str],
        query: QueryDict,
        size: int = SIZE,
    ) -> "Page[Row]":
        """The page that `?page=` of the query asks for, in one statement.

        `order` names fields, paths ("account__name") or annotations, with "-" for descending; the
        primary key is added to break ties. A cursor that makes no sense shows the first page.
        """
        stretch = Stretch.of(rows, order, query.get(PARAMETER, ""), size)
        if not stretch.rows and query.get(PARAMETER):
            stretch = Stretch.of(rows, order, "", size)
        newer, older = _link(query, stretch.before), _link(query, stretch.after)
        return cls(stretch.rows, newer=newer, older=older)


@dataclass(frozen=True)
class Stretch(Generic[Row]):
    """Some rows of a list, and the cursors of the stretches beside it, "" without one."""

    rows: list[Row]
    before: str = ""
    after: str = ""
    understood: bool = True

    @classmethod
    def of(
        cls, rows: "models.QuerySet[Row, Row]", order: Sequence[str], cursor: str, size: int
    ) -> "Stretch[Row]":
        """The rows a cursor points to; the first ones without. Not `understood`: not ours."""
        keys = [Key.of(rows, name) for name in _with_pk(order)]
        direction, values = _read(cursor, keys)
        found = _fetch(rows, keys, direction, values, size)
        more, found = len(found) > size, found[:size]
        if direction == BEFORE:
            found.reverse()
        has_before = direction == AFTER or (direction == BEFORE and more)
        has_after = direction == BEFORE or more
        return cls(
            found,
            before=_cursor(BEFORE, keys, found[0]) if found and has_before else "",
            after=_cursor(AFTER, keys, found[-1]) if found and has_after else "",
            understood=bool(direction or not cursor),
        )


def ordered(rows: "models.QuerySet[Row, Row]", order: Sequence[str]) -> "models.QuerySet[Row, Row]":
    """All the rows in the order in which the pages show them."""
    keys = [Key.of(rows, name) for name in _with_pk(order)]
    return rows.order_by(*(key.ordering(backwards=False) for key in keys))


def cursor_after(rows: "models.QuerySet[Any, Any]", order: Sequence[str], row: models.Model) -> str:
    """The cursor of the stretch that begins after this row."""
    return _cursor(AFTER, [Key.of(rows, name) for name in _with_pk(order)], row)


@dataclass(frozen=True)
class Place:
    """Where a row stands in a list, whether or not the list holds it.

    `before` and `after` count the other rows, at most one more than was asked for; `previous` and
    `next` are the keys of those beside it.
    """

    before: int
    after: int
    previous: Any = None
    next: Any = None

    @classmethod
    def of(
        cls, rows: "models.QuerySet[Row, Row]", order: Sequence[str], row: Row, most: int
    ) -> "Place":
        """Two statements, whatever the size of the list; rows beyond `most` are not counted."""
        keys = [Key.of(rows, name) for name in _with_pk(order)]
        values = [key.read_from(row) for key in keys]
        before, after = (
            _fetch(rows.values_list("pk", flat=True), keys, direction, values, most)
            for direction in (BEFORE, AFTER)
        )
        beside = [next(iter(found), None) for found in (before, after)]
        return cls(len(before), len(after), *beside)


@dataclass(frozen=True)
class Key:
    """One column of an order; without empty values it is ordered as plain indexes are."""

    name: str
    descending: bool
    field: "models.Field[Any, Any]"
    may_be_empty: bool

    @classmethod
    def of(cls, rows: "models.QuerySet[Any, Any]", order: str) -> "Key":
        name = order.lstrip("-")
        return cls(name, order.startswith("-"), *_field(rows, name))

    def ordering(self, *, backwards: bool) -> Any:
        column = F(self.name)
        way = column.desc if self.descending != backwards else column.asc
        if not self.may_be_empty:
            return way()
        return way(nulls_first=True) if backwards else way(nulls_last=True)

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """The rows that come strictly after the value (before, when backwards); None for none."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else None
        way = "lt" if self.descending != backwards else "gt"
        further = Q(**{f"{self.name}__{way}": value})
        if backwards or not self.may_be_empty:
            return further
        return further | Q(**{f"{self.name}__isnull": True})

    def from_on(self, value: Any, *, backwards: bool) -> Q:
        """The value and what comes after it: where an index is entered."""
        way = "lte" if self.descending != backwards else "gte"
        return Q(**{f"{self.name}__{way}": value})

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def read_from(self, row: models.Model) -> Any:
        """The row's value, following the path; None where the path ends early."""
        value: Any = row
        for step in self.name.split("__"):
            value = getattr(value, step) if value is not None else None
        return value


def _with_pk(order: Sequence[str]) -> list[str]:
    if any(name.lstrip("-") == "pk" for name in order):
        return list(order)
    return [*order, "-pk" if order and order[-1].startswith("-") else "pk"]


def _field(rows: "models.QuerySet[Any, Any]", name: str) -> "tuple[models.Field[Any, Any], bool]":
    """What stands at the end of a path, and whether that may be empty."""
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field, True
    model: Any = rows.model
    field: Any = model._meta.pk
    may_be_empty = False
    for step in name.split("__"):
        try:
            field = model._meta.pk if step == "pk" else model._meta.get_field(step)
        except FieldDoesNotExist:
            raise ValueError(f"{rows.model.__name__} cannot be ordered by {name}") from None
        model = field.related_model
        may_be_empty = may_be_empty or field.null
    return field, may_be_empty and not _is_compared(rows, field)


def _is_compared(rows: "models.QuerySet[Any, Any]", field: "models.Field[Any, Any]") -> bool:
    """Whether the rows were filtered by comparing their own column: then it is never empty."""
    where, table = rows.query.where, rows.query.get_initial_alias()
    if where.connector != AND or where.negated:
        return False
    compared = (each for each in where.children if isinstance(each, Lookup))
    columns = (each.lhs for each in compared if each.lookup_name in COMPARISONS)
    return any(
        isinstance(column, Col) and column.alias == table and column.target == field
        for column in columns
    )


def _fetch(
    rows: "models.QuerySet[Row, Row]", keys: list[Key], direction: str, values: list[Any], size: int
) -> list[Row]:
    backwards = direction == BEFORE
    if direction:
        rows = rows.filter(_beyond(keys, values, backwards=backwards))
    ordered = rows.order_by(*(key.ordering(backwards=backwards) for key in keys))
    return list(ordered[: size + 1])


def _beyond(keys: list[Key], values: list[Any], *, backwards: bool) -> Q:
    """(a > x) or (a = x and b > y) or ..."""
    wanted, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        beyond = key.beyond(value, backwards=backwards)
        if beyond is not None:
            wanted |= same & beyond
        same &= key.same(value)
    if keys[0].may_be_empty:
        return wanted
    return wanted & keys[0].from_on(values[0], backwards=backwards)


def _link(query: QueryDict, cursor: str) -> str:
    if not cursor:
        return ""
    link = query.copy()
    link[PARAMETER] = cursor
    return "?" + link.urlencode()


def _cursor(direction: str, keys: list[Key], row: models.Model) -> str:
    return _signer(keys).sign_object([direction, *(_plain(key.read_from(row)) for key in keys)])


def _signer(keys: list[Key]) -> Signer:
    """A cursor is good for the one order it was made for; signed, it needs no further checks."""
    names = ",".join(f"-{key.name}" if key.descending else key.name for key in keys)
    return Signer(salt=f"keyset:{names}")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_string(value)
    return str(value) if isinstance(value, Decimal) else value


def _read(cursor: str, keys: list[Key]) -> tuple[str, list[Any]]:
    """Direction and values of a cursor; ("", []) when it is none, or not ours for this order."""
    try:
        direction, *plain = _signer(keys).unsign_object(cursor)
    except BadSignature:
        return "", []
    return direction, [key.field.to_python(value) for key, value in zip(keys, plain, strict=True)]
