"""How many of somebody's plans are inspected, and how they came there."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Id, Text
from api.filters import FilterSet
from api.resource import Readable, find, verb
from api.shapes import ModelBody, Representation
from coaching import levels
from coaching.models import CoachingRules, InspectionLevel, LevelChange
from coaching.models.inspection_level import REASON_LENGTH
from people.models import User


class LevelScoreSerializer(serializers.Serializer[Any]):
    """A manager's score of a call, and the minimum of that day."""

    debrief = serializers.IntegerField()
    score = serializers.IntegerField()
    minimum = serializers.IntegerField()


@extend_schema_field(LevelScoreSerializer(many=True))
class Scores(serializers.Field[Any, Any, Any, Any]):
    def to_representation(self, value: list[dict[str, int]]) -> list[dict[str, int]]:
        return value


class LevelChangeSerializer(Representation):
    """Rests on `scores`, oldest first, or on a `call` held without a plan, or `by` set it."""

    scores = Scores(read_only=True)

    class Meta:
        model = LevelChange
        fields = ("number", "from_level", "to_level", "why", "reason", "at", "by", "call", "scores")


class LevelProgressSerializer(serializers.Serializer[Any]):
    """`in_a_row` of `needed` scores at or above `minimum` earn a level; `below` is how many of the
    last `looked_at` are not, of which `lost_at` lose one.
    """

    in_a_row = serializers.IntegerField()
    needed = serializers.IntegerField()
    below = serializers.IntegerField()
    looked_at = serializers.IntegerField()
    lost_at = serializers.IntegerField()
    minimum = serializers.IntegerField()


@extend_schema_field(LevelProgressSerializer)
class LevelProgress(serializers.Field[Any, Any, Any, Any]):
    """Asked for one level at a time: it takes two statements."""

    def to_representation(self, value: InspectionLevel) -> dict[str, int]:
        progress = value.progress
        return {
            "in_a_row": progress.in_a_row,
            "needed": levels.UP_AFTER,
            "below": progress.below,
            "looked_at": levels.LOOKED_AT,
            "lost_at": levels.DOWN_AFTER,
            "minimum": CoachingRules.current().minimum,
        }


@extend_schema_field(LevelChangeSerializer(many=True))
class LevelChanges(serializers.Field[Any, Any, Any, Any]):
    """The latest KEPT of a level that the asker sees."""

    KEPT: ClassVar = 100

    def to_representation(self, value: InspectionLevel) -> list[dict[str, Any]]:
        rows = LevelChange.objects.filter(rep=value.rep_id)[: self.KEPT]
        show = LevelChangeSerializer().to_representation
        return [show(change) for change in rows]


class InspectionLevelSerializer(Representation):
    """`id` is the rep's. `number` counts the changes so far, `plans` those filed at this level."""

    id = serializers.IntegerField(source="rep_id", read_only=True)
    rep = Id(read_only=True)

    class Meta:
        model = InspectionLevel
        fields = ("id", "rep", "level", "number", "plans", "since", "version")


class InspectionLevelDetailSerializer(InspectionLevelSerializer):
    """`changes` are the latest hundred, newest first."""

    progress = LevelProgress(source="*", read_only=True)
    changes = LevelChanges(source="*", read_only=True)

    class Meta:
        model = InspectionLevel
        fields = (*InspectionLevelSerializer.Meta.fields, "progress", "changes")


class OverrideSerializer(ModelBody):
    """Any other level, with a reason that the rep reads."""

    reason = Text(max_length=REASON_LENGTH)

    class Meta:
        model = InspectionLevel
        fields = ("level", "reason")
        extra_kwargs: ClassVar = {"level": {"required": True}}


class InspectionLevelFilters(FilterSet):
    class Meta:
        model = User
        fields: ClassVar[list[str]] = []


class InspectionLevels(Readable):
    """One's own and that of everybody below, by the id of the person.

    Whoever never filed a plan has every plan inspected. Administrators as such see none.
    """

    queryset = User.objects.get_queryset()
    serializer_class = InspectionLevelSerializer
    detail_class = InspectionLevelDetailSerializer
    filterset_class = InspectionLevelFilters

    def get_queryset(self) -> QuerySet[Any]:
        return User.objects.led_by(self.asker).select_related("inspection_level")

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """The levels of a page of people."""
        return [_level(person) for person in super().paginate_queryset(queryset) or []]

    def get_object(self) -> InspectionLevel:
        return _level(find(self.get_queryset(), self.kwargs["pk"]))

    @verb("override", OverrideSerializer)
    def override(self, level: InspectionLevel, sent: dict[str, Any], **done: Any) -> None:
        """Set it by hand; only managers above may."""
        level.set_by_hand(sent["level"], sent["reason"], **done)


def _level(person: User) -> InspectionLevel:
    kept: InspectionLevel | None = getattr(person, "inspection_level", None)
    return kept or InspectionLevel(rep=person)
