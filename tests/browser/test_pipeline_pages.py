"""Deals, accounts and contacts in a browser: the ways a rep walks, and that all can."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from pipeline.models import BuyerAction, BuyerAnswer, BuyingRole, ExitCriterion, Opportunity
from tests.factories import a_call, a_contact, a_deal, a_plan, a_stage, an_account

OpenPage = Callable[..., Page]
LONG = "Unbreakable" * 18


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    """A deal with something of everything, much of it long."""
    at = timezone.now() - timedelta(days=40)
    account = an_account("Acme", website="https://acme.example", notes=LONG)
    deal = a_deal(rosa, LONG, at=at, account=account, close_date=at.date())
    ExitCriterion.objects.create(stage=deal.stage, text="Named a sponsor")
    deal.set_next_step("Send the figures", at.date(), by=rosa, at=at)
    BuyingRole.add(deal, a_contact(account, email="carla@acme.example"), "champion", criteria=LONG)
    BuyerAction.record(deal, "Asked for a contract", at.date(), by=rosa, at=at)
    BuyerAnswer.give(deal, "problem", LONG, by=rosa, at=at)
    a_plan(a_call(rosa, at + timedelta(days=1), opportunity=deal), at=at)
    return deal


def open_all(page: Page) -> None:
    """Every disclosure, with what it fetches."""
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_everybody_can_use_every_page(
    request: pytest.FixtureRequest,
    size: str,
    rosa: User,
    deal: Opportunity,
    assert_accessible: Callable[[Page], None],
) -> None:
    page = request.getfixturevalue(size)(rosa)
    contact = deal.buying_roles.get().contact_id
    for address in (
        "/opportunities/",
        "/opportunities/new/",
        f"/opportunities/{deal.pk}/",
        f"/opportunities/{deal.pk}/closure/",
        "/accounts/",
        f"/accounts/{deal.account_id}/",
        f"/accounts/{deal.account_id}/description/",
        "/contacts/",
        f"/contacts/{contact}/",
    ):
        page.goto(address)
        open_all(page)
        assert_accessible(page)


def test_a_deal_is_opened_on_a_phone(
    phone: OpenPage, rosa: User, assert_accessible: Callable[[Page], None], console: Any
) -> None:
    console.expect("400 (Bad Request)")
    for n in range(30):
        an_account(f"Northwind {n:02}")
    page = phone(rosa)
    page.goto("/opportunities/")
    page.get_by_role("link", name="New deal").click()
    page.get_by_label("Name").fill("Rollout")
    page.get_by_role("combobox", name="Account").press_sequentially("northwind 1")
    expect(page.locator("datalist option")).to_have_count(10)
    page.get_by_label("Amount").fill("1200")
    page.get_by_role("button", name="Open the deal").click()
    expect(page.locator(".errors")).to_contain_text("Did you mean")
    assert_accessible(page)
    page.get_by_role("combobox", name="Account").fill("Northwind 12")
    page.get_by_role("button", name="Open the deal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rollout")
    deal = Opportunity.objects.get()
    assert (str(deal.account), deal.amount) == ("Northwind 12", 1200)


def test_a_deal_is_worked_on_its_page(
    desktop: OpenPage, rosa: User, mia: User, deal: Opportunity
) -> None:
    page = desktop(mia)
    page.goto(f"/opportunities/{deal.pk}/")
    page.get_by_role("button", name=f"Move to {a_stage(2)}").click()
    expect(page.locator("[aria-current=step]")).to_contain_text(str(a_stage(2)))

    page.get_by_text("Change the next step").click()
    page.get_by_role("textbox", name="Next step").fill("Call them")
    page.locator(".next-step").get_by_role("button", name="Save").click()
    expect(page.locator(".next-step-words")).to_have_text("Call them")

    page.locator("summary", has_text="Rosa Rep").click()
    page.get_by_label("Owner").fill("Mia Manager")
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_text("Mia Manager has this deal now.")).to_be_visible()

    page.get_by_role("button", name=re.compile("Remove “Asked")).click()
    expect(page.locator("#timeline .by-buyer")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#timeline .by-buyer")).to_contain_text("Asked for a contract")

    page.locator("summary", has_text="Lost").click()
    page.get_by_label("Why", exact=True).locator("visible=true").fill("Price")
    page.get_by_role("button", name="Close as lost").click()
    expect(page.locator(".banner")).to_contain_text("Price")


def test_without_scripts_all_forms_are_reached(
    browser: Browser, live_server: LiveServer, desktop: OpenPage, rosa: User, deal: Opportunity
) -> None:
    signed = desktop(rosa)
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        storage_state=signed.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"/opportunities/{deal.pk}/")
    page.locator("summary", has_text="Change name, account").click()
    page.get_by_role("link", name="Change them").click()
    page.get_by_label("Name", exact=True).fill("Shorter")
    page.get_by_role("button", name="Save").click()
    assert page.locator("h1").inner_text() == "Shorter"
    context.close()
