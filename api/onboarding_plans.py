"""What new people learn: for administrators."""

from typing import Any, ClassVar

from api.filters import FilterSet, IdFilter, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Deletable, Editable, Readable, verb
from api.shapes import ModelBody, Representation
from playbook.models import OnboardingPlan, OnboardingStep


class OnboardingStepSerializer(Representation):
    """A module that is due `after_days` calendar days after somebody's first day."""

    class Meta:
        model = OnboardingStep
        fields = ("id", "plan", "module", "after_days")


class OnboardingPlanSerializer(Representation):
    """Without a `team` for everybody; the plan nearest to somebody's team wins."""

    steps = OnboardingStepSerializer(many=True, read_only=True)

    class Meta:
        model = OnboardingPlan
        fields = ("id", "name", "team", "is_active", "steps", "version")


class NewOnboardingPlanSerializer(ModelBody):
    class Meta:
        model = OnboardingPlan
        fields: tuple[str, ...] = ("name", "team")


class OnboardingPlanChangeSerializer(ModelBody):
    class Meta:
        model = OnboardingPlan
        fields = ("name", "team", "is_active")


class StepOfPlanSerializer(ModelBody):
    """A module that is in the plan already gets these days."""

    class Meta:
        model = OnboardingStep
        fields = ("module", "after_days")


class OnboardingPlanFilters(FilterSet):
    team, is_active = IdFilter(), TrueFalse()

    class Meta:
        model = OnboardingPlan
        fields: ClassVar[list[str]] = []


class OnboardingPlans(Readable, Creatable, Editable):
    """Administrators only: others see what they are to take in `training-assignments`."""

    queryset = OnboardingPlan.objects.prefetch_related("steps")
    permission_classes = ADMINISTRATED
    serializer_class = OnboardingPlanSerializer
    body_class, change_class = NewOnboardingPlanSerializer, OnboardingPlanChangeSerializer
    filterset_class = OnboardingPlanFilters

    def make(self, values: dict[str, Any]) -> OnboardingPlan:
        return OnboardingPlan.add(**values)

    @verb("steps", StepOfPlanSerializer, answer=OnboardingStepSerializer)
    def steps(
        self, plan: OnboardingPlan, sent: dict[str, Any], *, version: int | None, **done: Any
    ) -> OnboardingStep:
        """Put a module into the plan."""
        return plan.set_step(**sent, version=version)


class OnboardingSteps(Readable, Deletable):
    """The modules of the plans. DELETE leaves one out for those who come from now on."""

    queryset = OnboardingStep.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = OnboardingStepSerializer
