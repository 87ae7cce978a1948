"""What is scored of somebody's selling, and how they were scored."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Ids, Small, Text, Visible, VisibleList
from api.filters import FilterSet, IdFilter, InstantFilter, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Editable, Readable, Resource, undo, verb
from api.shapes import Body, ModelBody, Representation
from coaching.models import Behaviour, BehaviourScore, BehaviourVersion, CoachingRules
from people.models import Team, User
from playbook.models import TrainingModule

SAID = ("name", "expected", "anchors", "minimum", "weight")
SCORE = {"min_value": 1, "max_value": 10}


class Anchors(serializers.DictField):
    """What a score looks like, by the score as text: {"4": "…", "7": "…", "9": "…"}."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Text(max_length=300, allow_blank=True), **kwargs)


class BehaviourVersionSerializer(Representation):
    anchors = Anchors(read_only=True)

    class Meta:
        model = BehaviourVersion
        fields = ("number", *SAID, "at", "by")


class BehaviourSerializer(Representation):
    """Without `team` it is the organisation's. `minimum` is the score of who is proficient in it,
    `weight` how much it counts beside the others of its set, `place` where it stands in it.
    """

    anchors = Anchors(read_only=True)

    class Meta:
        model = Behaviour
        fields: tuple[str, ...] = ("id", "team", *SAID, "place", "retired_at", "version")


class BehaviourDetailSerializer(BehaviourSerializer):
    """`training` are the modules that teach it, `versions` what it said, oldest first."""

    training = Ids()
    versions = BehaviourVersionSerializer(many=True, read_only=True)

    class Meta:
        model = Behaviour
        fields = (*BehaviourSerializer.Meta.fields, "training", "versions")


class BehaviourChangeSerializer(ModelBody):
    """Anchors of 4, 7 and 9 are needed, others may be given; `training` are modules by id."""

    anchors = Anchors()
    minimum, weight = Small(**SCORE, required=False), Small(**SCORE, required=False)
    training = VisibleList(queryset=TrainingModule.objects.all(), required=False)

    class Meta:
        model = Behaviour
        fields: tuple[str, ...] = (*SAID, "training")


class NewBehaviourSerializer(BehaviourChangeSerializer):
    """Comes last in the set of its `team`, or of the organisation; each has at most five."""

    team = Visible(queryset=Team.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Behaviour
        fields = ("team", *SAID, "training")


class BehaviourPlaceSerializer(Body):
    position = Small(min_value=1)


class BehaviourFilters(FilterSet):
    team = IdFilter()
    organisation = TrueFalse("team", "isnull")
    retired = TrueFalse("retired_at", "isnull", exclude=True)
    expected_of = IdFilter(method="of_rep")

    def of_rep(self, rows: Any, name: str, pk: int) -> QuerySet[Any]:
        """The set that this person is scored by; none for one whom the asker does not see."""
        assert self.request is not None
        rep = User.objects.visible_to(self.request.user).filter(pk=pk).first()
        expected = Behaviour.objects.all().expected_of(rep) if rep else []
        found: QuerySet[Any] = rows.filter(pk__in=[each.pk for each in expected])
        return found

    class Meta:
        model = Behaviour
        fields: ClassVar[list[str]] = []


class Behaviours(Readable, Creatable, Editable):
    """Everybody reads them. Administrators change all, managers those of the teams they lead."""

    queryset = Behaviour.objects.all()
    serializer_class, detail_class = BehaviourSerializer, BehaviourDetailSerializer
    body_class, change_class = NewBehaviourSerializer, BehaviourChangeSerializer
    filterset_class = BehaviourFilters

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related("versions", "training")

    def make(self, values: dict[str, Any]) -> Behaviour:
        return Behaviour.define(**values, **self.done())

    def change(self, thing: Behaviour, values: dict[str, Any], **seen: Any) -> None:
        thing.change(**values, **seen, **self.done())

    @verb("retirement")
    def retirement(
        self, behaviour: Behaviour, *, by: User, at: datetime, version: int | None
    ) -> None:
        """Score it no longer; what was scored stays."""
        behaviour.retire(by=by, at=at, version=version)

    @retirement.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unretirement(self, behaviour: Behaviour, **done: Any) -> None:
        """Score it again, at the end of its set."""
        behaviour.restore(**done)

    @verb("placement", BehaviourPlaceSerializer, guarded=False)
    def placement(self, behaviour: Behaviour, sent: dict[str, Any], **done: Any) -> None:
        """Put it at a place in its set, counted from 1; the others make room."""
        behaviour.put(sent["position"], **done)


class BehaviourScoreSerializer(Representation):
    """`at` is when the call or ride-along began; `gap` the manager's score less the rep's.

    `behaviour_version` is the number of the behaviour's version by whose words it was scored.
    """

    gap = serializers.IntegerField(read_only=True, allow_null=True)
    behaviour_version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = BehaviourScore
        fields = (
            "id",
            "rep",
            "behaviour",
            "behaviour_version",
            "debrief",
            "ride_along",
            "at",
            "own_score",
            "manager_score",
            "gap",
            "note",
            "by",
        )


class BehaviourScoreFilters(FilterSet):
    rep, behaviour, debrief, ride_along = IdFilter(), IdFilter(), IdFilter(), IdFilter()
    by_manager = TrueFalse("manager_score", "isnull", exclude=True)
    at_from, at_before = InstantFilter("at", "gte"), InstantFilter("at", "lt")

    class Meta:
        model = BehaviourScore
        fields: ClassVar[list[str]] = []


class BehaviourScores(Readable):
    """Of oneself and of everybody below; administrators as such see none.

    They are written with a debrief, its review, or a ride-along.
    """

    queryset = BehaviourScore.objects.select_related("version")
    serializer_class = BehaviourScoreSerializer
    filterset_class = BehaviourScoreFilters
    orders: ClassVar = {"id": "pk", "at": "at"}


class ScoredBehaviourSerializer(Representation):
    """`score` is the rep's own, `anchors` what a score looked like when it was given."""

    score = serializers.IntegerField(source="own_score", read_only=True, allow_null=True)
    gap = serializers.IntegerField(read_only=True, allow_null=True)
    name = serializers.CharField(source="version.name", read_only=True)
    anchors = Anchors(source="version.anchors", read_only=True)
    behaviour_version = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = BehaviourScore
        fields = (
            "behaviour",
            "behaviour_version",
            "name",
            "score",
            "manager_score",
            "gap",
            "note",
            "anchors",
        )


class CoachingRulesSerializer(Representation):
    """`minimum` is the score of a call at or above which it was proficient."""

    class Meta:
        model = CoachingRules
        fields = ("minimum", "version")


class CoachingRulesChangeSerializer(ModelBody):
    minimum = Small(**SCORE)

    class Meta:
        model = CoachingRules
        fields = ("minimum",)


class TheCoachingRules(Editable, Resource):
    """The rules of this organisation; everybody reads them, administrators change them."""

    queryset = CoachingRules.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = CoachingRulesSerializer
    change_class = CoachingRulesChangeSerializer

    def get_object(self) -> CoachingRules:
        return CoachingRules.current()

    def retrieve(self, request: Request) -> Response:
        return self.answer(self.get_object())

    def change(self, thing: CoachingRules, values: dict[str, Any], **seen: Any) -> None:
        thing.change(**{"minimum": thing.minimum, **values}, **seen, **self.done())
