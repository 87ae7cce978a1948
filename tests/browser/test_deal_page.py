"""The page of a deal in a browser: what is done in its place, by keys, on a phone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from people.models import User
from pipeline.models import (
    BuyerAction,
    BuyerAnswer,
    BuyingRole,
    CriterionMet,
    ExitCriterion,
    Hold,
    Opportunity,
    Proposal,
)
from tests.factories import a_call, a_contact, a_deal, a_debrief, a_plan, a_stage, an_account

OpenPage = Callable[..., Page]
LATER = date(timezone.now().year + 1, 12, 1)


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    """A deal with something of everything, stalled for several reasons."""
    at = timezone.now() - timedelta(days=60)
    account = an_account("Acme")
    deal = a_deal(rosa, "Acme rollout", at=at, account=account, close_date=at.date())
    carla = a_contact(account, "Carla Buyer", job_title="CFO")
    ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")
    deal.set_next_step("Send the figures", at.date(), by=rosa, at=at)
    BuyingRole.add(deal, carla, "champion", criteria="Price")
    BuyerAction.record(deal, "Asked for a contract", at.date(), by=rosa, at=at, contact=carla)
    Proposal.record(deal, "First offer", at.date(), by=rosa, at=at, amount=4800)
    BuyerAnswer.give(deal, "problem", "Closing takes nine days", by=rosa, at=at)
    for n in (1, 2, 3):
        deal.push(
            at.date() + timedelta(days=9 * n), by=rosa, at=at + timedelta(days=n), why="Asked"
        )
    deal.move_to(a_stage(2), by=rosa, at=at + timedelta(days=3))
    deal.move_to(a_stage(1), by=rosa, at=at + timedelta(days=5))
    held = a_call(rosa, at + timedelta(days=6), opportunity=deal, attendees=[carla])
    a_plan(held, at=at + timedelta(days=5))
    a_debrief(held)
    a_plan(a_call(rosa, timezone.now() + timedelta(days=1), opportunity=deal), at=timezone.now())
    deal.refresh_from_db()
    return deal


def see(page: Page, deal: Opportunity) -> None:
    page.goto(f"/opportunities/{deal.pk}/")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_everybody_can_use_the_page(
    request: pytest.FixtureRequest,
    size: str,
    rosa: User,
    ada: User,
    deal: Opportunity,
    assert_accessible: Callable[[Page], None],
) -> None:
    Hold.begin(deal, "Budget round", LATER, by=rosa, at=timezone.now())
    page = request.getfixturevalue(size)(rosa)
    for address in ("", "?timeline=buyer", "?on=2026-01-01", "holds/"):
        page.goto(f"/opportunities/{deal.pk}/{address}")
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
    page = request.getfixturevalue(size)(ada)
    page.goto("/settings/stalls/")
    assert_accessible(page)


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_rosa_holds_a_deal_by_keys_and_takes_it_back(
    request: pytest.FixtureRequest, size: str, rosa: User, deal: Opportunity, console: Any
) -> None:
    console.expect("400 (Bad Request)")
    page = request.getfixturevalue(size)(rosa)
    see(page, deal)
    expect(page.locator("#deal-stalls")).to_contain_text("No activity for")
    page.keyboard.press("h")
    expect(page.get_by_label("What does it wait for?")).to_be_focused()
    page.keyboard.type("Budget round")
    page.get_by_label("Until").fill("2020-01-01")
    page.keyboard.press("Enter")
    expect(page.locator("#stage .errors")).to_contain_text("Choose a day to come")
    expect(page.get_by_label("What does it wait for?")).to_have_value("Budget round")
    page.get_by_label("Until").fill(str(LATER))
    page.keyboard.press("Enter")
    expect(page.locator(".hold")).to_contain_text("Budget round")
    expect(page.locator("#deal-stalls")).not_to_contain_text("No activity for")
    expect(page.locator("#timeline")).to_contain_text("On hold until")
    page.locator("#end-hold").click()
    expect(page.locator(".hold")).to_have_count(0)
    expect(page.locator("#deal-stalls")).to_contain_text("No activity for")


def test_criteria_are_ticked_in_their_place(
    desktop: OpenPage, rosa: User, deal: Opportunity
) -> None:
    page = desktop(rosa)
    see(page, deal)
    page.evaluate("window.sameDocument = true")
    tick = page.get_by_role("checkbox", name="Named a sponsor")
    tick.focus()
    page.keyboard.press("Space")
    expect(tick).to_be_checked()
    expect(tick).to_be_focused()
    expect(page.locator("#timeline")).to_contain_text("Met: Named a sponsor")
    page.keyboard.press("Space")
    expect(tick).not_to_be_checked()
    assert not CriterionMet.objects.exists()
    assert page.evaluate("window.sameDocument")


def test_what_is_typed_elsewhere_stays_when_something_is_saved(
    desktop: OpenPage, rosa: User, deal: Opportunity
) -> None:
    page = desktop(rosa)
    see(page, deal)
    page.keyboard.press("n")
    step = page.get_by_role("textbox", name="Next step")
    expect(step).to_be_focused()
    step.fill("Call the CFO")
    page.locator("#edit-amount").click()
    page.get_by_label("Amount").fill("52000")
    page.locator("#facts").get_by_role("button", name="Save").click()
    expect(page.locator("#deal-sub")).to_contain_text("€52,000")
    expect(page.locator("#edit-amount")).to_be_focused()
    expect(step).to_have_value("Call the CFO")
    page.locator("#next-step").get_by_role("button", name="Save").click()
    expect(page.locator(".next-step-words")).to_have_text("Call the CFO")
    deal.refresh_from_db()
    assert (deal.amount, deal.next_step) == (52_000, "Call the CFO")


def test_somebody_elses_save_is_not_overwritten_in_place(
    desktop: OpenPage, rosa: User, deal: Opportunity, console: Any
) -> None:
    console.expect("412 (Precondition Failed)")
    page = desktop(rosa)
    see(page, deal)
    page.locator("#edit-amount").click()
    page.get_by_label("Amount").fill("52000")
    deal.set_amount(9, by=rosa, at=timezone.now())  # type: ignore[arg-type]
    page.locator("#facts").get_by_role("button", name="Save").click()
    expect(page.locator("#facts")).to_contain_text("Amount: 9")
    page.get_by_role("button", name="Save mine").click()
    expect(page.locator("#deal-sub")).to_contain_text("€52,000")


def test_a_move_is_undone(desktop: OpenPage, rosa: User, deal: Opportunity) -> None:
    page = desktop(rosa)
    see(page, deal)
    page.locator("#move-on").click()
    expect(page.locator("[aria-current=step]")).to_contain_text(str(a_stage(2)))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[aria-current=step]")).to_contain_text(str(a_stage(1)))


def test_a_reason_leads_to_what_started_it(
    desktop: OpenPage, rosa: User, deal: Opportunity
) -> None:
    page = desktop(rosa)
    see(page, deal)
    page.locator("#deal-stalls").get_by_role("link", name="Close date pushed").first.click()
    expect(page.locator("#timeline li:target")).to_contain_text("pushed")
