"""Absences: one's own and those of the people one leads."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lib.keyset import Page
from people.forms.absence import AbsenceForm
from people.models import Absence
from people.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = AbsenceForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, "Absence noted. Targets of that time shrink with it.")
        return redirect("settings_absences")
    known = Absence.objects.visible_to(user).select_related("user")
    context = {
        "form": form,
        "page": Page.of(known, ["-first_day"], request.GET),
        "today": user.today(timezone.now()),
        "for_others": user.leads_people or user.is_administrator,
    }
    return render(request, "people/absences.html", context, status=form.status)


@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.visible_to(signed_in(request)), pk=pk)
    absence.withdraw(by=signed_in(request))
    messages.success(request, f"Absence of {absence.user} withdrawn.")
    return redirect("settings_absences")
