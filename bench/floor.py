"""The floor: what Django and the database cost when nothing else is done.

One query checks the token or the session, one hand-written query reads (or writes) the facts, and
JSON goes out. `by_orm` does the same through the models, `values()` and JsonResponse.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from knox.crypto import hash_token

from bench import (
    alert_facts,
    coaching_facts,
    coaching_orm,
    coverage_facts,
    facts,
    metric_facts,
    orm,
    review_facts,
)
from people.models import ApiToken, User

TOKEN = (
    "SELECT u.id, u.is_administrator, EXISTS "
    "(SELECT 1 FROM people_user r WHERE r.reports_to_id = u.id) FROM people_apitoken t "
    "JOIN people_user u ON u.id = t.user_id WHERE t.digest = %(digest)s AND u.is_active "
    "AND (t.expiry IS NULL OR t.expiry > %(now)s)"
)
SESSION = (
    "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s"
)


FACTS = facts.FACTS | review_facts.FACTS | metric_facts.FACTS | alert_facts.FACTS
FACTS |= coaching_facts.FACTS | coverage_facts.FACTS
BY_ORM = orm.FACTS | coaching_orm.FACTS


@dataclass(frozen=True)
class Asker:
    """Who asks: what the two checks find out."""

    id: int
    sees_all: bool
    leads: bool


def by_sql(request: HttpRequest, name: str) -> HttpResponse:
    asker = by_token(request) or by_session(request)
    if asker is None:
        return HttpResponseForbidden()
    values = {"user": asker.id, "now": timezone.now(), **request.GET.dict()}
    return JsonResponse({"results": FACTS[name](asker, values)})


def by_orm(request: HttpRequest, name: str) -> HttpResponse:
    digest = hash_token(key_of(request))
    token = ApiToken.objects.select_related("user").filter(digest=digest).first()
    if token is None or not token.user.is_active:
        return HttpResponseForbidden()
    read: Callable[[User, dict[str, Any]], Any] = BY_ORM[name]
    return JsonResponse({"results": read(token.user, request.GET.dict())})


by_sql, by_orm = csrf_exempt(by_sql), csrf_exempt(by_orm)


def key_of(request: HttpRequest) -> str:
    return request.headers.get("Authorization", "").removeprefix("Token ")


def by_token(request: HttpRequest) -> Asker | None:
    key = key_of(request)
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute(TOKEN, {"digest": hash_token(key), "now": timezone.now()})
        row = cursor.fetchone()
    return Asker(*row) if row else None


def by_session(request: HttpRequest) -> Asker | None:
    """The session says who it is; the query for the facts takes only active people."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    with connection.cursor() as cursor:
        cursor.execute(SESSION, {"key": key, "now": timezone.now()})
        row = cursor.fetchone()
    content = SessionStore().decode(row[0]) if row else {}
    user = content.get("_auth_user_id")
    return Asker(int(user), sees_all=False, leads=True) if user else None
