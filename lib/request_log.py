"""One log line a request, without what must not be in a log."""

import re

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

SECRET_IN_PATH = re.compile(r"(/key/)[^/]+")


class RequestLog(RequestMiddleware):
    """django-structlog's, without query strings and keys of password resets."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """ "GET /calls/": method and path; a reset key in the path is left out."""
        path = SECRET_IN_PATH.sub(r"\1...", request.path)
        return f"{request.method} {path}"
