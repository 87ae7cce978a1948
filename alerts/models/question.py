"""A manager asks the person an alert is about; the answer comes back to whoever asked."""

from collections.abc import Collection
from datetime import datetime
from typing import Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from alerts.models.alert import Alert
from alerts.models.notification import Notification
from people import reporting_line
from people.models import User

TEXT_LENGTH = 500


class AlertQuestionQuerySet(models.QuerySet["AlertQuestion"]):
    def visible_to(self, user: User) -> Self:
        """Those of the two: who asked and who is asked."""
        own = models.Q(asked_by=user) | models.Q(alert__about=user)
        return self.filter(own, alert__about__in=reporting_line.ids_below(user))

    def about(self, alerts: Collection[int]) -> Self:
        return self.filter(alert__in=alerts)


class AlertQuestion(models.Model):
    """One question and its answer; both are kept with the alert after it has ended."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="questions")
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    text = models.CharField("Question", max_length=TEXT_LENGTH)
    answer = models.CharField(max_length=TEXT_LENGTH, blank=True)
    answered_at = models.DateTimeField(null=True)

    objects = AlertQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self) -> str:
        return self.text

    @classmethod
    @transaction.atomic
    def ask(cls, alert: Alert, text: str, *, by: User, at: datetime) -> "AlertQuestion":
        """The person it is about finds it in their inbox, unread.

        Raises PermissionDenied for all but those who lead that person, ValidationError when the
        alert has ended.
        """
        if alert.is_summary or not by.leads(alert.about):
            raise PermissionDenied("Only a manager asks the person whom an alert is about.")
        if not alert.is_open:
            raise ValidationError("This alert has ended by itself.")
        question = cls(alert=alert, asked_by=by, asked_at=at, text=text.strip())
        question.full_clean(exclude=["answered_at"])
        question.save()
        Notification.bring_up(alert, alert.about, at)
        return question

    @transaction.atomic
    def reply(self, answer: str, *, by: User, at: datetime) -> None:
        """Whoever asked finds the answer in their inbox. Once; by the person it is about."""
        if by.pk != self.alert.about_id:
            raise PermissionDenied("Only the person who was asked answers.")
        if not answer.strip():
            raise ValidationError({"answer": "Write an answer."})
        self.answer = answer.strip()
        self.clean_fields(exclude=["alert", "asked_by", "answered_at"])
        answered = {"answer": self.answer, "answered_at": at}
        if not AlertQuestion.objects.filter(pk=self.pk, answered_at=None).update(**answered):
            raise ValidationError("This was answered already.")
        self.refresh_from_db()
        Notification.bring_up(self.alert, self.asked_by, at)
