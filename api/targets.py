"""What is to be reached: targets, and how those of new hires grow."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Day, Text, Visible
from api.filters import DayFilter, FilterSet, IdFilter, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Deletable, Editable, Readable, verb
from api.shapes import Body, ModelBody, Representation
from lib.calendar import EARLIEST, LATEST
from metrics.models import Metric, Ramp, Target
from metrics.models.ramp import MOST_MONTHS
from people.models import Team, User

SCOPE = ("metric", "team", "person")


class OpenDay(Day):
    """A date; null where it is open on that side."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, **kwargs)

    def to_representation(self, value: date) -> Any:
        return None if value in (EARLIEST, LATEST) else super().to_representation(value)


class TargetSerializer(Representation):
    """`amount` is for each person it holds for, in one period of its metric, in the unit of its
    measure. Without `team` and `person` it is for all. A `first_day` or `last_day` of null is open.
    One that was replaced, or ended, stays with `replaced_at`.
    """

    first_day, last_day = OpenDay(read_only=True), OpenDay(read_only=True)

    class Meta:
        model = Target
        fields = (
            "id",
            *SCOPE,
            "first_day",
            "last_day",
            "amount",
            "ramp",
            "set_at",
            "set_by",
            "replaced_at",
        )


class NewTargetSerializer(ModelBody):
    """For a `person`, a `team` and those under it, or all; open where no day is given."""

    metric = Visible(queryset=Metric.objects.all())
    team = Visible(queryset=Team.objects.all(), required=False, allow_null=True)
    person = Visible(queryset=User.objects.get_queryset(), required=False, allow_null=True)
    ramp = Visible(queryset=Ramp.objects.all(), required=False, allow_null=True)
    first_day, last_day = OpenDay(required=False), OpenDay(required=False)

    class Meta:
        model = Target
        fields = (*SCOPE, "amount", "first_day", "last_day", "ramp")


class TargetEndSerializer(Body):
    """`on` is the last day; before its first one, the target never held."""

    on = Day()


class TargetFilters(FilterSet):
    metric, team, person = IdFilter(), IdFilter(), IdFilter()
    on = DayFilter(method="that_hold_on")
    history = TrueFalse(method="narrow_later")

    def that_hold_on(self, rows: Any, name: str, day: date) -> QuerySet[Any]:
        """On that day, both ends included."""
        found: QuerySet[Any] = rows.filter(first_day__lte=day, last_day__gte=day)
        return found

    def narrow_later(self, rows: Any, name: str, value: Any) -> Any:
        """Those that were replaced are left out unless they are asked for."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data["history"] else rows.in_force()

    class Meta:
        model = Target
        fields: ClassVar[list[str]] = []


class Targets(Readable, Creatable):
    """Those for all, for teams one sees, and for oneself and everybody below.

    Administrators set all of them, managers those of the people and teams under them. A new one
    takes the place of the one in force for the same, on its own days only; `history=true` lists
    those that were replaced as well. The nearest wins: a person's, their team's, that of the team
    above, that of all.
    """

    queryset = Target.objects.all()
    serializer_class = TargetSerializer
    body_class = NewTargetSerializer
    filterset_class = TargetFilters

    def make(self, values: dict[str, Any]) -> Target:
        values["first_day"] = values.get("first_day") or EARLIEST
        values["last_day"] = values.get("last_day") or LATEST
        return Target.set(values.pop("metric"), values.pop("amount"), **values, **self.done())

    @verb("ending", TargetEndSerializer, guarded=False)
    def ending(self, target: Target, sent: dict[str, Any], *, by: User, at: datetime) -> None:
        """Aim at it up to and including a day only: another target, ended then, takes its place."""
        target.end(sent["on"], by=by, at=at)
        target.refresh_from_db()


class Percents(serializers.ListField):
    """Whole percents of the full target, for the first month of employment and on."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.IntegerField(min_value=0, max_value=100)
        super().__init__(child=child, **kwargs)


class RampTableSerializer(Representation):
    """After the last of its months the target is the full one."""

    percents = Percents(read_only=True)

    class Meta:
        model = Ramp
        fields = ("id", "name", "percents", "version")


class RampTableBodySerializer(ModelBody):
    name = Text(max_length=60)
    percents = Percents(min_length=1, max_length=MOST_MONTHS)

    class Meta:
        model = Ramp
        fields = ("name", "percents")


class RampTables(Readable, Creatable, Editable, Deletable):
    """How the targets of new hires grow; administrators change them, and delete unused ones."""

    queryset = Ramp.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = RampTableSerializer
    body_class = change_class = RampTableBodySerializer

    def make(self, values: dict[str, Any]) -> Ramp:
        return Ramp.add(**values)

    def change(self, thing: Ramp, values: dict[str, Any], **seen: Any) -> None:
        thing.change(**{"name": thing.name, "percents": thing.percents, **values}, **seen)
