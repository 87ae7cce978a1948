"""What the rows behind a figure are asked by."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from lib.calendar import EARLIEST, LATEST
from metrics.models import Metric
from people.models import Team, User


class RowsForm(forms.Form):
    """A metric and a span of days; one of its tallies, the first unless said.

    `team` is where somebody was, when only that counts.
    """

    metric = forms.ModelChoiceField(Metric.objects.none())
    first = forms.DateField(validators=[MinValueValidator(EARLIEST)])
    last = forms.DateField(validators=[MaxValueValidator(LATEST)])
    tally = forms.CharField(required=False)
    team = forms.ModelChoiceField(Team.objects.none(), required=False)

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data)
        metrics: forms.ModelChoiceField = self.fields["metric"]  # type: ignore[assignment,type-arg]
        metrics.queryset = Metric.objects.visible_to(user)
        teams: forms.ModelChoiceField = self.fields["team"]  # type: ignore[assignment,type-arg]
        teams.queryset = Team.objects.led_by(user)

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
