"""Putting a deal on hold and ending that, on the deal's page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from people.models import User
from pipeline.models import Hold, Opportunity
from tests.factories import a_deal

NEXT_YEAR = date(timezone.now().year + 1, 12, 1)


@pytest.fixture
def deal(rosa: User) -> Opportunity:
    """Silent for so long that it is stalled."""
    return a_deal(rosa, at=timezone.now() - timedelta(days=60), close_date=NEXT_YEAR)


def holds(deal: Opportunity) -> str:
    return f"/opportunities/{deal.pk}/holds/"


def shown(client: Any, deal: Opportunity) -> str:
    return str(client.get(f"/opportunities/{deal.pk}/").content.decode())


def a_hold(deal: Opportunity, by: User, days_ago: int = 0) -> Hold:
    at = timezone.now() - timedelta(days=days_ago)
    return Hold.begin(deal, "Budget round", NEXT_YEAR, by=by, at=at)


def said(deal: Opportunity, **values: Any) -> dict[str, Any]:
    first = {"version": deal.version, "reason": "Budget round", "resume_on": str(NEXT_YEAR)}
    return {**first, **values}


def test_rosa_puts_her_deal_on_hold_and_it_is_quiet(as_: Any, deal: Opportunity) -> None:
    client = as_.page(deal.owner)
    assert "No activity for 60 days" in shown(client, deal)
    page = client.post(holds(deal), said(deal), follow=True).content.decode()
    assert f"On hold until 1 Dec {NEXT_YEAR.year}:</b> Budget round" in page
    assert "No activity for 60 days" not in page
    assert "End the hold" in page


def test_a_hold_is_taken_back_by_its_toast_and_may_be_put_again(
    as_: Any, deal: Opportunity
) -> None:
    client = as_.page(deal.owner)
    page = client.post(holds(deal), said(deal), follow=True)
    *_, message = page.context["messages"]
    undo = str(message.extra_tags).removeprefix("undo:")
    assert client.post(undo).status_code == 302
    assert "End the hold" not in shown(client, deal)
    deal.refresh_from_db()
    assert client.post(holds(deal), said(deal)).status_code == 302


def test_the_timeline_tells_of_holds_begun_and_ended(
    as_: Any, deal: Opportunity, mia: User
) -> None:
    a_hold(deal, deal.owner, days_ago=9).end(by=mia, at=timezone.now())
    page = shown(as_.page(mia), deal)
    assert f"On hold until 1 Dec {NEXT_YEAR.year}: Budget round" in page
    assert "Hold ended: Budget round" in page


def test_a_second_hold_is_for_the_manager_and_says_who(
    as_: Any, deal: Opportunity, mia: User
) -> None:
    a_hold(deal, deal.owner, days_ago=9).end(by=deal.owner, at=timezone.now())
    page = as_.page(deal.owner).post(holds(deal), said(deal, reason="Still waiting"))
    text = page.content.decode()
    assert page.status_code == 400
    assert "ask Mia Manager" in text
    assert "Still waiting" in text
    assert as_.page(mia).post(holds(deal), said(deal)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "kept", "words"),
    [
        ({"resume_on": "2020-01-01"}, "Budget round", "Choose a day to come"),
        ({"resume_on": "", "reason": "The board meets"}, "The board meets", "required"),
        ({"reason": ""}, str(NEXT_YEAR), "required"),
    ],
)
def test_a_hold_needs_a_reason_and_a_day_to_come(
    as_: Any, deal: Opportunity, typed: dict[str, str], kept: str, words: str
) -> None:
    page = as_.page(deal.owner).post(holds(deal), said(deal, **typed))
    assert page.status_code == 400
    assert kept in page.content.decode()
    assert words in page.content.decode()
    assert not Hold.objects.exists()


def test_a_stale_hold_is_refused(as_: Any, deal: Opportunity) -> None:
    typed = said(deal)
    deal.set_amount(1, by=deal.owner, at=timezone.now())  # type: ignore[arg-type]
    page = as_.page(deal.owner).post(holds(deal), typed)
    assert page.status_code == 412
    assert b"Budget round" in page.content


def test_a_hold_that_is_over_cannot_be_ended_again(as_: Any, deal: Opportunity) -> None:
    hold = a_hold(deal, deal.owner)
    client = as_.page(deal.owner)
    assert client.post(f"/holds/{hold.pk}/end/").status_code == 302
    page = client.post(f"/holds/{hold.pk}/end/")
    assert page.status_code == 400
    assert b"This hold is over already" in page.content


def test_an_end_that_saw_an_older_deal_is_refused(as_: Any, deal: Opportunity) -> None:
    hold = a_hold(deal, deal.owner)
    page = as_.page(deal.owner).post(f"/holds/{hold.pk}/end/", {"version": 1})
    assert page.status_code == 412
    assert Hold.objects.get().ended_at is None


def test_a_strangers_hold_does_not_exist(as_: Any, deal: Opportunity, otto: User) -> None:
    hold = a_hold(deal, deal.owner)
    client = as_.page(otto)
    assert client.post(f"/holds/{hold.pk}/end/").status_code == 404
    assert client.get(holds(deal)).status_code == 404
    assert as_.page(deal.owner).get(f"/holds/{hold.pk}/end/").status_code == 405
