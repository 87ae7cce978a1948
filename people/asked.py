"""Who asks, and when: for what must be said of a verb that was not told.

Most verbs are given `by` and `at`. Those that are not, because no rule of theirs needs it, are
credited to whoever sent the request in which they are carried out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from people.models import User


@dataclass(frozen=True)
class Asked:
    """A request and when it came. Its person is known once it was let in."""

    request: HttpRequest
    at: datetime

    @property
    def by(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


def asked() -> Asked | None:
    """What is being answered now; None in jobs and commands."""
    return _asked.get()


@contextmanager
def answering(request: HttpRequest, at: datetime) -> Iterator[None]:
    """While this request is answered."""
    token = _asked.set(Asked(request, at))
    try:
        yield
    finally:
        _asked.reset(token)
