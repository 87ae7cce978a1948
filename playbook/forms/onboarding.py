"""What new people learn: for administrators."""

from datetime import datetime
from typing import Any

from django import forms

from people.models import Team, User
from pipeline.forms.facts import FactsForm
from playbook.models import OnboardingPlan, TrainingModule
from playbook.models.onboarding import MOST_DAYS

FIELDS = ("name", "team", "is_active")


class OnboardingPlanForm(FactsForm):
    heading = "New onboarding plan"
    name = forms.CharField(max_length=100)
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        empty_label="Everybody",
        label="For the new people of",
        help_text="The teams under it as well, unless they have a plan of their own.",
    )
    is_active = forms.BooleanField(label="In use", required=False, initial=True)

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = Team.objects.visible_to(self.user)
        if not self.thing:
            del fields["is_active"]

    def facts(self, thing: Any) -> dict[str, Any]:
        return {name: getattr(thing, name) for name in FIELDS}

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in FIELDS if name in self.fields}
        if self.thing:
            self.thing.change(version=self.seen_version, **said)
        else:
            self.thing = OnboardingPlan.add(**said)


class OnboardingStepForm(FactsForm):
    """One more module for the new people, or other days for one that is in the plan."""

    heading, button, done = "Add a module", "Add", "The plan has it."
    module = forms.ModelChoiceField(
        TrainingModule.objects.none(), empty_label="Choose a module", label="Training module"
    )
    after_days = forms.IntegerField(
        label="Days after the first one",
        min_value=0,
        max_value=MOST_DAYS,
        help_text="Calendar days; the first day itself is 0.",
    )

    def prepare(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["module"].queryset = TrainingModule.objects.visible_to(self.user).active()

    def verb(self, *, by: User, at: datetime) -> None:
        said = self.cleaned_data
        self.thing.set_step(said["module"], said["after_days"], version=self.seen_version)
