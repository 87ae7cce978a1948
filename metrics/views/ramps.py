"""How the targets of new people grow: for administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.verb_form import VersionedVerbForm
from metrics.forms.ramps import NewRampForm, RampForm, in_words
from metrics.models import Ramp
from people.permissions import administrators_only
from people.signed_in import signed_in


@require_safe
@administrators_only
def ramps(request: HttpRequest) -> HttpResponse:
    known = Ramp.objects.visible_to(signed_in(request))
    context = {"ramps": [(ramp, in_words(ramp.percents)) for ramp in known]}
    return render(request, "metrics/settings_ramps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def ramp_new(request: HttpRequest) -> HttpResponse:
    """`?percents=` shows the preview of a table that is being typed."""
    initial = {"percents": request.GET.get("percents", "")}
    form = NewRampForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"{form.cleaned_data['name']} added.")
        return redirect("settings_ramps")
    return render(request, "metrics/settings_ramp.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def ramp(request: HttpRequest, pk: int) -> HttpResponse:
    known = find(request, pk)
    form = RampForm(request.POST or None, initial=vars(known))
    if request.method == "POST" and form.is_valid() and form.save(known):
        messages.success(request, f"{known} saved. Targets that use it follow.")
        return redirect("settings_ramps")
    return ramp_page(request, pk, form)


@require_POST
@administrators_only
def ramp_removal(request: HttpRequest, pk: int) -> HttpResponse:
    known, form = find(request, pk), VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: known.remove(version=version)):
        messages.success(request, f"{known} removed.")
        return redirect("settings_ramps")
    return ramp_page(request, pk, RampForm(initial=vars(known)), refused=form)


def find(request: HttpRequest, pk: int) -> Ramp:
    """The table, or 404."""
    known: Ramp = get_object_or_404(Ramp.objects.visible_to(signed_in(request)), pk=pk)
    return known


def ramp_page(
    request: HttpRequest, pk: int, form: RampForm, refused: VersionedVerbForm | None = None
) -> HttpResponse:
    """The page of a table, with the form that was refused if there is one."""
    known = find(request, pk)
    in_use = known.targets.filter(replaced_at=None).count()
    context = {"ramp": known, "form": form, "refused": refused, "in_use": in_use}
    status = (refused or form).status
    return render(request, "metrics/settings_ramp.html", context, status=status)
