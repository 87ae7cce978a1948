"""People: for administrators."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.keyset import Page
from lib.verb_form import VersionedVerbForm
from people.forms.person import NewPersonForm, PersonForm
from people.models import Organisation, User
from people.permissions import administrators_only
from people.signed_in import signed_in


@require_safe
@administrators_only
def people(request: HttpRequest) -> HttpResponse:
    found = User.objects.visible_to(signed_in(request)).select_related("team", "reports_to")
    everybody = request.GET.get("show") == "all"
    if not everybody:
        found = found.active()
    if text := request.GET.get("q", "").strip():
        found = found.search(text)
    page = Page.of(found, ["name"], request.GET)
    context = {"page": page, "q": text, "everybody": everybody}
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person_new(request: HttpRequest) -> HttpResponse:
    initial = {"time_zone": Organisation.current().time_zone}
    form = NewPersonForm(request.POST or None, by=signed_in(request), initial=initial)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"{form.person} added. Invite them to set their password.")
        return redirect("settings_person", pk=form.person.pk)
    return render(request, "people/person_new.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    someone = find(request, pk)
    form = PersonForm(request.POST or None, by=signed_in(request), initial=initial_of(someone))
    if request.method == "POST" and form.is_valid() and form.save(someone):
        messages.success(request, f"{someone} saved.")
        return redirect("settings_person", pk=pk)
    return person_page(request, pk, form)


@require_POST
@administrators_only
def deactivation(request: HttpRequest, pk: int) -> HttpResponse:
    someone, form = find(request, pk), VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: someone.deactivate(version=version)):
        messages.success(request, f"{someone} is signed out everywhere and cannot sign in.")
        return redirect("settings_person", pk=pk)
    return person_page(request, pk, refused=form)


@require_POST
@administrators_only
def activation(request: HttpRequest, pk: int) -> HttpResponse:
    someone, form = find(request, pk), VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: someone.activate(version=version)):
        messages.success(request, f"{someone} may sign in again.")
        return redirect("settings_person", pk=pk)
    return person_page(request, pk, refused=form)


def find(request: HttpRequest, pk: int) -> User:
    """The person, or 404."""
    known = User.objects.visible_to(signed_in(request)).select_related("team", "reports_to")
    return get_object_or_404(known, pk=pk)


def initial_of(someone: User) -> dict[str, object]:
    """What the form of this person shows at first."""
    return {**vars(someone), "team": someone.team_id}


def person_page(
    request: HttpRequest,
    pk: int,
    form: PersonForm | None = None,
    refused: VersionedVerbForm | None = None,
    **more: object,
) -> HttpResponse:
    """The page as it is saved now, with the form that was refused if there is one."""
    someone = find(request, pk)
    fresh = PersonForm(by=signed_in(request), initial=initial_of(someone))
    context = {
        "person": someone,
        "form": form or fresh,
        "refused": refused,
        "teams_led": someone.teams_led.annotate(people=Count("members")).order_by("name"),
        **more,
    }
    shown = refused or form
    return render(request, "people/person.html", context, status=shown.status if shown else 200)
