"""From a new metric to the rows behind a miss: administrator, manager and rep, in a browser."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from metrics.models import Metric, Target
from metrics.tasks import roll_up, take_checkpoints
from people.models import Organisation, User
from pipeline.models import Call
from tests.factories import a_call, an_account

OpenPage = Callable[..., Page]


@pytest.fixture
def last_week(rosa: User, pia: User) -> datetime:
    """Noon of last week's Wednesday: rosa held one call, pia six."""
    now = timezone.now()
    monday = now - timedelta(days=now.astimezone(Organisation.current().zone).weekday() + 7)
    noon = monday.replace(hour=12, minute=0) + timedelta(days=2)
    account = an_account("Northwind Traders")
    for person, count in ((rosa, 1), (pia, 6)):
        for n in range(count):
            call = a_call(person, noon + timedelta(hours=n / 2), account=account)
            call.hold(by=person, at=call.ends_at)
    return noon


def test_a_metric_and_a_target_name_the_first_broken_link_and_its_rows(
    desktop: OpenPage,
    phone: OpenPage,
    assert_accessible: Any,
    ada: User,
    mia: User,
    rosa: User,
    last_week: datetime,
) -> None:
    page = desktop(ada)
    the_administrator_makes_a_metric(page)
    assert_accessible(page)
    the_administrator_sets_a_target(page)
    assert Target.objects.get().amount == 5
    roll_up()
    take_checkpoints()

    team = desktop(mia)
    the_manager_finds_the_first_broken_link(team)
    assert_accessible(team)
    the_figure_opens_its_rows(team)

    the_rep_sees_it_on_a_phone(phone(rosa, color_scheme="dark"), assert_accessible)


def the_administrator_makes_a_metric(page: Page) -> None:
    """By keyboard alone."""
    page.goto("/settings/metrics/")
    page.get_by_role("link", name="Add a metric").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What it measures").focus()
    page.keyboard.type("Sales calls held")
    expect(page.get_by_label("What it measures")).to_have_value("calls_held")
    page.get_by_role("button", name="Add").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sales calls held")).to_be_visible()
    assert Metric.objects.get(measure="calls_held").place == 7


def the_administrator_sets_a_target(page: Page) -> None:
    page.goto("/settings/targets/")
    page.get_by_role("link", name="Set a target").first.click()
    page.wait_for_url("**/targets/new/")  # loaded: the help of the amount follows by script
    page.get_by_label("Metric").select_option(label="Sales calls held, per week")
    expect(page.get_by_text("In calls, for each person, per week.")).to_be_visible()
    page.get_by_label("Everybody").check()
    page.get_by_label("Amount").fill("5")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Targets")
    expect(page.get_by_role("main")).to_contain_text("Sales calls held")


def the_manager_finds_the_first_broken_link(page: Page) -> None:
    """North had seven of ten calls last week; what has no target is not judged."""
    page.goto("/")
    page.get_by_role("link", name="Metrics").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("North")
    page.wait_for_load_state()  # the keys are there once the page has loaded
    page.keyboard.press("[")
    broken = page.get_by_role("region", name="First broken link")
    expect(broken).to_contain_text("Sales calls held: 7 of 10, 3 short")
    row = page.get_by_role("row", name="Rosa Rep")
    expect(row).to_contain_text("1 / 5")
    expect(row).to_contain_text("4 short")
    expect(page.get_by_role("row", name="Pia Peer")).to_contain_text("On target")


def the_figure_opens_its_rows(page: Page) -> None:
    page.get_by_role("link", name="rows behind Sales calls held").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calls held")
    expect(page.get_by_text("7 rows")).to_be_visible()
    assert page.locator("tbody tr").count() == Call.objects.filter(status=Call.HELD).count()
    page.locator("tbody tr", has_text="Rosa Rep").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Northwind Traders")


def the_rep_sees_it_on_a_phone(page: Page, assert_accessible: Any) -> None:
    page.goto("/")
    precursors = page.get_by_role("region", name="This week's precursors")
    expect(precursors).to_contain_text("Sales calls held")
    expect(precursors).to_contain_text("0 / 5")
    assert_accessible(page)
    precursors.get_by_role("link", name="All").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your metrics")
    page.get_by_role("link", name="The period before").tap()
    expect(page.get_by_role("region", name="First broken link")).to_contain_text("1 of 5")
    page.locator("summary", has_text="Figures: Sales calls held").tap()
    figures = page.get_by_role("table").filter(has=page.get_by_role("columnheader", name="Rosa"))
    expect(figures.filter(visible=True).first).to_contain_text("1")
    assert_accessible(page)
