"""The manager's queue of plans to inspect, and the answer to one."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from coaching.forms.inspections import InspectionForm
from coaching.inspection_queue import InspectionQueue, read_fully, to_ask_about
from coaching.models import CallPlan, Inspection
from coaching.why_inspected import why
from people.signed_in import signed_in

EVERYBODY = "everybody"  # ?scope=
SAID = {
    CallPlan.GOOD: "Good to go. {rep} sees it at once.",
    CallPlan.CHANGE: "Sent back to {rep} with your words.",
    CallPlan.TALK: "{rep} knows that you want to talk before the call.",
}


@require_safe
@vary_on_headers("HX-Request")
def inspections(request: HttpRequest) -> HttpResponse:
    """The queue with one plan open: the one asked for, else the soonest."""
    queue = _queue(request)
    wanted = request.GET.get("plan", "")
    plan = _wanted(queue, wanted) if wanted else queue.first
    form = InspectionForm(initial={"version": plan.version}) if plan else None
    return _page(request, queue, plan, form, answer=request.GET.get("answer", ""))


@require_POST
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a plan, and go on to the next."""
    queue = _queue(request)
    plan = get_object_or_404(CallPlan.objects.visible_to(queue.user).for_list(), pk=pk)
    form = InspectionForm(request.POST)
    if form.is_valid() and form.carry_out(lambda: _give(plan, form, queue)):
        said = SAID[form.cleaned_data["verdict"]]
        messages.success(request, said.format(rep=plan.call.owner.name))
        return redirect(_address(queue, queue.next_after(plan)))
    now_saved = CallPlan.objects.visible_to(queue.user).for_list().get(pk=pk)
    return _page(request, queue, now_saved, form, answer=request.POST.get("verdict", ""))


def _queue(request: HttpRequest) -> InspectionQueue:
    everybody = request.GET.get("scope") == EVERYBODY
    return InspectionQueue(signed_in(request), timezone.now(), everybody=everybody)


def _wanted(queue: InspectionQueue, pk: str) -> CallPlan:
    """Any filed plan of somebody under this manager, also one that no longer waits."""
    if not pk.isdecimal():
        raise Http404
    plans = CallPlan.objects.visible_to(queue.user).under(queue.user).filed()
    return cast(CallPlan, get_object_or_404(plans.for_list(), pk=pk))


def _give(plan: CallPlan, form: InspectionForm, queue: InspectionQueue) -> None:
    said = form.cleaned_data
    Inspection.give(
        plan,
        said["verdict"],
        by=queue.user,
        at=queue.now,
        part=said["part"],
        comment=said["comment"],
        version=said["version"],
    )


def _address(queue: InspectionQueue, plan: CallPlan | None) -> str:
    query = [f"plan={plan.pk}"] if plan else []
    query += [f"scope={EVERYBODY}"] if queue.everybody else []
    return reverse("inspections") + ("?" + "&".join(query) if query else "")


def _page(
    request: HttpRequest,
    queue: InspectionQueue,
    plan: CallPlan | None,
    form: InspectionForm | None,
    *,
    answer: str,
) -> HttpResponse:
    """The whole page, or for htmx the list and the plan alone."""
    context = _about(queue, plan) | {
        "opened": "plan" in request.GET or request.method == "POST",
        "form": form,
        "answer": answer if answer in (CallPlan.CHANGE, CallPlan.TALK) else "",
    }
    if plan and context["answer"]:
        context["questions"] = to_ask_about(plan, queue.user)
    swap = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "coaching/inspections.html" + ("#queue" if swap else "")
    return render(request, template, context, status=form.status if form else 200)


def _about(queue: InspectionQueue, plan: CallPlan | None) -> dict[str, Any]:
    before, after = queue.neighbours(plan)
    return {
        "queue": queue,
        "scope": f"scope={EVERYBODY}" if queue.everybody else "",
        "plan": read_fully(plan) if plan else None,
        "why": why(plan, queue.user) if plan else None,
        "open_to_answer": plan is not None and Inspection.may_be_given(plan, queue.now),
        "before": before,
        "after": after,
    }
