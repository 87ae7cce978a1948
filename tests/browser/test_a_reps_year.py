"""A rep's year in short: weak scores, one behaviour coached until it is proficient, inspection that
fades from every plan to 1 in 10, and two bad calls that bring it back one level.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.models import Behaviour, Focus, InspectionLevel
from coaching.models.behaviour_score import Seen
from people.models import User
from tests.factories import a_behaviour, a_call, a_debrief, a_plan, a_scored_call, an_account

DAY = timedelta(days=1)


def a_debriefed_call(rosa: User, days_ago: int) -> int:
    """Planned, held and debriefed, and not scored yet; the id of its debrief."""
    at = timezone.now() - days_ago * DAY
    call = a_call(rosa, at)
    a_plan(call, at - timedelta(hours=3))
    return a_debrief(call).pk


def score(page: Page, debrief: int, of_call: int, behaviour: Behaviour, seen: int) -> None:
    """The manager's review of a debrief, as it is given."""
    page.goto(f"/debriefs/{debrief}/")
    page.get_by_role("group", name="My score").locator("label", has_text=str(of_call)).click()
    fold = page.locator("details.behaviours")
    if not fold.evaluate("fold => fold.open"):
        fold.locator("summary").click()
    group = page.get_by_role("group", name=behaviour.name)
    group.locator("label", has_text=str(seen)).first.click()
    page.get_by_label("What to modify").fill("Ask, then wait")
    page.get_by_role("button", name="Send review").click()
    expect(page.get_by_text("Reviewed.")).to_be_visible()


def take(page: Page, focus: Focus, step: str, evidence: str) -> None:
    page.goto(f"/focuses/{focus.pk}/")
    page.get_by_role("radio", name=step).check()
    page.get_by_label("What shows it").fill(evidence)
    page.get_by_role("button", name="Record the step").click()


def test_a_rep_gets_good_and_is_trusted_and_slips(
    desktop: Callable[..., Page],
    phone: Callable[..., Page],
    assert_accessible: Any,
    console: Any,
    rosa: User,
    mia: User,
    ada: User,
) -> None:
    console.expect("400")
    an_account("Northwind")
    asks = a_behaviour("Asks before telling", ada, minimum=7)
    manager, rep = desktop(mia), phone(rosa)

    # Weak scores.
    for days_ago in (60, 59):
        at = timezone.now() - days_ago * DAY
        a_scored_call(rosa, 5, mia, at, {asks.pk: Seen(4)})
    score(manager, a_debriefed_call(rosa, 58), 5, asks, 4)
    manager.goto(f"/people/{rosa.pk}/")
    behaviours = manager.locator("section", has_text="Behaviours").first
    expect(behaviours.get_by_text("Below minimum")).to_be_visible()
    expect(behaviours.get_by_text("furthest below its minimum")).to_be_visible()
    assert_accessible(manager)

    # A diagnosis: none without evidence.
    manager.locator(".standing").get_by_role("link", name="Diagnose").click()
    manager.get_by_role("group", name="Skill").locator("label", has_text="Low").click()
    manager.get_by_label("Why the skill is so").fill("Explains within the first minute")
    manager.get_by_role("group", name="Will").locator("label", has_text="High").click()
    manager.get_by_label("Why the will is so").fill("Asks me for feedback after each call")
    manager.get_by_role("button", name="Diagnose").click()
    expect(manager.get_by_text("No verdict without evidence").last).to_be_visible()
    expect(manager.get_by_label("Why the skill is so")).to_have_value(
        "Explains within the first minute"
    )
    assert_accessible(manager)
    for piece in manager.locator("input[name=evidence]").all():
        piece.check()
    manager.get_by_role("button", name="Diagnose").click()
    expect(manager.get_by_text("Train.").first).to_be_visible()
    rep.goto(f"/people/{rosa.pk}/")
    expect(rep.get_by_text("Wants to and cannot yet")).to_be_visible()
    assert_accessible(rep)

    # One focus, and its steps in order.
    manager.goto(f"/people/{rosa.pk}/focus/")
    manager.get_by_role("radio", name="Asks before telling").check()
    manager.get_by_label("What will be different").fill("Two questions before the first slide")
    manager.get_by_role("button", name="Start the focus").click()
    expect(manager.get_by_text("Started. Rosa sees it on Today.")).to_be_visible()
    Focus.objects.update(started_on=timezone.localdate() - 57 * DAY)
    focus = Focus.objects.get()
    rep.goto("/")
    note = rep.get_by_role("complementary", name="This week's one thing")
    expect(note).to_contain_text("Two questions before the first slide")
    take(manager, focus, "Train", "Read the module together")
    take(manager, focus, "Hold accountable", "From Monday on")
    expect(manager.get_by_text("First have it repeated back or role-played").last).to_be_visible()
    assert_accessible(manager)
    take(manager, focus, "Repeated back", "Said it in her own words")
    take(manager, focus, "Role-played", "Three rehearsals")
    take(manager, focus, "Hold accountable", "From Monday on, in every first call")
    take(manager, focus, "Proficient", "I think so")
    expect(manager.get_by_text("a mean of 4.0; the minimum is 7").last).to_be_visible()

    # Better scores, and with them less inspection.
    for days_ago in range(50, 35, -1):
        at = timezone.now() - days_ago * DAY
        a_scored_call(rosa, 8, mia, at, {asks.pk: Seen(8)})
    take(manager, focus, "Proficient", "Fifteen calls in a row")
    expect(manager.get_by_text("Proficient,")).to_be_visible()
    rep.goto("/")
    expect(rep.get_by_role("complementary", name="This week's one thing")).to_have_count(0)
    rep.goto(f"/people/{rosa.pk}/inspection-level/")
    for earned in ("Every plan → 1 in 2", "1 in 2 plans → 1 in 5", "1 in 5 plans → 1 in 10"):
        expect(rep.get_by_text(earned)).to_be_visible()
    expect(rep.get_by_text("The last 5 scored calls reached the minimum")).to_have_count(3)
    assert_accessible(rep)
    inspected = 0
    for n in range(10):
        plan = a_plan(a_call(rosa, timezone.now() + (n + 1) * DAY), timezone.now())
        inspected += plan.to_inspect
    assert inspected == 1
    rep.goto(f"/call-plans/{plan.pk}/")
    rep.locator("summary", has_text="How this is decided").click()
    expect(rep.get_by_text("modulo 10")).to_be_visible()

    # Two bad calls bring it back one level.
    for days_ago in (20, 19):
        score(manager, a_debriefed_call(rosa, days_ago), 4, asks, 5)
    manager.goto(f"/people/{rosa.pk}/inspection-level/")
    expect(manager.get_by_text("1 in 10 plans → 1 in 5 plans")).to_be_visible()
    expect(manager.get_by_text("2 of the last 3 scored calls were below it")).to_be_visible()
    expect(manager.get_by_text("4 (minimum 7)")).to_have_count(2)
    assert InspectionLevel.of(rosa).level == "intermittent"
    assert_accessible(manager)
