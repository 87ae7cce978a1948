"""The person behind a request, for views that the login middleware guards."""

from django.http import HttpRequest

from people.models import User


def signed_in(request: HttpRequest) -> User:
    """`request.user`, known to be a person: strangers never get past the middleware."""
    assert isinstance(request.user, User)
    return request.user
