"""How an account is to be won: its goal and the steps towards it."""

from datetime import datetime
from typing import Any

from django import forms

from people.forms.fields import ASSIGNABLE, PersonField
from people.models import User
from pipeline.forms.facts import FactsForm, day_field
from pipeline.models import Account
from playbook.models import AccountStrategy
from playbook.models.strategy import KINDS

STEP_FIELDS = ("kind", "text", "owner", "due_on")


class GoalForm(FactsForm):
    """The thing is the strategy; one that is not saved yet while the account has none."""

    heading, done = "Goal", "The goal is written."
    goal = forms.CharField(
        max_length=300, help_text="In a sentence: what is to be reached with this account."
    )

    def facts(self, thing: Any) -> dict[str, Any]:
        return {"goal": thing.goal}

    def verb(self, *, by: User, at: datetime) -> None:
        self.thing = AccountStrategy.of(self.thing.account, by=by, at=at)
        self.thing.write_goal(self.cleaned_data["goal"], by=by, at=at, version=self.seen_version)


class StepForm(FactsForm):
    """The thing is the step; None for a new one."""

    heading, button = "Add a step", "Add"
    account: Account
    text = forms.CharField(label="What", max_length=300)
    kind = forms.ChoiceField(choices=KINDS)
    owner = PersonField(ASSIGNABLE, label="Who", help_text="Type a part of the name and choose.")
    due_on = day_field(label="By", required=False, help_text="A future step may have no date yet.")

    def prepare(self) -> None:
        owner: Any = self.fields["owner"]
        owner.user = self.user
        if self.thing:
            self.heading, self.button = "Change the step", "Save"
            self.keep_owner(owner)
        else:
            owner.initial = self.user.pk

    def keep_owner(self, owner: Any) -> None:
        """Whose it is, though not everybody may give them work, is written by their name."""
        assignable = User.objects.assignable_by(self.user)
        if not assignable.filter(pk=self.thing.owner_id).exists():
            owner.required = False
            owner.help_text = f"Left empty, it stays {self.thing.owner}'s."
            self.initial["owner"] = ""

    def facts(self, thing: Any) -> dict[str, Any]:
        return {
            "text": thing.text,
            "kind": thing.kind,
            "owner": thing.owner,
            "due_on": thing.due_on,
        }

    def verb(self, *, by: User, at: datetime) -> None:
        said = {name: self.cleaned_data[name] for name in STEP_FIELDS}
        if self.thing:
            said["owner"] = said["owner"] or self.thing.owner
            self.thing.change(version=self.seen_version, by=by, at=at, **said)
        else:
            strategy = AccountStrategy.of(self.account, by=by, at=at)
            self.thing = strategy.add_step(**said, by=by, at=at)
            self.done = "Step added."
