"""Settings in a real browser: every page by axe, and what needs JavaScript."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from people.models import Absence, ApiToken, Holiday, Team, User
from tests.factories import a_product, a_token

Opener = Callable[..., Page]
FOR_ALL = ["profile/", "tokens/", "absences/"]
FOR_ADMINISTRATORS = [
    "calendar/",
    "people/?show=all",
    "people/new/",
    "teams/",
    "teams/new/",
    "stages/",
    "stages/new/",
    "products/",
    "products/new/",
]


@pytest.fixture
def furnished(rosa: User, otto: User, max_: User, ada: User) -> User:
    """The administrator of an organisation in which every settings page shows something."""
    a_token(ada)
    Absence.record(ada, first_day=date(2026, 11, 2), last_day=date(2026, 11, 6), by=ada)
    Holiday.add(date(2026, 12, 25), "Christmas Day")
    a_product("Old thing", is_active=False)
    max_.deactivate()
    return ada


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_axe_finds_nothing(
    window: str,
    desktop: Opener,
    phone: Opener,
    furnished: User,
    max_: User,
    assert_accessible: Callable[[Page], None],
) -> None:
    page = (desktop if window == "desktop" else phone)(furnished)
    team = Team.objects.get(name="South").pk
    for path in (*FOR_ALL, *FOR_ADMINISTRATORS, f"people/{max_.pk}/", f"teams/{team}/"):
        page.goto(f"/settings/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page)


def test_errors_are_announced_and_accessible(
    ada: User, phone: Opener, console: object, assert_accessible: Callable[[Page], None]
) -> None:
    console.expect("400")  # type: ignore[attr-defined]
    page = phone(ada)
    page.goto("/settings/people/new/")
    page.get_by_label("Phone").fill("555")
    page.get_by_role("button", name="Add person").click()
    expect(page.get_by_role("alert")).to_contain_text("Name")
    expect(page.get_by_label("Phone")).to_have_value("555")
    assert_accessible(page)


def test_a_token_is_made_copied_and_revoked(rosa: User, desktop: Opener) -> None:
    page = desktop(rosa, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/settings/tokens/")
    page.get_by_label("Name").fill("Dialler")
    page.get_by_role("button", name="Make token").click()
    key = page.locator("#key").inner_text().strip()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key

    page.get_by_role("button", name="Revoke Dialler").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    assert ApiToken.objects.count() == 1
    page.get_by_role("button", name="Revoke Dialler").click()
    dialog.get_by_role("button", name="Revoke token").click()
    expect(page.get_by_text("No tokens yet")).to_be_visible()
    assert not ApiToken.objects.exists()


def test_a_zone_shows_its_time_before_it_is_saved(rosa: User, phone: Opener) -> None:
    page = phone(rosa)
    page.goto("/settings/profile/")
    before = page.locator("#clock").inner_text()
    page.get_by_label("Time zone").select_option("Pacific/Kiritimati")
    expect(page.locator("#clock")).not_to_have_text(before)
    rosa.refresh_from_db()
    assert rosa.time_zone == "UTC"


def test_a_fiscal_year_shows_its_quarters_before_it_is_saved(ada: User, desktop: Opener) -> None:
    page = desktop(ada)
    page.goto("/settings/calendar/")
    page.get_by_label("Fiscal year begins in").select_option("February")
    expect(page.locator("#quarters")).to_contain_text("Q1 = Feb–Apr")


def test_a_person_is_deactivated_after_being_asked(rosa: User, ada: User, phone: Opener) -> None:
    page = phone(ada)
    page.goto(f"/settings/people/{rosa.pk}/")
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("is deactivated: no sign-in")).to_be_visible()
    rosa.refresh_from_db()
    assert not rosa.is_active


def test_an_invited_person_sets_a_password_and_signs_in(
    ada: User, desktop: Opener, browser: object
) -> None:
    nina = User.objects.create_user("nina@example.com", "Nina New")
    page = desktop(ada)
    page.goto(f"/settings/people/{nina.pk}/")
    page.get_by_role("button", name="Invite Nina").click()
    link = page.locator("#link").inner_text().strip()

    theirs = browser.new_page()  # type: ignore[attr-defined]
    theirs.goto(link)
    for field in theirs.locator("input[type=password]").all():
        field.fill("a better horse 7")
    theirs.locator("main form button").last.click()
    theirs.goto(page.url.split("/settings")[0] + "/auth/login/")
    theirs.locator("[name=login]").fill("nina@example.com")
    theirs.locator("[name=password]").fill("a better horse 7")
    theirs.get_by_role("button", name="Sign in").click()
    theirs.wait_for_url("**/")
    theirs.close()
