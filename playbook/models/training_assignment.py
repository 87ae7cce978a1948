"""Who is to take which module of training, by when, and what they took from it."""

from datetime import date, datetime
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from lib.events import publish, publishing
from lib.versions import Versioned
from people import reporting_line
from people.models import User
from playbook.models.onboarding import OnboardingPlan
from playbook.models.training import TrainingModule

TWICE = "They have this module to take already."
LONGEST_TAKEAWAY = 1_000


class TrainingAssignmentQuerySet(models.QuerySet["TrainingAssignment"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one; administrators as such see none."""
        return self.filter(person__in=reporting_line.ids_below(user))

    def open(self) -> Self:
        """Neither done nor withdrawn."""
        return self.filter(done_at=None, withdrawn_at=None)

    def done(self) -> Self:
        return self.exclude(done_at=None)

    def due(self, day: date) -> Self:
        """Open and due on that day or before."""
        return self.open().filter(due_on__lte=day)

    def overdue(self, today: date) -> Self:
        return self.open().filter(due_on__lt=today)

    def of_onboarding(self) -> Self:
        return self.exclude(after_days=None)

    def for_list(self) -> Self:
        return self.select_related("person", "module", "assigned_by", "onboarding_plan")


class TrainingAssignment(Versioned):
    """A module that somebody is to take by a day.

    What an onboarding plan assigned has no `assigned_by` but `after_days`: so many days after the
    person's first one it is due, until somebody sets another day.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="training")
    module = models.ForeignKey(TrainingModule, models.PROTECT, related_name="assignments")
    due_on = models.DateField()
    why = models.CharField(max_length=300, blank=True)
    assigned_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    assigned_at = models.DateTimeField(editable=False)
    onboarding_plan = models.ForeignKey(
        OnboardingPlan, models.SET_NULL, null=True, related_name="assignments", editable=False
    )
    after_days = models.PositiveSmallIntegerField(null=True, editable=False)
    rescheduled_at = models.DateTimeField(null=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    takeaway = models.CharField(
        "What I take from it", blank=True, max_length=LONGEST_TAKEAWAY, editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = TrainingAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module"],
                condition=Q(done_at=None, withdrawn_at=None),
                name="training_open_once",
                violation_error_message=TWICE,
            ),
            models.UniqueConstraint(
                fields=["person", "module"],
                condition=Q(after_days__isnull=False),
                name="training_onboarding_once",
            ),
        ]
        indexes = [models.Index(fields=["person", "due_on"], name="training_by_person")]

    def __str__(self) -> str:
        return f"{self.module} for {self.person}"

    @property
    def state(self) -> str:
        """ "open", "done" or "withdrawn"."""
        if self.withdrawn_at:
            return "withdrawn"
        return "done" if self.done_at else "open"

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    def is_decided_by(self, user: User) -> bool:
        """Whether this person may move or withdraw it: who leads them; of what one chose for
        oneself, oneself.
        """
        own = self.person_id == user.pk and self.assigned_by_id == user.pk
        return own or user.leads(self.person)

    # Verbs.

    @classmethod
    def assign(
        cls,
        person: User,
        module: TrainingModule,
        due_on: date,
        *,
        by: User,
        at: datetime,
        why: str = "",
    ) -> "TrainingAssignment":
        """Have somebody under one, or oneself, take a module by a day. Raises ValidationError."""
        if by.pk != person.pk and not by.leads(person):
            raise ValidationError({"person": "Choose yourself or somebody you lead."})
        if not person.is_active:
            raise ValidationError({"person": f"{person} is deactivated."})
        if not module.is_active:
            raise ValidationError({"module": f"{module} is retired."})
        made = cls(
            person=person,
            module=module,
            due_on=due_on,
            why=why.strip(),
            assigned_by=by,
            assigned_at=at,
        )
        with transaction.atomic():
            made._save_alone()
            publish("assigned", made, by, at)
        return made

    def finish(self, *, takeaway: str, by: User, at: datetime, version: int | None = None) -> None:
        """The person has taken it, and says what they take from it."""
        if by.pk != self.person_id:
            raise PermissionDenied("Only who takes a module says that it is done.")
        if not takeaway.strip():
            raise ValidationError({"takeaway": "Say in a sentence what you take from it."})
        with self.editing(version), publishing(self, "finished", by, at):
            self._require_open()
            self.done_at, self.takeaway = at, takeaway.strip()
            self.full_clean(exclude=["person", "module"], validate_constraints=False)
            self.save(update_fields=["done_at", "takeaway"])

    def reopen(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """It is to be taken after all: what was finished, or, by who may withdraw it, withdrawn.

        What was written about it stays.
        """
        if self.withdrawn_at or by.pk != self.person_id:
            self._require_decider(by)
        with self.editing(version), publishing(self, "reopened", by, at):
            if self.is_open:
                raise ValidationError("This module is still to be taken.")
            self.done_at = self.withdrawn_at = None
            self._save_alone()

    def withdraw(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """They need not take it."""
        self._require_decider(by)
        with self.editing(version), publishing(self, "withdrawn", by, at):
            self._require_open()
            self.withdrawn_at = at
            self.save(update_fields=["withdrawn_at"])

    def reschedule(
        self, due_on: date, *, by: User, at: datetime, version: int | None = None
    ) -> None:
        """Have it taken by another day; an onboarding plan no longer moves it."""
        self._require_decider(by)
        with self.editing(version), publishing(self, "rescheduled", by, at):
            self._require_open()
            self.due_on, self.rescheduled_at = due_on, at
            self.save(update_fields=["due_on", "rescheduled_at"])

    def _save_alone(self) -> None:
        """Save it as the one that is open. Raises ValidationError beside another one."""
        self.full_clean()
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:  # somebody else was first, just now
            raise ValidationError({"module": TWICE}) from None

    def _require_decider(self, by: User) -> None:
        if not self.is_decided_by(by):
            raise PermissionDenied("Only the managers above decide this.")

    def _require_open(self) -> None:
        if not self.is_open:
            raise ValidationError(f"This module is {self.state} already.")
