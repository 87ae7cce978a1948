"""How people and programs prove who they are."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.exceptions import AuthenticationFailed

from people.models import ApiToken, User


class TouchlineBackend(AuthenticationBackend):
    """allauth's, by e-mail and password; a deactivated person's sessions end at once.

    There are no permissions by name: what one may do follows from the reporting line.
    """

    def get_user(self, user_id: Any) -> User | None:
        return User.objects.get_queryset().active().filter(pk=user_id).first()


class AccountAdapter(DefaultAccountAdapter):
    """People are added by an administrator; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class TokenAuthentication(KnoxAuthentication):
    """knox's, in one query; expired tokens are refused here and deleted by the hourly job."""

    def _cleanup_token(self, auth_token: ApiToken) -> bool:
        return auth_token.has_expired(timezone.now())

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        try:
            token.decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed("Invalid token.") from None
        user, found = super().authenticate_credentials(token)
        found.note_use(timezone.now())
        return user, found
