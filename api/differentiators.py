"""What sets us apart."""

from typing import ClassVar

from api.filters import IdFilter
from api.material import (
    ALWAYS,
    USED,
    MaterialBodySerializer,
    MaterialResource,
    UsedMaterialFilters,
)
from api.shapes import Representation
from playbook.models import Differentiator

WRITTEN = ("text", "product", "proof", "place")


class DifferentiatorSerializer(Representation):
    """Without a product it holds for whatever is sold. `uses` counts the plans, inspections and
    1-on-1s in which its words stand.
    """

    class Meta:
        model = Differentiator
        fields = (*WRITTEN, *USED, *ALWAYS)


class DifferentiatorBodySerializer(MaterialBodySerializer):
    class Meta:
        model = Differentiator
        fields = WRITTEN


class DifferentiatorFilters(UsedMaterialFilters):
    product = IdFilter()

    class Meta:
        model = Differentiator
        fields: ClassVar[list[str]] = []


class Differentiators(MaterialResource):
    """What is offered in the plan's Give: everybody reads it, administrators change it."""

    queryset = Differentiator.objects.all()
    serializer_class = DifferentiatorSerializer
    body_class = change_class = DifferentiatorBodySerializer
    filterset_class = DifferentiatorFilters
