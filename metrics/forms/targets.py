"""Targets, as administrators and managers set them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from lib.calendar import EARLIEST, LATEST
from lib.verb_form import VerbForm
from metrics.amounts import PER, unit_in_words
from metrics.models import Metric, Ramp, Target
from people.forms.fields import PersonField, day_field
from people.models import Organisation, Team, User

EVERYBODY, TEAM, PERSON = "everybody", "team", "person"
WHOM = [(EVERYBODY, "Everybody"), (TEAM, "A team"), (PERSON, "One person")]
HELP = "id_amount_helptext"


def held(day: date | None) -> date | None:
    """A day on which a target may begin or end. Raises ValidationError."""
    if day is not None and not EARLIEST <= day <= LATEST:
        raise ValidationError(f"Give a day from {EARLIEST.year} to {LATEST.year}.")
    return day


class MetricField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A metric of the chain; its period is said beside it, and the help of the amount follows."""

    def __init__(self) -> None:
        live = {
            "hx-get": reverse_lazy("settings_target_new"),
            "hx-select": f"#{HELP}",
            "hx-target": f"#{HELP}",
            "hx-swap": "outerHTML",
        }
        super().__init__(
            Metric.objects.none(), empty_label="Choose one …", widget=forms.Select(live)
        )

    def label_from_instance(self, obj: Metric) -> str:
        return f"{obj}, {PER[obj.period]}"


class TargetForm(VerbForm):
    """An amount for each of the people meant, per period of its metric."""

    metric = MetricField()
    whom = forms.ChoiceField(label="For", widget=forms.RadioSelect)
    team = forms.ModelChoiceField(Team.objects.none(), empty_label="Choose one …")
    person = PersonField(help_text="Type a part of the name and choose.")
    amount = forms.DecimalField(min_value=Decimal(0), max_digits=14, decimal_places=2)
    first_day = day_field("From", required=False, validators=[held])
    last_day = day_field("Up to and including", required=False, validators=[held])
    ramp = forms.ModelChoiceField(
        Ramp.objects.none(),
        required=False,
        label="Ramp table",
        empty_label="None: the full target from the first day",
        help_text="How the target grows in the first months of somebody new.",
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        fields: dict[str, Any] = dict(self.fields)
        fields["metric"].queryset = Metric.objects.visible_to(by).chain()
        fields["team"].queryset = Team.objects.led_by(by)
        fields["person"].user = by
        fields["ramp"].queryset = Ramp.objects.visible_to(by)
        fields["whom"].choices = WHOM if by.is_administrator else WHOM[1:]
        fields["whom"].initial = EVERYBODY if by.is_administrator else TEAM
        fields["amount"].help_text = self._amount_help()

    def _amount_help(self) -> str:
        """ "In plans, for each person, per week." of the metric that is chosen."""
        said = str(self["metric"].value() or "")
        known: Any = self.fields["metric"]
        metric = known.queryset.filter(pk=said).first() if said.isdecimal() else None
        if metric is None:
            return "For each person, per period of the metric."
        unit = unit_in_words(metric.of_measure, Organisation.current().currency)
        return f"In {unit}, for each person, {PER[metric.period]}."

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        whom = said.get("whom")
        for scope in (TEAM, PERSON):
            if scope != whom:
                said[scope] = None
                self.errors.pop(scope, None)  # what is not asked for cannot be wrong
        if said.get(PERSON) == self.by and not self.by.is_administrator:
            self.add_error(PERSON, "Your own targets are set by whoever you report to.")
        return said

    def save(self, *, at: datetime) -> bool:
        """Whether it was set."""
        return self.carry_out(lambda: self._set(at))

    def _set(self, at: datetime) -> None:
        said = self.cleaned_data
        Target.set(
            said["metric"],
            said["amount"],
            by=self.by,
            at=at,
            team=said[TEAM],
            person=said[PERSON],
            first_day=said["first_day"] or EARLIEST,
            last_day=said["last_day"] or LATEST,
            ramp=said["ramp"],
        )


class TargetEndForm(VerbForm):
    """The last day on which a target holds."""

    last_day = day_field(
        "Last day",
        validators=[held],
        help_text="It holds on this day for the last time; before its first day, not at all.",
    )

    def save(self, target: Target, *, by: User, at: datetime) -> bool:
        """Whether it ends then."""
        return self.carry_out(lambda: target.end(self.cleaned_data["last_day"], by=by, at=at))


class TargetFilterForm(forms.Form):
    """Which targets the list shows."""

    metric = forms.ModelChoiceField(Metric.objects.none(), required=False, empty_label="All")
    team = forms.ModelChoiceField(Team.objects.none(), required=False, empty_label="All")
    person = PersonField(required=False)
    history = forms.BooleanField(required=False, label="Past and replaced too")

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter_%s", **options})
        fields: dict[str, Any] = dict(self.fields)
        fields["metric"].queryset = Metric.objects.visible_to(by)
        fields["team"].queryset = Team.objects.visible_to(by)
        fields["person"].user = by

    @property
    def asked(self) -> dict[str, Any]:
        """What was chosen; what cannot be read is not."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
