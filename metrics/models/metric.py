"""What an organisation goes by: one ultimate metric and the chain of precursors before it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Substr

from lib.events import publish, publishing
from lib.versions import Versioned
from metrics import measures
from metrics.measures import COUNT, Measure
from metrics.models.metric_count import PostedMeasure
from metrics.periods import PERIODS, WEEK
from metrics.tallies import POSTED
from people.models import User

SAID = ("label", "unit", "direction")  # of a posted measure


class MetricQuerySet(models.QuerySet["Metric"]):
    def visible_to(self, user: User) -> Self:
        """Everybody sees what the organisation goes by; administrators decide it."""
        return self

    def active(self) -> Self:
        return self.filter(retired_on=None)

    def chain(self) -> Self:
        """The precursors in their order, then the ultimate metric, with their measures."""
        return self.active().order_by("place", "pk").with_measures()

    def with_measures(self) -> Self:
        """With what there is to know of the posted ones among their measures."""
        posted = PostedMeasure.objects.filter(name=Substr(OuterRef("measure"), len(POSTED) + 1))
        return self.annotate(
            **{f"posted_{name}": Subquery(posted.values(name)[:1]) for name in SAID}
        )


class Metric(Versioned):
    """A measure that was chosen, by what period it counts and where it stands in the chain.

    The ultimate metric stands last. One that is retired keeps its targets and what was judged.
    """

    ULTIMATE, PRECURSOR = "ultimate", "precursor"
    ROLES: ClassVar = [(ULTIMATE, "Ultimate"), (PRECURSOR, "Precursor")]
    LAST: ClassVar = 10_000

    label = models.CharField(max_length=60)
    measure = models.CharField(max_length=60)
    role = models.CharField(max_length=9, choices=ROLES, default=PRECURSOR)
    place = models.PositiveSmallIntegerField(default=LAST, editable=False)
    period = models.CharField(max_length=11, choices=PERIODS, default=WEEK)
    retired_on = models.DateField(null=True, editable=False)

    objects = MetricQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["role"],
                condition=Q(role="ultimate", retired_on=None),
                name="one_ultimate_metric",
                violation_error_message="There is an ultimate metric already: retire it first.",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_ultimate(self) -> bool:
        return self.role == self.ULTIMATE

    @property
    def is_active(self) -> bool:
        return self.retired_on is None

    @property
    def is_link(self) -> bool:
        """Whether more of it makes more of what follows: what is counted, not a ratio."""
        return self.of_measure.kind == COUNT

    @property
    def of_measure(self) -> Measure:
        """What it measures. One in code costs nothing; a posted one is read once."""
        known: Measure | None = self.__dict__.get("_of_measure")
        if known is None or known.name != self.measure:
            known = self.__dict__["_of_measure"] = self._measure()
        return known

    def _measure(self) -> Measure:
        if self.measure.startswith(POSTED) and "posted_unit" in self.__dict__:
            said = {name: self.__dict__[f"posted_{name}"] for name in SAID}
            name = self.measure.removeprefix(POSTED)
            return measures.posted_measure(PostedMeasure(name=name, **said))
        return measures.measure_named(self.measure)

    @staticmethod
    def read_measures(chosen: "Iterable[Metric]") -> None:
        """Read the posted ones among their measures in one statement, none without any."""
        posted = [each for each in chosen if each.measure.startswith(POSTED)]
        known = {each.name: each for each in measures.posted_measures()} if posted else {}
        for metric in posted:
            metric.__dict__["_of_measure"] = known[metric.measure]

    def clean(self) -> None:
        try:
            measure = measures.measure_named(self.measure)
        except KeyError:
            raise ValidationError({"measure": "There is no such measure."}) from None
        if self.role == self.ULTIMATE and measure.is_ratio:
            raise ValidationError({"measure": "The ultimate metric is a count or a sum."})

    # Verbs.

    @classmethod
    @transaction.atomic
    def add(
        cls, *, label: str, measure: str, role: str, period: str, place: int | None = None
    ) -> "Metric":
        """Go by a measure. A precursor is added at the end of the chain.

        Raises ValidationError for a second ultimate metric and a measure there is not.
        """
        metric = cls(label=label.strip(), measure=measure, role=role, period=period)
        metric.full_clean()
        metric.place = metric._last_place()
        metric.save()
        if place is not None:
            metric._take_place(place)
        publish("added", metric)
        return metric

    def _last_place(self) -> int:
        if self.is_ultimate:
            return self.LAST
        precursors = Metric.objects.active().filter(role=self.PRECURSOR)
        last: int | None = precursors.aggregate(last=Max("place"))["last"]
        return (last or 0) + 1

    def change(self, *, version: int | None = None, **values: Any) -> None:
        """Change `label` or `place`. Another measure or period is another metric: add one."""
        if unknown := values.keys() - {"label", "place"}:
            raise TypeError(f"not to be changed: {unknown}")
        with self.editing(version), publishing(self, "changed"):
            self.label = str(values.get("label", self.label)).strip()
            self.full_clean()
            self.save()
            if values.get("place"):
                self._take_place(values["place"])

    @transaction.atomic
    def move(self, place: int) -> None:
        """Put a precursor at a place of the chain, counted from 1. The ultimate one stays last."""
        with publishing(self, "changed"):
            self._take_place(place)

    def _take_place(self, place: int) -> None:
        if self.is_ultimate:
            raise ValidationError({"place": "The ultimate metric stands at the end of the chain."})
        if not self.is_active:
            raise ValidationError({"place": "A retired metric has no place in the chain."})
        precursors = Metric.objects.active().filter(role=self.PRECURSOR)
        others = [metric for metric in precursors.select_for_update() if metric.pk != self.pk]
        others.insert(max(place, 1) - 1, self)
        for number, metric in enumerate(others, start=1):
            metric.place = number
        Metric.objects.bulk_update(others, ["place"])

    def retire(self, *, on: date, version: int | None = None) -> None:
        """Go by it no longer. Its targets and what was judged stay."""
        with self.editing(version), publishing(self, "retired"):
            if not self.is_active:
                raise ValidationError("This metric is retired already.")
            self.retired_on = on
            self.save(update_fields=["retired_on"])
            later = Metric.objects.active().filter(role=self.PRECURSOR, place__gt=self.place)
            later.update(place=F("place") - 1)

    def restore(self, *, version: int | None = None) -> None:
        """Go by it again; a precursor comes back at the end of the chain."""
        with self.editing(version), publishing(self, "restored"):
            if self.is_active:
                raise ValidationError("This metric is in use.")
            self.retired_on = None
            self.full_clean()
            self.place = self._last_place()
            self.save()
