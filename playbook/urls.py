from django.urls import URLPattern, path

from playbook.material_pages import KINDS, Kind
from playbook.views import material, onboarding, strategies, training, training_assignments

MODULE = "playbook/training/<int:pk>/"
PLAN = "playbook/onboarding/<int:pk>/"
ASSIGNMENT = "training/<int:pk>/"
STEP = "strategy-steps/<int:pk>/"

OF_TRAINING = [
    path("playbook/training/", training.training_modules, name="training_modules"),
    path("playbook/training/new/", training.training_module_new, name="training_module_new"),
    path(
        "playbook/training/export/",
        training.training_modules_export,
        name="training_modules_export",
    ),
    path(MODULE, training.training_module, name="training_module"),
    path(
        MODULE + "description/",
        training.training_module_description,
        name="training_module_description",
    ),
    path(MODULE + "position/", training.training_module_position, name="training_module_position"),
    path(
        MODULE + "retirement/",
        training.training_module_retirement,
        name="training_module_retirement",
    ),
    path(
        MODULE + "restoration/",
        training.training_module_restoration,
        name="training_module_restoration",
    ),
    path("playbook/onboarding/", onboarding.onboarding_plans, name="onboarding_plans"),
    path("playbook/onboarding/new/", onboarding.onboarding_plan_new, name="onboarding_plan_new"),
    path(PLAN, onboarding.onboarding_plan, name="onboarding_plan"),
    path(
        PLAN + "description/",
        onboarding.onboarding_plan_description,
        name="onboarding_plan_description",
    ),
    path(PLAN + "steps/", onboarding.onboarding_steps, name="onboarding_steps"),
    path(
        "playbook/onboarding-steps/<int:pk>/removal/",
        onboarding.onboarding_step_removal,
        name="onboarding_step_removal",
    ),
    path("training/", training_assignments.training, name="training"),
    path("training/new/", training_assignments.training_new, name="training_new"),
    path(
        ASSIGNMENT + "completion/",
        training_assignments.training_completion,
        name="training_completion",
    ),
    path(
        ASSIGNMENT + "due-date/",
        training_assignments.training_due_date,
        name="training_due_date",
    ),
    path(
        ASSIGNMENT + "withdrawal/",
        training_assignments.training_withdrawal,
        name="training_withdrawal",
    ),
    path(
        ASSIGNMENT + "reopening/",
        training_assignments.training_reopening,
        name="training_reopening",
    ),
]
OF_STRATEGIES = [
    path("accounts/<int:pk>/strategy/", strategies.account_strategy, name="account_strategy"),
    path(
        "accounts/<int:pk>/strategy-steps/",
        strategies.account_strategy_steps,
        name="account_strategy_steps",
    ),
    path(STEP, strategies.strategy_step, name="strategy_step"),
    path(
        STEP + "completion/",
        strategies.strategy_step_completion,
        name="strategy_step_completion",
    ),
    path(STEP + "reopening/", strategies.strategy_step_reopening, name="strategy_step_reopening"),
    path(STEP + "removal/", strategies.strategy_step_removal, name="strategy_step_removal"),
]


def of_material(kind: Kind) -> list[URLPattern]:
    """The pages of one kind of material, which share their views."""
    views, all_of = {"kind": kind.name}, f"playbook/{kind.name.replace('_', '-')}/"
    one = f"{all_of}<int:pk>/"
    return [
        path(all_of, material.material, views, name=kind.name),
        path(f"{all_of}new/", material.new, views, name=f"{kind.one}_new"),
        path(f"{all_of}export/", material.download, views, name=f"{kind.name}_export"),
        path(one, material.piece, views, name=kind.one),
        path(f"{one}position/", material.position, views, name=f"{kind.one}_position"),
        path(f"{one}retirement/", material.retirement, views, name=f"{kind.one}_retirement"),
        path(f"{one}restoration/", material.restoration, views, name=f"{kind.one}_restoration"),
    ]


OF_MATERIAL = [
    path("playbook/", material.playbook, name="playbook"),
    *(pattern for kind in KINDS.values() for pattern in of_material(kind)),
]
urlpatterns = [*OF_MATERIAL, *OF_TRAINING, *OF_STRATEGIES]
