"""Figures of a person or a team over time, as data."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.asked import choice_asked, day_asked, rows_asked, whose
from api.fields import Day
from api.pagination import OnePage
from api.resource import Operation, Resource
from metrics.models import Metric
from metrics.periods import WEEK, Periods, Span
from metrics.series import GRAINS, LONGEST, MOST_BUCKETS, buckets, series
from people.calendar import Calendar

PERSON = OpenApiParameter("person", OpenApiTypes.INT64, description="Somebody whose work you see.")
TEAM = OpenApiParameter("team", OpenApiTypes.INT64, description="A team that you lead.")
METRIC = OpenApiParameter(
    "metric",
    OpenApiTypes.INT64,
    many=True,
    description="One or several; those of the chain unless given.",
)
FROM = OpenApiParameter("from", OpenApiTypes.DATE, required=True, description="The first day.")
TO = OpenApiParameter("to", OpenApiTypes.DATE, required=True, description="The last day.")
GRAIN = OpenApiParameter("grain", enum=GRAINS, default=WEEK, description="How long a bucket is.")


class Quantity(serializers.DecimalField):
    """A number in the unit of its measure, as text with four decimals: "0.6667"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=28, decimal_places=4, read_only=True, **kwargs)

    def to_representation(self, value: Any) -> Any:
        if isinstance(value, Fraction):
            value = Decimal(value.numerator) / Decimal(value.denominator)
        return super().to_representation(value)


class MetricValueSerializer(serializers.Serializer[Any]):
    """`value` is null for a ratio of nothing; `numerator` and `denominator` are of ratios only.
    `target` is that of the whole bucket, null without one.
    """

    metric = serializers.IntegerField(source="metric.pk")
    first_day = Day(source="span.first")
    last_day = Day(source="span.last")
    value = Quantity(source="actual.value", allow_null=True)
    numerator = Quantity(allow_null=True)
    denominator = Quantity(source="actual.of", allow_null=True)
    target = Quantity(allow_null=True)


class MetricValues(Resource):
    """Of one `person` or one `team`: each metric in each bucket from one day to another.

    The first and the last bucket are cut to these days. A team's are of who was in it, or in a team
    under it, on each day. At most 400 buckets, and five years; fewer for very many people.
    """

    queryset = Metric.objects.all()
    serializer_class = MetricValueSerializer
    pagination_class = OnePage
    filter_backends = ()

    def operation(self) -> Operation:
        return Operation(query=(PERSON, TEAM, METRIC, FROM, TO, GRAIN))

    def list(self, request: Request) -> Response:
        """Metric by metric, oldest bucket first."""
        span, subject = self.span(), whose(request)
        grain = choice_asked(request, "grain", GRAINS, WEEK)
        calendar = Calendar.current()
        spans = buckets(grain, span, Periods(calendar.week_start, calendar.year_start))
        if len(spans) > MOST_BUCKETS:
            text = f"More than {MOST_BUCKETS} buckets: ask for fewer days or a longer grain."
            raise ValidationError({"grain": [text]})
        metrics = self.metrics()
        today = calendar.today(timezone.now())
        rows: Any = series(subject, metrics, spans, calendar, today)
        page = self.paginate_queryset(rows) or []
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page])

    def span(self) -> Span:
        """From and to; ValidationError without either, in the wrong order, or too far apart."""
        first, last = day_asked(self.request, "from"), day_asked(self.request, "to")
        if first is None or last is None:
            missing = [name for name, day in (("from", first), ("to", last)) if day is None]
            raise ValidationError(
                {name: ["Say a day, like 2026-11-18."] for name in missing}, code="required"
            )
        if last < first:
            raise ValidationError({"to": ["The last day lies before the first."]})
        if last - first > LONGEST:
            raise ValidationError({"to": ["At most five years at once."]})
        return Span(first, last)

    def metrics(self) -> Sequence[Metric]:
        """Those asked for, in that order; those of the chain unless any are."""
        rows = Metric.objects.visible_to(self.asker).with_measures()
        return rows_asked(self.request, "metric", rows) or list(rows.chain())
