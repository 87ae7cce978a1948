"""The material that a plan offers."""

from collections.abc import Iterable

from django.db.models import CharField, Value

from people.models import User
from pipeline.models import Opportunity
from playbook.models import Differentiator, Question
from playbook.models.question import PLAN

DIFFERENTIATORS, QUESTIONS = "differentiators", "questions"
MOST_READ = 25  # more than are shown: what stands on the plan already is left out


def offered_in_plan(deal: Opportunity | None, user: User) -> dict[str, list[str]]:
    """Differentiators for the product of the deal and questions for its stage, both with those of
    any after their own, in one statement.
    """
    product = deal.product if deal else None
    stages: Iterable[int] = [deal.stage_id] if deal else []
    apart = Differentiator.objects.visible_to(user).for_product(product)
    asked = Question.objects.visible_to(user).for_situation(PLAN, stages)
    kinds = {DIFFERENTIATORS: (apart, "product"), QUESTIONS: (asked, "stage")}
    first, second = (
        rows.model.objects.filter(pk__in=rows.values("pk")[:MOST_READ])
        .order_by()
        .values_list(Value(kind, CharField()), own, "place", "pk", "text")
        for kind, (rows, own) in kinds.items()
    )
    found: dict[str, list[str]] = {kind: [] for kind in kinds}
    ordered = sorted(first.union(second, all=True), key=lambda row: (row[1] is None, *row[2:4]))
    for kind, _, _, _, text in ordered:
        found[kind].append(text)
    return found
