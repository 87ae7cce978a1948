"""What can be measured, and what outside systems may post counts of."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Text
from api.pagination import OnePage
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Editable, Readable, Resource
from api.shapes import ModelBody, Representation
from metrics.measures import KINDS, all_measures
from metrics.models import PostedMeasure
from metrics.models.metric_count import DIRECTIONS

WORDS = ("label", "unit", "direction")


class MeasureSerializer(serializers.Serializer[Any]):
    """`name` is what a metric is made of. `unit` says what is counted; "money" is in the
    organisation's currency.
    """

    name = Text()
    label = Text()  # type: ignore[assignment]
    unit = Text()
    kind = serializers.ChoiceField(choices=KINDS)
    direction = serializers.ChoiceField(choices=DIRECTIONS)
    description = Text()


class Measures(Resource):
    """Those that are built in, then those that outside systems post (`posted:` before the name)."""

    queryset = PostedMeasure.objects.all()
    serializer_class = MeasureSerializer
    pagination_class = OnePage
    filter_backends = ()

    def list(self, request: Request) -> Response:
        """All there are."""
        rows: Any = list(all_measures())
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response([self.represent(row) for row in page])


class PostedMeasureSerializer(Representation):
    class Meta:
        model = PostedMeasure
        fields = ("id", "name", *WORDS, "version")


class PostedMeasureChangeSerializer(ModelBody):
    class Meta:
        model = PostedMeasure
        fields: tuple[str, ...] = WORDS


class NewPostedMeasureSerializer(ModelBody):
    """`name` is how programs call it: small letters, digits and _; it stays."""

    class Meta:
        model = PostedMeasure
        fields = ("name", *WORDS)


class PostedMeasures(Readable, Creatable, Editable):
    """What may be counted by other systems; administrators say what."""

    queryset = PostedMeasure.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = PostedMeasureSerializer
    body_class, change_class = NewPostedMeasureSerializer, PostedMeasureChangeSerializer

    def make(self, values: dict[str, Any]) -> PostedMeasure:
        return PostedMeasure.add(**values)

    def change(self, thing: PostedMeasure, values: dict[str, Any], **seen: Any) -> None:
        now = {name: getattr(thing, name) for name in WORDS}
        thing.change(**{**now, **values}, **seen)
