"""The steps of a sale."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Small, Text
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Deletable, Editable, Readable, verb
from api.shapes import Body, ModelBody, Representation
from pipeline.models import Stage

MAX_CRITERIA = 30


class Criteria(serializers.ListField):
    """What the buyer has done when a deal leaves the stage, in order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Text(max_length=300), max_length=MAX_CRITERIA, **kwargs)

    def to_representation(self, data: Any) -> list[str]:
        return [criterion.text for criterion in data.all()]


class StageSerializer(Representation):
    """`probability` is in percent, `patience` in working days."""

    class Meta:
        model = Stage
        fields = ("id", "name", "order", "probability", "patience", "version")


class StageDetailSerializer(StageSerializer):
    exit_criteria = Criteria(read_only=True)

    class Meta:
        model = Stage
        fields = (*StageSerializer.Meta.fields, "exit_criteria")


class StageBodySerializer(ModelBody):
    exit_criteria = Criteria(required=False)

    class Meta:
        model = Stage
        fields = ("name", "probability", "patience", "exit_criteria")
        extra_kwargs: ClassVar = {
            "probability": {"required": True},
            "patience": {"required": True},
        }


class StagePlaceSerializer(Body):
    position = Small(min_value=1)


class Stages(Readable, Creatable, Editable, Deletable):
    """Everybody reads them; administrators change them. Only a stage never used is deleted."""

    queryset = Stage.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class, detail_class = StageSerializer, StageDetailSerializer
    body_class = change_class = StageBodySerializer
    searchable = True
    orders: ClassVar = {"id": "pk", "order": "order"}
    order = "order"

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related("exit_criteria")

    def make(self, values: dict[str, Any]) -> Stage:
        return Stage.add(criteria=values.pop("exit_criteria", ()), **values)

    def change(self, thing: Stage, values: dict[str, Any], **seen: Any) -> None:
        now = {name: getattr(thing, name) for name in ("name", "probability", "patience")}
        kept = [criterion.text for criterion in thing.exit_criteria.all()]
        criteria = values.pop("exit_criteria", kept)
        thing.change(**{**now, **values}, criteria=criteria, **seen)

    @verb("placement", StagePlaceSerializer, guarded=False)
    def placement(self, stage: Stage, sent: dict[str, Any], **done: Any) -> None:
        """Put the stage at a place among all, counted from 1; the others make room."""
        stage.place(sent["position"])
