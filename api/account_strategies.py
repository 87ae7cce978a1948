"""How accounts are to be won: a goal each, and steps with owners."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from api.fields import Assignable
from api.filters import DayFilter, FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Deletable, Editable, Readable, undo, verb
from api.shapes import ModelBody, Representation
from playbook.models import AccountStrategy, StrategyStep
from playbook.models.strategy import KINDS


class StrategyStepSerializer(Representation):
    class Meta:
        model = StrategyStep
        fields = (
            "id",
            "strategy",
            "kind",
            "text",
            "owner",
            "due_on",
            "done_at",
            "place",
            "version",
        )


class AccountStrategySerializer(Representation):
    """With its `steps` in the order in which they were planned."""

    steps = StrategyStepSerializer(many=True, read_only=True)

    class Meta:
        model = AccountStrategy
        fields = ("id", "account", "goal", "steps", "version")


class NewAccountStrategySerializer(ModelBody):
    """Each account has one."""

    class Meta:
        model = AccountStrategy
        fields: tuple[str, ...] = ("account", "goal")
        extra_kwargs: ClassVar = {
            "account": {"validators": []},
            "goal": {"required": True, "allow_blank": False},
        }


class GoalSerializer(ModelBody):
    class Meta:
        model = AccountStrategy
        fields = ("goal",)
        extra_kwargs: ClassVar = {"goal": {"required": True, "allow_blank": False}}


class StepBodySerializer(ModelBody):
    """Only a future step may go without `due_on`."""

    owner = Assignable()

    class Meta:
        model = StrategyStep
        fields = ("kind", "text", "owner", "due_on")


class AccountStrategyFilters(FilterSet):
    account = IdFilter()

    class Meta:
        model = AccountStrategy
        fields: ClassVar[list[str]] = []


class AccountStrategies(Readable, Creatable, Editable):
    """Those of the accounts one sees; whoever sees one may change it. PATCH writes the goal."""

    queryset = AccountStrategy.objects.prefetch_related("steps")
    serializer_class = AccountStrategySerializer
    body_class, change_class = NewAccountStrategySerializer, GoalSerializer
    filterset_class = AccountStrategyFilters

    def make(self, values: dict[str, Any]) -> AccountStrategy:
        account, goal = values["account"], values["goal"]
        if AccountStrategy.objects.filter(account=account).exists():
            raise ValidationError({"account": ["This account has a strategy: change that."]})
        strategy = AccountStrategy.of(account, **self.done())
        strategy.write_goal(goal, **self.done())
        return strategy

    def change(self, thing: AccountStrategy, values: dict[str, Any], **seen: Any) -> None:
        thing.write_goal(values.get("goal", thing.goal), **self.done(), **seen)

    @verb("steps", StepBodySerializer, guarded=False, answer=StrategyStepSerializer)
    def steps(self, strategy: AccountStrategy, sent: dict[str, Any], **done: Any) -> StrategyStep:
        """Plan one more step."""
        return strategy.add_step(**sent, **done)


class StrategyStepFilters(FilterSet):
    """`overdue` goes by your own today."""

    strategy, owner = IdFilter(), IdFilter()
    account = IdFilter("strategy__account")
    kind = django_filters.ChoiceFilter(choices=KINDS)
    open, overdue = TrueFalse("done_at", "isnull"), TrueFalse(method="is_overdue")
    due_from, due_to = DayFilter("due_on", "gte"), DayFilter("due_on", "lte")

    def is_overdue(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        user: Any = self.request.user
        late = rows.overdue(user.today(timezone.now()))
        found: QuerySet[Any] = late if value else rows.exclude(pk__in=late.values("pk"))
        return found

    class Meta:
        model = StrategyStep
        fields: ClassVar[list[str]] = []


class StrategySteps(Readable, Editable, Deletable):
    """The steps of the strategies one sees. They are planned at their strategy."""

    queryset = StrategyStep.objects.all()
    serializer_class = StrategyStepSerializer
    change_class = StepBodySerializer
    filterset_class = StrategyStepFilters
    orders: ClassVar = {"id": "pk", "due_on": "due_on"}

    def change(self, thing: StrategyStep, values: dict[str, Any], **seen: Any) -> None:
        thing.change(**values, **self.done(), **seen)

    def remove(self, thing: StrategyStep, **seen: Any) -> None:
        thing.remove(**self.done(), **seen)

    @verb("completion")
    def completion(self, step: StrategyStep, **done: Any) -> None:
        """It is done."""
        step.finish(**done)

    @completion.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def uncompletion(self, step: StrategyStep, **done: Any) -> None:
        """It is open again."""
        step.reopen(**done)
