"""Whether managers coach, as data: for the manager and whoever is above them."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.asked import choice_asked, day_asked, rows_asked
from api.fields import Day, Instant, Text
from api.metric_values import Quantity
from api.pagination import Pages
from api.resource import Operation, Resource
from coaching.coverage import DAYS, FIGURES, USUAL_DAYS, CoverageFigure, Frame, Told
from coaching.coverage_people import LastTouches, touches_of
from coaching.coverage_reading import Coverage, Figures
from coaching.coverage_spread import TOUCHED
from lib.keyset import Stretch
from people.calendar import Calendar
from people.models import User

LINE, DIRECT = "line", "direct"
ASKED = (
    OpenApiParameter("manager", OpenApiTypes.INT64, description="You, or a manager under you."),
    OpenApiParameter("on", OpenApiTypes.DATE, description="The last day; today unless given."),
    OpenApiParameter("days", OpenApiTypes.INT, enum=DAYS, default=USUAL_DAYS),
)
SCOPE = OpenApiParameter(
    "scope",
    enum=(LINE, DIRECT),
    default=LINE,
    description="Everybody under the manager, or those who report to them directly.",
)
OF_ROWS = OpenApiParameter(
    "figure",
    enum=[*FIGURES, TOUCHED.name],
    required=True,
    description="Of which figure the rows are.",
)


class FigureSerializer(serializers.Serializer[Any]):
    """`kept` of `of`; of a time all are kept, and `hours` is their median."""

    figure = Text(source="figure.name")
    label = Text(source="figure.label")  # type: ignore[assignment]
    kept = serializers.IntegerField()
    of = serializers.IntegerField()
    hours = Quantity(allow_null=True)


class ThirdSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    touches = serializers.IntegerField()


class SpreadSerializer(serializers.Serializer[Any]):
    """`thirds` are top, middle and bottom by the managers' mean score; none below three people.

    `unscored` are those without a score in these days.
    """

    people = serializers.IntegerField()
    touched = serializers.IntegerField()
    touches = serializers.IntegerField()
    thirds = ThirdSerializer(many=True)
    unscored = ThirdSerializer()


class LineFiguresSerializer(serializers.Serializer[Any]):
    """Over everybody under that manager."""

    manager = serializers.IntegerField()
    manager_name = Text()
    figures = FigureSerializer(many=True)
    spread = SpreadSerializer()


class CoachingCoverageSerializer(LineFiguresSerializer):
    """`managers` are those who report to this one, each with their whole line."""

    first_day = Day()
    last_day = Day()
    scope = serializers.ChoiceField(choices=[LINE, DIRECT])
    managers = LineFiguresSerializer(many=True)


class TouchSerializer(serializers.Serializer[Any]):
    """The day of the `last`, null for never, and how many `in_days`."""

    kind = Text(source="kind.name")
    label = Text(source="kind.label")  # type: ignore[assignment]
    last = Day(source="day", allow_null=True)
    in_days = serializers.IntegerField(source="count")


class CoveragePersonSerializer(serializers.Serializer[Any]):
    """Who reports to the manager, and when they were last coached."""

    person = serializers.IntegerField(source="person.pk")
    person_name = Text(source="person.name")
    touches = TouchSerializer(many=True)


class CoverageRowSerializer(serializers.Serializer[Any]):
    """What counted: about whom, when, in words what came of it, and whether it was kept."""

    person = serializers.IntegerField(source="rep.pk")
    person_name = Text(source="rep.name")
    title = Text()
    at = Instant(source="when", allow_null=True)
    said = Text()
    is_kept = serializers.BooleanField()


class ListedPages(Pages):
    """Pages of rows in the view's own order."""

    def stretch_of(self, rows: Any, cursor: str, request: Any, view: Any) -> Stretch[Any]:
        return Stretch.of(rows, view.listed_by(), cursor, self.size(request))


