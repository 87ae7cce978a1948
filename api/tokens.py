"""Keys by which programs come in."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Instant, Small
from api.resource import Deletable, Operation, Readable, describes
from api.shapes import ModelBody, Representation
from people.models import ApiToken

LONGEST = 3_650


class TokenSerializer(Representation):
    created_at = Instant(source="created", read_only=True)
    expires_at = Instant(source="expiry", read_only=True, allow_null=True)

    class Meta:
        model = ApiToken
        fields = ("uid", "name", "scope", "created_at", "expires_at", "last_used_at")


class NewTokenSerializer(TokenSerializer):
    """`key` is shown here and never again."""

    key = serializers.CharField(read_only=True)

    class Meta:
        model = ApiToken
        fields = (*TokenSerializer.Meta.fields, "key")


class TokenBodySerializer(ModelBody):
    """Without `expires_in_days` the token lasts until it is deleted."""

    expires_in_days = Small(min_value=1, max_value=LONGEST, required=False, allow_null=True)

    class Meta:
        model = ApiToken
        fields = ("name", "scope", "expires_in_days")


class Tokens(Readable, Deletable):
    """One's own tokens. The key is shown once, in the answer to POST, which is never replayed."""

    queryset = ApiToken.objects.all()
    serializer_class = TokenSerializer
    lookup_field = lookup_url_kwarg = "uid"
    orders: ClassVar = {"created_at": "created"}
    order = "created_at"
    replayable = False

    def get_object(self) -> ApiToken:
        try:
            uid = UUID(self.kwargs["uid"])
        except ValueError:
            raise Http404 from None
        token: ApiToken | None = self.get_queryset().filter(uid=uid).first()
        if token is None:
            raise Http404
        return token

    def retrieve(self, request: Request, uid: str) -> Response:  # type: ignore[override]
        return self.answer(self.get_object())

    def destroy(self, request: Request, uid: str) -> Response:  # type: ignore[override]
        return super().destroy(request)

    def remove(self, thing: ApiToken, **seen: Any) -> None:
        thing.revoke()

    @describes(Operation(TokenBodySerializer, NewTokenSerializer, status.HTTP_201_CREATED))
    def create(self, request: Request) -> Response:
        sent = self.sent(TokenBodySerializer)
        days = sent.pop("expires_in_days", None)
        sent.setdefault("scope", ApiToken.READ)
        lasts = timedelta(days=days) if days else None
        token, key = ApiToken.issue(self.asker, lasts=lasts, **sent)
        shown = {**self.represent(token), "key": key}
        return Response(shown, 201, headers={"Location": f"{request.path}{token.uid}/"})
