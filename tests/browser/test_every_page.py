"""Every page of the access table: axe finds nothing, nothing hangs over, the console is empty."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from people.models import User
from tests.access_table import ACTORS, PAGES, Route
from tests.access_world import World, make_world
from tests.browser.conftest import Console
from tests.support import axe

SIZES = [(1280, 900), (360, 740)]
WITHOUT_HTML = {
    "alerts_bell",
    "healthz",
    "opportunities_export",
    "ride_alongs_export",
    "priorities_export",
    "icp_criteria_export",
    "questions_export",
    "differentiators_export",
    "import_problems",
    "review_invitation",
    "training_modules_export",
}
FRAGMENTS = {
    "account_options",
    "opportunity_place",
    "person_options",
    "settings_stall_sentence",
    "pipeline_call_decisions",
    "review_news",
    "settings_local_time",
    "today_precursors",
    "person_precursors",
    "person_training",
    "settings_quarters",
    "alerts_lateness",
}
READERS = ["rep", "manager", "administrator"]


def pages_of(actor: str) -> list[tuple[str, Route]]:
    """The pages this person is the first of READERS to be served."""

    def reader(route: Route) -> str | None:
        return next((who for who in READERS if route.mark("GET", who) in ("+", "o")), None)

    skipped = WITHOUT_HTML | FRAGMENTS
    return [(n, r) for n, r in PAGES.items() if n not in skipped and reader(r) == actor]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize("actor", READERS)
def test_no_page_shuts_anybody_out(
    signed_in: Callable[..., Page], world: World, actor: str
) -> None:
    page = signed_in(world.actors[ACTORS.index(actor)])
    found = []
    for name, route in pages_of(actor):
        url = world.address(name, route)
        found += [f"{url} {problem}" for problem in problems_of(page, url)]
    assert found == []


def test_the_entrance_shuts_nobody_out(
    live_server: LiveServer, new_context: Callable[..., BrowserContext], console: Console
) -> None:
    context = new_context(base_url=live_server.url, reduced_motion="reduce")
    console.listen(context)
    page = context.new_page()
    for url in ("/auth/login/", "/auth/password/reset/"):
        assert problems_of(page, url) == []


def test_what_is_not_there_is_said_legibly(
    desktop: Callable[..., Page], console: Console, rosa: User
) -> None:
    console.expect("404")
    assert problems_of(desktop(rosa), "/opportunities/999999/") == ["answers 404"]


def problems_of(page: Page, url: str) -> list[str]:
    answer = page.goto(url)
    assert answer is not None
    problems = [] if answer.ok else [f"answers {answer.status}"]
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        problems += [f"hangs {over} px over at {width}"] if over > 0 else []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            problems += [f"{width} {scheme}: {each['id']}" for each in axe.violations(page)]
    return problems
