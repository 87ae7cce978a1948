"""The inbox by its keys, and the bell, in a real browser."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from alerts.models import Notification
from people.models import User
from tests.alerts.test_inbox_pages import a_stall


def test_rows_are_walked_snoozed_and_settled_by_keys(
    desktop: Callable[..., Page], rosa: User
) -> None:
    for n, name in enumerate(["First", "Second", "Third"]):
        at = timezone.now() - timedelta(minutes=n + 1)
        a_stall(rosa, rosa, subject_id=n + 1, title=name, at=at)
    page = desktop(rosa)
    page.goto("/alerts/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Second")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_label("Why it can wait").nth(1)).to_be_focused()
    page.keyboard.type("She is back on Monday")
    page.get_by_role("button", name="In a week").click()
    expect(page.get_by_text("Quiet until")).to_be_visible()
    expect(page.get_by_role("link", name="Second")).to_have_count(0)
    page.keyboard.press("e")
    expect(page.get_by_text("It stays quiet until it ends")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="First")).to_be_visible()
    page.keyboard.press("k")
    with page.expect_response("**/reading/"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Third")).to_be_visible()
    expect(page).to_have_title("Third · Touchline")
    assert Notification.objects.get(alert__title="Third").read_at is not None


def test_the_bell_tells_of_what_came_since(desktop: Callable[..., Page], rosa: User) -> None:
    page = desktop(rosa)
    page.goto("/alerts/")
    expect(page).to_have_title("Alerts · Touchline")
    a_stall(rosa, rosa, at=timezone.now())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_title("(1) Alerts · Touchline")
    expect(page.get_by_role("link", name=re.compile("Alerts ?, 1 unread")).first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="1 unread alert")).to_be_attached()
    page.get_by_role("link", name="1 new alert").click()
    expect(page.get_by_role("link", name="Globex")).to_be_visible()
