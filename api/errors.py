"""One shape for every error: `{type, errors: [{code, detail, attr}]}`."""

from typing import Any

from django.core import exceptions as django
from django.db import IntegrityError
from django.http import Http404
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from api.concurrency import etag
from lib.versions import Stale


class Conflict(exceptions.APIException):
    """409: it cannot be done beside what is there or under way. `wait` is in seconds."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, detail: str, code: str, wait: int | None = None) -> None:
        super().__init__(detail, code)
        self.wait = wait


class PreconditionFailed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale"


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "This request is too large."


class Errors(ExceptionHandler):
    """What models and Django raise becomes what the API answers."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, django.ValidationError):
            return wrong_input(exc)
        if isinstance(exc, Stale):
            return PreconditionFailed(str(exc))
        if isinstance(exc, django.PermissionDenied):
            return exceptions.PermissionDenied(str(exc) or None)
        if isinstance(exc, django.RequestDataTooBig):
            return TooLarge()
        if isinstance(exc, Http404 | django.ObjectDoesNotExist):
            return exceptions.NotFound()
        if isinstance(exc, IntegrityError):
            return Conflict("Somebody else saved the same at this moment. Read again.", "conflict")
        return exc

    def get_headers(self, exc: exceptions.APIException) -> dict[str, str]:
        headers: dict[str, str] = super().get_headers(exc)
        if isinstance(self.exc, Stale):
            headers["ETag"] = etag(self.exc.current)
        return headers


class Format(ExceptionFormatter):
    """A stale version gets the saved one beside the error, so that nobody's text is lost."""

    def format_error_response(self, error_response: Any) -> Any:
        answer = super().format_error_response(error_response)
        if isinstance(self.original_exc, Stale):
            current = self.original_exc.current
            answer["version"] = current.version
            view: Any = self.context["view"]
            answer["current"] = view.represent_stale(current)
        return answer


def wrong_input(exc: django.ValidationError) -> exceptions.ValidationError:
    """Django's messages by field as REST framework's."""
    by_field = exc.error_dict if hasattr(exc, "error_dict") else {django.NON_FIELD_ERRORS: [exc]}
    detail: dict[str, list[exceptions.ErrorDetail]] = {}
    for field, errors in by_field.items():
        name = field if field != django.NON_FIELD_ERRORS else api_settings.NON_FIELD_ERRORS_KEY
        for error in (leaf for each in errors for leaf in each.error_list):
            text = exceptions.ErrorDetail(error.messages[0], error.code or "invalid")
            detail.setdefault(str(name), []).append(text)
    return exceptions.ValidationError(detail)


class Nothing(APIView):
    """404 for every address under /api/ that is none, in the API's own shape."""

    permission_classes = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound("There is nothing here. Addresses of this API end with a slash.")

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise exceptions.NotFound
