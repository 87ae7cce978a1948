"""The page to read and try the API: offline, and under the strict policy."""

from collections.abc import Callable

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from api.documents import document
from people.models import User


def operations(page: Page) -> set[tuple[str, ...]]:
    """Every ("GET", "/api/v1/...") seen on the way down; the page draws what is in view."""
    found: set[tuple[str, ...]] = set()
    for _ in range(200):
        found |= in_view(page)
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(30)
        if page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
            break
    return found | in_view(page)


def in_view(page: Page) -> set[tuple[str, ...]]:
    """One that is being drawn may lack its path, or say more after it."""
    texts = page.locator(".opblock-summary").all_inner_texts()
    words = (text.replace("\u200b", "").split() for text in texts)
    return {tuple(each[:2]) for each in words if len(each) > 1}


def test_the_page_lists_all_operations_and_asks_nobody_else(
    desktop: Callable[[User], Page], rosa: User, live_server: LiveServer
) -> None:
    page = desktop(rosa)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(f"{live_server.url}/api/docs/")
    page.locator(".opblock-summary").first.click()
    page.locator(".try-out__btn").first.click()
    page.locator(".opblock-summary").first.click()
    described = {
        (method.upper(), path) for path, of in document()["paths"].items() for method in of
    }
    assert operations(page) == described
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
