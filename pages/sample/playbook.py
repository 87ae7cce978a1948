"""The playbook of the sample organisation: what is offered inside plans, deals and meetings."""

from datetime import timedelta
from typing import Any

from django.db.models import Max

from pages.sample import playbook_words as words
from pages.sample.deals import Sample
from pages.sample.people import SampleTeam
from people.models import User
from pipeline.models import Account, Product, Stage
from playbook.models import (
    AccountStrategy,
    Differentiator,
    IcpCriterion,
    OnboardingPlan,
    Priority,
    Question,
    TrainingAssignment,
    TrainingModule,
)

MATERIAL = (Differentiator, Question, Priority, IcpCriterion, TrainingModule)
ONBOARDING = "First month (sample)"


def load_playbook(sample: Sample, administrator: User) -> list[TrainingModule]:
    """The material, as it was four months ago. Returns the modules, in their order."""
    done: dict[str, Any] = {"by": administrator, "at": sample.past(120)}
    known = {each: each.objects.aggregate(last=Max("pk"))["last"] or 0 for each in MATERIAL}
    products = {each.name: each for each in Product.objects.filter(is_sample=True)}
    stages = {each.order: each for each in Stage.objects.all()}
    for product, text, proof in words.DIFFERENTIATORS:
        Differentiator.add(product=products.get(product), text=text, proof=proof, **done)
    for situation, stage, text in words.QUESTIONS:
        Question.add(
            situation=situation, stage=stages.get(stage) if stage else None, text=text, **done
        )
    for criterion in words.CRITERIA:
        IcpCriterion.add(**criterion, **done)
    for product, title, reason, first, days in words.PRIORITIES:
        begins = sample.today + timedelta(first)
        Priority.add(
            product=products.get(product),
            title=title,
            reason=reason,
            first_day=begins,
            last_day=None if days is None else begins + timedelta(days),
            **done,
        )
    modules = [
        TrainingModule.add(title=title, outcome=outcome, text=text, minutes=minutes, **done)
        for title, outcome, text, minutes in words.MODULES
    ]
    for each in MATERIAL:
        each.objects.filter(pk__gt=known[each]).update(is_sample=True)
    _onboarding(modules)
    return modules


def _onboarding(modules: list[TrainingModule]) -> None:
    if OnboardingPlan.objects.active().filter(team=None).exists():
        return  # a real one is never touched
    plan = OnboardingPlan.add(name=ONBOARDING)
    for module, days in words.ONBOARDING:
        plan.set_step(modules[module], days)


def load_training(sample: Sample, team: SampleTeam, modules: list[TrainingModule]) -> None:
    """Something taken, something due and something late."""
    first, second, *_ = team.reps
    asked: dict[str, Any] = {"by": team.manager, "at": sample.past(30)}
    taken = TrainingAssignment.assign(first, modules[0], sample.workday(-20), **asked)
    taken.finish(takeaway=words.TAKEAWAY, by=first, at=sample.past(22))
    TrainingAssignment.assign(
        first, modules[2], sample.workday(4), why="Your commitments are vague", **asked
    )
    TrainingAssignment.assign(second, modules[1], sample.workday(-2), **asked)


def load_strategy(sample: Sample, rep: User) -> None:
    """How the rep wants to win their largest account."""
    account = Account.objects.filter(is_sample=True, opportunities__owner=rep).order_by("name")[0]
    done: dict[str, Any] = {"by": rep, "at": sample.past(15)}
    strategy = AccountStrategy.of(account, **done)
    goal, steps = words.STRATEGY
    strategy.write_goal(goal, **done)
    for kind, text, days in steps:
        due_on = None if days is None else sample.workday(days)
        strategy.add_step(kind=kind, text=text, owner=rep, due_on=due_on, **done)


def remove() -> None:
    """Material of the sample, but for what real people were assigned or wrote with."""
    OnboardingPlan.objects.filter(name=ONBOARDING).delete()
    TrainingAssignment.objects.filter(person__is_sample=True).delete()
    for each in MATERIAL[:-1]:
        each.objects.filter(is_sample=True).delete()
    TrainingModule.objects.filter(is_sample=True, assignments=None, onboarding_steps=None).delete()
