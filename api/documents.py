"""The OpenAPI document and the page to read and try it, both without anything from outside."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.renderers import BaseRenderer


@cache
def document() -> Any:
    """The OpenAPI document; it changes only with the code."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


@cache
def written(renderer: type[BaseRenderer]) -> str | bytes:
    """The document as it goes out: writing it takes far longer than sending it."""
    return renderer().render(document(), renderer.media_type, {})


class Schema(SpectacularAPIView):
    throttle_classes = []

    def _get_schema_response(self, request: Any) -> HttpResponse:
        name = self._get_filename(request, None)  # type: ignore[no-untyped-call]
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        renderer: type[BaseRenderer] = type(request.accepted_renderer)
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        kind = f"{renderer.media_type}{charset}"
        body = written(renderer)  # type: ignore[arg-type]  # a class is hashable
        return HttpResponse(body, content_type=kind, headers=headers)


class Docs(SpectacularSwaggerSplitView):
    throttle_classes = []
    template_name = "api/docs.html"
    url_name = "api_schema"
