"""Lists by cursor: as fast at the end as at the beginning, without a count."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.filters import OrderingFilter
from lib.keyset import Stretch

SIZE, MAX_SIZE = 25, 200


class CursorPages(BasePagination):
    """`{next, previous, results}`, in the order that OrderingFilter says."""

    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        self.address = request.build_absolute_uri()
        order = OrderingFilter().order(request, view)
        cursor = request.query_params.get("cursor", "")
        self.stretch = Stretch.of(queryset, [order], cursor, self._size(request))
        if not self.stretch.understood:
            raise ValidationError(
                {"cursor": ["Take cursors from “next” or “previous”, unchanged."]}
            )
        return self.stretch.rows

    def _size(self, request: Any) -> int:
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
