"""How many 1-on-1s were held: for the whole reporting line, without a word of their text."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.asked import day_asked
from api.fields import Text
from api.pagination import OnePage
from api.resource import Operation, Resource
from reviews.models import Review
from reviews.review_counts import counts

FROM = OpenApiParameter("from", OpenApiTypes.DATE, description="Due on that day or later.")
TO = OpenApiParameter("to", OpenApiTypes.DATE, description="Due on that day or before.")


class ReviewCountSerializer(serializers.Serializer[Any]):
    """`late` ones are among the `held`: closed, though not begun by the last day of their month.

    `not_held` were not begun by then and are not closed; `scheduled` are to come, or run.
    """

    manager = serializers.IntegerField(source="manager_id")
    manager_name = Text()
    held = serializers.IntegerField()
    late = serializers.IntegerField()
    excused = serializers.IntegerField()
    not_held = serializers.IntegerField()
    scheduled = serializers.IntegerField()


class ReviewCounts(Resource):
    """One row a manager, of the 1-on-1s that everybody under the asker holds, and the asker's own.

    Days are those by which a 1-on-1 counts as held in its month.
    """

    queryset = Review.objects.all()
    serializer_class = ReviewCountSerializer
    pagination_class = OnePage
    filter_backends = ()

    def operation(self) -> Operation:
        return Operation(query=(FROM, TO))

    def list(self, request: Request) -> Response:
        """Held, held late, excused, not held, to come."""
        begin, end = day_asked(request, "from"), day_asked(request, "to")
        rows: Any = counts(self.asker, begin, end)
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([self.represent(row) for row in page])
