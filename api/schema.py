"""How the OpenAPI document is written: from each view's `operation()`."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers

from api.idempotency import HEADER, MAX_LENGTH
from api.resource import Operation, Resource


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Token tl_...`"""

    target_class = "people.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        about = "The word Token, a space, and the key: `Token tl_…`"
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": about}


class ErrorSerializer(serializers.Serializer[Any]):
    """`attr` names the field (dots lead into nested ones), parameter or header that is wrong."""

    code = serializers.CharField()
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class ErrorsSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(
        choices=[(name, name) for name in ("validation_error", "client_error", "server_error")]
    )
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]


class StaleSerializer(ErrorsSerializer):
    """`current` is the thing as it is saved now, `version` its version."""

    version = serializers.IntegerField()
    current = serializers.DictField()


ALWAYS = {
    "400": "A value, field or parameter is wrong; `attr` says which.",
    "401": "No valid token or session.",
    "406": "Only application/json is answered.",
    "429": "Too many requests; Retry-After says for how many seconds to wait.",
}
WRITES = {
    "403": "You see it but may not do this, or the token may only read.",
    "409": "The Idempotency-Key belongs to another request, or this one is under way.",
    "413": "The body is too large.",
    "415": "Send application/json.",
}
BELOW = {"404": "There is no such thing, or you may not see it."}
GUARDED = {
    "412": "Somebody else saved since you read; see `current`.",
    "428": "If-Match is missing.",
}
KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
    OpenApiParameter.HEADER,
    description="Makes it safe to send this again: the same key acts once, for 24 hours.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "example": '"3"'},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag that you read last; `*` overwrites whatever is there.",
)


def one_or_many(shape: Any) -> Any:
    """That shape, or a list of it."""
    name = f"{shape.__name__.removesuffix('Serializer')}OrMany"
    return PolymorphicProxySerializer(
        component_name=name,
        serializers=[shape, shape(many=True)],
        resource_type_field_name=None,
        many=False,
    )


class TouchlineSchema(AutoSchema):
    """Bodies, answers and errors of Touchline's resources."""

    view: Any

    @property
    def operation(self) -> Operation | None:
        return self.view.operation() if isinstance(self.view, Resource) else None

    def get_override_parameters(self) -> list[Any]:
        parameters = [KEY] if self.method == "POST" else []
        if self.operation is None:
            return parameters
        guard = [IF_MATCH] if self.operation.guarded else []
        return [*parameters, *guard, *self.operation.query]

    def get_filter_backends(self) -> list[Any]:
        if self.operation is None or self._is_list_view():
            return super().get_filter_backends()
        return list(self.view.filter_backends) if self.view.narrows() else []

    def get_request_serializer(self) -> Any:
        if self.operation is None:
            return super().get_request_serializer()
        if self.operation.body is None:
            return None
        if self.operation.or_many:
            return one_or_many(self.operation.body)
        return self.operation.body(partial=self.view.action == "partial_update")

    def get_response_serializers(self) -> Any:
        if self.operation is None:
            return super().get_response_serializers()
        if self.operation.status == 204:
            return {204: None}
        view = self.view
        if view.action == "list":
            return view.serializer_class(many=True)
        shape = self.operation.answer or view.detail_class or view.serializer_class
        if self.operation.or_many:
            shape = one_or_many(shape)
        return {self.operation.status: shape}

    def _is_list_view(self, serializer: Any = None) -> bool:
        if self.operation is None:
            return super()._is_list_view(serializer)
        many = isinstance(serializer or self.get_response_serializers(), serializers.ListSerializer)
        return many or self.view.action == "list"

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction=direction)
        for code, text in self._errors().items():
            shape = StaleSerializer if code == "412" else ErrorsSerializer
            bodies.setdefault(
                code,
                {**self._get_response_for_code(shape, code), "description": text},  # type: ignore[no-untyped-call]
            )
        return bodies

    def _errors(self) -> dict[str, str]:
        if self.method == "GET":
            errors = ALWAYS
        else:
            errors = ALWAYS | WRITES
        if "{" in self.path:
            errors = errors | BELOW
        return errors | GUARDED if self.operation and self.operation.guarded else errors
