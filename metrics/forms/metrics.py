"""Metrics, as administrators choose them."""

from typing import Any

from django import forms

from lib.verb_form import VerbForm, VersionedVerbForm
from metrics.measures import MEASURES, Measure, all_measures
from metrics.models import Metric
from metrics.periods import PERIODS

LONGEST_LABEL = 60


class NewMetricForm(VerbForm):
    """A measure to go by from now on."""

    measure = forms.ChoiceField(label="What it measures")
    label = forms.CharField(
        max_length=LONGEST_LABEL,
        required=False,
        label="Name",
        help_text="Left empty, it is called what the measure is called.",
    )
    role = forms.ChoiceField(
        choices=[
            (Metric.PRECURSOR, "Precursor: it comes before and foretells"),
            (Metric.ULTIMATE, "Ultimate: what all of it is for"),
        ],
        widget=forms.RadioSelect,
        initial=Metric.PRECURSOR,
    )
    period = forms.ChoiceField(
        choices=PERIODS,
        label="Counted by",
        help_text="Targets hold for one of these periods. It cannot be changed later.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.measures = {measure.name: measure for measure in all_measures()}
        choices: Any = self.fields["measure"]
        choices.choices = [
            (group, [(each.name, each.label) for each in measures])
            for group, measures in self.groups()
        ]

    def groups(self) -> list[tuple[str, list[Measure]]]:
        """The measures as they are chosen, by where they come from."""
        posted = [each for each in self.measures.values() if each.name not in MEASURES]
        groups = [("Built in", list(MEASURES.values())), ("Posted by other systems", posted)]
        return [(group, measures) for group, measures in groups if measures]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        measure = self.measures.get(said.get("measure", ""))
        if measure and not said.get("label"):
            said["label"] = measure.label[:LONGEST_LABEL]
        return said

    def save(self) -> bool:
        """Whether it was added."""
        return self.carry_out(lambda: Metric.add(**self.cleaned_data))


class MetricForm(VersionedVerbForm):
    """The name of a metric; another measure or period is another metric."""

    label = forms.CharField(max_length=LONGEST_LABEL, label="Name")

    def save(self, metric: Metric) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: metric.change(**self.cleaned_data))
