"""Reading what rows point at."""

from collections.abc import Iterable
from typing import Any

from django.db.models import ForeignKey, Model


def load_related(rows: Iterable[Model], *paths: str) -> None:
    """Give the rows what these foreign keys of theirs point at, all of one model, in one statement.

    A path may lead over a relation that is loaded, as "opportunity__owner". Several joins to one
    table, as of people, cost PostgreSQL more to plan than the rows cost to read.
    """
    ends = [end for row in rows for path in paths for end in _ends(row, path)]
    wanted = {pk for holder, field in ends if (pk := getattr(holder, field.attname)) is not None}
    if not ends:
        return
    model: Any = ends[0][1].related_model
    found = model._base_manager.in_bulk(wanted) if wanted else {}
    for holder, field in ends:
        field.set_cached_value(holder, found.get(getattr(holder, field.attname)))


def _ends(row: Model, path: str) -> Iterable[tuple[Model, "ForeignKey[Any, Any]"]]:
    """The row at the end of the path, and its foreign key; none where the path breaks off."""
    *steps, name = path.split("__")
    holder: Any = row
    for step in steps:
        holder = getattr(holder, step)
        if holder is None:
            return
    yield holder, holder._meta.get_field(name)
