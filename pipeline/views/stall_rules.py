"""When deals are called stalled: for administrators."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lib.calendar import local_date
from people.calendar import Calendar
from people.permissions import administrators_only
from pipeline.forms.stall_rules import LIMITS, StallRuleForm
from pipeline.models import Stage, StallRules
from pipeline.stage_medians import stage_medians
from pipeline.stall_reason import REASONS, StageLimit


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def stalls(request: HttpRequest) -> HttpResponse:
    """One group a reason; each saves itself, by the `reason` it says."""
    rules = StallRules.current()
    form = _form(request.POST, rules) if request.method == "POST" else None
    if form is not None and (form.reset() if "reset" in request.POST else form.save()):
        messages.success(request, f"{REASONS[form.name]}: saved.")
        return redirect(reverse("settings_stalls") + f"#{form.name}")
    return _page(request, StallRules.current(), form)


@require_safe
@administrators_only
def sentence(request: HttpRequest) -> HttpResponse:
    """What the limits as typed would do, in words."""
    form = _form(request.GET, StallRules.current())
    return HttpResponse(form.sentence, content_type="text/plain; charset=utf-8")


def _form(data: Any, rules: StallRules) -> StallRuleForm:
    if data.get("reason") not in LIMITS:
        raise Http404
    return StallRuleForm(data["reason"], rules, data)


def _page(request: HttpRequest, rules: StallRules, refused: StallRuleForm | None) -> HttpResponse:
    groups = [
        (name, label, refused if refused and refused.name == name else StallRuleForm(name, rules))
        for name, label in REASONS.items()
    ]
    context = {"groups": groups, "limits": _limits(rules), "refused": refused}
    status = refused.status if refused else 200
    return render(request, "settings/stall_rules.html", context, status=status)


def _limits(rules: StallRules) -> list[tuple[Stage, StageLimit, int]]:
    """Each stage with its limit in force and over how many won deals a median would be taken."""
    calendar = Calendar.current()
    day = local_date(timezone.now(), calendar.zone)
    medians = stage_medians(day, calendar.zone, calendar.holidays, rules.history_era)
    return [
        (
            stage,
            StageLimit.of(stage, medians, rules),
            medians[stage.pk].won if stage.pk in medians else 0,
        )
        for stage in Stage.objects.all()
    ]
