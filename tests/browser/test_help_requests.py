"""From the deal in two taps and one sentence; the manager answers; the rep reads it on Today."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coaching.models import HelpRequest
from people.models import User
from pipeline.models import BuyingRole, Opportunity
from tests.factories import a_contact, a_deal, an_account


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    now = timezone.now()
    account = an_account("Northwind")
    deal = a_deal(rosa, "Northwind rollout", at=now - timedelta(days=9), account=account)
    carla = a_contact(
        account, "Carla Buyer", job_title="CFO", email="carla@example.com", phone="+49 30 1234"
    )
    BuyingRole.add(deal, carla, "champion")
    deal.refresh_from_db()
    return deal


def test_rosa_asks_in_two_taps_and_mia_answers(
    phone: Callable[..., Page], deal: Opportunity, rosa: User, mia: User, assert_accessible: Any
) -> None:
    page = phone(rosa)
    page.goto(f"/opportunities/{deal.pk}/")
    page.get_by_role("link", name="Ask for help").tap()
    expect(page.get_by_label("Call this person")).to_be_checked()
    expect(page.get_by_label("Whom")).to_have_value(str(deal.buying_roles.get().contact_id))
    assert page.get_by_label("What has happened").input_value().startswith("Since it was opened")
    assert_accessible(page)
    page.get_by_label("How will it help?").fill("She trusts Mia and signs alone")
    button = page.get_by_role("button", name="Ask Mia")
    box = button.bounding_box()
    assert box
    assert box["height"] >= 44
    button.tap()
    expect(page.get_by_text("Mia is asked, by")).to_be_visible()
    expect(page.get_by_role("link", name="Call Carla Buyer", exact=True)).to_be_visible()

    manager = phone(mia)
    manager.goto("/")
    manager.get_by_role("link", name="Call Carla Buyer for Rosa", exact=True).tap()
    manager.goto("/help-requests/")
    assert_accessible(manager)
    link = manager.get_by_role("link", name="+49 30 1234")
    expect(link).to_have_attribute("href", "tel:+49301234")
    manager.get_by_role("button", name="Accept").tap()
    expect(manager.get_by_text("Accepted. Rosa sees it.")).to_be_visible()
    manager.get_by_label("What happened").fill("She signs on Friday")
    manager.get_by_role("button", name="Done").tap()
    expect(manager.get_by_role("heading", name="Answered lately")).to_be_visible()
    assert_accessible(manager)

    page.goto("/")
    expect(page.get_by_text("Mia called Carla Buyer: She signs on Friday").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Read").tap()
    expect(page.get_by_text("Mia called Carla Buyer")).to_have_count(0)
    page.goto(f"/opportunities/{deal.pk}/")
    expect(page.locator("#timeline").get_by_text("She signs on Friday")).to_be_visible()


def test_the_form_shows_what_belongs_to_the_kind(
    phone: Callable[..., Page], deal: Opportunity, rosa: User
) -> None:
    page = phone(rosa)
    page.goto(f"/opportunities/{deal.pk}/help-requests/")
    seen = {
        "Send this e-mail": ["Whom", "Subject", "Draft or talking points"],
        "Call this person": ["Whom", "Draft or talking points"],
        "Join a call": ["Which call"],
        "Unblock something inside": [],
        "Give an opinion": [],
    }
    labels = {label for shown in seen.values() for label in shown}
    for kind, shown in seen.items():
        page.get_by_label(kind).tap()
        for label in labels:
            expect(page.get_by_label(label)).to_be_visible(visible=label in shown)


def test_mia_answers_without_a_mouse(
    desktop: Callable[..., Page], deal: Opportunity, rosa: User, mia: User, assert_accessible: Any
) -> None:
    now = timezone.now()
    for day, words in ((1, "First"), (2, "Second")):
        HelpRequest.ask(
            deal,
            by=rosa,
            at=now,
            kind="opinion",
            how_it_helps=words,
            wanted_on=(now + timedelta(days=day)).date(),
        )
    page = desktop(mia)
    page.goto("/help-requests/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Second")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("a")
    expect(page.get_by_text("Accepted. Rosa sees it.")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.type("A joke: ask legal")  # the field has the focus: letters are no keys
    page.keyboard.press("Enter")
    expect(page.get_by_text("Declined. Rosa is told why.")).to_be_visible()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Open again.")).to_be_visible()
    assert [each.state for each in HelpRequest.objects.order_by("wanted_on")] == [
        "asked",
        "accepted",
    ]
