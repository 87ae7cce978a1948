"""A whole weekly pipeline call: by keyboard on a projector, by thumb on a phone, on two screens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.models import HelpRequest
from people.models import Team, User
from pipeline.models import Opportunity
from reviews.models import PipelineCall, PipelineCallDecision
from tests.factories import a_deal, a_money_target


@pytest.fixture
def deals(rosa: User, mia: User) -> list[Opportunity]:
    """Four stuck ones, the biggest first; one with a name as long as names get."""
    names = {
        "Globex": 90_000,
        "Initech": 70_000,
        "W" * 60 + " of the North": 50_000,
        "Acme": 30_000,
    }
    old = timezone.now() - timedelta(days=90)
    deals = [a_deal(rosa, name, at=old, amount=amount) for name, amount in names.items()]
    team = Team.objects.get(name="North")
    a_money_target(300_000, mia, timezone.now(), team=team)
    before = PipelineCall.start(team, by=mia, at=timezone.now() - timedelta(days=7))
    before.close(by=mia, at=timezone.now() - timedelta(days=7))
    before.acknowledge(by=rosa, at=timezone.now())
    deals[0].push(deals[0].close_date + timedelta(days=14), by=rosa, at=timezone.now())  # type: ignore[operator]
    return deals


def test_a_weekly_call_is_run_by_keyboard_to_its_summary(
    desktop: Callable[..., Page],
    rosa: User,
    mia: User,
    console: Any,
    deals: list[Opportunity],
    assert_accessible: Any,
) -> None:
    console.expect("400")
    page = desktop(mia)
    page.goto("/pipeline-calls/")
    assert_accessible(page)
    page.get_by_role("link", name="Set a time").press("Enter")
    expect(page.get_by_label("Minutes")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_role("button", name="Start now").press("Enter")
    expect(page.get_by_text("against €300,000 left")).to_be_visible()
    expect(page.get_by_role("heading", name="Stuck, and nobody asked 4")).to_be_visible()
    assert_accessible(page)
    size = "parseFloat(getComputedStyle(document.querySelector('.page-call')).fontSize)"
    assert page.evaluate(size) >= 18

    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Globex")).to_be_focused()
    expect(page.get_by_text("close +14 d")).to_be_visible()
    expect(page.get_by_text("1 of 4")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Initech")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Globex")).to_be_focused()

    page.keyboard.press("5")  # and thinks better of it
    expect(page.get_by_label("Why is nothing needed?")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Why is nothing needed?")).to_be_hidden()
    expect(page.get_by_role("heading", name="Globex")).to_be_focused()

    page.keyboard.press("1")
    expect(page.get_by_label("What will you do")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type("I call their CFO")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Initech")).to_be_focused()
    expect(page.locator("#decisions")).to_contain_text("I call their CFO")

    page.keyboard.press("3")
    expect(page.get_by_label("What happens next?")).to_be_focused()
    page.keyboard.press("Enter")  # nothing typed: it says so and stays
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("What happens next?").press_sequentially("Send the offer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="WWW")).to_be_focused()
    assert_accessible(page)

    page.keyboard.press("2")
    expect(page.get_by_label("What does it wait for?")).to_be_focused()
    page.keyboard.type("Budget in spring")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Acme")).to_be_focused()
    page.keyboard.press("4")
    expect(page.get_by_label("Won")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Price")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Decided 4")).to_be_visible()

    page.get_by_role("textbox", name="Notes").fill("Thursday we look at Initech together.")
    expect(page.get_by_text("Saved ", exact=False)).to_be_visible()
    page.get_by_role("button", name="Close the call").press("Enter")
    page.locator("#confirm-yes").press("Enter")
    expect(page.get_by_role("heading", name="Summary of")).to_be_visible()
    expect(page.get_by_text("Thursday we look at Initech together.")).to_be_visible()
    expect(page.get_by_text("I call their CFO")).to_be_visible()
    assert_accessible(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("I call their CFO")).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()

    acme = Opportunity.objects.get(name="Acme")
    assert (acme.status, acme.lost_reason) == ("lost", "Price")
    assert Opportunity.objects.get(name="Initech").next_step == "Send the offer"
    assert HelpRequest.objects.get().origin == HelpRequest.STEPPED_IN

    reader = desktop(rosa)
    reader.goto("/")
    reader.get_by_role("link", name="Read : Summary of").press("Enter")
    expect(reader.get_by_text("I call their CFO")).to_be_visible()
    reader.get_by_role("button", name="I have read it").press("Enter")
    reader.goto("/")
    expect(reader.get_by_role("link", name="Read : Summary of")).to_be_hidden()


def test_the_same_call_fits_a_phone(
    phone: Callable[..., Page], mia: User, deals: list[Opportunity], assert_accessible: Any
) -> None:
    page = phone(mia)
    page.goto("/pipeline-calls/")
    page.get_by_role("button", name="Start now").tap()
    expect(page.get_by_role("heading", name="Stuck, and nobody asked")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Walk the deals").tap()
    expect(page.get_by_role("heading", name="Globex")).to_be_visible()
    leave = page.get_by_role("link", name="Leave it")
    box = leave.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    leave.tap()
    page.get_by_label("Why is nothing needed?").fill("The demo is on Thursday")
    assert_accessible(page)
    page.get_by_role("button", name="Leave it").tap()
    expect(page.get_by_role("heading", name="Initech")).to_be_visible()
    page.get_by_role("link", name="Next", exact=True).tap()
    expect(page.get_by_role("heading", name="WWW")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Close the call").tap()
    page.locator("#confirm-yes").tap()
    expect(page.get_by_role("heading", name="Summary of")).to_be_visible()
    expect(page.get_by_text("The demo is on Thursday")).to_be_visible()
    assert_accessible(page)


def test_two_screens_agree_within_seconds_and_neither_loses_its_text(
    desktop: Callable[..., Page], mia: User, eva: User, console: Any, deals: list[Opportunity]
) -> None:
    console.expect("412")
    call = PipelineCall.start(Team.objects.get(name="North"), by=mia, at=timezone.now())
    left, right = desktop(mia), desktop(eva)
    for page in (left, right):
        page.goto(f"/pipeline-calls/{call.pk}/?deal={deals[0].pk}")
    left.keyboard.press("5")
    left.get_by_label("Why is nothing needed?").fill("All is said")
    right.keyboard.press("3")
    right.get_by_label("What happens next?").fill("Call Ann")
    left.keyboard.press("Enter")
    expect(left.get_by_role("heading", name="Initech")).to_be_focused()
    expect(right.locator("#decisions")).to_contain_text("All is said", timeout=8_000)
    expect(right.get_by_label("What happens next?")).to_have_value("Call Ann")
    right.keyboard.press("Enter")
    expect(right.get_by_role("alert")).to_contain_text("Somebody else changed this")
    expect(right.get_by_label("What happens next?")).to_have_value("Call Ann")
    right.get_by_label("What happens next?").press("Enter")
    expect(right.get_by_role("heading", name="Initech")).to_be_focused()
    assert PipelineCallDecision.objects.count() == 2


def test_it_is_run_without_scripts(
    desktop: Callable[..., Page], mia: User, deals: list[Opportunity]
) -> None:
    page = desktop(mia, java_script_enabled=False)
    page.goto("/pipeline-calls/")
    page.get_by_role("button", name="Start now").click()
    page.get_by_role("link", name="Walk the deals").click()
    page.get_by_role("link", name="Leave it").click()
    page.get_by_label("Why is nothing needed?").fill("Fine")
    page.get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("heading", name="Initech")).to_be_visible()
    page.get_by_role("button", name="Close the call").click()
    expect(page.get_by_role("heading", name="Summary of")).to_be_visible()
