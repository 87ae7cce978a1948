"""From a condition to a decision: the manager is told once, sees why, somebody acts, it ends.

The jobs are called with the time; the worker that calls them is another test's.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from alerts.climb import climb
from alerts.digests import make_due
from alerts.kinds import KINDS
from alerts.models import Alert, DeliveryHours, Digest, Notification
from alerts.sweep import sweep
from coaching.models import Debrief
from metrics.checkpoints import take_due
from people.models import User
from pipeline.models import Opportunity
from reviews.models import Review
from tests.factories import a_call, a_deal, a_plan, an_account
from tests.support.posted_world import a_chain, aim, count

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def look_around(now: datetime) -> None:
    """What the tick does each minute."""
    for kind in KINDS.values():
        sweep(kind, now)
    climb(now)


def digest_of(person: User, now: datetime) -> Digest | None:
    """Their next one, a day or more from now."""
    hours = DeliveryHours.of(person, now + DAY)
    assert hours.next_digest_at
    make_due(hours.next_digest_at)
    return Digest.objects.filter(person=person).first()


def the_alert(kind: str) -> Alert:
    """The only one of its kind; told to nobody twice."""
    alert = Alert.objects.get(kind=kind)
    people = list(Notification.objects.filter(alert=alert).values_list("person", flat=True))
    assert len(people) == len(set(people))
    return alert


def opened_by(page: Page, alert: Alert) -> None:
    """It stands in the inbox and on the bell; opened, it says why."""
    page.goto("/alerts/")
    row = page.locator(f"#alert-{alert.pk}")
    expect(row).to_contain_text(alert.title)
    expect(page.get_by_role("navigation", name="Main", exact=True)).to_contain_text("Alerts, 1")
    row.get_by_role("link", name=alert.title).first.click()
    page.wait_for_url(f"**/alerts/{alert.pk}/")
    expect(page.get_by_role("heading", name="Why am I seeing this?")).to_be_visible()
    expect(page.get_by_text(alert.of_kind.explains)).to_be_visible()


def facts(page: Page) -> str:
    return " ".join(page.locator("dl.facts").first.inner_text().split())


def test_a_deal_goes_silent_the_rep_acts_and_it_ends(
    desktop: Callable[..., Page],
    phone: Callable[..., Page],
    rosa: User,
    mia: User,
    assert_accessible: Any,
) -> None:
    now = timezone.now()
    deal = a_silent_deal(rosa, now)
    look_around(now)
    look_around(now + HOUR)
    alert = the_alert("stalled_deal")
    digest = digest_of(mia, now)
    assert digest
    assert [(line["name"], line["words"]) for line in digest.lines] == [
        ("Rosa Rep", "1 stalled deal")
    ]

    manager = desktop(mia)
    opened_by(manager, alert)
    said = facts(manager)
    assert "Rule No activity" in said
    assert "Limit 14 days" in said
    assert "The deal was opened" in said
    assert_accessible(manager)
    manager.keyboard.press("a")
    manager.keyboard.type("What does the buyer wait for?")
    manager.keyboard.press("Enter")
    expect(manager.get_by_text("No answer yet.")).to_be_visible()

    rep = phone(rosa)
    rep.goto("/alerts/")
    expect(rep.get_by_text("What does the buyer wait for?", exact=True)).to_be_visible()
    assert_accessible(rep)
    rep.get_by_role("link", name="Answer").tap()
    rep.get_by_label("Your answer").fill("Their budget is decided on Friday")
    rep.get_by_role("button", name="Answer").tap()
    expect(rep.get_by_text("Their budget is decided on Friday")).to_be_visible()
    rep.get_by_role("button", name="Open the deal").tap()
    rep.wait_for_url(f"**/opportunities/{deal.pk}/")
    rep.locator("summary", has_text="Add a buyer action").tap()
    rep.get_by_label("What did the customer do?").fill("Asked for the contract")
    rep.get_by_role("button", name="Add", exact=True).tap()
    expect(rep.get_by_text("Asked for the contract").first).to_be_visible()

    look_around(timezone.now())
    alert.refresh_from_db()
    assert not alert.is_open
    manager.reload()
    expect(manager.get_by_text("It ended by itself")).to_be_visible()
    expect(manager.get_by_text("Their budget is decided on Friday")).to_be_visible()
    manager.goto("/alerts/")
    expect(manager.get_by_text("Nothing waits for you")).to_be_visible()


def a_silent_deal(rosa: User, now: datetime, days: int = 20) -> Opportunity:
    """Nothing is wrong with it but that nothing has happened for so many days."""
    far = now.date() + 300 * DAY
    step = {"next_step": "Ask again", "next_step_on": far}
    name = "Northwind rollout"
    deal = a_deal(rosa, name, at=now - days * DAY, close_date=far, amount=None, **step)
    type(deal.stage).objects.filter(pk=deal.stage_id).update(patience=90)
    return deal


def test_a_plan_that_nobody_inspected(desktop: Callable[..., Page], rosa: User, mia: User) -> None:
    now = timezone.now()
    call = a_call(rosa, now + 5 * HOUR, account=an_account("Northwind"))
    a_plan(call, at=now - HOUR)
    look_around(now)
    alert = the_alert("plan_waiting")
    page = desktop(mia)
    opened_by(page, alert)
    said = facts(page)
    assert "Limit 24 hours" in said
    assert "The plan was filed" in said
    page.get_by_role("button", name="Inspect the plan").click()
    page.wait_for_url("**/inspections/**")
    page.get_by_role("button", name="Good to go").click()
    expect(page.get_by_text("Queue clear.")).to_be_visible()
    look_around(timezone.now())
    page.goto("/alerts/?show=done")
    expect(page.locator(f"#alert-{alert.pk}")).to_contain_text("nded")


def test_a_debrief_that_is_overdue(
    desktop: Callable[..., Page], phone: Callable[..., Page], rosa: User, mia: User
) -> None:
    now = timezone.now()
    call = a_call(rosa, now - 3 * DAY, opportunity=a_silent_deal(rosa, now - 10 * DAY, days=0))
    look_around(now - 40 * HOUR)
    alert = the_alert("debrief_overdue")
    assert not Notification.objects.filter(person=mia).exists()  # the rep first
    look_around(now)
    page = phone(rosa, color_scheme="dark")
    page.goto(f"/alerts/{alert.pk}/")
    assert "The call ended" in facts(page)
    page.get_by_role("button", name="Debrief").tap()
    page.wait_for_url(f"**/calls/{call.pk}/debrief/")
    page.locator(".score-cell", has_text="7").tap()
    page.get_by_label("Next step").fill("Send the contract")
    page.get_by_role("button", name="In 2 weeks").tap()
    page.get_by_role("button", name="File debrief").tap()
    expect(page.get_by_text("Debrief filed.")).to_be_visible()
    assert Debrief.objects.get().is_filed
    manager = desktop(mia)
    opened_by(manager, alert)
    look_around(timezone.now())
    manager.reload()
    expect(manager.get_by_text("It ended by itself")).to_be_visible()


def test_a_review_that_was_not_held(desktop: Callable[..., Page], rosa: User, mia: User) -> None:
    now = timezone.now()
    then = now - 40 * DAY
    review = Review.arrange(rosa, then, by=mia, at=then - DAY)
    Review.objects.all().record_not_held(now.date(), now)
    look_around(now)
    alert = the_alert("review_not_held")
    page = desktop(mia)
    opened_by(page, alert)
    assert "The last day on which it counted as held" in facts(page)
    page.get_by_role("button", name="Open the 1-on-1").click()
    page.wait_for_url(f"**/reviews/{review.pk}/")
    page.get_by_role("link", name="Excuse").click()
    page.get_by_label("Why").fill("Rosa was at the fair")
    page.get_by_role("button", name="Excuse it").click()
    expect(page.get_by_text("Excused.")).to_be_visible()
    look_around(timezone.now())
    alert.refresh_from_db()
    assert not alert.is_open


@pytest.fixture
def missed(rosa: User, ada: User) -> date:
    """The Monday of last week, on whose Wednesday three of six prospects were due and none came."""
    monday = date.today() - timedelta(days=date.today().weekday() + 7)
    a_chain("prospects", ultimate="deals")
    aim("prospects", 10, by=ada, first_day=monday - 28 * DAY)
    count(rosa, "prospects", 1, monday)
    return monday


def test_a_precursor_that_was_missed(
    desktop: Callable[..., Page], missed: date, rosa: User, mia: User
) -> None:
    thursday = datetime.combine(missed + 3 * DAY, datetime.min.time(), timezone.now().tzinfo)
    take_due(thursday + HOUR)
    look_around(thursday + HOUR)
    alert = the_alert("missed_precursor")
    page = desktop(mia)
    opened_by(page, alert)
    expect(page.get_by_text("1 of 6 due by").first).to_be_visible()
    expect(page.get_by_text("the first broken link").first).to_be_visible()
    assert "The period began" in facts(page)
    page.get_by_role("button", name="Open the metrics").click()
    expect(page.get_by_role("heading", name="Rosa Rep")).to_be_visible()

    count(rosa, "prospects", 10, missed + 3 * DAY)
    monday = thursday + 4 * DAY
    take_due(monday + HOUR)
    look_around(monday + HOUR)
    page.goto(f"/alerts/{alert.pk}/")
    expect(page.get_by_text("It ended by itself")).to_be_visible()
