"""Ramp tables, as administrators write them."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from lib.verb_form import VerbForm, VersionedVerbForm
from metrics.models import Ramp
from metrics.models.ramp import MOST_MONTHS

PREVIEW = "#ramp-preview"
LIVE = {
    "hx-get": reverse_lazy("settings_ramp_new"),
    "hx-trigger": "input changed delay:300ms",
    "hx-select": PREVIEW,
    "hx-target": PREVIEW,
    "hx-swap": "outerHTML",
    "hx-sync": "this:replace",
    "autocomplete": "off",
}


def in_words(percents: Sequence[int]) -> str:
    """ "Month 1: 25 %, month 2: 50 %, then 100 %"."""
    months = [f"month {number}: {percent} %" for number, percent in enumerate(percents, start=1)]
    return ", ".join([*months, "then 100 %"]).capitalize()


class PercentsField(forms.CharField):
    """Whole percents, one a month of employment: "25, 50, 75". Cleans to a list of them."""

    def to_python(self, value: Any) -> Any:
        parts = re.split(r"[\s,;]+", re.sub(r"\s*%", "", super().to_python(value) or ""))
        return [self._percent(part) for part in parts if part]

    @staticmethod
    def _percent(part: str) -> int:
        if not (part.isascii() and part.isdecimal() and len(part) < 4 and int(part) <= 100):
            raise ValidationError(f"“{part[:20]}” is no whole percent from 0 to 100.")
        return int(part)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class RampFields(forms.Form):
    """How targets of new people grow."""

    name = forms.CharField(max_length=60)
    percents = PercentsField(
        max_length=300,
        label="Percent of the full target, month by month",
        widget=forms.TextInput(LIVE),
        help_text=(
            "From the first month of employment on: 25, 50, 75. After the last one the target is "
            f"the full one. At most {MOST_MONTHS} months."
        ),
    )

    @property
    def preview(self) -> str:
        """The table as typed, in words; "" for what cannot be read."""
        typed = self["percents"].value()
        try:
            percents = self.fields["percents"].clean(typed if isinstance(typed, str) else "")
        except ValidationError:
            return ""
        return in_words(percents)


class NewRampForm(RampFields, VerbForm):
    """One more table."""

    def save(self) -> bool:
        """Whether it was added."""
        return self.carry_out(lambda: Ramp.add(**self.cleaned_data))


class RampForm(RampFields, VersionedVerbForm):
    """A table that is there already."""

    def save(self, ramp: Ramp) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: ramp.change(**self.cleaned_data))
