"""What administrators write about a person."""

from typing import Any

from django import forms

from lib.verb_form import VerbForm, VersionedVerbForm
from people.forms.fields import ZoneField, day_field
from people.models import Team, User


class PersonFields(forms.Form):
    """Everything about a person but their password."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        required=False,
        help_text="They sign in with it. Without one they cannot sign in.",
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        empty_label="No team",
        help_text="Their manager follows from the team.",
    )
    time_zone = ZoneField(initial="UTC")
    phone = forms.CharField(max_length=50, required=False)
    joined_on = day_field("Joined on", required=False)
    is_administrator = forms.BooleanField(
        required=False,
        label="Administrator",
        help_text="Changes these settings and sees the pipeline of all, but no coaching.",
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        teams: forms.ModelChoiceField[Team] = self.fields["team"]  # type: ignore[assignment]
        teams.queryset = Team.objects.visible_to(by)

    def clean_email(self) -> str | None:
        return User.objects.normalise(self.cleaned_data["email"])


class NewPersonForm(PersonFields, VerbForm):
    """Somebody who joins; they set their own password through an invitation."""

    person: User

    def save(self) -> bool:
        """Whether they were added; then they are in `person`."""
        return self.carry_out(self._add)

    def _add(self) -> None:
        self.person = User.objects.create_user(**self.cleaned_data)


class PersonForm(PersonFields, VersionedVerbForm):
    """Somebody who is here already."""

    def save(self, person: User) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: person.change(**self.cleaned_data))
