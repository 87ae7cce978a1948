"""Keys by which programs come in."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from knox.models import AbstractAuthToken, AuthTokenManager

from people.models.user import User

LAST_USED_PRECISION = timedelta(minutes=1)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        """One's own tokens, nobody else's: a token acts as its person."""
        return self.filter(user=user)

    def expired(self, now: datetime) -> Self:
        return self.filter(expiry__lt=now)


class ApiToken(AbstractAuthToken):
    """Stored hashed; the key itself is shown once, when it is made."""

    READ, WRITE = "read", "write"
    SCOPES: ClassVar = [(READ, "Read only"), (WRITE, "Read and write")]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=SCOPES, default=READ)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = AuthTokenManager.from_queryset(ApiTokenQuerySet)()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(
        cls, user: User, *, name: str, scope: str, lasts: timedelta | None
    ) -> tuple["ApiToken", str]:
        """Make a token; returns it and its key, which cannot be read again."""
        token, key = cls.objects.create(user=user, expiry=lasts, name=name, scope=scope)
        return token, key

    def revoke(self) -> None:
        """End the token: programs that use it are refused from now on."""
        self.delete()

    def has_expired(self, now: datetime) -> bool:
        return self.expiry is not None and self.expiry < now

    def note_use(self, now: datetime) -> None:
        """Remember the last use, to the minute, so that reading costs no write each time."""
        if self.last_used_at and now - self.last_used_at < LAST_USED_PRECISION:
            return
        before = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_PRECISION)
        ApiToken.objects.filter(before, pk=self.pk).update(last_used_at=now)
