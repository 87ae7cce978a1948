"""The main job from end to end: plan tomorrow's call on a phone, inspect, debrief, both scores."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from coaching.models import CallPlan, Debrief
from people.models import User
from pipeline.models import Call
from tests.browser.conftest import DESKTOP, PHONE, Console
from tests.factories import PASSWORD, a_contact, a_deal, an_account


def log_in(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(user.email or "")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(user.first_name)


def let_the_call_pass(call: Call) -> None:
    """Two hours after its end, as the database sees it."""
    now = timezone.now()
    Call.objects.filter(pk=call.pk).update(
        starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=2)
    )


def test_a_call_is_planned_inspected_debriefed_and_scored_by_both(
    live_server: LiveServer,
    new_context: Callable[..., BrowserContext],
    console: Console,
    rosa: User,
    mia: User,
) -> None:
    account = an_account("Northwind Traders")
    a_contact(account, "Carla Buyer")
    a_deal(rosa, "Northwind rollout", account=account)
    windows = [
        new_context(base_url=live_server.url, reduced_motion="reduce", **size)
        for size in (PHONE, DESKTOP)
    ]
    for window in windows:
        console.listen(window)
    rep, manager = (window.new_page() for window in windows)

    log_in(rep, rosa)
    rep_plans_tomorrows_call(rep)
    plan = CallPlan.objects.get()
    assert plan.timeliness == CallPlan.ON_TIME

    log_in(manager, mia)
    manager.get_by_role("link", name="Inspection").first.click()
    expect(manager.get_by_text("Find out who decides")).to_be_visible()
    manager.wait_for_load_state()  # the keys are there once the page has loaded
    manager.keyboard.press("g")
    expect(manager.get_by_text("Queue clear.")).to_be_visible()

    let_the_call_pass(plan.call)
    rep.goto("/")
    rep.get_by_role("link", name="Debrief: Interview, Northwind Traders").first.tap()
    rep_debriefs_and_scores(rep)
    assert Debrief.objects.get().score == 8

    manager.goto("/debriefs/")
    manager.get_by_role("link", name="Northwind Traders").first.click()
    manager.get_by_role("group", name="My score").locator("label", has_text="6").click()
    manager.get_by_label("What to modify").fill("Get the date before you leave the room")
    manager.get_by_role("button", name="Send review").click()
    expect(manager.locator(".gap")).to_contain_text("8")
    expect(manager.locator(".gap")).to_contain_text("6")
    expect(manager.locator(".gap")).to_contain_text("2")

    rep.goto("/")
    expect(rep.get_by_text("Get the date before you leave the room")).to_be_visible()


def rep_plans_tomorrows_call(page: Page) -> None:
    page.get_by_role("link", name="Plan a call").first.tap()
    page.get_by_role("link", name="Northwind rollout").tap()
    tomorrow = timezone.now() + timedelta(days=1)
    page.get_by_label("Day").fill(tomorrow.date().isoformat())
    page.get_by_label("Carla Buyer").check()
    page.get_by_role("button", name="Plan this call").tap()
    page.locator("#id_purpose").fill("Find out who decides")
    page.locator("#id_learn").fill("Who signs?")
    page.locator("#id_give").fill("The case study")
    page.locator("#id_commitments").fill("A meeting with the CFO")
    page.get_by_label("Fallback").fill("Her name")
    page.get_by_role("button", name="File plan").tap()
    expect(page.locator(".chip", has_text="Filed on time")).to_be_visible()


def rep_debriefs_and_scores(page: Page) -> None:
    for line, word in (
        ("Who signs?", "Learned"),
        ("The case study", "Given"),
        ("A meeting with the CFO", "Partly"),
    ):
        page.get_by_role("group", name=line).locator("label", has_text=word).tap()
    prepared = page.get_by_role("group", name="Did I do what I prepared?")
    prepared.locator("label", has_text="Yes").tap()
    page.locator(".score-cell", has_text="8").tap()
    page.get_by_label("Next step").fill("Meet the CFO")
    page.get_by_role("button", name="Tomorrow").tap()
    page.get_by_role("button", name="File debrief").tap()
    expect(page.get_by_text("Debrief filed.")).to_be_visible()
