"""Skill x will of a rep, behaviour by behaviour, and what it rests on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from coaching.forms.diagnoses import DiagnosisForm
from coaching.models import Behaviour, Diagnosis
from coaching.models.diagnosis import WHAT_TO_DO
from coaching.skill_will import READ, by_behaviour
from coaching.visibility import require_coach
from people.models import User
from people.signed_in import signed_in


@require_safe
def person_diagnoses(request: HttpRequest, pk: int) -> HttpResponse:
    """All of a rep's, behaviour by behaviour, newest first."""
    user = signed_in(request)
    rep = get_object_or_404(User.objects.led_by(user), pk=pk)
    rows = list(Diagnosis.objects.visible_to(user).filter(rep=rep).for_list()[: READ + 1])
    context = {
        "rep": rep,
        "squares": by_behaviour(rows[:READ]),
        "limit": READ if len(rows) > READ else 0,
        "may_write": user != rep,
    }
    return render(request, "coaching/person_diagnoses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def diagnosis_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Diagnose `?behaviour=` of a rep; without one, choose it first."""
    user = signed_in(request)
    rep = get_object_or_404(User.objects.led_by(user), pk=pk)
    require_coach(rep, user)
    expected = Behaviour.objects.visible_to(user).expected_of(rep)
    asked = request.GET.get("behaviour", "")
    behaviour = next((each for each in expected if str(each.pk) == asked), None)
    if behaviour is None:
        return _choose(request, rep, expected, asked)
    posted = request.method == "POST"
    form = DiagnosisForm(rep, behaviour, user, request.POST if posted else None)
    if posted and form.is_valid() and form.carry_out(lambda: _give(form)):
        messages.success(request, f"Diagnosed. {rep.first_name} reads it too.")
        return redirect("person_diagnoses", pk)
    context = {"rep": rep, "behaviour": behaviour, "form": form, "what_to_do": WHAT_TO_DO.items()}
    return render(request, "coaching/diagnosis_new.html", context, status=form.status)


def _choose(request: HttpRequest, rep: User, expected: list[Behaviour], asked: str) -> HttpResponse:
    """Which behaviour it is about. What is not expected of the rep does not exist here."""
    if asked:
        raise Http404
    context = {"rep": rep, "expected": expected}
    status = 400 if request.method == "POST" else 200
    return render(request, "coaching/diagnosis_choice.html", context, status=status)


def _give(form: DiagnosisForm) -> None:
    (rep, behaviour, user), said = form.about, dict[str, Any](form.cleaned_data)
    keys = said.pop("evidence")
    Diagnosis.give(rep, behaviour, by=user, at=timezone.now(), evidence_keys=keys, **said)
