"""Which filed plans the manager inspects beforehand.

Every one, until inspection levels exist: the one place to change when they do.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coaching.models import CallPlan

CONTINUOUS = "continuous"
LEVELS = [(CONTINUOUS, "every plan")]


def level_of(plan: "CallPlan") -> str:
    """The inspection level of the rep whose plan this is."""
    return CONTINUOUS


def is_inspected(plan: "CallPlan") -> bool:
    """Whether the rep's level picks this plan for inspection."""
    return level_of(plan) == CONTINUOUS
