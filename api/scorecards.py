"""The page of a person's or a team's metrics, as data."""

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.asked import choice_asked, day_asked, whose
from api.fields import Day, Text
from api.metric_values import PERSON, TEAM, Quantity
from api.resource import Operation, Resource
from metrics import scorecard
from metrics.measures import KINDS
from metrics.models import Checkpoint, Metric
from metrics.models.metric_count import DIRECTIONS
from metrics.pace import STATES
from metrics.periods import PERIODS
from metrics.scorecard import Frame, Link, Scorecard, TeamScorecards
from people.calendar import Calendar
from people.models import Team, User

GRAINS = tuple(dict(PERIODS))
ON = OpenApiParameter(
    "on", OpenApiTypes.DATE, description="The periods of that day; today unless given."
)
GRAIN = OpenApiParameter(
    "grain", enum=GRAINS, description="One kind of period for all; each metric's own unless given."
)


class LinkSerializer(serializers.Serializer[Any]):
    """A metric from `first_day` to `last_day`: `value`, the `target` of the whole period, what was
    `due` by the last day that is over, `pace` (1 when on target) and what is `short`.

    `weeks` are the values of the last twelve weeks, the oldest first.
    """

    metric = serializers.IntegerField(source="metric.pk")
    label = Text(source="metric.label")  # type: ignore[assignment]
    role = serializers.ChoiceField(choices=Metric.ROLES, source="metric.role")
    measure = Text(source="metric.measure")
    unit = Text(source="metric.of_measure.unit")
    kind = serializers.ChoiceField(choices=KINDS, source="metric.of_measure.kind")
    direction = serializers.ChoiceField(choices=DIRECTIONS, source="metric.of_measure.direction")
    first_day = Day(source="span.first")
    last_day = Day(source="span.last")
    value = Quantity(allow_null=True)
    numerator = serializers.SerializerMethodField()
    denominator = Quantity(source="actual.of", allow_null=True)
    target = Quantity(source="aim.whole", allow_null=True)
    due = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=STATES, source="standing.state")
    pace = Quantity(source="standing.pace", allow_null=True)
    short = Quantity(source="standing.short")
    weeks = serializers.ListField(child=Quantity(allow_null=True))

    def get_numerator(self, link: Link) -> Quantity(allow_null=True):  # type: ignore[valid-type]
        return None if link.actual.of is None else quantity(link.actual.total)

    def get_due(self, link: Link) -> Quantity(allow_null=True):  # type: ignore[valid-type]
        return None if link.aim.whole is None else quantity(link.aim.due)


class CardSerializer(serializers.Serializer[Any]):
    """Of a `person` or a `team`. `broken_link` is the first metric of the chain that was missed,
    `effect` what that will cost the ultimate one, at the conversion that `effect_basis` names.
    """

    person = serializers.SerializerMethodField()
    team = serializers.SerializerMethodField()
    name = Text(source="whose.name")
    links = LinkSerializer(many=True)
    broken_link = serializers.IntegerField(source="broken.metric.pk", allow_null=True)
    effect = Quantity(source="cost.amount", allow_null=True)
    effect_basis = serializers.ChoiceField(
        choices=Checkpoint.BASES, source="cost.basis", allow_null=True
    )

    def get_person(self, card: Scorecard) -> int | None:
        return card.whose.pk if isinstance(card.whose, User) else None

    def get_team(self, card: Scorecard) -> int | None:
        return card.whose.pk if isinstance(card.whose, Team) else None


class MemberSerializer(CardSerializer):
    """Of the days on which they were in the team; `until` is the last one, null while they are."""

    until = serializers.SerializerMethodField()

    def get_until(self, card: Scorecard) -> Day(allow_null=True):  # type: ignore[valid-type]
        day = self.context["gone"].get(card.whose.pk)
        return day and day.isoformat()


class ScorecardSerializer(CardSerializer):
    """`teams` are those right under a team, `people` those in it; both are empty for a person.

    Money is in `currency`.
    """

    on = Day()
    grain = serializers.ChoiceField(choices=PERIODS, allow_null=True)
    currency = Text()
    teams = CardSerializer(many=True)
    people = MemberSerializer(many=True)


class Scorecards(Resource):
    """The chain of one `person`, or of one `team` with the teams right under it and its people."""

    queryset = Metric.objects.all()
    serializer_class = ScorecardSerializer
    pagination_class = None
    filter_backends = ()

    def operation(self) -> Operation:
        return Operation(query=(PERSON, TEAM, ON, GRAIN))

    def retrieve(self, request: Request) -> Response:
        """How each metric stands in its period."""
        day, grain = day_asked(request, "on"), choice_asked(request, "grain", GRAINS)
        subject, calendar = whose(request), Calendar.current()
        today = calendar.today(timezone.now())
        if day is not None and day > today:
            raise ValidationError({"on": ["That day has not come yet."]})
        frame = Frame.read(day, today, calendar, grain)
        if isinstance(subject, Team):
            cards = scorecard.of_team(subject, frame)
        else:
            cards = TeamScorecards(scorecard.of_person(subject, frame))
        return Response(self.shown(cards, frame))

    def shown(self, cards: TeamScorecards, frame: Frame) -> dict[str, Any]:
        """In the shape of `ScorecardSerializer`."""
        many = MemberSerializer(many=True, context={"gone": cards.gone})
        return {
            **CardSerializer().to_representation(cards.own),
            "on": frame.day.isoformat(),
            "grain": frame.grain or None,
            "currency": frame.calendar.currency,
            "teams": CardSerializer(many=True).to_representation(cards.teams),
            "people": many.to_representation(cards.people),
        }


def quantity(number: Any) -> Any:
    """As `Quantity` writes it."""
    return Quantity().to_representation(number)
