"""The notes of a pipeline call, and when it is held."""

from datetime import datetime
from typing import Any

from django import forms

from lib.verb_form import VersionedVerbForm
from people.models import Team, User
from reviews.models import PipelineCall, PipelineCallSchedule
from reviews.models.pipeline_call import NOTES_LENGTH
from reviews.models.pipeline_call_schedule import WORKING_WEEKDAYS


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
    """When the team meets."""

    weekday = forms.TypedChoiceField(label="Day", choices=WORKING_WEEKDAYS, coerce=int)
    time = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(min_value=5, max_value=240)
    is_active = forms.BooleanField(label="Held every week", required=False)

    def __init__(
        self,
        team: Team,
        schedule: PipelineCallSchedule | None,
        data: Any = None,
    ) -> None:
        shown = schedule or PipelineCallSchedule(team=team)
        initial = {name: getattr(shown, name) for name in PipelineCallSchedule.CHANGEABLE}
        initial["version"] = schedule.version if schedule else 1
        super().__init__(data, initial=initial)
        self.team = team

    def keep(self, *, by: User) -> bool:
        return self.is_valid() and self.carry_out(
            lambda: PipelineCallSchedule.set_up(self.team, by=by, **self.cleaned_data)
        )
