"""What a token may do, and what only administrators may."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated

from people.models import ApiToken


class TokenScope(BasePermission):
    """A read token reads; sessions and write tokens do what their person may."""

    message = "This token may only read. Make one with the scope “write”."

    def has_permission(self, request: Any, view: Any) -> bool:
        token = request.auth
        reads_only = isinstance(token, ApiToken) and token.scope == ApiToken.READ
        return request.method in SAFE_METHODS or not reads_only


class AdministratorWrites(BasePermission):
    """Everybody reads what they see; administrators change it."""

    message = "Only administrators change this."

    def has_permission(self, request: Any, view: Any) -> bool:
        return request.method in SAFE_METHODS or request.user.is_administrator


ADMINISTRATED = [IsAuthenticated, TokenScope, AdministratorWrites]
