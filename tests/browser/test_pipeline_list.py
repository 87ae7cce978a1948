"""A manager walks a filtered list deal by deal and keeps its filters, in a browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from people.models import User
from pipeline.models import Opportunity, SavedView
from tests.factories import a_deal, a_stage

OpenPage = Callable[..., Page]
LONG = "Unbreakable" * 18


@pytest.fixture
def deals(rosa: User, pia: User) -> list[Opportunity]:
    """Four of rosa's that nobody stirred for a long time, and one of pia's."""
    at = timezone.now() - timedelta(days=40)
    day = timezone.now().date()
    mine = [
        a_deal(rosa, f"Deal {n}", at=at, close_date=day + timedelta(days=90 + n)) for n in range(3)
    ]
    return [*mine, a_deal(rosa, LONG, at=at, close_date=None), a_deal(pia, "Of pia", at=at)]


def test_a_filtered_list_is_walked_by_two_keys(
    desktop: OpenPage, mia: User, deals: list[Opportunity]
) -> None:
    page = desktop(mia)
    page.goto("/opportunities/")
    page.locator("summary", has_text="More filters").click()
    page.get_by_label("Owner").press_sequentially("rosa")
    expect(page.locator("datalist option")).to_have_count(1)
    page.get_by_label("Owner").fill("Rosa Rep")
    page.get_by_label("Stalled").select_option(label="No activity (5)")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".filter-active")).to_have_text(
        [r"Remove Owner: Rosa Rep ×", "Remove Stalled: No activity ×"]
    )
    assert "owner=" in page.url
    assert "Rosa" not in page.url

    page.get_by_role("link", name="Deal 0").click()
    here = page.get_by_role("navigation", name="Place in the list")
    expect(here).to_contain_text("1 of 4")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deal 1")
    expect(here).to_contain_text("2 of 4")
    page.get_by_role("button", name=f"Move to {a_stage(2)}").click()
    expect(here).to_contain_text("2 of 4")
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deal 0")
    here.get_by_role("link", name="Back to the list").click()
    expect(page.locator(".filter-active")).to_have_count(2)
    page.get_by_role("link", name="Remove Stalled").click()
    expect(page.locator(".filter-active")).to_have_count(1)


def test_a_view_is_kept_shared_refilled_and_removed(
    desktop: OpenPage, mia: User, rosa: User, deals: list[Opportunity]
) -> None:
    page = desktop(mia)
    page.goto("/opportunities/?amount_from=1000&order=-amount")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Save this view").click()
    page.get_by_label("Name").fill("Große")
    page.get_by_label("Share with").select_option(label="North")
    page.get_by_role("button", name="Save view").click()
    tabs = page.get_by_role("navigation", name="Saved views")
    expect(tabs.locator("[aria-current]")).to_contain_text("Große")
    assert "order=-amount" in page.url

    page.goto("/opportunities/?search=deal")
    page.locator("summary", has_text="Views").click()
    page.get_by_role("button", name="Replace “Große”").click()
    page.get_by_role("button", name="Replace its filters").click()
    expect(tabs.locator("[aria-current]")).to_contain_text("Große")
    assert SavedView.objects.get().query == "search=deal"

    other = desktop(rosa)
    other.goto("/opportunities/")
    other.get_by_role("link", name="Große").click()
    expect(other.locator("tbody tr")).to_have_count(3)

    page.locator("summary", has_text="Views").click()
    page.get_by_role("link", name="Edit “Große”").click()
    page.get_by_role("button", name="Remove this view").click()
    page.get_by_role("button", name="Remove the view").click()
    expect(page.get_by_text("View “Große” removed.")).to_be_visible()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_everybody_can_use_the_list_and_its_views(
    request: pytest.FixtureRequest,
    size: str,
    mia: User,
    deals: list[Opportunity],
    assert_accessible: Callable[[Page], None],
) -> None:
    view = SavedView.keep(by=mia, name="W" * 60, layout="list")
    page = request.getfixturevalue(size)(mia)
    for address in (
        f"/opportunities/?search={LONG}&stall_reason=any",
        "/opportunities/?close_from=soon&owner=Nobody",
        f"/opportunities/{deals[3].pk}/?in=order%3D-amount",
        "/saved-views/?search=a",
        f"/saved-views/{view.pk}/",
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('.filter-more').forEach(d => d.open = true)")
        assert_accessible(page)


def test_without_scripts_filters_work_and_a_deal_leads_back(
    browser: Browser,
    live_server: LiveServer,
    desktop: OpenPage,
    mia: User,
    deals: list[Opportunity],
) -> None:
    signed = desktop(mia)
    context: Any = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        storage_state=signed.context.storage_state(),
    )
    page = context.new_page()
    page.goto("/opportunities/")
    page.get_by_label("Search deals").fill("deal")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Deal 2").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert "search=deal" in page.url
    context.close()
