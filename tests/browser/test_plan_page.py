"""A plan on a phone, from choosing the deal to filing it; the calls pages around it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.models import CallPlan, Inspection
from people.models import User
from pipeline.models import BuyingRole, Call
from tests.factories import a_call, a_contact, a_deal, a_debrief, a_plan, an_account

OpenPage = Callable[..., Page]
Check = Callable[[Page], None]


@pytest.fixture
def call(rosa: User) -> Call:
    """A second call on a deal; the first one left something open."""
    now = timezone.now()
    account = an_account("Northwind Traders")
    deal = a_deal(rosa, "Northwind rollout", account=account)
    carla = a_contact(account, "Carla Buyer", job_title="Head of operations")
    a_contact(account, "Dan Decider", job_title="CFO")
    BuyingRole.objects.create(opportunity=deal, contact=carla, role="champion")
    first = a_call(rosa, now - timedelta(days=2), opportunity=deal, attendees=[carla])
    plan = a_plan(first, at=now - timedelta(days=3))
    results = {line.pk: "no" for line in plan.lines.all()}
    a_debrief(first, at=now, forgot="Ask about the budget")
    plan.lines.filter(pk__in=results).update(outcome="partly")
    return a_call(rosa, now + timedelta(days=1), opportunity=deal, attendees=[carla])


def test_a_plan_is_filed_on_a_phone(
    phone: OpenPage, assert_accessible: Check, rosa: User, call: Call
) -> None:
    page = phone(rosa)
    page.goto("/calls/new/")
    assert_accessible(page)
    page.get_by_role("link", name="Northwind rollout").click()
    assert_accessible(page)
    page.get_by_label("Carla Buyer").check()
    page.get_by_role("button", name="Plan this call").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Northwind Traders")
    assert page.locator("#id_who").input_value() == "Carla Buyer"
    assert page.get_by_label("Met before").first.is_checked()
    learn = page.locator("#lines-learn textarea")
    expect(learn).to_have_count(2)  # empty rows are for browsers without scripts, which take them
    asked = [field.input_value() for field in learn.all()]
    assert asked == ["What have they tried so far?", "Ask about the budget"]
    assert_accessible(page)

    page.get_by_role("button", name="Agree how and by when they will decide").click()
    page.get_by_role("button", name="What problem can we solve?").click()
    page.get_by_role("button", name="Dan Decider").click()
    page.locator("#id_commitments").press("Enter")
    page.keyboard.type("A second meeting")
    page.get_by_label("Fallback").fill("A call next week")
    page.get_by_role("button", name="Remove line 2").first.click()
    page.get_by_role("button", name="File plan").click()
    expect(page.locator(".chip", has_text="Filed on time")).to_be_visible()
    content = CallPlan.objects.latest("pk").content()
    assert content.purpose == "Agree how and by when they will decide"
    assert [who.name for who in content.who] == ["Carla Buyer", "Dan Decider"]
    assert [line.question for line in content.learn] == ["evaluation", "problem"]
    assert [line.text for line in content.commitments][-1] == "A second meeting"


def test_empty_parts_are_named_and_the_text_stays(
    phone: OpenPage, console: object, assert_accessible: Check, rosa: User
) -> None:
    console.expect("400")  # type: ignore[attr-defined]
    page = phone(rosa)
    page.goto(f"/calls/{a_call(rosa, timezone.now() + timedelta(hours=2)).pk}/plan/")
    page.locator("#id_purpose").fill("Only this")
    page.get_by_role("button", name="File plan").click()
    expect(page.get_by_role("alert")).to_contain_text("Write at least one thing to give.")
    assert page.locator("#id_purpose").input_value() == "Only this"
    assert_accessible(page)
    page.get_by_role("alert").get_by_role("link", name="Give").click()
    page.keyboard.type("A reference")
    page.wait_for_timeout(1500)
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved")
    assert CallPlan.objects.get().content().give[0].text == "A reference"


def test_enter_in_the_purpose_does_not_file(phone: OpenPage, rosa: User, call: Call) -> None:
    a_plan(call, at=timezone.now(), file=False)
    page = phone(rosa)
    page.goto(f"/calls/{call.pk}/plan/")
    page.locator("#id_purpose").press("Enter")
    page.locator("#id_who").press("Enter")
    page.wait_for_timeout(300)
    assert not CallPlan.objects.get(call=call).is_filed


def test_without_scripts_a_plan_is_saved_and_filed(
    signed_in: OpenPage, rosa: User, call: Call
) -> None:
    page = signed_in(rosa, java_script_enabled=False)
    page.goto(f"/calls/{call.pk}/plan/")
    assert not page.get_by_role("button", name="Add a line").first.is_visible()
    page.locator("#id_purpose").fill("Written without scripts")
    page.locator("[name=give]").last.fill("In the last empty line")
    page.locator("[name=commitments]").last.fill("A date")
    page.get_by_label("Fallback").fill("A name")
    page.get_by_role("button", name="File plan").click()
    expect(page.locator(".chip", has_text="Filed on time")).to_be_visible()


def test_the_managers_words_stand_in_the_margin(
    desktop: OpenPage, assert_accessible: Check, rosa: User, mia: User, call: Call
) -> None:
    plan = a_plan(call, at=timezone.now())
    Inspection.give(plan, "change", by=mia, at=timezone.now(), part="give", comment="Which proof?")
    page = desktop(rosa)
    page.goto(f"/calls/{call.pk}/plan/")
    note, part = page.locator("#part-give .note"), page.locator("#part-give textarea").first
    expect(note).to_contain_text("Which proof?")
    there, beside = note.bounding_box(), part.bounding_box()
    assert there
    assert beside
    assert there["x"] >= beside["x"] + beside["width"]
    assert_accessible(page)


def test_a_full_plan_prints_on_one_page(desktop: OpenPage, rosa: User, call: Call) -> None:
    a_plan(call, at=timezone.now())
    page = desktop(rosa)
    page.goto(f"/calls/{call.pk}/plan/")
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_calls_pages_are_for_everybody(
    assert_accessible: Check,
    phone: OpenPage,
    desktop: OpenPage,
    rosa: User,
    mia: User,
    call: Call,
    size: str,
) -> None:
    a_call(rosa, call.starts_at + timedelta(minutes=10))
    a_plan(call, at=timezone.now())
    missed = a_call(rosa, timezone.now() - timedelta(days=2))
    missed.miss(by=rosa, at=timezone.now(), why="Nobody came")
    for reader in (rosa, mia):
        page = {"phone": phone, "desktop": desktop}[size](reader)
        for url in (
            "/calls/",
            "/calls/?when=past",
            "/calls/week/?person=everybody",
            f"/calls/{call.pk}/",
            f"/calls/{missed.pk}/",
            f"/calls/{call.pk}/plan/",
        ):
            page.goto(url)
            assert_accessible(page)


def test_weeks_are_turned_by_the_arrow_keys(desktop: OpenPage, rosa: User) -> None:
    page = desktop(rosa)
    page.goto("/calls/week/?on=2026-11-25")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_contain_text("6 December 2026")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("29 November 2026")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("22 November 2026")
