"""Everything here runs in a real Chromium, against a live server.

`phone(rosa)` and `desktop(rosa)` give a page on which that person is signed in; any number of them.
A test fails when the browser's console showed an error, unless it said so before:
`console.expect("ERR_INTERNET_DISCONNECTED")`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from people.models import User
from tests.support import axe
from tests.support.browser import HOW, find_browser, launch_arguments

HERE = Path(__file__).parent
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder; without a browser they are skipped and say what to do."""
    missing = pytest.mark.skip(reason=f"there is no browser. {HOW}")
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if find_browser() is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of this machine instead of Playwright's own download."""
    return {**browser_type_launch_args, **launch_arguments()}


@pytest.fixture(autouse=True)
def live_database(transactional_db: None) -> None:
    """A live server sees what is committed only; the tables are emptied afterwards."""


@dataclass
class Console:
    """What the browser complained about in this test, on any page."""

    errors: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *parts: str) -> None:
        """Errors that contain one of these are part of the test."""
        self.expected += parts

    def listen(self, context: BrowserContext) -> None:
        context.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        context.on("weberror", lambda e: self.errors.append(str(e.error)))

    def unexpected(self) -> list[str]:
        return [e for e in self.errors if not any(part in e for part in self.expected)]


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    assert console.unexpected() == []


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Give the browser a session of this person without the login page."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


SignedIn = Callable[..., Page]


@pytest.fixture
def signed_in(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], console: Console
) -> SignedIn:
    """`signed_in(rosa, color_scheme="dark")`: a page of a new browser window, at no address yet.

    A second tab beside it is `page.context.new_page()`. Addresses may begin with a slash.
    """

    def open_window(user: User, **options: Any) -> Page:
        context = new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        context.set_default_timeout(10_000)
        console.listen(context)
        sign_in(context, user, live_server.url)
        return context.new_page()

    return open_window


@pytest.fixture
def signed_in_again(live_server: LiveServer) -> Callable[[Page, User], None]:
    """`signed_in_again(page, rosa)`: a new session in the same browser window."""
    return lambda page, user: sign_in(page.context, user, live_server.url)


@pytest.fixture
def phone(signed_in: SignedIn) -> SignedIn:
    """A small touch screen, 360 px wide."""
    return lambda user, **options: signed_in(user, **PHONE, **options)


@pytest.fixture
def desktop(signed_in: SignedIn) -> SignedIn:
    """A window 1280 px wide."""
    return lambda user, **options: signed_in(user, **DESKTOP, **options)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)`: axe finds nothing in light and dark, nothing hangs over."""

    def check(page: Page) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = axe.violations(page)
            assert found == [], f"{scheme}: {axe.described(found)}"
        page.emulate_media(color_scheme="light")
        # Not innerWidth: a phone shows a page that is too wide in a wider window.
        assert page.viewport_size
        width = page.viewport_size["width"]
        over = page.evaluate("document.documentElement.scrollWidth") - width
        assert over <= 0, f"the page is {over} px too wide"

    return check
