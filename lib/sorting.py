"""Sortable columns of a list: `?order=name`, `?order=-amount`."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict


@dataclass(frozen=True)
class Column:
    """A column of a table. `keys` is what it is ordered by; () cannot be sorted."""

    name: str
    label: str
    keys: tuple[str, ...] = ()
    numeric: bool = False


@dataclass(frozen=True)
class Heading:
    """A column's head: the link that sorts by it, and how it is sorted now ("" when it is not)."""

    label: str
    url: str
    sorted: str
    numeric: bool


def order_of(columns: Sequence[Column], wanted: str, default: str) -> tuple[str, tuple[str, ...]]:
    """The order asked for ("-amount") and the keys to sort by; the default for an unknown one."""
    keys = {column.name: column.keys for column in columns if column.keys}
    name = wanted if wanted.removeprefix("-") in keys else default
    straight = keys[name.removeprefix("-")]
    return name, tuple(map(_reverse, straight)) if name.startswith("-") else straight


def headings(columns: Sequence[Column], order: str, query: QueryDict) -> list[Heading]:
    """Heads for a table sorted by `order`; a click on the sorted column turns it around."""
    return [_heading(column, order, query) for column in columns]


def _heading(column: Column, order: str, query: QueryDict) -> Heading:
    if not column.keys:
        return Heading(column.label, "", "", column.numeric)
    link = query.copy()
    link.pop("page", None)
    link["order"] = f"-{column.name}" if order == column.name else column.name
    now = {column.name: "ascending", f"-{column.name}": "descending"}.get(order, "")
    return Heading(column.label, "?" + link.urlencode(), now, column.numeric)


def _reverse(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"
