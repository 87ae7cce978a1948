"""Teams: for administrators."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.verb_form import VersionedVerbForm
from people.forms.team import NewTeamForm, TeamForm
from people.models import Team, User
from people.permissions import administrators_only
from people.signed_in import signed_in


@dataclass
class Branch:
    """A team and the branches under it."""

    team: Team
    below: list["Branch"] = field(default_factory=list)


def tree(teams: list[Team]) -> list[Branch]:
    """The teams at the top with all that is under them."""
    branches = {team.pk: Branch(team) for team in teams}
    for team in teams:
        if team.parent_id is not None:
            branches[team.parent_id].below.append(branches[team.pk])
    return [branches[team.pk] for team in teams if team.parent_id is None]


@require_safe
@administrators_only
def teams(request: HttpRequest) -> HttpResponse:
    known = Team.objects.visible_to(signed_in(request)).select_related("manager")
    counted = known.annotate(people=Count("members", filter=Q(members__is_active=True)))
    counted = counted.order_by("name")
    alone = User.objects.visible_to(signed_in(request)).active().filter(team=None, teams_led=None)
    context = {"branches": tree(list(counted)), "alone": alone.count()}
    return render(request, "people/teams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def team_new(request: HttpRequest) -> HttpResponse:
    form = NewTeamForm(request.POST or None, by=signed_in(request))
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"{form.cleaned_data['name']} added.")
        return redirect("settings_teams")
    return render(request, "people/team_new.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def team(request: HttpRequest, pk: int) -> HttpResponse:
    known = get_object_or_404(Team.objects.visible_to(signed_in(request)), pk=pk)
    initial = {**vars(known), "parent": known.parent_id, "manager": known.manager_id}
    form = TeamForm(request.POST or None, by=signed_in(request), team=known, initial=initial)
    if request.method == "POST" and form.is_valid() and form.save(known):
        messages.success(request, f"{known} saved.")
        return redirect("settings_teams")
    return team_page(request, pk, form)


@require_POST
@administrators_only
def team_removal(request: HttpRequest, pk: int) -> HttpResponse:
    known = get_object_or_404(Team.objects.visible_to(signed_in(request)), pk=pk)
    form = VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: known.remove(version=version)):
        messages.success(request, f"{known} removed.")
        return redirect("settings_teams")
    initial = {**vars(known), "parent": known.parent_id, "manager": known.manager_id}
    fresh = TeamForm(by=signed_in(request), team=known, initial=initial)
    return team_page(request, pk, fresh, refused=form)


def team_page(
    request: HttpRequest, pk: int, form: TeamForm, refused: VersionedVerbForm | None = None
) -> HttpResponse:
    """The page of a team, with the form that was refused if there is one."""
    known = get_object_or_404(Team.objects.visible_to(signed_in(request)), pk=pk)
    context = {
        "team": known,
        "form": form,
        "refused": refused,
        "members": known.members.order_by("-is_active", "name"),
    }
    return render(request, "people/team.html", context, status=(refused or form).status)
