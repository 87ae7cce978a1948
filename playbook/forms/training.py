"""Training: its modules, and who takes them by when."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from people.forms.fields import ASSIGNABLE, PersonField
from people.models import User
from pipeline.forms.facts import FactsForm, day_field
from playbook.models import TrainingAssignment, TrainingModule
from playbook.models.training import LONGEST_TEXT, MOST_MINUTES
from playbook.models.training_assignment import LONGEST_TAKEAWAY

FIELDS = ("title", "outcome", "text", "url", "minutes")
USUAL_DAYS = 14  # to take a module


class TrainingModuleForm(FactsForm):
    heading = "New training module"
    title = forms.CharField(max_length=120)
    outcome = forms.CharField(
        label="Afterwards one can", max_length=300, help_text="One sentence: what it is good for."
    )
    text = forms.CharField(
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Plain text, as it is to be read.",
    )
    url = forms.URLField(
        label="Link",
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text="A film, a course, a document.",
    )
    minutes = forms.IntegerField(
        label="Minutes it takes", min_value=1, max_value=MOST_MINUTES, initial=20
    )

    def facts(self, thing: Any) -> dict[str, Any]:
        return {name: getattr(thing, name) for name in FIELDS}

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in FIELDS}
        if self.thing:
            self.thing.change(version=self.seen_version, by=by, at=at, **said)
        else:
            self.thing = TrainingModule.add(by=by, at=at, **said)


class AssignTrainingForm(FactsForm):
    """For oneself; somebody who leads people chooses for whom."""

    heading, button = "Assign training", "Assign"
    person = PersonField(ASSIGNABLE, help_text="Type a part of the name and choose.")
    module = forms.ModelChoiceField(
        TrainingModule.objects.none(), empty_label="Choose a module", label="Training module"
    )
    due_on = day_field(label="By")
    why = forms.CharField(
        max_length=300, required=False, help_text="A sentence for the person: what it is for."
    )

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["module"].queryset = TrainingModule.objects.visible_to(self.user).active()
        fields["due_on"].initial = self.user.today(timezone.now()) + timedelta(days=USUAL_DAYS)
        fields["person"].user = self.user
        fields["person"].initial = self.user.pk
        if not self.user.leads_people:
            del fields["person"]
            self.heading, self.button = "Take a module", "Take it on"

    def verb(self, *, by: User, at: datetime) -> None:
        said = {"person": by, **self.cleaned_data}
        self.thing = TrainingAssignment.assign(**said, by=by, at=at)
        self.done = f"{self.thing.module} assigned."


class FinishTrainingForm(FactsForm):
    heading, button, done = "Finish a module", "Finish", "Done."
    takeaway = forms.CharField(
        label="What I take from it",
        max_length=LONGEST_TAKEAWAY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In a sentence. Your managers read it.",
    )

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"takeaway": thing.takeaway}

    def verb(self, *, by: User, at: datetime) -> None:
        self.thing.finish(**self.cleaned_data, by=by, at=at)
        self.done = f"{self.thing.module} done."


class RescheduleTrainingForm(FactsForm):
    heading, done = "Another day", "Another day is set."
    due_on = day_field(label="By")

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"due_on": thing.due_on}

    def verb(self, *, by: User, at: datetime) -> None:
        self.thing.reschedule(**self.cleaned_data, by=by, at=at)
