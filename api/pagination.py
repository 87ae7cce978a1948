"""Lists by cursor: as fast at the end as at the beginning, without a count."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.filters import OrderingFilter
from lib.keyset import AFTER, BEFORE, Stretch

SIZE, MAX_SIZE = 25, 200


class Pages(BasePagination):
    """`{next, previous, results}`, in the order that OrderingFilter says."""

    parameters: tuple[str, ...] = ("cursor", "page_size")

    def stretch_of(self, rows: Any, cursor: str, request: Any, view: Any) -> Stretch[Any]:
        """The rows that a cursor points to, and the cursors beside them."""
        raise NotImplementedError

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        self.address = request.build_absolute_uri()
        cursor = request.query_params.get("cursor", "")
        self.stretch = self.stretch_of(queryset, cursor, request, view)
        if not self.stretch.understood:
            raise ValidationError(
                {"cursor": ["Take cursors from “next” or “previous”, unchanged."]}
            )
        return self.stretch.rows

    def size(self, request: Any) -> int:
        """How many rows a page has."""
        asked = request.query_params.get("page_size", str(SIZE))
        size = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
        if not 1 <= size <= MAX_SIZE:
            raise ValidationError({"page_size": [f"A whole number from 1 to {MAX_SIZE}."]})
        return size

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._link(self.stretch.after),
                "previous": self._link(self.stretch.before),
                "results": data,
            }
        )

    def _link(self, cursor: str) -> str | None:
        return replace_query_param(self.address, "cursor", cursor) if cursor else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": SIZE}
        about = "From “next” or “previous” of another page."
        return [
            {"name": "cursor", "in": "query", "description": about, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "schema": size},
        ]


class CursorPages(Pages):
    """Pages of a table's rows."""

    def stretch_of(self, rows: Any, cursor: str, request: Any, view: Any) -> Stretch[Any]:
        order = OrderingFilter().order(request, view)
        return Stretch.of(rows, [order], cursor, self.size(request))


class OnePage(Pages):
    """Everything at once, where there is never much; in the shape of all lists."""

    parameters = ()

    def stretch_of(self, rows: Any, cursor: str, request: Any, view: Any) -> Stretch[Any]:
        return Stretch(rows)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return []


class MomentPages(Pages):
    """Pages of events that were read already, newest first, by the view's `moment` of each.

    A cursor names an event by its moment and its place among those of the same moment, so that
    what happens meanwhile moves no page.
    """

    def stretch_of(self, rows: Any, cursor: str, request: Any, view: Any) -> Stretch[Any]:
        moments, size = [view.moment(row) for row in rows], self.size(request)
        first, last = 0, size
        if cursor:
            try:
                direction, moment, rank = _signer(request).unsign_object(cursor)
            except BadSignature:
                return Stretch([], understood=False)
            place = _first_of(moments, datetime.fromisoformat(moment)) + rank
            first = place + 1 if direction == AFTER else max(place - size, 0)
            last = first + size if direction == AFTER else place
        found = rows[first:last]

        def name(direction: str, index: int) -> str:
            rank = index - _first_of(moments, moments[index])
            named = [direction, moments[index].isoformat(), rank]
            return str(_signer(request).sign_object(named))

        before = name(BEFORE, first) if found and first else ""
        after = name(AFTER, last - 1) if found and last < len(rows) else ""
        return Stretch(found, before=before, after=after)


def _signer(request: Any) -> Signer:
    """A cursor is good for the address it was made for; signed, it needs no further checks."""
    return Signer(salt=f"events:{request.path}")


def _first_of(moments: Sequence[datetime], moment: datetime) -> int:
    """Where the events of that moment begin in a list that begins with the newest."""
    return bisect_left(moments, -moment.timestamp(), key=lambda each: -each.timestamp())
