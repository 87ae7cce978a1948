"""A manager clears the queue by keyboard, and by thumb on a phone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.models import CallPlan, Inspection
from people.models import User
from tests.factories import a_call, a_debrief, a_plan, an_account


@pytest.fixture
def plans(rosa: User, pia: User) -> list[CallPlan]:
    """Three plans that wait, soonest call first."""
    now = timezone.now()
    return [
        a_plan(
            a_call(rep, now + timedelta(hours=hours), account=an_account(name)),
            at=now,
            purpose=f"Purpose of {name}",
        )
        for rep, hours, name in [(rosa, 2, "Northwind"), (pia, 5, "Globex"), (rosa, 26, "Initech")]
    ]


def test_the_queue_is_cleared_without_a_mouse(
    desktop: Callable[..., Page], mia: User, plans: list[CallPlan], assert_accessible: Any
) -> None:
    page = desktop(mia)
    page.goto("/inspections/")
    expect(page.get_by_text("3 left")).to_be_visible()
    expect(page.get_by_text("Purpose of Northwind")).to_be_visible()
    assert_accessible(page)

    page.keyboard.press("j")
    expect(page.get_by_text("Purpose of Globex")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("Purpose of Initech")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_text("Purpose of Globex")).to_be_visible()
    assert page.url.endswith(f"?plan={plans[1].pk}")

    page.keyboard.press("c")
    expect(page.get_by_label("1 · Purpose")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("3")
    expect(page.get_by_label("3 · Learn")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Ask who goes first")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("2 left")).to_be_visible()
    expect(page.get_by_text("Purpose of Initech")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_label("What to talk about")).to_be_focused()
    page.keyboard.type("Good jokes get us going")  # the letters are no commands while one types
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("1 left")).to_be_visible()
    expect(page.get_by_text("Purpose of Northwind")).to_be_visible()
    page.keyboard.press("g")
    expect(page.get_by_text("Queue clear.")).to_be_visible()
    expect(page.get_by_role("link", name="Change my answer")).to_have_count(3)
    assert_accessible(page)

    said = {answer.plan_id: answer for answer in Inspection.objects.all()}
    assert [said[plan.pk].verdict for plan in plans] == ["good", "change", "talk"]
    assert said[plans[1].pk].part == "learn"
    assert said[plans[2].pk].comment == "Good jokes get us going"


def test_the_back_button_returns_to_the_plan_before(
    desktop: Callable[..., Page], mia: User, plans: list[CallPlan]
) -> None:
    page = desktop(mia)
    page.goto(f"/inspections/?plan={plans[0].pk}")
    page.keyboard.press("j")
    expect(page.get_by_text("Purpose of Globex")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Purpose of Northwind")).to_be_visible()
    expect(page.get_by_role("heading", name="Inspection")).to_be_visible()


def test_the_queue_is_cleared_with_a_thumb(
    phone: Callable[..., Page], mia: User, plans: list[CallPlan], assert_accessible: Any
) -> None:
    page = phone(mia)
    page.goto("/inspections/")
    expect(page.get_by_text("Purpose of Northwind")).to_be_hidden()
    assert_accessible(page)
    page.get_by_role("link", name="Northwind").tap()
    expect(page.get_by_text("Purpose of Northwind")).to_be_visible()
    good = page.get_by_role("button", name="Good to go")
    box = good.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 740
    assert_accessible(page)
    good.tap()

    expect(page.get_by_text("Purpose of Globex")).to_be_visible()
    page.get_by_role("link", name="Change this").tap()
    page.locator("label", has_text="4 · Give").tap()
    page.get_by_label("What to change").fill("Bring the reference")
    assert_accessible(page)
    page.get_by_role("button", name="Send back").tap()

    expect(page.get_by_text("Purpose of Initech")).to_be_visible()
    page.get_by_role("link", name="All plans").tap()
    expect(page.get_by_text("1 left")).to_be_visible()
    page.get_by_role("link", name="Initech").tap()
    page.get_by_role("button", name="Good to go").tap()
    expect(page.get_by_text("Queue clear.")).to_be_visible()


def test_a_debrief_is_reviewed_by_keyboard_and_j_leads_on(
    desktop: Callable[..., Page], rosa: User, mia: User, assert_accessible: Any
) -> None:
    now = timezone.now()
    for name, hours in (("Northwind", 3), ("Globex", 2)):
        call = a_call(rosa, now - timedelta(hours=hours), account=an_account(name))
        a_plan(call, at=now - timedelta(hours=9))
        a_debrief(call, at=now - timedelta(hours=1, minutes=hours), score=6)
    page = desktop(mia)
    page.goto("/debriefs/")
    assert_accessible(page)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Northwind", exact=True)).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Globex", exact=True)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Northwind")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("1", exact=True).focus()
    page.keyboard.press("8")
    expect(page.get_by_label("8", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Ask before showing")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("+2")).to_be_visible()
    expect(page.get_by_text("Mia Manager scores higher")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Globex")).to_be_visible()
