"""What new people learn, and how many days after their first one."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q

from lib.events import publish, publishing
from lib.versions import Versioned
from people.models import Team, User
from playbook.models.training import TrainingModule

MOST_DAYS = 365
MOST_STEPS = 60


class OnboardingPlanQuerySet(models.QuerySet["OnboardingPlan"]):
    def visible_to(self, user: User) -> Self:
        """Administrators: others see what they are to take themselves."""
        return self if user.is_administrator else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)


class OnboardingPlan(Versioned):
    """For the new people of a team and those under it, or of all.

    The nearest one wins: that of somebody's team, else of the team above, else of all.
    """

    CHANGEABLE = frozenset({"name", "team", "is_active"})

    name = models.CharField(
        max_length=100,
        unique=True,
        error_messages={"unique": "There is an onboarding plan of that name already."},
    )
    team = models.ForeignKey(
        Team, models.CASCADE, null=True, blank=True, related_name="onboarding_plans"
    )
    is_active = models.BooleanField("In use", default=True)

    objects = OnboardingPlanQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(is_active=True, team__isnull=False),
                name="one_onboarding_plan_a_team",
                violation_error_message="That team has an onboarding plan in use already.",
            ),
            models.UniqueConstraint(
                fields=["is_active"],
                condition=Q(is_active=True, team=None),
                name="one_onboarding_plan_for_all",
                violation_error_message="There is an onboarding plan in use for everybody already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """For whom, in words."""
        return str(self.team or "everybody")

    # Verbs.

    @classmethod
    @transaction.atomic
    def add(cls, *, name: str, team: Team | None = None) -> "OnboardingPlan":
        """Make one without steps. Raises ValidationError beside another one in use for them."""
        plan = cls(name=name.strip(), team=team)
        plan.full_clean()
        plan.save()
        publish("added", plan)
        return plan

    def change(self, *, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`. What was assigned already stays as it is."""
        if unknown := values.keys() - self.CHANGEABLE:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        with self.editing(version), publishing(self, "changed"):
            for name, value in values.items():
                setattr(self, name, value.strip() if isinstance(value, str) else value)
            self.full_clean()
            self.save()

    def set_step(
        self, module: TrainingModule, after_days: int, *, version: int | None = None
    ) -> "OnboardingStep":
        """Have a module taken so many calendar days after the first one; each module once."""
        with self.editing(version):
            if not module.is_active:
                raise ValidationError({"module": f"{module} is retired."})
            self.steps.filter(module=module).delete()
            if self.steps.count() >= MOST_STEPS:
                raise ValidationError(f"A plan has at most {MOST_STEPS} steps.")
            step = OnboardingStep(plan=self, module=module, after_days=after_days)
            step.full_clean()
            step.save()
            publish("set", step)
        return step


class OnboardingStepQuerySet(models.QuerySet["OnboardingStep"]):
    def visible_to(self, user: User) -> Self:
        """As the plan is."""
        return self if user.is_administrator else self.none()


class OnboardingStep(models.Model):
    """A module to be taken `after_days` calendar days after somebody's first day."""

    plan = models.ForeignKey(OnboardingPlan, models.CASCADE, related_name="steps")
    module = models.ForeignKey(TrainingModule, models.PROTECT, related_name="onboarding_steps")
    after_days = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MOST_DAYS)])

    objects = OnboardingStepQuerySet.as_manager()

    class Meta:
        ordering = ["after_days", "module__place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "module"], name="onboarding_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.module} after {self.after_days} d"

    def remove(self, *, version: int | None = None) -> None:
        """Leave the module out for those who come from now on. The version is the plan's."""
        with self.plan.editing(version):
            publish("removed", self, gone=True)
            self.delete()
