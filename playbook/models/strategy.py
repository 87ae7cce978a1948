"""How an account is to be won over time: a goal, and steps with owners."""

from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Count, Max, Q

from lib.events import publish, publishing
from lib.versions import Versioned
from people.models import User
from pipeline.models import Account

TACTICAL, STRATEGIC, FUTURE = "tactical", "strategic", "future"
KINDS = [(TACTICAL, "Tactical"), (STRATEGIC, "Strategic"), (FUTURE, "Future")]
ABOUT = {  # what belongs to each, in words
    TACTICAL: "What is done in the weeks to come.",
    STRATEGIC: "What moves the account itself: people, standing, agreements.",
    FUTURE: "What waits for its time; it may have no date yet.",
}
MOST_STEPS = 60


class AccountStrategyQuerySet(models.QuerySet["AccountStrategy"]):
    def visible_to(self, user: User) -> Self:
        """Those of the accounts one sees: whoever sees one may edit it."""
        if user.is_administrator:
            return self
        seen = Account.objects.visible_to(user).order_by()
        return self.filter(account__in=seen.values("pk"))


class AccountStrategy(Versioned):
    """One for each account. An empty goal is one that nobody has written yet."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="strategy")
    goal = models.CharField(max_length=300, blank=True)

    objects = AccountStrategyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Strategy for {self.account}"

    @classmethod
    @transaction.atomic
    def of(cls, account: Account, *, by: User, at: datetime) -> "AccountStrategy":
        """That of the account, begun if there is none."""
        found, is_new = cls.objects.get_or_create(account=account)
        if is_new:
            publish("begun", found, by, at)
        return found

    @transaction.atomic
    def write_goal(self, goal: str, *, by: User, at: datetime, version: int | None = None) -> None:
        """Say in a sentence what is to be reached with this account."""
        with self.editing(version):
            self.goal = goal.strip()
            if not self.goal:
                raise ValidationError({"goal": "Say in a sentence what is to be reached."})
            self.full_clean()
            self.save(update_fields=["goal"])
            publish("goal_written", self, by, at)

    @transaction.atomic
    def add_step(
        self,
        *,
        kind: str,
        text: str,
        owner: User,
        by: User,
        at: datetime,
        due_on: date | None = None,
    ) -> "StrategyStep":
        """Plan a step, after the others. Two people may each add one at once."""
        AccountStrategy.objects.select_for_update(no_key=True).get(pk=self.pk)  # one at a time
        known = self.steps.aggregate(last=Max("place"), count=Count("pk"))
        if known["count"] >= MOST_STEPS:
            raise ValidationError(f"A strategy has at most {MOST_STEPS} steps.")
        step = StrategyStep(strategy=self, place=(known["last"] or 0) + 1)
        step._take({"kind": kind, "text": text, "owner": owner, "due_on": due_on})
        step.save()
        publish("added", step, by, at)
        return step


class StrategyStepQuerySet(models.QuerySet["StrategyStep"]):
    def visible_to(self, user: User) -> Self:
        """As the account is."""
        if user.is_administrator:
            return self
        seen = Account.objects.visible_to(user).order_by()
        return self.filter(strategy__account__in=seen.values("pk"))

    def open(self) -> Self:
        return self.filter(done_at=None)

    def due(self, day: date) -> Self:
        """Open and due on that day or before."""
        return self.open().filter(due_on__lte=day)

    def overdue(self, today: date) -> Self:
        return self.open().filter(due_on__lt=today)

    def for_list(self) -> Self:
        return self.select_related("owner", "strategy")


class StrategyStep(Versioned):
    """Something somebody does for the goal, by a day; what lies in the future may have none."""

    CHANGEABLE = frozenset({"kind", "text", "owner", "due_on"})

    strategy = models.ForeignKey(
        AccountStrategy, models.CASCADE, related_name="steps", editable=False
    )
    kind = models.CharField(max_length=9, choices=KINDS)
    text = models.CharField("What", max_length=300)
    owner = models.ForeignKey(User, models.PROTECT, related_name="strategy_steps")
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, editable=False)
    place = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = StrategyStepQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__isnull=False) | Q(kind=FUTURE),
                name="strategy_step_has_a_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                condition=Q(done_at=None),
                name="strategy_step_open",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if self.due_on is None and self.kind != FUTURE:
            raise ValidationError({"due_on": "Say by when. Only future steps may have no date."})

    def change(self, *, by: User, at: datetime, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`."""
        with self.editing(version), publishing(self, "changed", by, at):
            self._take(values)
            self.save()

    def finish(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Tick it off."""
        with self.editing(version), publishing(self, "finished", by, at):
            if self.done_at:
                raise ValidationError("This step is done already.")
            self.done_at = at
            self.save(update_fields=["done_at"])

    def reopen(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Undo the tick; one that is open stays open."""
        with self.editing(version), publishing(self, "reopened", by, at):
            self.done_at = None
            self.save(update_fields=["done_at"])

    def remove(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Take it out of the strategy: it is not to be done."""
        with self.editing(version):
            publish("removed", self, by, at, gone=True)
            self.delete()

    def _take(self, values: dict[str, Any]) -> None:
        """Raises ValidationError; an owner must be somebody to whom work can still be given."""
        if unknown := values.keys() - self.CHANGEABLE:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        owner = values.get("owner")
        if owner is not None and not owner.is_active and owner.pk != self.owner_id:
            raise ValidationError({"owner": f"{owner} is deactivated."})
        for name, value in values.items():
            setattr(self, name, value.strip() if isinstance(value, str) else value)
        self.full_clean(validate_constraints=False)
