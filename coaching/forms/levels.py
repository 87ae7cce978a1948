"""A rep's inspection level, set by hand."""

from django import forms

from coaching.models.inspection_level import REASON_LENGTH
from coaching.sampling import LEVELS
from lib.verb_form import VersionedVerbForm


class LevelForm(VersionedVerbForm):
    level = forms.ChoiceField(
        label="Which plans are inspected", choices=LEVELS, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The rep reads it.",
    )
