"""Nobody where they do not belong: every address, every method, every kind of person.

The table in `access_table.py` is written by hand and says, for a thing that belongs to rosa, what
each person gets. A route that is not in it fails. What holds for all routes is said once here:
strangers are asked to sign in, deactivated people are strangers, a read-only token writes nothing,
a missing id is 404 (403 where one may not go at all), a method not listed is never served.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from people.models import ApiToken, User
from tests.access_table import ACTORS, PUBLIC, TABLE, Route
from tests.access_world import MARKER, MISSING, World, make_world
from tests.factories import a_token

pytestmark = [pytest.mark.once, pytest.mark.django_db]

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
REACHED = {200, 201, 202, 204, 302, 400, 409, 412, 415, 428}
EXPECTED = {"+": REACHED, "o": REACHED, "-": {404}, "x": {403}}
NOT_SERVED = {401, 403, 404, 405, 415}


def our_routes() -> Iterator[str]:
    """The names of all routes but the library's for signing in; one without a name fails."""

    def walk(patterns: list[URLPattern | URLResolver], where: str) -> Iterator[str]:
        for pattern in patterns:
            here = where + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            else:
                if not here.startswith("auth/"):
                    assert pattern.name, f"{here} has no name"
                    yield pattern.name

    return walk(get_resolver().url_patterns, "")


def test_every_route_is_in_the_table() -> None:
    routes = set(our_routes())
    assert routes - TABLE.keys() == set(), "not in the table"
    assert TABLE.keys() - routes == set(), "in the table, and no route"


@dataclass
class Keys:
    """What signs people in, by their ids. Made once: signing in costs more than asking."""

    sessions: dict[int, str] = field(default_factory=dict)
    tokens: dict[tuple[int, str], str] = field(default_factory=dict)

    def make_for(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        self.sessions[user.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value
        for scope in (ApiToken.READ, ApiToken.WRITE):
            self.tokens[user.pk, scope] = a_token(user, scope)


KEYS = Keys()


@pytest.fixture(scope="module")
def world(kept_rows: None) -> World:
    """Made once: no request here leaves anything behind."""
    world = make_world()
    for user in (*world.actors, world.deactivated):
        KEYS.make_for(user)
    world.deactivated.deactivate()
    return world


class Visitor:
    """Somebody asking for addresses: by session for pages, by token for the API."""

    def __init__(self, user: User | None, api: bool, scope: str = ApiToken.WRITE) -> None:
        self.client = Client(raise_request_exception=True)
        self.api = api
        self.headers: dict[str, str] = {}
        if user and api:
            self.headers["Authorization"] = f"Token {KEYS.tokens[user.pk, scope]}"
            self.headers["If-Match"] = "*"
        elif user:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = KEYS.sessions[user.pk]

    def ask(self, method: str, url: str, fields: dict[str, str]) -> tuple[int, str]:
        """The status and the body; whatever it did is undone."""
        kind = "application/json" if self.api else "application/x-www-form-urlencoded"
        sent = json.dumps(fields) if self.api else urlencode(fields)
        with transaction.atomic():
            answer = self.client.generic(
                method, url, "" if method == "GET" else sent, kind, headers=self.headers
            )
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        return answer.status_code, body.decode(errors="replace")


def is_api(url: str) -> bool:
    return url.startswith("/api/")


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_person_gets_what_the_table_says(name: str, world: World) -> None:
    route = TABLE[name]
    url = world.address(name, route)
    people = dict(zip(ACTORS, world.actors, strict=True))
    for actor, user in people.items():
        visitor = Visitor(user, is_api(url))
        for method in METHODS:
            status, body = visitor.ask(method, url, route.body)
            said = f"{method} {url} as {actor}: {status}"
            mark = route.mark(method, actor)
            if mark is None:
                assert status in NOT_SERVED, said
            else:
                assert status in EXPECTED[mark], said
            if mark != "+":
                assert MARKER not in body, f"{said} leaks"


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(TABLE.keys() - PUBLIC))
def test_strangers_are_asked_to_sign_in(name: str, world: World) -> None:
    route = TABLE[name]
    url = world.address(name, route)
    strangers = [
        Visitor(None, is_api(url)),
        Visitor(world.deactivated, is_api(url)),
        *([] if is_api(url) else [page_visitor_with_token(world.actors[0])]),
    ]
    for visitor in strangers:
        for method in METHODS:
            status, body = visitor.ask(method, url, route.body)
            assert status in ({401} if is_api(url) else {302, 405}), f"{method} {url}: {status}"
            assert MARKER not in body


def page_visitor_with_token(user: User) -> Visitor:
    """A program that tries its token on a page."""
    visitor = Visitor(None, api=False)
    visitor.headers["Authorization"] = f"Token {KEYS.tokens[user.pk, ApiToken.WRITE]}"
    return visitor


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(name for name in TABLE if TABLE[name].is_api))
def test_a_read_only_token_writes_nothing(name: str, world: World) -> None:
    route = TABLE[name]
    url = world.address(name, route)
    visitor = Visitor(world.actors[0], api=True, scope=ApiToken.READ)
    for method in METHODS:
        status, _ = visitor.ask(method, url, route.body)
        if method == "GET" and route.mark("GET", ACTORS[0]):
            assert status in EXPECTED[str(route.mark("GET", ACTORS[0]))]
        elif name not in PUBLIC:
            assert status in {403, 404, 405}, f"{method} {url}: {status}"


def with_ids() -> list[str]:
    return sorted(name for name, route in TABLE.items() if route.thing)


@pytest.mark.once
@pytest.mark.parametrize("name", with_ids())
def test_what_is_missing_is_missing_for_all(name: str, world: World) -> None:
    route: Route = TABLE[name]
    url = reverse(name, kwargs=MISSING.get(route.thing, {"pk": 999_999_999}))
    for actor, user in zip(ACTORS, world.actors, strict=True):
        visitor = Visitor(user, is_api(url))
        for method in route.methods:
            status, _ = visitor.ask(method, url, route.body)
            allowed = {403, 404} if route.mark(method, actor) == "x" else {404}
            assert status in allowed, f"{method} {url} as {actor}: {status}"
