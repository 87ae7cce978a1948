"""The page of an account: the company, what is going on with it, and how it is to be won."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.models import User
from people.signed_in import signed_in
from pipeline.models import Account, Call, Contact, Opportunity
from playbook.models import AccountStrategy, StrategyStep
from playbook.models.strategy import ABOUT, KINDS

SHOWN, CALLS_SHOWN = 50, 10


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    seen = Account.objects.visible_to(user)
    found = get_object_or_404(seen.select_related("owner", "strategy"), pk=pk)
    context = {
        "account": found,
        "parent": seen.filter(pk=found.parent_id).first() if found.parent_id else None,
        "subsidiaries": seen.filter(parent=found)[:SHOWN],
        "today": timezone.localdate(),
        "shown": SHOWN,
        **_going_on(found, user),
        **_strategy(found, user),
    }
    return render(request, "pipeline/account.html", context)


def _going_on(found: Account, user: User) -> dict[str, Any]:
    """Deals, people and calls, as far as one sees them."""
    deals = Opportunity.objects.visible_to(user).for_list().filter(account=found)
    calls = Call.objects.visible_to(user).for_list().filter(account=found)
    return {
        "contacts": Contact.objects.visible_to(user).filter(account=found)[: SHOWN + 1],
        "deals": deals.order_by(F("closed_on").desc(nulls_first=True), "close_date")[: SHOWN + 1],
        "calls": calls.order_by("-starts_at")[:CALLS_SHOWN],
    }


def _strategy(found: Account, user: User) -> dict[str, Any]:
    """The goal, and the steps in their three groups: open ones by their day, then those done."""
    strategy: AccountStrategy | None = getattr(found, "strategy", None)
    steps: list[StrategyStep] = []
    if strategy is not None:
        rows = StrategyStep.objects.visible_to(user).for_list().filter(strategy=strategy)
        in_order = (F("due_on").asc(nulls_last=True), "place", "pk")
        steps = list(rows.order_by(F("done_at").asc(nulls_first=True), *in_order))
    groups = [
        (kind, label, ABOUT[kind], [step for step in steps if step.kind == kind])
        for kind, label in KINDS
    ]
    return {"strategy": strategy, "strategy_groups": groups}
