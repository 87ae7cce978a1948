"""What is typed into a plan is not lost: not by network, session, tab, nor a second tab."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.html import escape
from playwright.sync_api import Locator, Page, Route, expect

from coaching.models import CallPlan
from people.models import Team, User
from pipeline.models import Call
from reviews.models import PipelineCall
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


NOTES = "form[data-autosave]"
PARTS = """address => htmx.ajax("GET", address, {
    target: document.querySelector(".page-aside"), select: "form[data-autosave]", swap: "beforeend",
    headers: {"HX-Request": "false"},
})"""
AGAIN = """([address, form]) => htmx.ajax("GET", address, {
    target: form, select: "form[data-autosave]", swap: "outerHTML",
    headers: {"HX-Request": "false"},
})"""


@pytest.fixture
def weekly(mia: User) -> PipelineCall:
    return PipelineCall.start(Team.objects.get(name="North"), by=mia, at=timezone.now())


@pytest.fixture
def southern(max_: User) -> PipelineCall:
    return PipelineCall.start(Team.objects.get(name="South"), by=max_, at=timezone.now())


def open_notes(page: Page, call: PipelineCall) -> Page:
    page.goto(f"/pipeline-calls/{call.pk}/")
    return page


def open_both(page: Page, first: PipelineCall, second: PipelineCall) -> Page:
    """The notes of both calls on the page of the first."""
    open_notes(page, first)
    page.evaluate(PARTS, f"/pipeline-calls/{second.pk}/")
    expect(page.locator(NOTES)).to_have_count(2)
    return page


def notes(page: Page, n: int = 0) -> Locator:
    return page.locator(NOTES).nth(n).locator("textarea")


def says(page: Page, words: str, n: int = 0) -> None:
    expect(page.locator(NOTES).nth(n).locator("[data-autosave-status]")).to_contain_text(words)


def written(call: PipelineCall) -> str:
    call.refresh_from_db()
    return call.notes.replace("\r\n", "\n")


def nothing_is_left(page: Page) -> None:
    page.wait_for_function("localStorage.length === 0")


def eventually_written(page: Page, call: PipelineCall, text: str) -> None:
    for _ in range(60):
        if written(call) == text:
            break
        page.wait_for_timeout(50)
    assert written(call) == text


def test_two_forms_of_a_page_save_each_by_itself(
    desktop: OpenPage, console: object, eva: User, weekly: PipelineCall, southern: PipelineCall
) -> None:
    console.expect("ERR_FAILED")  # type: ignore[attr-defined]
    page = open_both(desktop(eva), weekly, southern)
    page.route(f"**/pipeline-calls/{southern.pk}/notes/", lambda route: route.abort(), times=1)
    notes(page, 0).fill("Of the North")
    notes(page, 1).fill("Of the South")
    says(page, "Saved ", 0)
    says(page, "Not saved: offline", 1)
    assert (written(weekly), written(southern)) == ("Of the North", "")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    says(page, "Saved ", 1)
    nothing_is_left(page)
    assert (written(weekly), written(southern)) == ("Of the North", "Of the South")


def test_each_form_has_its_own_conflict(
    desktop: OpenPage,
    console: object,
    eva: User,
    mia: User,
    weekly: PipelineCall,
    southern: PipelineCall,
) -> None:
    console.expect("412")  # type: ignore[attr-defined]
    page = open_both(desktop(eva), weekly, southern)
    weekly.write_notes(by=mia, at=timezone.now(), version=weekly.version, notes="Mia was first")
    notes(page, 0).fill("Eva was second")
    notes(page, 1).fill("Nobody else here")
    says(page, "two versions", 0)
    says(page, "Saved ", 1)
    assert page.locator(NOTES).nth(0).locator(".conflict").count() == 1
    assert page.locator(NOTES).nth(1).locator(".conflict").count() == 0
    notes(page, 1).press_sequentially(", still")
    eventually_written(page, southern, "Nobody else here, still")


def test_a_form_that_is_taken_away_saves_what_it_holds(
    desktop: OpenPage, eva: User, weekly: PipelineCall, southern: PipelineCall
) -> None:
    page = open_both(desktop(eva), weekly, southern)
    notes(page, 1).fill("Typed just before")
    page.locator(NOTES).nth(1).evaluate("form => form.remove()")
    eventually_written(page, southern, "Typed just before")
    nothing_is_left(page)


def test_a_form_swapped_for_a_newer_one_stays_while_something_is_unsaved(
    desktop: OpenPage, console: object, eva: User, mia: User, weekly: PipelineCall
) -> None:
    console.expect("412")  # type: ignore[attr-defined]
    page = open_notes(desktop(eva), weekly)
    again = [f"/pipeline-calls/{weekly.pk}/", "form[data-autosave]"]
    notes(page).press_sequentially("Half a")
    page.evaluate(AGAIN, again)
    page.keyboard.type(" sentence")
    expect(notes(page)).to_have_value("Half a sentence")
    eventually_written(page, weekly, "Half a sentence")
    says(page, "Saved ")
    weekly.write_notes(by=mia, at=timezone.now(), version=weekly.version, notes="A whole one")
    page.evaluate(AGAIN, again)
    expect(notes(page)).to_have_value("A whole one")
    notes(page).fill("A whole one, then another")
    eventually_written(page, weekly, "A whole one, then another")
    assert page.locator(".conflict").count() == 0


def test_a_form_taken_away_without_network_comes_back_with_its_text(
    desktop: OpenPage, console: object, eva: User, weekly: PipelineCall, southern: PipelineCall
) -> None:
    console.expect("ERR_FAILED")  # type: ignore[attr-defined]
    page = open_both(desktop(eva), weekly, southern)
    page.route(re.compile("/notes/$"), lambda route: route.abort())
    notes(page, 1).fill("In the tunnel")
    page.locator(NOTES).nth(1).evaluate("form => form.remove()")
    page.wait_for_timeout(300)
    page.evaluate(PARTS, f"/pipeline-calls/{southern.pk}/")
    expect(notes(page, 1)).to_have_value("In the tunnel")
    page.unroute(re.compile("/notes/$"))
    eventually_written(page, southern, "In the tunnel")


def test_what_was_left_comes_back_on_the_page_that_the_form_names(
    desktop: OpenPage, console: object, eva: User, weekly: PipelineCall
) -> None:
    console.expect(OFFLINE)  # type: ignore[attr-defined]
    page = desktop(eva)
    here = f"/pipeline-calls/{weekly.pk}/?show=everything"

    def name_the_page(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace("data-autosave=", f'data-page="{here}" data-autosave=')
        route.fulfill(response=answer, body=body)

    page.context.route(re.compile(r"\?show=everything$"), name_the_page)
    page.goto(here)
    page.context.set_offline(True)
    notes(page).fill("The last word")
    says(page, "Not saved: offline")
    page.evaluate("touchline.autosaves.clear()")  # the browser is ended: no last word on closing
    page.close()
    page.context.set_offline(False)
    assert written(weekly) == ""
    again = page.context.new_page()
    again.goto(here)
    expect(notes(again)).to_have_value("The last word")
    expect(notes(again)).to_be_enabled()
    assert again.url.endswith("?show=everything")
    assert written(weekly) == "The last word"


def test_another_form_sent_takes_nothing_with_it(
    desktop: OpenPage, mia: User, weekly: PipelineCall
) -> None:
    page = open_notes(desktop(mia), weekly)
    posts: list[str] = []
    page.on("request", lambda each: each.method == "POST" and posts.append(each.url))
    notes(page).fill("Said at the very end")
    with page.expect_navigation():
        page.locator("form[action$='/closing/']").evaluate("form => form.requestSubmit()")
    assert [url.rsplit("/", 2)[-2] for url in posts][:2] == ["notes", "closing"]


def test_keeping_both_keeps_what_was_typed_since_as_well(
    desktop: OpenPage, console: object, eva: User, mia: User, weekly: PipelineCall
) -> None:
    console.expect("412")  # type: ignore[attr-defined]
    agenda = "Agenda\n\nNext week"
    weekly.write_notes(by=mia, at=timezone.now(), version=weekly.version, notes=agenda)
    page = open_notes(desktop(eva), weekly)
    theirs = agenda.replace("Agenda", "Agenda\nGlobex first")
    weekly.write_notes(by=mia, at=timezone.now(), version=weekly.version, notes=theirs)
    notes(page).fill(agenda.replace("Agenda", "Agenda\nInitech first"))
    says(page, "two versions")
    notes(page).press("Control+End")
    notes(page).press_sequentially(": Acme")
    page.get_by_role("button", name="Keep both").click()
    both = "Agenda\nGlobex first\nInitech first\n\nNext week\nNext week: Acme"
    expect(notes(page)).to_have_value(both)
    saved(page)
    assert written(weekly) == both
    assert page.locator(".conflict").count() == 0


@pytest.fixture
def poll(weekly: PipelineCall) -> Callable[[Page], None]:
    """The page asks what is new, and hears of the notes as they are saved."""

    def tell(route: Route) -> None:
        answer, text = route.fetch(), written(weekly)
        heard = (
            f'<div hidden data-saved-for="/pipeline-calls/{weekly.pk}/notes/" data-by="Mia"'
            f' data-version="{weekly.version}" data-at="10:14">'
            f'<template data-field="notes">{escape(text)}</template></div></section>'
        )
        route.fulfill(response=answer, body=answer.text().replace("</section>", heard))

    def ask(page: Page) -> None:
        page.route(re.compile("/decisions/"), tell)
        page.evaluate(
            "address => htmx.ajax('GET', address, {target: '#decisions', swap: 'outerHTML'})",
            f"/pipeline-calls/{weekly.pk}/decisions/",
        )
        page.unroute(re.compile("/decisions/"))

    return ask


CARET = "field => [field.selectionStart, field.selectionEnd]"


def test_what_somebody_else_saved_stands_in_the_field_and_the_caret_stays(
    desktop: OpenPage, eva: User, mia: User, weekly: PipelineCall, poll: Callable[[Page], None]
) -> None:
    mine, hers = open_notes(desktop(eva), weekly), open_notes(desktop(mia), weekly)
    hers.locator(NOTES).locator("textarea").fill("Globex <b>first</b>, Acme last")
    says(hers, "Saved ")
    poll(mine)
    expect(notes(mine)).to_have_value("Globex <b>first</b>, Acme last")
    says(mine, "Mia saved 10:14")
    notes(mine).evaluate("field => { field.focus(); field.setSelectionRange(21, 25); }")  # Acme
    notes(hers).fill("Today Globex <b>first</b>, Acme last")
    eventually_written(hers, weekly, "Today Globex <b>first</b>, Acme last")
    poll(mine)
    expect(notes(mine)).to_have_value("Today Globex <b>first</b>, Acme last")
    expect(notes(mine)).to_be_focused()
    assert notes(mine).evaluate(CARET) == [27, 31]
    expect(notes(mine)).not_to_have_class(re.compile("changed"))
    mine.keyboard.type("Initech")
    eventually_written(mine, weekly, "Today Globex <b>first</b>, Initech last")
    says(mine, "Saved ")
    assert mine.locator(".conflict").count() == 0


def test_what_is_not_saved_yet_is_not_written_over(
    desktop: OpenPage,
    console: object,
    eva: User,
    mia: User,
    weekly: PipelineCall,
    poll: Callable[[Page], None],
) -> None:
    console.expect("412")  # type: ignore[attr-defined]
    page = open_notes(desktop(eva), weekly)
    weekly.write_notes(by=mia, at=timezone.now(), version=weekly.version, notes="Mia was first")
    notes(page).press_sequentially("Eva types")
    poll(page)
    expect(notes(page)).to_have_value("Eva types")
    says(page, "two versions")
    poll(page)
    expect(notes(page)).to_have_value("Eva types")
    says(page, "two versions")
    page.get_by_role("button", name="Keep both").click()
    expect(notes(page)).to_have_value("Mia was first\nEva types")
    eventually_written(page, weekly, "Mia was first\nEva types")
    says(page, "Saved ")
    poll(page)
    says(page, "Saved ")


def test_an_older_answer_does_not_undo_our_own_save(
    desktop: OpenPage, eva: User, weekly: PipelineCall
) -> None:
    page = open_notes(desktop(eva), weekly)
    notes(page).fill("Ours")
    says(page, "Saved ")
    page.evaluate("""() => {
        const address = document.querySelector("form[data-autosave]").dataset.autosave;
        document.querySelector("#decisions").insertAdjacentHTML("beforeend",
            `<div hidden data-saved-for="${address}" data-version="1" data-by="Mia" data-at="10:14">
            <template data-field="notes"></template></div>`);
        htmx.trigger("#decisions", "htmx:afterSwap");
    }""")
    expect(notes(page)).to_have_value("Ours")
    says(page, "Saved ")
