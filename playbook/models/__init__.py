"""What one sells with: material offered inside the work."""

from playbook.models.differentiator import Differentiator
from playbook.models.icp_criterion import IcpCriterion
from playbook.models.material_use import MaterialUse
from playbook.models.onboarding import OnboardingPlan, OnboardingStep
from playbook.models.priority import Priority
from playbook.models.question import Question
from playbook.models.strategy import AccountStrategy, StrategyStep
from playbook.models.training import TrainingModule
from playbook.models.training_assignment import TrainingAssignment

__all__ = [
    "AccountStrategy",
    "Differentiator",
    "IcpCriterion",
    "MaterialUse",
    "OnboardingPlan",
    "OnboardingStep",
    "Priority",
    "Question",
    "StrategyStep",
    "TrainingAssignment",
    "TrainingModule",
]
