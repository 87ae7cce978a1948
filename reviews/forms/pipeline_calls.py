"""What is decided on a pipeline call, its notes, and when it is held."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django import forms

from lib.money import CURRENCIES
from lib.verb_form import VersionedVerbForm
from people.models import Team, User
from pipeline.forms.facts import amount_field, day_field
from pipeline.models import Opportunity
from reviews.models import PipelineCall, PipelineCallDecision, PipelineCallSchedule
from reviews.models.deal_decision import (
    CLOSE,
    HELP,
    HELP_GIVEN,
    HOLD,
    LEAVE,
    OUTCOMES,
    STEP,
    Said,
)
from reviews.models.pipeline_call import NOTES_LENGTH
from reviews.models.pipeline_call_schedule import WORKING_WEEKDAYS


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

    def decide(self, call: PipelineCall, *, by: User, at: datetime) -> bool:
        """Whether the decision was made, or had been made in the same words before."""
        if not self.is_valid():
            return False
        words = {k: v for k, v in self.cleaned_data.items() if k in ("note", "on", "how")}
        said, version = Said(self.kind, **words), self.cleaned_data["version"]
        return self.carry_out(
            lambda: PipelineCallDecision.make(call, self.deal, said, by=by, at=at, version=version)
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


DECISION_FORMS: dict[str, type[DecisionForm]] = {
    form.kind: form
    for form in (
        HelpDecisionForm,
        HoldDecisionForm,
        StepDecisionForm,
        CloseDecisionForm,
        LeaveDecisionForm,
    )
}


class NotesForm(VersionedVerbForm):
    """The call's notes; `version` is the call's."""

    notes = forms.CharField(
        label="Notes",
        max_length=NOTES_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, call: PipelineCall, data: Any = None) -> None:
        super().__init__(data, initial={"version": call.version, "notes": call.notes})
        self.call = call

    def keep(self, *, by: User, at: datetime) -> bool:
        """Whether they are saved. An answer lost on the way is no conflict."""
        if not self.is_valid():
            return False
        said = self.cleaned_data
        if said["notes"].strip() == self.call.notes and not self.call.is_closed:
            return True
        return self.carry_out(lambda: self.call.write_notes(by=by, at=at, **said))


class ScheduleForm(VersionedVerbForm):
    """When the team meets, and what it is to win in a quarter."""

    weekday = forms.TypedChoiceField(label="Day", choices=WORKING_WEEKDAYS, coerce=int)
    time = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(min_value=5, max_value=240)
    is_active = forms.BooleanField(label="Held every week", required=False)
    quarterly_goal = amount_field(
        label="Goal a quarter",
        required=False,
        help_text="Money to win in a fiscal quarter; the call then shows what is left of it.",
    )
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])

    def __init__(
        self,
        team: Team,
        schedule: PipelineCallSchedule | None,
        currency: str,
        data: Any = None,
    ) -> None:
        shown = schedule or PipelineCallSchedule(team=team, currency=currency)
        initial = {name: getattr(shown, name) for name in PipelineCallSchedule.CHANGEABLE}
        initial["version"] = schedule.version if schedule else 1
        super().__init__(data, initial=initial)
        self.team = team

    def keep(self, *, by: User) -> bool:
        return self.is_valid() and self.carry_out(
            lambda: PipelineCallSchedule.set_up(self.team, by=by, **self.cleaned_data)
        )
