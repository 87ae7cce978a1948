"""The page to read and try the API: offline, and under the strict policy."""

from collections.abc import Callable

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from people.models import User


def test_the_page_lists_all_operations_and_asks_nobody_else(
    desktop: Callable[[User], Page], rosa: User, live_server: LiveServer
) -> None:
    page = desktop(rosa)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(f"{live_server.url}/api/docs/")
    page.locator(".opblock-summary").first.click()
    page.locator(".try-out__btn").first.click()
    page.locator(".opblock").nth(50).wait_for()
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
