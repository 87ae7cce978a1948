"""What is decided on a deal in a meeting: one line and what belongs to it."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms

from lib.verb_form import VersionedVerbForm
from people.models import User
from pipeline.forms.facts import day_field
from pipeline.models import Opportunity
from reviews.models.deal_decision import (
    CLOSE,
    HELP,
    HELP_GIVEN,
    HOLD,
    LEAVE,
    OUTCOMES,
    PUSH,
    STEP,
    Said,
)


def _note(label: str, *, required: bool = True) -> forms.CharField:
    widget = forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
    return forms.CharField(label=label, max_length=500, required=required, widget=widget)


class DecisionForm(VersionedVerbForm):
    """One line and what belongs to it; Enter sends it. `version` is the deal's."""

    kind: ClassVar[str]
    button: ClassVar[str]
    days: ClassVar[int] = 0  # from today to the date it proposes

    def __init__(self, deal: Opportunity, today: date, data: Any = None) -> None:
        proposed = today + timedelta(days=self.days)
        super().__init__(data, initial={"version": deal.version, "on": proposed})
        self.deal = deal

    def decide(self, meeting: Any, *, by: User, at: datetime) -> bool:
        """Whether it was decided in a pipeline call or a review, or had been in the same words."""
        if not self.is_valid():
            return False
        words = {k: v for k, v in self.cleaned_data.items() if k in ("note", "on", "how")}
        said, version = Said(self.kind, **words), self.cleaned_data["version"]
        decisions = meeting.decisions.model
        return self.carry_out(
            lambda: decisions.make(meeting, self.deal, said, by=by, at=at, version=version)
        )


class HelpDecisionForm(DecisionForm):
    kind, button = HELP, "Help with it"
    note = _note("What will you do, and how does it help?")
    how = forms.ChoiceField(label="Kind of help", choices=HELP_GIVEN)


class HoldDecisionForm(DecisionForm):
    kind, button, days = HOLD, "Put on hold", 14
    note = _note("What does it wait for?")
    on = day_field(label="Until")


class StepDecisionForm(DecisionForm):
    kind, button, days = STEP, "Set the next step", 7
    note = _note("What happens next?")
    on = day_field(label="By")


class PushDecisionForm(DecisionForm):
    kind, button = PUSH, "Set the close date"
    on = day_field(label="Closes on")
    note = _note("Why?", required=False)

    def __init__(self, deal: Opportunity, today: date, data: Any = None) -> None:
        super().__init__(deal, today, data)
        self.initial["on"] = deal.close_date or today


class CloseDecisionForm(DecisionForm):
    kind, button = CLOSE, "Close the deal"
    how = forms.ChoiceField(
        label="Outcome",
        choices=OUTCOMES,
        widget=forms.RadioSelect(attrs={"autofocus": True}),
        error_messages={"required": "Say whether it is won or lost."},
    )
    note = forms.CharField(
        label="Why?",
        max_length=500,
        required=False,
        help_text="A lost deal needs its reason.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LeaveDecisionForm(DecisionForm):
    kind, button = LEAVE, "Leave it"
    note = _note("Why is nothing needed?", required=False)


class AskDecisionForm(DecisionForm):
    """Help, asked for by the rep whose deal it is."""

    kind, button, days = HELP, "Ask for help", 7
    how = forms.ChoiceField(label="Kind of help", choices=HELP_GIVEN)
    note = _note("How will it help?")
    on = day_field(label="Wanted by")


def _by_kind(*made: type[DecisionForm]) -> dict[str, type[DecisionForm]]:
    return {form.kind: form for form in made}


DECISION_FORMS = _by_kind(
    HelpDecisionForm, HoldDecisionForm, StepDecisionForm, CloseDecisionForm, LeaveDecisionForm
)
MANAGERS_FORMS = _by_kind(
    StepDecisionForm, PushDecisionForm, HoldDecisionForm, HelpDecisionForm, CloseDecisionForm
)
REPS_FORMS = MANAGERS_FORMS | _by_kind(AskDecisionForm)


def forms_of(is_rep: bool) -> dict[str, type[DecisionForm]]:  # noqa: FBT001 - of two people
    """The verbs of a 1-on-1, for the rep whose deals they are or for the manager."""
    return REPS_FORMS if is_rep else MANAGERS_FORMS
