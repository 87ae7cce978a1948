"""The OpenAPI document and the page to read and try it, both without anything from outside."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.response import Response


@cache
def document() -> Any:
    """The OpenAPI document; it changes only with the code."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


class Schema(SpectacularAPIView):
    throttle_classes = []

    def _get_schema_response(self, request: Any) -> Response:
        name = self._get_filename(request, None)  # type: ignore[no-untyped-call]
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(document(), headers=headers)


class Docs(SpectacularSwaggerSplitView):
    throttle_classes = []
    template_name = "api/docs.html"
    url_name = "api_schema"
