"""What was judged, and when."""

from typing import Any, ClassVar

import django_filters

from api.filters import DayFilter, FilterSet, IdFilter
from api.resource import Readable
from api.shapes import Representation
from metrics.models import Checkpoint
from metrics.pace import STATES


class CheckpointSerializer(Representation):
    """Of one `person` or one `team`, after `day` of the period from `first_day` to `last_day`.

    Values are in the unit of the measure: `target` is of the whole period, `due` what was to be
    reached by then, `pace` 1 when on target, `short` what was missing. `streak` counts the missed
    periods in a row. `broken_link` is the chain's first missed metric; `effect` is what that costs
    the ultimate metric, at the conversion that `effect_basis` names.
    """

    class Meta:
        model = Checkpoint
        fields = (
            "id",
            "metric",
            "person",
            "team",
            "day",
            "kind",
            "first_day",
            "last_day",
            "value",
            "target",
            "due",
            "pace",
            "state",
            "short",
            "streak",
            "broken_link",
            "effect",
            "effect_basis",
        )


class CheckpointFilters(FilterSet):
    metric, person, team = IdFilter(), IdFilter(), IdFilter()
    state = django_filters.ChoiceFilter(choices=STATES)
    kind = django_filters.ChoiceFilter(choices=Checkpoint.KINDS)
    day_from, day_to = DayFilter("day", "gte"), DayFilter("day", "lte")

    class Meta:
        model = Checkpoint
        fields: ClassVar[list[str]] = []


class Checkpoints(Readable):
    """One's own, those of everybody below and of the teams one leads; they stay as judged."""

    queryset: Any = Checkpoint.objects.all()
    serializer_class = CheckpointSerializer
    filterset_class = CheckpointFilters
    orders: ClassVar = {"id": "pk", "day": "day"}
    order = "-day"
