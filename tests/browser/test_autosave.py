"""What is typed into a plan is not lost: not by network, session, tab, nor a second tab."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from coaching.models import CallPlan
from people.models import User
from pipeline.models import Call
from tests.factories import a_call, a_plan

OFFLINE = "ERR_INTERNET_DISCONNECTED"
OpenPage = Callable[..., Page]


@pytest.fixture
def call(rosa: User) -> Call:
    return a_call(rosa, timezone.now() + timedelta(days=1))


def open_plan(page: Page, call: Call) -> Page:
    page.goto(f"/calls/{call.pk}/plan/")
    return page


def status(page: Page, words: str) -> None:
    expect(page.locator("[data-autosave-status]")).to_contain_text(words)


def saved(page: Page) -> None:
    """Nothing is left in the browser, so the server has it."""
    for _ in range(100):
        if page.evaluate("localStorage.length") == 0:
            break
        page.wait_for_timeout(50)
    status(page, "Saved ")


def learn(page: Page) -> str:
    return page.locator("#id_learn").input_value()


def test_opening_saves_nothing_and_typing_does(phone: OpenPage, rosa: User, call: Call) -> None:
    page = open_plan(phone(rosa), call)
    page.wait_for_timeout(1200)
    assert not CallPlan.objects.exists()
    page.locator("#id_purpose").fill("Agree who decides")
    saved(page)
    assert CallPlan.objects.get().purpose == "Agree who decides"
    assert page.locator("[data-strip] .filled").count() == 1
    assert page.evaluate("localStorage.length") == 0
    page.locator("#id_learn").press("a")
    assert page.locator("[data-autosave-status]").inner_text() == "Saving…"
    saved(page)


def test_network_cut_and_tab_closed_the_text_is_there(
    phone: OpenPage, console: object, rosa: User, call: Call
) -> None:
    console.expect(OFFLINE)  # type: ignore[attr-defined]
    page = open_plan(phone(rosa), call)
    page.locator("#id_purpose").fill("Before the cut")
    saved(page)
    page.context.set_offline(True)
    page.locator("#id_learn").fill("In the tunnel")
    status(page, "Not saved: offline. Kept on this device")
    page.locator("#id_learn").press_sequentially(", and on")
    page.close()
    page.context.set_offline(False)
    again = open_plan(page.context.new_page(), call)
    expect(again.locator("#id_learn")).to_have_value("In the tunnel, and on")
    assert CallPlan.objects.get().content().learn[0].text == "In the tunnel, and on"
    assert again.locator("#id_purpose").input_value() == "Before the cut"


def test_it_is_sent_when_the_network_comes_back(
    phone: OpenPage, console: object, rosa: User, call: Call
) -> None:
    console.expect(OFFLINE)  # type: ignore[attr-defined]
    page = open_plan(phone(rosa), call)
    page.context.set_offline(True)
    page.locator("#id_learn").fill("In the tunnel")
    status(page, "Not saved")
    page.context.set_offline(False)
    saved(page)
    assert CallPlan.objects.get().content().learn[0].text == "In the tunnel"


def test_a_tab_closed_at_once_loses_nothing(phone: OpenPage, rosa: User, call: Call) -> None:
    page = open_plan(phone(rosa), call)
    page.locator("#id_learn").press_sequentially("The last word")
    page.close()
    again = open_plan(page.context.new_page(), call)
    expect(again.locator("#id_learn")).to_have_value("The last word")


def test_a_session_that_ends_while_typing_keeps_the_text(
    phone: OpenPage, signed_in_again: Callable[[Page, User], None], rosa: User, call: Call
) -> None:
    page = open_plan(phone(rosa), call)
    Session.objects.all().delete()
    page.locator("#id_learn").fill("Typed after the session ended")
    status(page, "Not saved: signed out")
    assert learn(page) == "Typed after the session ended"
    signed_in_again(page, rosa)
    page.reload()
    expect(page.locator("#id_learn")).to_have_value("Typed after the session ended")
    assert CallPlan.objects.get().content().learn[0].text == "Typed after the session ended"


@pytest.mark.parametrize("choice", ["Use saved", "Keep mine"])
def test_of_two_tabs_the_stale_one_gets_both_texts(
    desktop: OpenPage, console: object, rosa: User, call: Call, choice: str
) -> None:
    console.expect("412")  # type: ignore[attr-defined]
    a_plan(call, at=timezone.now(), file=False, learn=[])
    first = open_plan(desktop(rosa), call)
    stale = open_plan(first.context.new_page(), call)
    first.locator("#id_learn").fill("From the first tab")
    saved(first)
    stale.locator("#id_learn").fill("From the second tab")
    status(stale, "two versions")
    both = stale.locator("#part-learn .conflict")
    expect(both).to_contain_text("From the first tab")
    expect(both).to_contain_text("From the second tab")
    assert learn(stale) == "From the second tab"
    assert stale.locator(".conflict").count() == 1
    assert CallPlan.objects.get().content().learn[0].text == "From the first tab"
    stale.get_by_role("button", name=choice).click()
    saved(stale)
    kept = "From the first tab" if choice == "Use saved" else "From the second tab"
    assert learn(stale) == kept
    assert CallPlan.objects.get().content().learn[0].text == kept


def test_a_stale_tab_closed_before_choosing_is_asked_again(
    desktop: OpenPage, console: object, rosa: User, call: Call
) -> None:
    console.expect("412")  # type: ignore[attr-defined]
    first = open_plan(desktop(rosa), call)
    stale = open_plan(first.context.new_page(), call)
    first.locator("#id_purpose").fill("First")
    saved(first)
    stale.locator("#id_purpose").fill("Second")
    status(stale, "two versions")
    stale.locator("#id_purpose").press_sequentially(" and more")
    stale.close()
    again = open_plan(first.context.new_page(), call)
    expect(again.locator("#part-purpose .conflict")).to_contain_text("Second and more")
    assert CallPlan.objects.get().purpose == "First"


def test_keeping_mine_keeps_what_was_typed_since(
    desktop: OpenPage, console: object, rosa: User, call: Call
) -> None:
    console.expect("412")  # type: ignore[attr-defined]
    first = open_plan(desktop(rosa), call)
    stale = open_plan(first.context.new_page(), call)
    first.locator("#id_purpose").fill("First")
    saved(first)
    stale.locator("#id_purpose").fill("Second")
    status(stale, "two versions")
    stale.locator("#id_purpose").press_sequentially(" and more")
    stale.get_by_role("button", name="Keep mine").click()
    saved(stale)
    assert stale.locator("#id_purpose").input_value() == "Second and more"
    assert CallPlan.objects.get().purpose == "Second and more"


def test_an_answer_lost_on_the_way_makes_no_conflict(
    phone: OpenPage, console: object, rosa: User, call: Call
) -> None:
    console.expect("ERR_FAILED")  # type: ignore[attr-defined]
    page = open_plan(phone(rosa), call)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(re.compile("/plan/$"), lose_the_answer, times=1)
    page.locator("#id_learn").fill("Heard but not answered")
    status(page, "Not saved")
    page.locator("#id_learn").press_sequentially(", and more")
    saved(page)
    assert page.locator(".conflict").count() == 0
    assert CallPlan.objects.get().content().learn[0].text == "Heard but not answered, and more"


def test_what_the_server_refuses_stays_in_the_form(
    phone: OpenPage, console: object, rosa: User, call: Call
) -> None:
    console.expect("400")  # type: ignore[attr-defined]
    page = open_plan(phone(rosa), call)
    page.locator("#id_give").fill("Kept beside it")
    page.locator("#id_learn").evaluate("field => field.removeAttribute('maxlength')")
    page.locator("#id_learn").fill("x" * 501)
    status(page, "Not saved: see above")
    expect(page.locator("[data-slot=error-learn]")).to_contain_text("at most 500 characters")
    assert learn(page) == "x" * 501
    page.locator("#id_learn").fill("Short")
    saved(page)
    expect(page.locator("[data-slot=error-learn] .error")).to_have_count(0)
    assert page.locator("#id_give").input_value() == "Kept beside it"


def test_typing_on_while_a_save_is_under_way_is_saved_too(
    phone: OpenPage, rosa: User, call: Call
) -> None:
    page = open_plan(phone(rosa), call)
    page.locator("#id_purpose").press_sequentially("One word after another, " * 4, delay=25)
    saved(page)
    page.wait_for_timeout(1000)
    assert CallPlan.objects.get().purpose == ("One word after another, " * 4).strip()
