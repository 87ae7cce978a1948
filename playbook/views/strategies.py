"""The strategy for an account: its goal and its steps. It is shown on the account's page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from people.signed_in import signed_in
from pipeline.models import Account
from pipeline.views.verb import answer, posted
from playbook.forms.strategy import GoalForm, StepForm
from playbook.models import AccountStrategy, StrategyStep


@require_http_methods(["GET", "HEAD", "POST"])
def account_strategy(request: HttpRequest, pk: int) -> HttpResponse:
    """The goal."""
    account, user = _account(request, pk), signed_in(request)
    seen = AccountStrategy.objects.visible_to(user).select_related("account")
    strategy = seen.filter(account=account).first() or AccountStrategy(account=account)
    form = GoalForm(strategy, user, posted(request), auto_id="goal_%s")
    return answer(request, form, place_of(pk), about=account)


@require_http_methods(["GET", "HEAD", "POST"])
def account_strategy_steps(request: HttpRequest, pk: int) -> HttpResponse:
    """One more step; `?kind=` is chosen beforehand."""
    account = _account(request, pk)
    initial = {"kind": request.GET.get("kind", "")}
    form = StepForm(
        None, signed_in(request), posted(request), initial=initial, auto_id="new_step_%s"
    )
    form.account = account
    return answer(request, form, place_of(pk), about=account)


@require_http_methods(["GET", "HEAD", "POST"])
def strategy_step(request: HttpRequest, pk: int) -> HttpResponse:
    step = find(request, pk)
    form = StepForm(step, signed_in(request), posted(request), auto_id=f"step_{pk}_%s")
    account = step.strategy.account
    return answer(request, form, place_of(account.pk), about=account)


@require_POST
def strategy_step_completion(request: HttpRequest, pk: int) -> HttpResponse:
    step = find(request, pk)
    return _carry_out(request, step, step.finish, "Done", "strategy_step_reopening")


@require_POST
def strategy_step_reopening(request: HttpRequest, pk: int) -> HttpResponse:
    step = find(request, pk)
    return _carry_out(request, step, step.reopen, "Open again")


@require_POST
def strategy_step_removal(request: HttpRequest, pk: int) -> HttpResponse:
    step = find(request, pk)
    return _carry_out(request, step, step.remove, "Removed")


def _carry_out(
    request: HttpRequest,
    step: StrategyStep,
    verb: Callable[..., Any],
    said: str,
    undo: str = "",
) -> HttpResponse:
    """Do it and go back to the account, or to Today when it came from there."""
    now: datetime = timezone.now()
    address = undo and f"undo:{reverse(undo, args=[step.pk])}"
    try:
        verb(by=signed_in(request), at=now)
        messages.success(request, f"{said}: {step}", extra_tags=address)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    on_today = "today" in request.POST
    return redirect("today" if on_today else place_of(step.strategy.account_id))


def place_of(account: int) -> str:
    """Where on the page of the account its strategy is."""
    return reverse("account", args=[account]) + "#strategy"


def _account(request: HttpRequest, pk: int) -> Account:
    return get_object_or_404(Account.objects.visible_to(signed_in(request)), pk=pk)


def find(request: HttpRequest, pk: int) -> StrategyStep:
    """The step, or 404."""
    seen = StrategyStep.objects.visible_to(signed_in(request))
    return get_object_or_404(seen.select_related("strategy__account", "owner"), pk=pk)
