"""The manager's review of a debrief."""

from collections.abc import Sequence
from typing import Any

from django import forms

from coaching.forms.behaviour_scores import Scorable, behaviour_score
from coaching.models.behaviour_score import NOTE_LENGTH, Seen
from coaching.models.debrief import TEXT_LENGTH
from lib.verb_form import VerbForm


def _paragraphs(label: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_LENGTH})
    return forms.CharField(label=label, required=False, max_length=TEXT_LENGTH, widget=area)


class DebriefReviewForm(VerbForm):
    """The manager's own score beside the rep's, of the call and of its behaviours."""

    score = forms.IntegerField(
        label="My score",
        min_value=1,
        max_value=10,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Score the call from 1 to 10."
        ),
    )
    modify = _paragraphs("What to modify")
    help = _paragraphs("How I will help")

    def __init__(self, data: Any = None, *, behaviours: Sequence[Scorable] = ()) -> None:
        self.behaviours = behaviours
        super().__init__(data)
        for each in behaviours:
            self.fields[f"seen_{each.pk}"] = behaviour_score(each.name)
            self.fields[f"note_{each.pk}"] = forms.CharField(
                label=f"{each.name}: what I saw", required=False, max_length=NOTE_LENGTH
            )

    def clean(self) -> None:
        """A note belongs to a score: it would be lost without one."""
        super().clean()
        sent = self.cleaned_data
        for each in self.behaviours:
            if sent.get(f"note_{each.pk}") and sent.get(f"seen_{each.pk}", 0) is None:
                self.add_error(f"seen_{each.pk}", "Score what your note is about.")

    def said(self) -> dict[str, Any]:
        """What was sent, for the model."""
        sent = self.cleaned_data
        seen = {
            each.pk: Seen(score, sent[f"note_{each.pk}"])
            for each in self.behaviours
            if (score := sent[f"seen_{each.pk}"]) is not None
        }
        return {**{name: sent[name] for name in self.base_fields}, "seen": seen}
