"""A whole monthly 1-on-1 on two screens: prepared, run, agreed, printed, and the next one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from people.models import User
from pipeline.models import BuyerAction, Opportunity
from reviews.models import Agreement, Review, ReviewPart, ReviewSchedule
from tests.factories import a_deal, a_money_target, a_stage


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def deals(rosa: User, now: datetime) -> list[Opportunity]:
    soon = now.date() + timedelta(days=10)
    deals = [
        a_deal(rosa, name, at=now - timedelta(days=90), close_date=soon)
        for name in ("Globex", "Initech", "W" * 60 + " of the North")
    ]
    deals[1].move_to(a_stage(2), by=rosa, at=now - timedelta(days=3))
    BuyerAction.record(deals[0], "Asked for a draft contract", now.date(), by=rosa, at=now)
    a_deal(rosa, "Newcomer", at=now - timedelta(days=2))
    return deals


@pytest.fixture
def review(rosa: User, mia: User, deals: list[Opportunity], now: datetime) -> Review:
    """Tomorrow's, open for preparing since an hour, with two agreements from before."""
    ReviewSchedule.set_up(rosa, by=mia, at=now, is_active=False)
    a_money_target(150_000, mia, now, person=rosa)
    for text in ("Call the CFO", "Send the list of questions"):
        Agreement.make(text=text, owner=rosa, due_on=now.date(), by=mia, at=now)
    return opened(Review.arrange(rosa, now + timedelta(hours=20), by=mia, at=now), now)


def opened(review: Review, now: datetime) -> Review:
    Review.objects.filter(pk=review.pk).update(opens_at=now - timedelta(hours=1))
    review.refresh_from_db()
    return review


def notes(page: Page) -> Any:
    return page.get_by_label("What we say")


def saved(page: Page) -> Any:
    return page.locator("#part-text [data-autosave-status][data-state=saved]")


