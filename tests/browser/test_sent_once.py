"""Two quick taps on a button are one: a form under way is not sent again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from coaching.models import HelpRequest
from people.models import User
from pipeline.models import BuyerAction, Opportunity
from tests.factories import a_deal, an_account


def tap_twice(button: Locator) -> None:
    """The second time when the first is on its way and not answered yet."""
    button.evaluate("button => { button.click(); setTimeout(() => button.click(), 40); }")


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    return a_deal(rosa, "Northwind rollout", at=timezone.now(), account=an_account("Northwind"))


def test_a_form_that_leads_to_another_page(
    desktop: Callable[..., Page], rosa: User, deal: Opportunity
) -> None:
    page = desktop(rosa)
    page.goto(f"/opportunities/{deal.pk}/help-requests/")
    page.get_by_label("Give an opinion").check()
    page.get_by_label("How will it help?").fill("I do not know what to offer")
    tap_twice(page.get_by_role("button", name="Ask Mia"))
    expect(page.get_by_text("Mia is asked, by")).to_be_visible()
    assert HelpRequest.objects.count() == 1


def test_a_form_in_its_place(desktop: Callable[..., Page], rosa: User, deal: Opportunity) -> None:
    page = desktop(rosa)
    page.goto(f"/opportunities/{deal.pk}/")
    for count, what in enumerate(("Asked for a contract", "Brought in the CFO"), start=1):
        page.get_by_text("Add a buyer action").click()
        page.get_by_label("What did the customer do?").fill(what)
        expect(page.get_by_label("When")).to_have_value(str(timezone.localdate()))
        tap_twice(page.get_by_role("button", name="Add", exact=True))
        expect(page.locator(".timeline").get_by_text(what)).to_be_visible()
        assert BuyerAction.objects.count() == count


def test_a_form_that_was_refused_goes_again(
    desktop: Callable[..., Page], console: Any, rosa: User, deal: Opportunity
) -> None:
    console.expect("400")
    page = desktop(rosa)
    page.goto(f"/opportunities/{deal.pk}/help-requests/")
    page.get_by_label("Give an opinion").check()
    page.get_by_label("How will it help?").fill(" ")
    tap_twice(page.get_by_role("button", name="Ask Mia"))
    expect(page.get_by_text("Say how it will help.").first).to_be_visible()
    page.get_by_label("How will it help?").fill("She knows their board")
    page.get_by_role("button", name="Ask Mia").click()
    expect(page.get_by_text("Mia is asked, by")).to_be_visible()
