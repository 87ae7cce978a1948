"""Days on which a person is away."""

from datetime import date
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from lib.events import publish
from people import reporting_line
from people.models.user import User


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(user_id__in=reporting_line.ids_below(user))

    def on(self, day: date) -> Self:
        """Those of whoever is away on that day."""
        return self.filter(first_day__lte=day, last_day__gte=day)


class Absence(models.Model):
    """From the first day up to and including the last."""

    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=100, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="absence_ends_after_it_begins",
                violation_error_message="The last day lies before the first.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.first_day} to {self.last_day}"

    def clean(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The last day lies before the first."})
        others = Absence.objects.filter(user_id=self.user_id).exclude(pk=self.pk)
        if self.first_day and self.last_day:
            clash = others.filter(
                first_day__lte=self.last_day, last_day__gte=self.first_day
            ).first()
            if clash:
                raise ValidationError(
                    {"first_day": f"Away already from {clash.first_day} to {clash.last_day}."}
                )

    @classmethod
    def record(
        cls, user: User, *, first_day: date, last_day: date, reason: str = "", by: User
    ) -> "Absence":
        """Note that somebody is away. Overlapping an absence already noted is a ValidationError."""
        cls._refuse(user, by)
        absence = cls(user=user, first_day=first_day, last_day=last_day, reason=reason)
        absence.full_clean()
        with transaction.atomic():
            absence.save()
            publish("recorded", absence, by)
        return absence

    def withdraw(self, *, by: User) -> None:
        """Take it back: those days count as worked."""
        self._refuse(self.user, by)
        with transaction.atomic():
            publish("withdrawn", self, by, gone=True)
            self.delete()

    @staticmethod
    def _refuse(user: User, by: User) -> None:
        if not (by.pk == user.pk or by.is_administrator or by.leads(user)):
            raise PermissionDenied("Only they themselves, their managers and administrators do.")
