"""The one behaviour a rep works on, and the steps taken."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Day, Text, Visible
from api.filters import FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Readable, verb
from api.shapes import Body, ModelBody, Representation
from coaching.models import Behaviour, Focus, FocusStep
from coaching.models.focus import EVIDENCE_LENGTH, PROFICIENT
from people.models import User


class FocusStepSerializer(Representation):
    """`on` is the day on which it was taken, `at` when it was recorded."""

    class Meta:
        model = FocusStep
        fields = ("id", "focus", "step", "evidence", "on", "at", "by")


class FocusSerializer(Representation):
    """`step` is the last one taken, "" before the first; `outcome` is "" while it runs."""

    class Meta:
        model = Focus
        fields = (
            "id",
            "rep",
            "behaviour",
            "goal",
            "started_on",
            "started_by",
            "step",
            "outcome",
            "outcome_reason",
            "ended_on",
            "ended_by",
            "version",
        )


class FocusDetailSerializer(FocusSerializer):
    """With its steps in the order in which they were taken."""

    steps = FocusStepSerializer(many=True, read_only=True)

    class Meta:
        model = Focus
        fields = (*FocusSerializer.Meta.fields, "steps")


class NewFocusSerializer(ModelBody):
    """A behaviour that is expected of the rep, of whom the asker is a manager."""

    rep = Visible(queryset=User.objects.get_queryset())
    behaviour = Visible(queryset=Behaviour.objects.all())

    class Meta:
        model = Focus
        fields = ("rep", "behaviour", "goal")


class NewFocusStepSerializer(ModelBody):
    """`on` is today unless given. "proficient" needs the scores for it, and ends the focus."""

    on = Day(required=False)

    class Meta:
        model = FocusStep
        fields = ("step", "evidence", "on")


class FocusEndingSerializer(Body):
    """What became of it, and why; the rep reads it."""

    outcome = serializers.ChoiceField(
        choices=[(name, label) for name, label in Focus.OUTCOMES if name != PROFICIENT]
    )
    reason = Text(max_length=EVIDENCE_LENGTH)


class FocusFilters(FilterSet):
    rep, behaviour = IdFilter(), IdFilter()
    running = TrueFalse(method="that_run")

    def that_run(self, rows: Any, name: str, value: bool) -> QuerySet[Any]:  # noqa: FBT001
        found: QuerySet[Any] = rows.running() if value else rows.exclude(ended_on=None)
        return found

    class Meta:
        model = Focus
        fields: ClassVar[list[str]] = []


class Focuses(Readable, Creatable):
    """One's own and those of everybody below; administrators as such see none.

    Managers above start them, record steps and end them: one at a time for each rep.
    """

    queryset = Focus.objects.all()
    serializer_class, detail_class = FocusSerializer, FocusDetailSerializer
    body_class = NewFocusSerializer
    filterset_class = FocusFilters
    orders: ClassVar = {"id": "pk", "started_on": "started_on"}

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("rep", "behaviour")

    def make(self, values: dict[str, Any]) -> Focus:
        return Focus.start(values.pop("rep"), values.pop("behaviour"), **values, **self.done())

    @verb("steps", NewFocusStepSerializer, answer=FocusStepSerializer)
    def steps(self, focus: Focus, sent: dict[str, Any], **done: Any) -> FocusStep:
        """Take a step. Nobody is held accountable before they repeated it back or role-played."""
        return focus.take_step(sent["step"], sent["evidence"], on=sent.get("on"), **done)

    @verb("ending", FocusEndingSerializer)
    def ending(self, focus: Focus, sent: dict[str, Any], **done: Any) -> None:
        """End it before the rep is proficient."""
        focus.leave(sent["outcome"], sent["reason"], **done)
