"""What is scored: for administrators, and for managers over the teams they lead."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.behaviour_sets import sets_for
from coaching.forms.behaviours import BehaviourForm, CoachingRulesForm, NewBehaviourForm
from coaching.models import Behaviour, CoachingRules
from coaching.models.behaviour import BehaviourQuerySet
from lib.verb_form import VersionedVerbForm
from people.models import User
from people.permissions import administrators_only
from people.signed_in import signed_in


def for_definers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a page with 403 to whoever defines no behaviours."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if not (user.is_administrator or user.leads_people):
            raise PermissionDenied("Administrators and managers define behaviours.")
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@for_definers
def behaviours(request: HttpRequest) -> HttpResponse:
    return _list_page(request)


@require_POST
@administrators_only
def coaching_rules(request: HttpRequest) -> HttpResponse:
    """The proficiency minimum of a call."""
    user, form = signed_in(request), CoachingRulesForm(request.POST)
    if form.is_valid() and form.save(CoachingRules.current(), by=user, at=timezone.now()):
        messages.success(request, "Proficiency minimum of a call saved.")
        return redirect("settings_behaviours")
    return _list_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_definers
def behaviour_new(request: HttpRequest) -> HttpResponse:
    """`?team=` chooses that one to begin with."""
    initial = {"team": request.GET.get("team", ""), "minimum": 7, "weight": 1}
    form = NewBehaviourForm(request.POST or None, by=signed_in(request), initial=initial)
    if request.method == "POST" and form.is_valid() and form.save(timezone.now()):
        messages.success(request, f"{form.cleaned_data['name']} is scored from now on.")
        return redirect("settings_behaviours")
    return render(request, "coaching/behaviour_new.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_definers
def behaviour(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    known = _changeable(user, pk)
    form = BehaviourForm(request.POST or None, behaviour=known, by=user)
    if request.method == "POST" and form.is_valid() and form.save(timezone.now()):
        messages.success(request, f"{known} saved.")
        return redirect("settings_behaviours")
    return _form_page(request, pk, form)


@require_POST
@for_definers
def behaviour_position(request: HttpRequest, pk: int) -> HttpResponse:
    """Move it to `position` in its set, counted from 1."""
    user = signed_in(request)
    known, position = _changeable(user, pk), _position(request.POST)
    if position is None:
        messages.error(request, "Say to which place it moves: 1, 2, 3 …")
    else:
        _try(request, lambda: known.put(position, by=user, at=timezone.now()))
    return redirect("settings_behaviours")


@require_POST
@for_definers
def behaviour_retirement(request: HttpRequest, pk: int) -> HttpResponse:
    user, form = signed_in(request), VersionedVerbForm(request.POST)
    known, version = _changeable(user, pk), form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(
        lambda: known.retire(by=user, at=timezone.now(), version=version)
    ):
        undo = reverse("settings_behaviour_restoration", args=[pk]) + f"?position={known.place}"
        messages.success(request, f"{known} is scored no longer.", extra_tags=f"undo:{undo}")
        return redirect("settings_behaviours")
    fresh = _changeable(user, pk)
    return _form_page(request, pk, BehaviourForm(None, behaviour=fresh, by=user), refused=form)


@require_POST
@for_definers
def behaviour_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Score it again; at `?position=` when that is said, else at the end of its set."""
    user, now = signed_in(request), timezone.now()
    known, position = _changeable(user, pk), _position(request.GET)
    if _try(request, lambda: known.restore(by=user, at=now)):
        if position is not None:
            known.put(position, by=user, at=now)
        messages.success(request, f"{known} is scored again.")
    return redirect("settings_behaviours")


@require_safe
def behaviour_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What it said when: for everybody, who reads by which words they were scored."""
    user = signed_in(request)
    rows = Behaviour.objects.visible_to(user).select_related("team")
    known = get_object_or_404(rows, pk=pk)
    context = {
        "behaviour": known,
        "versions": known.versions.select_related("by").order_by("-number"),
        "may_change": Behaviour.objects.changeable_by(user).filter(pk=pk).exists(),
    }
    return render(request, "coaching/behaviour_versions.html", context)


def _changeable(user: User, pk: int) -> Behaviour:
    """One that this person may change; 404 for others."""
    rows: BehaviourQuerySet = Behaviour.objects.changeable_by(user).select_related("team")
    return get_object_or_404(rows, pk=pk)


def _position(said: Any) -> int | None:
    position = said.get("position", "")
    return int(position) if position.isdecimal() and len(position) < 6 else None


def _try(request: HttpRequest, verb: Callable[[], Any]) -> bool:
    """Whether the verb went through; else its refusal is said on the next page."""
    try:
        verb()
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return False
    return True


def _list_page(request: HttpRequest, refused: CoachingRulesForm | None = None) -> HttpResponse:
    sets, retired = sets_for(signed_in(request))
    rules = CoachingRules.current()
    initial = {"minimum": rules.minimum, "version": rules.version}
    form = refused or CoachingRulesForm(initial=initial)
    context = {"sets": sets, "retired": retired, "rules": rules, "form": form}
    return render(request, "coaching/behaviours.html", context, status=form.status)


def _form_page(
    request: HttpRequest, pk: int, form: BehaviourForm, refused: VersionedVerbForm | None = None
) -> HttpResponse:
    """The page of a behaviour as it is saved, with what was refused if something was."""
    known = _changeable(signed_in(request), pk)
    context = {"behaviour": known, "form": form, "refused": refused}
    status = (refused or form).status
    return render(request, "coaching/behaviour.html", context, status=status)
