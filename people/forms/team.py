"""A team and its place in the tree."""

from typing import Any

from django import forms

from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import Team, User


class TeamFields(forms.Form):
    """Name, the team above and the manager."""

    name = forms.CharField(max_length=200)
    parent = forms.ModelChoiceField(
        Team.objects.none(), required=False, empty_label="None: it is at the top", label="Under"
    )
    manager = forms.ModelChoiceField(
        User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="Everybody in the team reports to them.",
    )

    def __init__(self, *args: Any, by: User, team: Team | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        parents: forms.ModelChoiceField[Team] = self.fields["parent"]  # type: ignore[assignment]
        managers: forms.ModelChoiceField[User] = self.fields["manager"]  # type: ignore[assignment]
        parents.queryset = Team.objects.visible_to(by)
        people = User.objects.visible_to(by)
        managers.queryset = people.active()
        if team:
            parents.queryset = parents.queryset.exclude(pk=team.pk)
        if team and team.manager_id:
            managers.queryset |= people.filter(pk=team.manager_id)


class NewTeamForm(TeamFields, VerbForm):
    """One more team."""

    def save(self) -> bool:
        """Whether it was added."""
        return self.carry_out(lambda: Team.add(**self.cleaned_data))


class TeamForm(TeamFields, VersionedVerbForm):
    """A team that is there already."""

    def save(self, team: Team) -> bool:
        """Whether it was saved."""
        return self.carry_out(lambda: team.change(**self.cleaned_data))
