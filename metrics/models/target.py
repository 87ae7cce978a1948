"""What one person is to reach in a period: for all, for a team, or for one."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q

from lib.calendar import EARLIEST, LATEST, in_words
from lib.events import publish
from metrics.models.metric import Metric
from metrics.models.ramp import Ramp
from people import reporting_line
from people.models import Team, User
from people.models.team import ids_above


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User) -> Self:
        """Those for all, for oneself and everybody under one, and for the teams one sees or is
        under: what holds for somebody is no secret to them.
        """
        if user.is_administrator:
            return self
        below = reporting_line.ids_below(user)
        for_all = Q(team=None, person=None)
        teams = Team.objects.visible_to(user).order_by().values("pk")
        of_teams = Q(team__in=teams) | Q(team__in=ids_above(user))
        return self.filter(for_all | of_teams | Q(person__in=below))

    def in_force(self) -> Self:
        """Those that were not replaced; the others are kept to tell what was aimed at."""
        return self.filter(replaced_at=None)

    def during(self, first: date, last: date) -> Self:
        """Those that hold on some day of these, both included."""
        return self.in_force().filter(first_day__lte=last, last_day__gte=first)

    def for_list(self) -> Self:
        return self.select_related("metric", "team", "person", "ramp", "set_by", "replaced_by")


class Target(models.Model):
    """For each person it holds for, in one period of its metric, in the unit of its measure.

    The nearest one wins: a person's own, else that of their team, of the team above, of all. A
    team's target is the sum of its people's; of a ratio it is the nearest to the team.
    """

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="targets")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="targets")
    person = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="targets")
    first_day = models.DateField(default=EARLIEST)
    last_day = models.DateField(default=LATEST)
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    ramp = models.ForeignKey(Ramp, models.PROTECT, null=True, blank=True, related_name="targets")
    set_at = models.DateTimeField(editable=False)
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)
    replaced_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["metric", "first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="target_ends_after_it_begins",
                violation_error_message="The last day lies before the first.",
            ),
            models.CheckConstraint(
                condition=Q(team=None) | Q(person=None), name="target_for_a_team_or_a_person"
            ),
        ]
        indexes = [
            models.Index(
                fields=["metric", "person", "team"],
                condition=Q(replaced_at=None),
                name="target_in_force",
            ),
            models.Index(fields=["person"], name="target_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.metric}: {self.amount} for {self.scope}"

    @property
    def scope(self) -> str:
        """For whom, in words."""
        return str(self.person or self.team or "everybody")

    @property
    def span(self) -> str:
        """ "from 1 Jan 2026", "to 31 Mar 2026", "always": the days it holds, in words."""
        begins = f"from {in_words(self.first_day)}" if self.first_day > EARLIEST else ""
        ends = f"to {in_words(self.last_day)}" if self.last_day < LATEST else ""
        return " ".join(filter(None, [begins, ends])) or "always"

    def clean(self) -> None:
        if self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day lies before the first."})
        if self.team_id and self.person_id:
            raise ValidationError({"person": "A target is for a team or for a person, not both."})

    # Verbs.

    @classmethod
    @transaction.atomic
    def set(
        cls,
        metric: Metric,
        amount: Decimal,
        *,
        by: User,
        at: datetime,
        team: Team | None = None,
        person: User | None = None,
        first_day: date = EARLIEST,
        last_day: date = LATEST,
        ramp: Ramp | None = None,
    ) -> "Target":
        """Aim at an amount on these days, in place of what was aimed at then in this scope.

        The former one is kept as replaced, and goes on before and after these days. Setting what
        holds already changes nothing. Raises PermissionDenied for all but administrators and,
        for the people and teams under them, managers.
        """
        require_may_set(by, team=team, person=person)
        target = cls(
            metric=metric,
            team=team,
            person=person,
            first_day=first_day,
            last_day=last_day,
            amount=amount,
            ramp=ramp,
            set_at=at,
            set_by=by,
        )
        target.full_clean()
        Metric.objects.select_for_update(no_key=True).get(pk=metric.pk)
        same = target._overlapping().filter(first_day=first_day, last_day=last_day)
        held = same.filter(amount=amount, ramp=ramp).first()
        if held is not None:
            return held
        target._replace()
        target.save()
        publish("set", target, by, at)
        return target

    def _overlapping(self) -> TargetQuerySet:
        scope = {"metric": self.metric, "team": self.team, "person": self.person}
        return Target.objects.during(self.first_day, self.last_day).filter(**scope)

    def _replace(self) -> None:
        """What was aimed at in this scope goes on only on the other days."""
        for former in self._overlapping():
            Target.objects.filter(pk=former.pk).update(
                replaced_at=self.set_at, replaced_by=self.set_by
            )
            day = timedelta(days=1)
            if former.first_day < self.first_day:
                former._copy(last_day=self.first_day - day)
            if former.last_day > self.last_day:
                former._copy(first_day=self.last_day + day)

    def _copy(self, **days: date) -> None:
        names = ("metric", "team", "person", "first_day", "last_day", "amount", "ramp")
        values: dict[str, Any] = {name: getattr(self, name) for name in names} | days
        Target.objects.create(**values, set_at=self.set_at, set_by=self.set_by)

    @transaction.atomic
    def end(self, on: date, *, by: User, at: datetime) -> None:
        """Aim at it up to and including a day only; before its first day, not at all."""
        require_may_set(by, team=self.team, person=self.person)
        Metric.objects.select_for_update(no_key=True).get(pk=self.metric_id)  # one at a time
        row = Target.objects.select_for_update(no_key=True, of=("self",)).get(pk=self.pk)
        if row.replaced_at is not None:
            raise ValidationError("Another target has taken the place of this one.")
        publish("ended", row, by, at, gone=True)
        Target.objects.filter(pk=self.pk).update(replaced_at=at, replaced_by=by)
        if on >= row.first_day:
            row._copy(last_day=min(on, row.last_day))


def require_may_set(by: User, *, team: Team | None, person: User | None) -> None:
    """Administrators set all targets; a manager those of the people and teams under them."""
    if by.is_administrator or (person is not None and by.leads(person)):
        return
    own = team is not None and Team.objects.led_by(by).filter(pk=team.pk).exists()
    if not own:
        raise PermissionDenied("Only administrators and the managers above set this target.")
