"""What the page of an account shows of its strategy."""

from typing import Any

from django.db.models import F

from people.models import User
from pipeline.models import Account
from playbook.models import AccountStrategy, StrategyStep
from playbook.models.strategy import ABOUT, KINDS


def strategy_of(account: Account, user: User) -> dict[str, Any]:
    """The goal, and the steps in their three groups: open ones by their day, then those done.

    One statement, for an account that was read with its strategy.
    """
    strategy: AccountStrategy | None = getattr(account, "strategy", None)
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
