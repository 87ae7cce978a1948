"""What every request needs to know of the person behind it."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from people.asked import answering

Handler = Callable[[HttpRequest], HttpResponse]


def health_asks_nobody(get_response: Handler) -> Handler:
    """Who asks whether Touchline works is not looked up: the database may be what does not."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            request.COOKIES = {}
        return get_response(request)

    return middleware


def local_time(get_response: Handler) -> Handler:
    """Pages and forms speak the person's own time zone; the database speaks UTC."""

    def middleware(request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "zone", None)
        with timezone.override(zone):
            return get_response(request)

    return middleware


def login_required(get_response: Handler) -> Handler:
    """Every page asks for a person unless its address is on the short list of public ones."""

    def middleware(request: HttpRequest) -> HttpResponse:
        public = request.path.startswith(tuple(settings.PUBLIC_PATHS))
        if public or request.user.is_authenticated:
            return get_response(request)
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)

    return middleware


def note_who_asks(get_response: Handler) -> Handler:
    """Verbs that are not told by whom they are carried out can find it; see `people/asked.py`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with answering(request, timezone.now()):
            return get_response(request)

    return middleware