def test_two_people_run_a_whole_review_and_the_next_begins_with_what_was_left_undone(
    desktop: Callable[..., Page],
    phone: Callable[..., Page],
    rosa: User,
    mia: User,
    review: Review,
    console: Any,
    assert_accessible: Any,
    now: datetime,
) -> None:
    console.expect("412")
    rep, manager = phone(rosa), desktop(mia)

    # Rosa prepares on her phone.
    rep.goto(f"/reviews/{review.pk}/")
    expect(rep.get_by_text("Only you and Mia can read this.")).to_be_visible()
    rep.get_by_role("button", name="Done : Send the list of questions").tap()
    expect(rep.get_by_text("Rosa, done")).to_be_visible()
    rep.goto(f"/reviews/{review.pk}/")
    rep.get_by_label("What is in the way?").fill("Their CFO is not in the loop")
    rep.get_by_label("Where do I need you?").fill("A word to their COO")
    expect(rep.locator("#preparation [data-state=saved]")).to_be_visible()
    assert_accessible(rep)

    # Mia reads it, notes something for herself, and starts.
    manager.goto(f"/reviews/{review.pk}/?part=1")
    expect(manager.get_by_text("Their CFO is not in the loop")).to_be_visible()
    manager.get_by_text("My private note").click()
    manager.get_by_label("Only you read this").fill("Praise her for the list")
    expect(manager.locator("#private-note [data-state=saved]")).to_be_visible()
    manager.get_by_role("button", name="Start the meeting").click()
    expect(manager.get_by_role("timer")).to_be_visible()
    expect(manager.get_by_role("heading", name="Status report")).to_be_visible()
    first = manager.locator(".review-work h2").first
    expect(first).to_have_text("Agreed before")  # the first thing of all
    expect(manager.locator(".row", has_text="Call the CFO")).to_contain_text("carried 1x")
    assert_accessible(manager)

    # Both type in part 1: what one saves stands on the other's screen within seconds.
    rep.goto(f"/reviews/{review.pk}/")
    expect(rep.get_by_role("timer")).to_be_visible()
    notes(manager).fill("A good month")
    expect(saved(manager)).to_be_visible()
    expect(notes(rep)).to_have_value("A good month", timeout=8_000)
    expect(rep.get_by_text("Mia saved")).to_be_visible()

    # Both at once: the second is refused, sees both texts, and keeps both.
    rep.route("**/parts/1/", lambda route: route.abort())
    console.expect("ERR_FAILED")
    notes(rep).fill("A good month\nRosa: the fair brought three leads")
    notes(manager).fill("A good month\nMia: the quarter depends on Globex")
    expect(saved(manager)).to_be_visible()
    rep.unroute("**/parts/1/")
    expect(rep.get_by_role("alert", name="Two versions")).to_be_visible(timeout=15_000)
    conflict = rep.get_by_role("alert", name="Two versions")
    expect(conflict).to_contain_text("Mia: the quarter depends on Globex")
    expect(conflict).to_contain_text("Rosa: the fair brought three leads")
    assert_accessible(rep)
    conflict.get_by_role("button", name="Keep both").tap()
    expect(saved(rep)).to_be_visible()
    both = "A good month\nMia: the quarter depends on Globex\nRosa: the fair brought three leads"
    expect(notes(rep)).to_have_value(both)
    expect(notes(manager)).to_have_value(both, timeout=8_000)
    assert ReviewPart.objects.get(review=review, number=1).notes == both

    # Parts 2 and 3; a deal verb in place.
    manager.keyboard.press("Escape")
    manager.get_by_role("button", name="Go on to 2").click()
    expect(manager.get_by_role("link", name="Newcomer")).to_be_visible()
    expect(rep.locator("#review-side")).to_contain_text("2 New opportunities", timeout=8_000)
    manager.get_by_role("button", name="Go on to 3").click()
    expect(manager.get_by_role("heading", name="Not moved 2")).to_be_visible()
    expect(manager.get_by_role("heading", name="Moved forward 1")).to_be_visible()
    assert_accessible(manager)
    row = manager.locator(".deal", has_text="Globex")
    notes(manager).fill("Globex decides it")  # not saved yet while a row is swapped
    row.get_by_role("link", name="Next step").click()
    expect(row.get_by_label("What happens next?")).to_be_focused()
    manager.keyboard.press("Enter")
    expect(row.get_by_role("alert")).to_be_visible()
    console.expect("400")
    row.get_by_label("What happens next?").fill("Send the contract")
    manager.keyboard.press("Enter")
    expect(row.get_by_text("Next step by")).to_be_visible()
    expect(notes(manager)).to_have_value("Globex decides it")
    expect(saved(manager)).to_be_visible()
    assert Opportunity.objects.get(name="Globex").next_step == "Send the contract"

    # Part 4: her own odds before the stage's are revealed.
    manager.get_by_role("button", name="Go on to 4").click()
    rep.goto(f"/reviews/{review.pk}/?part=4")
    first = rep.locator(".deal").first
    expect(first).to_contain_text("No buyer action yet")
    globex = rep.locator(".deal", has_text="Globex")
    expect(globex).to_contain_text("Asked for a draft contract")
    globex.get_by_text("How likely is it?").tap()
    expect(globex).not_to_contain_text("says the stage")
    globex.get_by_label("How likely, in percent?").fill("60")
    globex.get_by_label("Why?").fill("Legal has the draft")
    globex.get_by_role("button", name="Say it").tap()
    expect(globex).to_contain_text("60 % says Rosa, 10 % says the stage")
    assert_accessible(rep)

    # Part 5: agreements with who and when, always in sight on both screens.
    manager.get_by_role("button", name="Go on to 5").click()
    expect(manager.get_by_text("carried 1x")).to_be_visible()
    manager.get_by_label("What", exact=True).fill("Call their COO")
    manager.get_by_label("Mia Manager").check()
    manager.get_by_label("By", exact=True).fill(now.date().isoformat())
    manager.get_by_role("button", name="Agree", exact=True).click()
    expect(manager.locator("#agreed")).to_contain_text("Call their COO")
    expect(rep.locator("#agreed")).to_contain_text("Call their COO", timeout=8_000)

    # Agreed twice.
    manager.get_by_role("link", name="Read through and agree").click()
    expect(manager.get_by_text("Rosa has not agreed yet")).to_be_visible()
    assert_accessible(manager)
    manager.get_by_role("button", name="Agreed").click()
    expect(manager.get_by_text("You agreed.", exact=False).first).to_be_visible()
    rep.get_by_role("link", name="Mia agreed. Read through").tap(timeout=8_000)
    expect(rep.get_by_role("heading", name="Read through")).to_be_visible()
    assert_accessible(rep)
    rep.get_by_role("button", name="Agreed").tap()
    expect(rep.get_by_text("both agreed")).to_be_visible()
    assert_accessible(rep)

    # Printed.
    manager.goto(f"/reviews/{review.pk}/")
    expect(manager.get_by_text("Praise her for the list")).to_be_attached()
    printed = PdfReader(BytesIO(manager.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 2
    text = " ".join("".join(page.extract_text() for page in printed.pages).split())
    for words in (
        "Confidential to Mia Manager and Rosa Rep",
        "Year to date",
        "Newcomer",
        "Mia: the quarter depends on Globex",
        "Rosa: the fair brought three leads",
        "Their CFO is not in the loop",
        "60 % (Legal has the draft), stage 10 %",
        "Next step by",
        "Call their COO",
        "Call the CFO",
        "carried 1x",
    ):
        assert words in text, words
    for words in ("Praise her", "Print", "Add the remark", "Today"):
        assert words not in text, words

    # A remark, and next month's.
    rep.get_by_role("textbox", name="Remark").fill("We won Globex after all")
    rep.get_by_role("button", name="Add the remark").tap()
    expect(rep.get_by_text("We won Globex after all")).to_be_visible()
    month = now + timedelta(days=28)
    following = opened(Review.arrange(rosa, month, by=mia, at=timezone.now()), now)
    rep.goto(f"/reviews/{following.pk}/")
    expect(rep.locator(".row", has_text="Call their COO")).to_contain_text("carried 1x")
    expect(rep.locator(".row", has_text="Call the CFO")).to_contain_text("carried 2x")
    rep.goto(f"/reviews/{following.pk}/?part=3")
    expect(rep.get_by_text("Promised last time Send the contract")).to_be_visible()


def test_what_is_typed_survives_the_network_and_the_closing_of_the_tab(
    desktop: Callable[..., Page], rosa: User, mia: User, review: Review, console: Any, now: datetime
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    review.start(by=mia, at=now)
    page = desktop(rosa)
    page.goto(f"/reviews/{review.pk}/?part=2")
    page.context.set_offline(True)
    notes(page).fill("Typed in the lift")
    expect(page.get_by_text("Not saved: offline", exact=False)).to_be_visible()
    page.context.set_offline(False)
    expect(saved(page)).to_be_visible(timeout=15_000)
    assert ReviewPart.objects.get(review=review, number=2).notes == "Typed in the lift"


def test_the_clock_goes_on_after_a_reload_and_on_a_second_screen(
    desktop: Callable[..., Page], phone: Callable[..., Page], rosa: User, mia: User, review: Review
) -> None:
    review.start(by=mia, at=timezone.now() - timedelta(minutes=7, seconds=30))
    page, other = desktop(mia), phone(rosa)
    page.goto(f"/reviews/{review.pk}/")
    expect(page.get_by_role("timer")).to_contain_text("07:3")
    expect(page.get_by_text("2 min over")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on", exact=True)).to_be_visible()
    shown = page.get_by_role("timer").inner_text()
    page.reload()
    expect(page.get_by_role("timer")).to_have_text(shown)
    other.goto(f"/reviews/{review.pk}/")
    expect(other.get_by_role("timer")).to_have_text(shown)
    other.get_by_role("button", name="Go on", exact=True).tap()
    expect(other.get_by_role("timer")).not_to_have_text(shown)


def test_it_is_run_without_scripts(
    desktop: Callable[..., Page], mia: User, review: Review, now: datetime
) -> None:
    page = desktop(mia, java_script_enabled=False)
    page.goto(f"/reviews/{review.pk}/")
    page.get_by_role("button", name="Start the meeting").click()
    notes(page).fill("Without scripts")
    page.locator("#part-text").get_by_role("button", name="Save").click()
    expect(notes(page)).to_have_value("Without scripts")
    page.get_by_role("button", name="Go on to 2").click()
    page.get_by_role("button", name="Go on to 3").click()
    page.locator(".deal", has_text="Globex").get_by_role("link", name="Hold").click()
    page.get_by_label("What does it wait for?").fill("Budget in spring")
    page.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_text("On hold until")).to_be_visible()
    page.get_by_label("What", exact=True).fill("Call them in March")
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.locator("#agreed")).to_contain_text("Call them in March")
    page.get_by_role("link", name="Read through and agree").click()
    page.get_by_role("button", name="Close without Rosa").click()
    expect(page.get_by_text("Rosa had not agreed")).to_be_visible()
