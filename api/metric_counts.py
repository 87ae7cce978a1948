"""Counts that outside systems post: one at a time or many at once, safe to post again."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as WrongValue
from django.db.models import Q
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import wrong_input
from api.fields import MAX_ID, Day, Large, Text
from api.filters import DayFilter, FilterSet, IdFilter
from api.resource import Deletable, Operation, Readable, describes
from api.shapes import Body, Representation
from metrics.models import MetricCount, PostedMeasure
from metrics.models.metric_count import MOST, Posted
from people.models import Organisation, User

MOST_AT_ONCE = 1_000
Item = dict[str, Any]


class MetricCountSerializer(Representation):
    """`measure` is the name of one of `posted-measures`."""

    measure = Text(source="measure.name", read_only=True)

    class Meta:
        model = MetricCount
        fields = ("id", "source", "person", "measure", "day", "count", "posted_at", "posted_by")


class WholeId(serializers.IntegerField):
    """An id that is looked up together with others."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_ID, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class NewMetricCountSerializer(Body):
    """Whose it is, by id or by e-mail address. `source` names the system that counts."""

    source = Text(max_length=50)  # type: ignore[assignment]
    person = WholeId(required=False)
    person_email = Text(required=False, max_length=254)
    measure = Text(max_length=40)
    day = Day()
    count = Large(max_value=MOST)

    def validate(self, attrs: Item) -> Item:
        if ("person" in attrs) == ("person_email" in attrs):
            text = "Say who by “person” or by “person_email”, one of them."
            raise ValidationError({"person": [text]}, code="required")
        return attrs


class MetricCountFilters(FilterSet):
    person = IdFilter()
    measure = django_filters.CharFilter("measure__name")
    source = django_filters.CharFilter()
    day_from, day_to = DayFilter("day", "gte"), DayFilter("day", "lte")

    class Meta:
        model = MetricCount
        fields: ClassVar[list[str]] = []


class MetricCounts(Readable, Deletable):
    """One's own and those of everybody below; so one posts them.

    The same source, person, measure and day again replaces the count: to post twice is to post
    once. A list is posted whole or not at all.
    """

    queryset = MetricCount.objects.select_related("measure")
    serializer_class = MetricCountSerializer
    body_class = NewMetricCountSerializer
    filterset_class = MetricCountFilters

    @describes(Operation(NewMetricCountSerializer, status=status.HTTP_201_CREATED, or_many=True))
    def create(self, request: Request) -> Response:
        """One count, or up to 1,000 in a list; what is wrong is named with its place, from 0."""
        is_list = isinstance(request.data, list)
        limits: Any = {"allow_empty": False, "max_length": MOST_AT_ONCE} if is_list else {}
        shape = NewMetricCountSerializer(
            data=request.data, many=is_list, context={"request": request}, **limits
        )
        shape.is_valid(raise_exception=True)
        sent: Any = shape.validated_data
        rows = MetricCount.post(self.resolved(sent if is_list else [sent]), **self.done())
        found = [self.represent(row) for row in rows]
        return Response(found if is_list else found[0], status.HTTP_201_CREATED)

    def resolved(self, items: list[Item]) -> list[Posted]:
        """With the people and measures that they name, in a statement each; all or none."""
        people, measures = self.people(items), self.measures(items)
        today = Organisation.current().today(self.done()["at"])
        counts, errors = [], []
        for item in items:
            wrong: dict[str, Any] = {}
            key = "person" if "person" in item else "person_email"
            person = people.get(_key(item[key]))
            if person is None:
                wrong[key] = [nothing(item[key])]
            measure = measures.get(item["measure"])
            if measure is None:
                wrong["measure"] = [nothing(item["measure"])]
            if person and measure:
                count = Posted(item["source"], person, measure, item["day"], item["count"])
                wrong = refusal(count, today)
                counts.append(count)
            errors.append(wrong)
        if any(errors):
            raise ValidationError(errors if isinstance(self.request.data, list) else errors[0])
        return counts

    def people(self, items: Iterable[Item]) -> Mapping[Any, User]:
        """By id and by e-mail address: those of whom the asker may post counts."""
        named = [item.get("person", item.get("person_email")) for item in items]
        emails = {_key(each) for each in named if isinstance(each, str)}
        ids = {each for each in named if isinstance(each, int)}
        rows = User.objects.with_work_seen_by(self.asker)
        found = list(rows.filter(Q(pk__in=ids) | Q(email__in=emails)))
        return {person.pk: person for person in found} | {each.email: each for each in found}

    def measures(self, items: Iterable[Item]) -> Mapping[str, PostedMeasure]:
        names = {item["measure"] for item in items}
        rows = PostedMeasure.objects.visible_to(self.asker).filter(name__in=names)
        return {measure.name: measure for measure in rows}

    def remove(self, thing: MetricCount, **seen: Any) -> None:
        """It was posted by mistake."""
        thing.withdraw()


def _key(named: int | str) -> int | str | None:
    return named if isinstance(named, int) else User.objects.normalise(named)


def nothing(named: int | str) -> ErrorDetail:
    """The same words for what there is not and for what one may not see."""
    return ErrorDetail(f'Invalid pk "{named}" - object does not exist.', "does_not_exist")


def refusal(count: Posted, today: Any) -> dict[str, Any]:
    """What the model says against it, by field."""
    try:
        count.check(today)
    except WrongValue as wrong:
        return dict(wrong_input(wrong).detail)  # type: ignore[arg-type]
    return {}
