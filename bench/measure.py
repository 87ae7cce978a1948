"""One plain client, one request after the other on one connection, each beside its floor."""

import http.client
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.scenarios import (
    API_QUERIES,
    API_RATIO,
    PAGE_QUERIES,
    PAGE_RATIO,
    Scenario,
)
from people.models import ApiToken, User

WARM_UP, ENOUGH, LEAST = 15, 200, 20
ANY_SECRET = "a" * 32  # a form proves that it comes from a page that knows the cookie
FRAME = re.compile("BEGIN|COMMIT|SAVEPOINT|RELEASE")  # around statements, none themselves


class NoAnswerError(Exception):
    """The address is not there, or does not answer as it should."""


@dataclass(frozen=True)
class Keys:
    """How one person is let in."""

    token: str
    session: str

    @classmethod
    def of(cls, user: User) -> "Keys":
        token = ApiToken.issue(user, name="bench", scope=ApiToken.WRITE, lasts=None)[1]
        client = Client()
        client.force_login(user)
        return cls(token, client.cookies[settings.SESSION_COOKIE_NAME].value)

    def headers(self, scenario: Scenario) -> dict[str, str]:
        """Those of a program, or of a browser whose page saves itself."""
        headers = {"Accept-Encoding": "gzip"}
        if scenario.is_api:
            own = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
            guard = {"If-Match": "*"} if scenario.method in ("PUT", "PATCH") else {}
            return headers | own | guard
        headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        if scenario.method == "GET":
            return headers
        headers["Cookie"] += f"; {settings.CSRF_COOKIE_NAME}={ANY_SECRET}"
        form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return headers | form | {"X-CSRFToken": ANY_SECRET}


@dataclass
class Timing:
    """Durations in milliseconds."""

    samples: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return median(self.samples)

    @property
    def p95(self) -> float:
        return quantiles(self.samples, n=20)[-1]


@dataclass
class Result:
    """One row of the table. Times in ms, sizes in bytes; `orm` figures only for the API."""

    name: str
    p50: float
    p95: float
    queries: int
    bytes: int
    floor: float
    ratio: float
    orm: float | None
    orm_ratio: float | None
    promise: str
    kept: bool
    requests: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Visitor:
    """A client with one connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: str = ""
    ) -> tuple[float, int]:
        """Milliseconds until the last byte, and the bytes of the body as they were sent."""
        start = time.perf_counter()
        self.connection.request(method, path, body=body.encode() or None, headers=headers)
        response = self.connection.getresponse()
        text = response.read()
        took = (time.perf_counter() - start) * 1000
        done = response.status == 302 and method == "POST" and not signs_in(response)
        if response.status >= 300 and not done:
            raise NoAnswerError(f"{method} {path} answers {response.status}")
        return took, len(text)


def signs_in(response: http.client.HTTPResponse) -> bool:
    """Whether it leads to where one signs in: what was sent was not done."""
    return response.headers.get("Location", "").startswith(resolve_url(settings.LOGIN_URL))


def measure(scenario: Scenario, keys: Keys, port: int, seconds: float) -> Result:
    """Product, SQL floor and ORM floor in turns, so that noise strikes all of them alike."""
    visitor, headers = Visitor(port), keys.headers(scenario)
    product, floor, orm = Timing(), Timing(), Timing()
    ways = [(floor, scenario.floor_path())]
    ways += [(orm, scenario.floor_path("orm/"))] if scenario.is_api else []
    limit, size = 0.0, 0
    for n in range(WARM_UP + ENOUGH):
        if n == WARM_UP:
            limit = time.monotonic() + seconds
            for timing in (product, floor, orm):
                timing.samples.clear()
        body = scenario.encoded(scenario.body() if scenario.body else None)
        scenario.before()
        took, size = visitor.ask(scenario.method, scenario.path, headers, body)
        product.samples.append(took)
        for timing, path in ways:
            scenario.before()
            timing.samples.append(visitor.ask(scenario.method, path, headers)[0])
        if n >= WARM_UP + LEAST and time.monotonic() > limit:
            break
    visitor.connection.close()
    queries = count_queries(scenario, headers)
    return judged(scenario, product, floor, orm, queries=queries, size=size)


def judged(
    scenario: Scenario, product: Timing, floor: Timing, orm: Timing, *, queries: int, size: int
) -> Result:
    api = scenario.is_api
    most, most_queries = (API_RATIO, API_QUERIES) if api else (PAGE_RATIO, PAGE_QUERIES)
    base = orm if api else floor
    reads_too_often = queries > most_queries and scenario.method == "GET"
    return Result(
        name=scenario.name,
        p50=product.p50,
        p95=product.p95,
        queries=queries,
        bytes=size,
        floor=floor.p50,
        ratio=product.p50 / floor.p50,
        orm=orm.p50 if api else None,
        orm_ratio=product.p50 / orm.p50 if api else None,
        promise=f"{most} x {'ORM' if api else 'floor'}",
        kept=product.p50 <= most * base.p50 and not reads_too_often,
        requests=len(product.samples),
    )


def count_queries(scenario: Scenario, headers: dict[str, str]) -> int:
    """Statements of one request, in this process, once everything is warm."""
    client = Client(headers=headers)
    with unhurried():
        for _ in range(2):
            body = scenario.encoded(scenario.body() if scenario.body else None)
            scenario.before()
            with CaptureQueriesContext(connection) as queries:
                client.generic(
                    scenario.method,
                    scenario.path,
                    body,
                    content_type=headers.get("Content-Type", "text/html"),
                )
    return sum(not FRAME.match(query["sql"]) for query in queries)


@contextmanager
def unhurried() -> Iterator[None]:
    """No log lines of the requests made in this process."""
    import logging

    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
