"""What is told of the playbook: names, and what a piece is for."""

from collections.abc import Mapping

from lib.events import Subject
from playbook.models import (
    AccountStrategy,
    Differentiator,
    IcpCriterion,
    OnboardingPlan,
    OnboardingStep,
    Priority,
    Question,
    StrategyStep,
    TrainingAssignment,
    TrainingModule,
)

GROUP, TRAINING, STRATEGIES = "Playbook", "Training", "Account strategies"


def _events(noun: str) -> Mapping[str, str]:
    return {
        "added": f"{noun} was added.",
        "changed": f"{noun} changed, or got another place.",
        "retired": f"{noun} was retired.",
        "restored": f"{noun} is offered again.",
    }


MATERIAL = [
    Subject(
        IcpCriterion,
        "icp_criterion",
        "icp-criteria",
        ("name", "fact", "condition", "weight", "retired_at"),
        _events("A criterion of the ideal customer profile"),
        name="name",
        group=GROUP,
    ),
    Subject(
        Differentiator,
        "differentiator",
        "differentiators",
        ("product", "place", "retired_at"),
        _events("A differentiator"),
        group=GROUP,
    ),
    Subject(
        Priority,
        "priority",
        "priorities",
        ("title", "product", "first_day", "last_day", "place", "retired_at"),
        _events("A priority"),
        name="title",
        group=GROUP,
    ),
    Subject(
        Question,
        "question",
        "questions",
        ("situation", "stage", "place", "retired_at"),
        _events("A question of the question bank"),
        group=GROUP,
    ),
]
OF_TRAINING = [
    Subject(
        TrainingModule,
        "training_module",
        "training-modules",
        ("title", "minutes", "place", "retired_at"),
        _events("A training module"),
        name="title",
        group=TRAINING,
    ),
    Subject(
        TrainingAssignment,
        "training_assignment",
        "training-assignments",
        (
            "person",
            "module",
            "due_on",
            "assigned_by",
            "assigned_at",
            "rescheduled_at",
            "done_at",
            "withdrawn_at",
        ),
        {
            "assigned": "Somebody is to take a training module.",
            "finished": "A training module was taken.",
            "reopened": "A training module is to be taken after all.",
            "withdrawn": "A training module need not be taken.",
            "rescheduled": "A training module is to be taken by another day.",
        },
        group=TRAINING,
    ),
    Subject(
        OnboardingPlan,
        "onboarding_plan",
        "onboarding-plans",
        ("name", "team", "is_active"),
        {
            "added": "An onboarding plan was made.",
            "changed": "An onboarding plan is called otherwise, is for others, or is (not) in use.",
        },
        name="name",
        group=TRAINING,
    ),
    Subject(
        OnboardingStep,
        "onboarding_step",
        "",
        ("plan", "module", "after_days"),
        {
            "set": "An onboarding plan has a module taken so many days after the first one.",
            "removed": "An onboarding plan leaves a module out.",
        },
        group=TRAINING,
    ),
]
OF_STRATEGIES = [
    Subject(
        AccountStrategy,
        "account_strategy",
        "account-strategies",
        ("account",),
        {
            "begun": "A strategy for an account was begun.",
            "goal_written": "The goal of a strategy was written.",
        },
        group=STRATEGIES,
    ),
    Subject(
        StrategyStep,
        "strategy_step",
        "strategy-steps",
        ("strategy", "kind", "owner", "due_on", "done_at", "place"),
        {
            "added": "A step of a strategy was planned.",
            "changed": "A step of a strategy changed.",
            "finished": "A step of a strategy was done.",
            "reopened": "A step of a strategy is open again.",
            "removed": "A step was taken out of a strategy.",
        },
        group=STRATEGIES,
    ),
]
SUBJECTS = [*MATERIAL, *OF_TRAINING, *OF_STRATEGIES]
