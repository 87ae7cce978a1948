"""The board in a browser: cards dragged, moved by menu and by keys, refused, lost; on a phone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from pipeline.models import Opportunity
from tests.browser.conftest import PHONE
from tests.factories import a_deal, a_stage

OpenPage = Callable[..., Page]
BOARD = "/opportunities/board/"
LONG = "Unbreakable" * 18


@pytest.fixture
def deals(rosa: User) -> dict[str, Opportunity]:
    """Three in the second stage, one in the third."""
    now = timezone.now()
    made = {}
    for n, (name, stage) in enumerate([("Acme", 2), ("Initech", 2), ("Hooli", 2), ("Umbrella", 3)]):
        close = (now + timedelta(days=40 + n)).date()
        made[name] = a_deal(rosa, name, at=now, close_date=close, stage=a_stage(stage))
    return made


def column(page: Page, order: int) -> Locator:
    return page.locator(f"#column-{a_stage(order).pk}")


def card(page: Page, deal: Opportunity) -> Locator:
    return page.locator(f"#card-{deal.pk}")


def expect_cards(page: Page, order: int, names: list[str]) -> None:
    """Once the server has answered: a card goes ahead of the answer."""
    expect(page.locator("#board[aria-busy=true]")).to_have_count(0)
    expect(column(page, order).locator(".card-name")).to_have_text(names)


def stage_of(deal: Opportunity) -> int:
    deal.refresh_from_db()
    return deal.stage.order


def drag(page: Page, what: Locator, onto: Locator) -> None:
    """By hand: what is dropped onto may appear only after the drag began."""
    what.locator(".card-facts").hover()
    page.mouse.down()
    box = what.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40, steps=4)
    onto.wait_for()
    target = onto.bounding_box()
    assert target
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 30, steps=4)
    for n in range(4):  # as a hand does, it stays there for a moment
        page.wait_for_timeout(50)
        page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 34 + n)


def test_a_card_is_dragged_to_another_column_and_it_is_undone(
    desktop: OpenPage, rosa: User, deals: dict[str, Opportunity]
) -> None:
    page, acme = desktop(rosa), deals["Acme"]
    page.goto(BOARD)
    expect(page.locator("#drops")).to_be_hidden()
    drag(page, card(page, acme), column(page, 3))
    expect(column(page, 3)).to_contain_class("over")
    expect(card(page, acme)).to_contain_class("ghost")
    expect(page.locator("#drops")).to_be_visible()
    page.mouse.up()
    expect_cards(page, 3, ["Acme", "Umbrella"])
    expect_cards(page, 2, ["Initech", "Hooli"])
    expect(column(page, 3).locator(".well-sum")).to_contain_text("2 deals · €96,000")
    expect(page.locator("#drops")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text(f"Moved to {a_stage(3)}.")
    assert stage_of(acme) == 3
    page.get_by_role("button", name="Undo").click()
    expect_cards(page, 2, ["Acme", "Initech", "Hooli"])
    expect(page.locator("#toasts")).to_contain_text(f"Moved to {a_stage(2)}.")
    assert stage_of(acme) == 2
    assert acme.stagechanges.count() == 3


def test_a_card_is_dropped_on_won_and_that_is_undone(
    desktop: OpenPage, rosa: User, deals: dict[str, Opportunity]
) -> None:
    page, acme = desktop(rosa), deals["Acme"]
    page.goto(BOARD)
    drag(page, card(page, acme), page.locator(".drop", has_text="Won"))
    page.mouse.up()
    expect_cards(page, 2, ["Initech", "Hooli"])
    acme.refresh_from_db()
    assert acme.status == Opportunity.WON
    page.get_by_role("button", name="Undo").click()
    expect_cards(page, 2, ["Acme", "Initech", "Hooli"])


def test_lost_asks_for_its_reason_by_drag_and_by_menu(
    desktop: OpenPage,
    rosa: User,
    deals: dict[str, Opportunity],
    assert_accessible: Callable[[Page], None],
) -> None:
    page, acme, hooli = desktop(rosa), deals["Acme"], deals["Hooli"]
    page.goto(BOARD)
    drag(page, card(page, acme), page.locator(".drop", has_text="Lost"))
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Close as lost")
    expect(dialog).to_contain_text("Acme")
    assert_accessible(page)
    dialog.get_by_role("button", name="Keep it open").click()
    expect_cards(page, 2, ["Acme", "Initech", "Hooli"])
    assert stage_of(acme) == 2

    card(page, hooli).get_by_label("Move Hooli").click()
    card(page, hooli).get_by_role("link", name="Lost").click()
    dialog.get_by_role("button", name="Close as lost").click()  # the browser asks for the reason
    expect(dialog).to_be_visible()
    dialog.get_by_label("Why was it lost?").fill("Price")
    dialog.get_by_role("button", name="Close as lost").click()
    expect(dialog).to_be_hidden()
    expect_cards(page, 2, ["Acme", "Initech"])
    hooli.refresh_from_db()
    assert (hooli.status, hooli.lost_reason) == (Opportunity.LOST, "Price")


def test_the_menu_moves_a_card_and_keeps_the_focus_on_it(
    desktop: OpenPage, rosa: User, deals: dict[str, Opportunity]
) -> None:
    page, acme = desktop(rosa), deals["Acme"]
    page.goto(f"{BOARD}?search=a")
    card(page, acme).get_by_label("Move Acme").click()
    card(page, acme).get_by_role("button", name=f"Move to {a_stage(4)}").click()
    expect_cards(page, 4, ["Acme"])
    expect(card(page, acme).get_by_role("link", name="Acme")).to_be_focused()
    assert stage_of(acme) == 4


def test_cards_are_walked_and_moved_by_keys(
    desktop: OpenPage, rosa: User, deals: dict[str, Opportunity]
) -> None:
    page, acme = desktop(rosa), deals["Acme"]
    page.goto(BOARD)
    page.keyboard.press("j")
    focused = page.locator(".card-name:focus")
    expect(focused).to_have_text("Acme")
    for key, name in [
        ("j", "Initech"),
        ("ArrowDown", "Hooli"),
        ("k", "Initech"),
        ("l", "Umbrella"),
    ]:
        page.keyboard.press(key)
        expect(focused).to_have_text(name)
    for key, name in [("ArrowLeft", "Acme"), ("h", "Acme"), ("ArrowUp", "Acme")]:
        page.keyboard.press(key)
        expect(focused).to_have_text(name)
    page.keyboard.press("]")
    expect_cards(page, 3, ["Acme", "Umbrella"])
    expect(focused).to_have_text("Acme")
    page.keyboard.press("]")
    page.keyboard.press("]")  # faster than the answer
    expect_cards(page, 5, ["Acme"])
    expect(focused).to_have_text("Acme")
    page.keyboard.press("]")  # there is no further stage
    page.keyboard.press("[")
    expect_cards(page, 4, ["Acme"])
    assert stage_of(acme) == 4
    assert acme.stagechanges.count() == 5


def test_a_card_that_another_tab_moved_first_snaps_back_and_says_why(
    desktop: OpenPage, rosa: User, deals: dict[str, Opportunity], console: Any
) -> None:
    console.expect("412 (Precondition Failed)")
    page, acme = desktop(rosa), deals["Acme"]
    page.goto(BOARD)
    other = page.context.new_page()
    other.goto(BOARD)
    card(other, acme).get_by_role("link", name="Acme").focus()
    other.keyboard.press("[")
    expect_cards(other, 1, ["Acme"])

    drag(page, card(page, acme), column(page, 4))
    page.mouse.up()
    toast = page.locator(".toast-error")
    expect(toast).to_contain_text("somebody else changed “Acme”")
    expect(toast).to_contain_text(f"It is in {a_stage(1)}.")
    expect_cards(page, 4, [])
    expect_cards(page, 1, ["Acme"])
    assert stage_of(acme) == 1
    assert acme.stagechanges.count() == 2


def test_without_a_connection_the_card_goes_back(
    desktop: OpenPage, rosa: User, deals: dict[str, Opportunity], console: Any
) -> None:
    console.expect("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    page, acme = desktop(rosa), deals["Acme"]
    page.goto(BOARD)
    page.context.set_offline(True)
    card(page, acme).get_by_role("link", name="Acme").focus()
    page.keyboard.press("]")
    expect(page.locator(".toast-error")).to_contain_text("No connection")
    expect_cards(page, 2, ["Acme", "Initech", "Hooli"])
    page.context.set_offline(False)
    page.keyboard.press("]")
    expect_cards(page, 3, ["Acme", "Umbrella"])
    expect(page.locator(".toast-error")).to_have_count(0)


def test_a_deal_that_is_gone_leaves_the_board(
    desktop: OpenPage, rosa: User, otto: User, deals: dict[str, Opportunity], console: Any
) -> None:
    console.expect("404 (Not Found)")
    page, acme = desktop(rosa), deals["Acme"]
    page.goto(BOARD)
    acme.assign(otto, by=otto, at=timezone.now())
    card(page, acme).get_by_role("link", name="Acme").focus()
    page.keyboard.press("]")
    expect(page.locator(".toast-error")).to_contain_text("no longer yours")
    expect(page.locator(".toast-error")).to_have_count(1)
    expect_cards(page, 2, ["Initech", "Hooli"])
    expect_cards(page, 3, ["Umbrella"])


def test_b_and_l_change_between_board_and_list(
    desktop: OpenPage, rosa: User, deals: dict[str, Opportunity]
) -> None:
    page = desktop(rosa)
    page.goto(f"{BOARD}?search=acme")
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile(r"/opportunities/\?search=acme$"))
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile(r"/opportunities/board/\?search=acme$"))


def test_a_long_column_shows_more_by_keyboard(
    desktop: OpenPage, rosa: User, assert_accessible: Callable[[Page], None]
) -> None:
    now = timezone.now()
    for n in range(30):
        close = (now + timedelta(days=40 + n)).date()
        a_deal(rosa, f"Deal {n:02}", at=now, close_date=close, stage=a_stage(2))
    page = desktop(rosa)
    page.goto(BOARD)
    cards = column(page, 2).locator(".card")
    expect(cards).to_have_count(25)
    more = page.get_by_role("link", name="Show 5 more of 30")
    more.press("Enter")
    expect(cards).to_have_count(30)
    expect(page.locator(".card-name:focus")).to_have_text("Deal 25")
    page.keyboard.press("[")
    expect_cards(page, 1, ["Deal 25"])
    expect(cards).to_have_count(29)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_everybody_can_use_the_board(
    request: pytest.FixtureRequest,
    size: str,
    rosa: User,
    deals: dict[str, Opportunity],
    assert_accessible: Callable[[Page], None],
) -> None:
    page = request.getfixturevalue(size)(rosa)
    past = timezone.now() - timedelta(days=90)
    a_deal(rosa, LONG, at=past, close_date=past.date(), amount=123_456_789)
    page.goto(BOARD)
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    assert_accessible(page)
    page.goto(f"{BOARD}?search=zebra")
    assert_accessible(page)
    page.goto(f"{BOARD}{a_stage(2).pk}/")
    assert_accessible(page)


def test_on_a_phone_a_card_moves_by_its_menu(
    phone: OpenPage, rosa: User, deals: dict[str, Opportunity]
) -> None:
    page, acme = phone(rosa), deals["Acme"]
    page.goto(BOARD)
    width = column(page, 1).bounding_box()
    assert width
    assert 0.7 * 360 < width["width"] < 0.9 * 360
    card(page, acme).get_by_label("Move Acme").tap()
    card(page, acme).get_by_role("button", name=f"Move to {a_stage(3)}").tap()
    expect_cards(page, 3, ["Acme", "Umbrella"])
    assert stage_of(acme) == 3


def test_without_scripts_everything_is_a_form_or_a_link(
    browser: Browser,
    live_server: LiveServer,
    desktop: OpenPage,
    rosa: User,
    deals: dict[str, Opportunity],
) -> None:
    signed, acme = desktop(rosa), deals["Acme"]
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        storage_state=signed.context.storage_state(),
        **PHONE,
    )
    page = context.new_page()
    page.goto(f"{BOARD}?search=acme")
    page.get_by_label("Move Acme").click()
    page.get_by_role("button", name=f"Move to {a_stage(3)}").click()
    assert page.url.endswith(f"{BOARD}?search=acme#card-{acme.pk}")
    assert stage_of(acme) == 3
    page.get_by_role("button", name="Undo").click()
    assert stage_of(acme) == 2
    page.get_by_label("Move Acme").click()
    page.get_by_role("link", name="Lost").click()
    page.get_by_label("Why", exact=True).fill("Price")
    page.get_by_role("button", name="Close as lost").click()
    acme.refresh_from_db()
    assert acme.status == Opportunity.LOST
    context.close()
