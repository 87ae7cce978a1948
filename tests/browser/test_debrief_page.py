"""A rep debriefs a call: by keyboard, with a thumb on a phone, and in two tabs at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.models import Debrief
from people.models import User
from pipeline.models import BuyerAction, Call
from tests.factories import a_call, a_deal, a_plan, an_account


@pytest.fixture
def call(rosa: User) -> Call:
    """A planned call about a deal that ended half an hour ago."""
    now = timezone.now()
    deal = a_deal(rosa, account=an_account("Northwind"))
    call = a_call(rosa, now - timedelta(hours=1), opportunity=deal)
    a_plan(call, at=now - timedelta(hours=5))
    return call


def saved(page: Page) -> None:
    """Wait until the page says that it is saved."""
    expect(page.locator(".autosave")).to_have_attribute("data-state", "saved")


def test_a_debrief_is_filed_with_a_thumb(
    phone: Callable[..., Page], rosa: User, call: Call, console: Any, assert_accessible: Any
) -> None:
    console.expect("400")
    page = phone(rosa)
    page.goto(f"/calls/{call.pk}/debrief/")
    assert_accessible(page)
    page.get_by_role("button", name="File debrief").tap()
    problems = page.get_by_role("alert").first
    expect(problems).to_contain_text("Say what came of this line.")
    assert_accessible(page)
    problems.get_by_role("link", name="Score").tap()

    for line, word in (
        ("What have they tried so far?", "Partly"),
        ("The Initech case study", "Given"),
        ("A meeting with the CFO", "Got"),
    ):
        group = page.get_by_role("group", name=line)
        group.locator("label", has_text=word).tap()
    page.get_by_role("group", name="What have they tried").get_by_label("What?").fill("Two pilots")
    page.get_by_role("group", name="Did I do what I prepared?").locator(
        "label", has_text="Yes"
    ).tap()
    page.locator(".score-cell", has_text="8").tap()
    page.get_by_role("button", name="Asked for a contract").tap()
    page.get_by_label("Next step").fill("Send the contract")
    page.get_by_role("button", name="In 2 weeks").tap()
    expect(page.get_by_label("By when")).not_to_have_value("")
    page.get_by_role("button", name="File debrief").tap()

    expect(page.get_by_text("Debrief filed.")).to_be_visible()
    expect(page.get_by_text("Two pilots")).to_be_visible()
    assert_accessible(page)
    debrief = Debrief.objects.get()
    assert debrief.is_filed
    assert debrief.score == 8
    assert BuyerAction.objects.get().what == "Asked for a contract"


def test_a_debrief_is_written_by_keyboard_and_saves_itself(
    desktop: Callable[..., Page], rosa: User, call: Call, assert_accessible: Any
) -> None:
    page = desktop(rosa)
    page.goto(f"/calls/{call.pk}/debrief/")
    assert_accessible(page)
    group = page.get_by_role("group", name="What have they tried so far?")
    group.get_by_label("Learned").focus()
    page.keyboard.press("ArrowRight")
    expect(group.get_by_label("Partly")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Two pilots, both stopped")
    page.get_by_role("group", name="Score the call").get_by_label("1", exact=True).focus()
    page.keyboard.press("0")
    expect(page.get_by_label("10", exact=True)).to_be_checked()
    page.get_by_label("Buyer action, line 1").focus()
    page.keyboard.type("Asked for a contract")
    page.keyboard.press("Enter")
    page.keyboard.type("Brought in the CFO")
    saved(page)

    page.reload()
    expect(group.get_by_label("Partly")).to_be_checked()
    expect(group.get_by_label("What?")).to_have_value("Two pilots, both stopped")
    expect(page.get_by_label("Buyer action, line 2")).to_have_value("Brought in the CFO")
    debrief = Debrief.objects.get()
    assert debrief.score == 10
    assert debrief.buyer_actions == ["Asked for a contract", "Brought in the CFO"]


def test_two_tabs_lose_nothing(
    desktop: Callable[..., Page], rosa: User, call: Call, console: Any, assert_accessible: Any
) -> None:
    console.expect("412")
    first = desktop(rosa)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/calls/{call.pk}/debrief/")
    first.get_by_label("What worked").fill("Said in the first tab")
    saved(first)
    second.get_by_label("What worked").fill("Said in the second tab")
    expect(second.locator(".autosave")).to_have_attribute("data-state", "conflict")
    expect(second.get_by_text("Said in the first tab")).to_be_visible()
    assert Debrief.objects.get().worked == "Said in the first tab"
    assert_accessible(second)
    second.get_by_role("button", name="Keep mine").click()
    saved(second)
    assert Debrief.objects.get().worked == "Said in the second tab"
