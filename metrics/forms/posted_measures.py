"""What outside systems may post, as administrators name it."""

from django import forms

from lib.verb_form import VerbForm, VersionedVerbForm
from metrics.models import PostedMeasure
from metrics.models.metric_count import DIRECTIONS, HIGHER


class PostedMeasureFields(forms.Form):
    """How people call it."""

    label = forms.CharField(max_length=100, help_text="How people call it: Dials.")
    unit = forms.CharField(max_length=20, help_text="The plural of what is counted: dials.")
    direction = forms.ChoiceField(choices=DIRECTIONS, widget=forms.RadioSelect, initial=HIGHER)


class NewPostedMeasureForm(PostedMeasureFields, VerbForm):
    """Something more to count."""

    name = forms.CharField(
        max_length=40,
        label="Name in programs",
        help_text="Small letters, digits and _, a letter first: dials. It stays for good.",
    )
    field_order = ["label", "name", "unit", "direction"]

    def save(self) -> bool:
        """Whether it was added."""
        return self.carry_out(lambda: PostedMeasure.add(**self.cleaned_data))


class PostedMeasureForm(PostedMeasureFields, VersionedVerbForm):
    """One that is there already; its name stays, for programs know it."""

    def save(self, measure: PostedMeasure) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: measure.change(**self.cleaned_data))
