"""What buyers must have done before a deal leaves a stage, and on which deals they did it."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from api.fields import Day
from api.filters import FilterSet, IdFilter
from api.resource import Creatable, Deletable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import CriterionMet, ExitCriterion


class ExitCriterionSerializer(Representation):
    class Meta:
        model = ExitCriterion
        fields = ("id", "stage", "order", "text")


class ExitCriterionFilters(FilterSet):
    stage = IdFilter()

    class Meta:
        model = ExitCriterion
        fields: ClassVar[list[str]] = []


class ExitCriteria(Readable):
    """Of all stages. They are changed with their stage."""

    queryset = ExitCriterion.objects.all()
    serializer_class = ExitCriterionSerializer
    filterset_class = ExitCriterionFilters


class CriterionMetSerializer(Representation):
    """`text` is the criterion as it was then; `criterion` is null when it was taken away since."""

    class Meta:
        model = CriterionMet
        fields = ("id", "opportunity", "criterion", "text", "on", "at", "by")


class NewCriterionMetSerializer(ModelBody):
    """`on` is the organisation's today unless given."""

    on = Day(required=False)

    class Meta:
        model = CriterionMet
        fields = ("opportunity", "criterion", "on")
        extra_kwargs: ClassVar = {"criterion": {"allow_null": False}}
        validators: ClassVar[list[Any]] = []  # a second tick is the first one


class CriterionMetFilters(FilterSet):
    opportunity, criterion = IdFilter(), IdFilter()

    class Meta:
        model = CriterionMet
        fields: ClassVar[list[str]] = []


class CriteriaMet(Readable, Creatable, Deletable):
    """On the deals one sees. Ticking and taking a tick back raise the deal's version."""

    queryset = CriterionMet.objects.all()
    serializer_class = CriterionMetSerializer
    body_class = NewCriterionMetSerializer
    filterset_class = CriterionMetFilters

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("opportunity", "criterion")

    def make(self, values: dict[str, Any]) -> CriterionMet:
        deal, criterion = values.pop("opportunity"), values.pop("criterion")
        return CriterionMet.meet(deal, criterion, **values, **self.done())

    def remove(self, thing: CriterionMet, **seen: Any) -> None:
        thing.remove()
