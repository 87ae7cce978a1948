"""The production application, and the floor beside it in the same processes, without middleware."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from config.wsgi import application as touchline


class Bare(WSGIHandler):
    """Django with nothing between the server and the view."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        with override_settings(MIDDLEWARE=[]):
            super().load_middleware(is_async)


bare = Bare()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Requests to /floor/ go to the bare Django, all others to Touchline."""
    app = bare if environ["PATH_INFO"].startswith("/floor/") else touchline
    return app(environ, start_response)