class OfCoverage(Resource):
    """What all of them are asked for."""

    queryset = User.objects.get_queryset()
    filter_backends = ()

    def manager(self) -> User:
        """Whose coverage: the asker's, or that of somebody under them."""
        led = User.objects.led_by(self.asker)
        found: list[User] = rows_asked(self.request, "manager", led)
        if len(found) > 1:
            raise ValidationError({"manager": ["One manager at a time."]})
        return found[0] if found else self.asker

    def frame(self) -> Frame:
        """Of which days; ValidationError for a day that has not come."""
        on = day_asked(self.request, "on")
        days = choice_asked(self.request, "days", [str(each) for each in DAYS], str(USUAL_DAYS))
        zone, now = Calendar.current().zone, timezone.now()
        frame = Frame.of(zone, now, on, int(days))
        if on is not None and on > frame.last:
            raise ValidationError({"on": ["That day has not come yet."]})
        return frame

    def coverage(self) -> Coverage:
        scope = choice_asked(self.request, "scope", (LINE, DIRECT), LINE)
        return Coverage(self.manager(), self.frame(), is_direct=scope == DIRECT)


class CoverageFigures(OfCoverage):
    """Whether a manager coaches, over the people who are under them now.

    An administrator as such sees nothing of it, and nor do a manager's reps and peers.
    """

    serializer_class = CoachingCoverageSerializer
    pagination_class = None

    def operation(self) -> Operation:
        return Operation(query=(*ASKED, SCOPE))

    def retrieve(self, request: Request) -> Response:
        """The figures, over all and by manager."""
        coverage = self.coverage()
        frame, direct = coverage.frame, coverage.line.is_direct
        managers = [] if direct else coverage.managers
        return Response(
            {
                **_figures(coverage.manager.pk, coverage.manager.name, coverage.whole),
                "first_day": frame.first.isoformat(),
                "last_day": frame.last.isoformat(),
                "scope": DIRECT if direct else LINE,
                "managers": [_figures(pk, name, coverage.of_branch(pk)) for pk, name in managers],
            }
        )


def _figures(pk: int, name: str, found: Figures) -> dict[str, Any]:
    return {
        "manager": pk,
        "manager_name": name,
        "figures": [FigureSerializer().to_representation(each) for each in found.values],
        "spread": SpreadSerializer().to_representation(found.spread),
    }


class CoveragePeople(OfCoverage):
    """Who reports to a manager, by name, and when each was last coached."""

    serializer_class = CoveragePersonSerializer
    pagination_class = ListedPages

    def operation(self) -> Operation:
        return Operation(query=ASKED)

    def listed_by(self) -> Sequence[str]:
        return ["name"]

    def list(self, request: Request) -> Response:
        """The last touch of each kind."""
        frame = self.frame()
        reports = User.objects.led_by(self.asker).active().filter(reports_to=self.manager())
        page = self.paginate_queryset(reports) or []
        told: list[LastTouches] = touches_of(page, frame)
        return self.get_paginated_response([self.represent(row) for row in told])


class CoverageRows(OfCoverage):
    """Of what a figure is made: what is owed comes first, of a time what took longest."""

    serializer_class = CoverageRowSerializer
    pagination_class = ListedPages

    def operation(self) -> Operation:
        return Operation(query=(*ASKED, SCOPE, OF_ROWS))

    def figure(self) -> CoverageFigure:
        """The figure that is asked for; ValidationError for none."""
        known = {**FIGURES, TOUCHED.name: TOUCHED}
        name = choice_asked(self.request, "figure", list(known))
        if not name:
            raise ValidationError({"figure": ["Say which figure."]}, code="required")
        return known[name]

    def listed_by(self) -> Sequence[str]:
        return self.figure().order

    def list(self, request: Request) -> Response:
        """Row by row, in words."""
        figure, coverage = self.figure(), self.coverage()
        rows = coverage.line.of(figure.listed(coverage.frame), figure.rep)
        page = self.paginate_queryset(rows) or []
        told: list[Told] = [figure.tell(row, coverage.frame, self.asker) for row in page]
        return self.get_paginated_response([self.represent(row) for row in told])
