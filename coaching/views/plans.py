"""The pre-call plan of a call: written by the rep whose call it is, read by their managers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.inspection_queue import read_fully
from coaching.models import CallPlan, Inspection
from coaching.plan_page import PlanPage
from coaching.visibility import coached_calls, require_author
from coaching.why_inspected import on_filing, why
from people.models import User
from people.signed_in import signed_in
from pipeline.models import Call

FILED = {
    CallPlan.ON_TIME: "Plan filed on time.",
    CallPlan.LATE: "Plan filed, after the call began.",
    CallPlan.RETROACTIVE: "Plan filed, after the call.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def call_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan to write on, or to read; POST saves it as it is. A plan not begun is prefilled."""
    user, now = signed_in(request), timezone.now()
    call = _call(user, pk)
    if request.method == "POST":
        require_author(call, user)
        page = PlanPage.of(call, user, request.POST)
        saved = page.form.keep(by=user, at=now)
        return _saved(request, page) if saved else _write_page(request, page)
    if call.owner_id == user.pk and call.is_planned:
        return _write_page(request, PlanPage.of(call, user))
    plan = getattr(call, "plan", None)
    context = {
        "call": call,
        "plan": read_fully(plan) if plan else None,
        "why": why(plan, user) if plan else None,
        "can_inspect": plan and plan.state == CallPlan.FILED and Inspection.may_be_given(plan, now),
    }
    return render(request, "coaching/plan_read.html", context)


@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """For links that know the plan only: on to where it is read, on its call."""
    found = get_object_or_404(CallPlan.objects.visible_to(signed_in(request)), pk=pk)
    return redirect("call_plan", found.call_id)


@require_POST
def call_plan_filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was sent and hand it in; what is still empty is named, and the text stays."""
    user, call = signed_in(request), _call(signed_in(request), pk)
    require_author(call, user)
    page = PlanPage.of(call, user, request.POST)
    if page.form.hand_in(by=user, at=timezone.now()) and page.plan:
        messages.success(request, f"{FILED[page.plan.timeliness]} {on_filing(page.plan)}".strip())
        return redirect("call_plan", pk)
    return _write_page(request, page)


def _call(user: User, pk: int) -> Call:
    calls = coached_calls(user).for_list()
    return get_object_or_404(
        calls.select_related(
            "account", "opportunity__product", "opportunity__stage", "owner", "plan"
        ),
        pk=pk,
    )


def _write_page(request: HttpRequest, page: PlanPage) -> HttpResponse:
    plan = page.plan
    context = {
        "page": page,
        "call": page.call,
        "form": page.form,
        "plan": plan,
        "why": why(plan, page.user) if plan else None,
    }
    return render(request, "coaching/plan.html", context, status=page.form.status)


def _saved(request: HttpRequest, page: PlanPage) -> HttpResponse:
    """To the script that saves while one types: what it must know. To a browser: the page."""
    plan = page.plan
    if request.accepts("text/html") or plan is None or plan.saved_at is None:
        messages.success(request, "Saved.")
        return redirect("call_plan", page.call.pk)
    saved_at = date_format(timezone.localtime(plan.saved_at), "H:i")
    strip = render_to_string("_dots.html", {"strip": plan.strip})
    return JsonResponse({"version": plan.version, "saved_at": saved_at, "strip": strip})
