"""What a rep works on: chosen, taken a step further, left."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from coaching.models import Behaviour, Focus
from coaching.models.focus import EVIDENCE_LENGTH, PROFICIENT, STEP_HELP, STEPS
from lib.verb_form import VerbForm, VersionedVerbForm
from pipeline.forms.facts import day_field

SAID = 160  # characters of what is expected, beside a behaviour's name


def _explained(name: str, text: str) -> SafeString:
    return format_html("<span><b>{}</b> {}</span>", name, text)


def _text(label: str, help_text: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, max_length=EVIDENCE_LENGTH, widget=widget, help_text=help_text
    )


class FocusForm(VerbForm):
    """One of the behaviours that are expected of the rep, and what will be different."""

    behaviour = forms.TypedChoiceField(widget=forms.RadioSelect, coerce=int)
    goal = forms.CharField(
        label="What will be different",
        max_length=Focus._meta.get_field("goal").max_length,
        required=False,
        help_text="The rep reads it every day on Today.",
    )

    def __init__(self, expected: Sequence[Behaviour], data: Any = None) -> None:
        super().__init__(data)
        self.expected = {each.pk: each for each in expected}
        field: Any = self.fields["behaviour"]
        field.choices = [
            (each.pk, _explained(each.name, Truncator(each.expected).chars(SAID)))
            for each in expected
        ]

    @property
    def chosen(self) -> Behaviour:
        return self.expected[self.cleaned_data["behaviour"]]


class StepForm(VersionedVerbForm):
    """A step taken, with what shows it."""

    step = forms.ChoiceField(
        choices=[(step, _explained(label, STEP_HELP[step])) for step, label in STEPS],
        widget=forms.RadioSelect,
    )
    evidence = _text("What shows it", "What was said or done, and where. The rep reads it.")
    on = day_field(label="On")

    @classmethod
    def fresh(cls, focus: Focus, today: date) -> "StepForm":
        return cls(initial={"version": focus.version, "on": today})


class EndingForm(VersionedVerbForm):
    """What became of a focus that ends before the rep is proficient."""

    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[(name, label) for name, label in Focus.OUTCOMES if name != PROFICIENT],
        widget=forms.RadioSelect,
    )
    reason = _text("Why", "The rep reads it.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "ending_%s"  # two forms share the page
        super().__init__(*args, **kwargs)
