"""What the organisation goes by: the ultimate metric and the chain before it."""

from datetime import datetime
from typing import Any, ClassVar

import django_filters

from api.fields import Small
from api.filters import FilterSet, IdFilter, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Editable, Readable, undo, verb
from api.shapes import ModelBody, Representation
from metrics.models import Foretelling, Metric
from people.models import Organisation, User


class MetricSerializer(Representation):
    """`measure` is the name of one of `measures`; `place` is its place in the chain."""

    class Meta:
        model = Metric
        fields = ("id", "label", "measure", "role", "place", "period", "retired_on", "version")


class MetricChangeSerializer(ModelBody):
    """Another measure or period is another metric. `place` is counted from 1."""

    place = Small(min_value=1, required=False)

    class Meta:
        model = Metric
        fields: tuple[str, ...] = ("label", "place")


class NewMetricSerializer(MetricChangeSerializer):
    """A precursor comes at the end of the chain unless a `place` is given."""

    class Meta:
        model = Metric
        fields = ("label", "place", "measure", "role", "period")


class MetricFilters(FilterSet):
    role = django_filters.ChoiceFilter(choices=Metric.ROLES)
    retired = TrueFalse("retired_on", "isnull", exclude=True)

    class Meta:
        model = Metric
        fields: ClassVar[list[str]] = []


class Metrics(Readable, Creatable, Editable):
    """In the order of the chain, retired ones among them; administrators change them."""

    queryset = Metric.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = MetricSerializer
    body_class, change_class = NewMetricSerializer, MetricChangeSerializer
    filterset_class = MetricFilters
    orders: ClassVar = {"id": "pk", "place": "place"}
    order = "place"

    def make(self, values: dict[str, Any]) -> Metric:
        standing = {"role": Metric.PRECURSOR, "period": Metric._meta.get_field("period").default}
        return Metric.add(**{**standing, **values})

    @verb("retirement")
    def retirement(self, metric: Metric, *, by: User, at: datetime, version: int | None) -> None:
        """Go by it no longer; its targets and what was judged stay."""
        metric.retire(on=Organisation.current().today(at), version=version)

    @retirement.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unretirement(self, metric: Metric, *, version: int | None, **done: Any) -> None:
        """Go by it again; a precursor comes back at the end of the chain."""
        metric.restore(version=version)


class ForetellingSerializer(Representation):
    """`correlation` is Spearman's, from -1 to 1, of the precursor with the ultimate metric so many
    `weeks` later, with its 95 % interval; null on fewer than 30 `points`.
    """

    class Meta:
        model = Foretelling
        fields = (
            "id",
            "precursor",
            "ultimate",
            "weeks",
            "points",
            "correlation",
            "low",
            "high",
            "worked_out_on",
        )


class ForetellingFilters(FilterSet):
    precursor = IdFilter()

    class Meta:
        model = Foretelling
        fields: ClassVar[list[str]] = []


class ForetellingOfMetrics(Readable):
    """Whether precursors told, over the organisation's own history, what came later."""

    queryset = Foretelling.objects.all()
    serializer_class = ForetellingSerializer
    filterset_class = ForetellingFilters
