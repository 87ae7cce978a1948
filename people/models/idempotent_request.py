"""Answers kept so that a POST sent twice acts once."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models

from people.models.user import User

KEPT = timedelta(hours=24)


class IdempotentRequestQuerySet(models.QuerySet["IdempotentRequest"]):
    def expired(self, now: datetime) -> Self:
        return self.filter(made_at__lt=now - KEPT)


class IdempotentRequest(models.Model):
    """The answer given to a POST with an Idempotency-Key; replayed for 24 hours."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_index=True)

    objects = IdempotentRequestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key
