"""What people say to an alert."""

from typing import Any

from django import forms

from alerts.models.notification import REASON_LENGTH
from alerts.models.question import TEXT_LENGTH
from lib.verb_form import VerbForm
from people.forms.fields import day_field


def _line(label: str, length: int, missing: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, error_messages={"required": missing})


class SnoozeForm(VerbForm):
    """Until a day, with the reason. A chip's day goes before the one in the field."""

    reason = _line("Why it can wait", REASON_LENGTH, "Say why it can wait.")
    until = day_field("Until", required=False)
    chip = forms.DateField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        said["until"] = said.get("chip") or said.get("until")
        if said["until"] is None and "until" not in self.errors:
            self.add_error("until", "Choose a day to come.")
        return said


class QuestionForm(VerbForm):
    """A manager asks whoever the alert is about."""

    text = _line("Your question", TEXT_LENGTH, "Write a question.")


class AnswerForm(VerbForm):
    answer = _line("Your answer", TEXT_LENGTH, "Write an answer.")
