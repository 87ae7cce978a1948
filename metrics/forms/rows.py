"""What the rows behind a figure are asked by."""

from django import forms

from metrics.models import Metric


class RowsForm(forms.Form):
    """A metric and a span of days; one of its tallies, the first unless said."""

    metric = forms.ModelChoiceField(Metric.objects.all())
    first = forms.DateField()
    last = forms.DateField()
    tally = forms.CharField(required=False)

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        first, last, metric = data.get("first"), data.get("last"), data.get("metric")
        if first and last and last < first:
            self.add_error("last", "The last day lies before the first.")
        if (
            metric
            and (data.get("tally") or metric.of_measure.total) not in metric.of_measure.tallies
        ):
            self.add_error("tally", "That metric does not count this.")
        return data
