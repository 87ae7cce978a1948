"""What new people learn: for administrators."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.permissions import administrators_only
from people.signed_in import signed_in
from pipeline.views.verb import answer, posted
from playbook.forms.onboarding import OnboardingPlanForm, OnboardingStepForm
from playbook.models import OnboardingPlan, OnboardingStep

SHOWN = 200


@require_safe
@administrators_only
def onboarding_plans(request: HttpRequest) -> HttpResponse:
    seen = OnboardingPlan.objects.visible_to(signed_in(request)).select_related("team")
    people = Count("assignments__person", distinct=True)
    counted = seen.annotate(modules=Count("steps", distinct=True), people=people)
    plans = counted.order_by("-is_active", "name", "pk")[:SHOWN]
    return render(request, "playbook/onboarding_plans.html", {"plans": plans})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def onboarding_plan_new(request: HttpRequest) -> HttpResponse:
    form = OnboardingPlanForm(None, signed_in(request), posted(request))
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, f"{form.thing} made. Add its modules.")
        return redirect("onboarding_plan", form.thing.pk)
    context = {"form": form, "back": reverse("onboarding_plans"), "about": "Onboarding"}
    return render(request, "pipeline/verb.html", context, status=form.status)


@require_safe
@administrators_only
def onboarding_plan(request: HttpRequest, pk: int) -> HttpResponse:
    plan, user = find(request, pk), signed_in(request)
    of_each = plan.assignments.order_by().values("person_id", "person__name", "person__joined_on")
    context = {
        "plan": plan,
        "steps": plan.steps.select_related("module"),
        "form": OnboardingStepForm(plan, user),
        "people": of_each.annotate(modules=Count("pk")).order_by(
            "-person__joined_on", "person__name"
        )[:SHOWN],
    }
    return render(request, "playbook/onboarding_plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def onboarding_plan_description(request: HttpRequest, pk: int) -> HttpResponse:
    plan = find(request, pk)
    form = OnboardingPlanForm(plan, signed_in(request), posted(request))
    form.heading = f"Edit {plan}"
    return answer(request, form, reverse("onboarding_plan", args=[pk]), about=plan)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def onboarding_steps(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a module into the plan, or give one that is in it other days."""
    plan = find(request, pk)
    form = OnboardingStepForm(plan, signed_in(request), posted(request))
    return answer(request, form, reverse("onboarding_plan", args=[pk]), about=plan)


@require_POST
@administrators_only
def onboarding_step_removal(request: HttpRequest, pk: int) -> HttpResponse:
    steps = OnboardingStep.objects.visible_to(signed_in(request))
    step = get_object_or_404(steps.select_related("plan", "module"), pk=pk)
    step.remove()
    messages.success(request, f"{step.module} is no longer in the plan.")
    return redirect("onboarding_plan", step.plan_id)


def find(request: HttpRequest, pk: int) -> OnboardingPlan:
    """The plan, or 404."""
    seen = OnboardingPlan.objects.visible_to(signed_in(request)).select_related("team")
    return get_object_or_404(seen, pk=pk)
