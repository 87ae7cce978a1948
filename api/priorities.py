"""What the organisation wants pushed."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from api.filters import DayFilter, IdFilter
from api.material import ALWAYS, MaterialBodySerializer, MaterialFilters, MaterialResource
from api.shapes import Representation
from playbook.models import Priority

WRITTEN = ("title", "product", "reason", "first_day", "last_day", "place")


class PrioritySerializer(Representation):
    """In force from `first_day` to `last_day`, both days of the organisation's calendar; without a
    last day until it is retired. Without a product it is for every deal.
    """

    class Meta:
        model = Priority
        fields = (*WRITTEN, *ALWAYS)


class PriorityBodySerializer(MaterialBodySerializer):
    class Meta:
        model = Priority
        fields = WRITTEN


class PriorityFilters(MaterialFilters):
    product = IdFilter()
    in_force_on = DayFilter(method="that_are_in_force")

    def that_are_in_force(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = rows.on(value)
        return found

    class Meta:
        model = Priority
        fields: ClassVar[list[str]] = []


class Priorities(MaterialResource):
    """What is shown on Today and on deals: everybody reads it, administrators change it."""

    queryset = Priority.objects.all()
    serializer_class = PrioritySerializer
    body_class = change_class = PriorityBodySerializer
    filterset_class = PriorityFilters
