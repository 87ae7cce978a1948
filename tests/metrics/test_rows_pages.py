"""The rows behind a figure: as many as it says, and opened only by whom they are for.

It is Wednesday, 18 November 2026.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coaching.models import DebriefReview
from metrics.models import Metric
from people.models import Team, User
from pipeline.models import Opportunity, Proposal
from tests.conftest import As
from tests.factories import NOW, TODAY, a_call, a_deal, a_debrief, a_plan, a_stage, an_account
from tests.support.html import seen
from tests.support.posted_world import a_chain, count, statements

DAY = timedelta(days=1)
MONDAY, SUNDAY = TODAY - 2 * DAY, TODAY + 4 * DAY
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ask(as_: type[As]) -> Ask:
    """The rows of this week behind a measure's figure, of a person or team, as somebody sees."""

    def asked(user: User, whose: User | Team, measure: str, **asked_for: Any) -> Any:
        metric = Metric.objects.filter(measure=measure).first() or Metric.add(
            label=measure, measure=measure, role="precursor", period="week"
        )
        user.refresh_from_db()
        name = "team_rows" if isinstance(whose, Team) else "person_rows"
        said = {"metric": metric.pk, "first": MONDAY, "last": SUNDAY, **asked_for}
        return as_.page(user).get(reverse(name, args=[whose.pk]), said)

    return asked


@pytest.fixture
def calls(rosa: User, mia: User) -> None:
    """Two held on Monday, both planned, debriefed and reviewed; one to come."""
    for hour in (1, 3):
        starts = NOW - timedelta(days=2, hours=hour)
        call = a_call(rosa, starts)
        a_plan(call, at=starts - DAY / 24)
        call.refresh_from_db()
        debrief = a_debrief(call, at=call.ends_at)
        DebriefReview.give(debrief, by=mia, at=NOW, score=5)
    a_call(rosa, NOW + DAY)


@pytest.mark.parametrize(
    ("measure", "tally", "number", "total"),
    [
        ("plans_on_time", "", 2, ""),
        ("calls_held", "", 2, ""),
        ("interviews", "", 2, ""),
        ("presentations", "", 0, ""),
        ("commitments_got", "", 2, ""),
        ("calls_planned", "", 2, ""),
        ("calls_planned", "calls_held", 2, ""),
        ("average_score", "", 2, "14"),
        ("average_score", "calls_scored", 2, ""),
        ("managers_score", "", 2, "10"),
        ("managers_score", "calls_reviewed", 2, ""),
        ("time_per_customer", "", 2, "60"),
        ("time_per_customer", "customers_met", 2, ""),
        ("people_per_call", "", 0, ""),
        ("people_per_call", "calls_held", 2, ""),
    ],
)
def test_there_are_as_many_as_were_counted_and_they_open_their_call(
    calls: None, ask: Ask, rosa: User, measure: str, tally: str, number: int, total: str
) -> None:
    answer = ask(rosa, rosa, measure, tally=tally)
    shown = answer.context
    assert (shown["count"], len(shown["rows"]), shown["hidden"]) == (number, number, 0)
    assert shown["total"] == total
    assert all(row.url.startswith("/calls/") and row.on == MONDAY for row in shown["rows"])
    tabs = [name for name, _ in shown["asked"].tabs]
    assert len(tabs) == (2 if Metric.objects.get(measure=measure).of_measure.is_ratio else 0)
    assert seen(answer).repeated == []


def test_what_belongs_to_coaching_is_counted_and_not_shown_to_administrators(
    calls: None, ask: Ask, rosa: User, mia: User, eva: User, ada: User
) -> None:
    for measure in ("plans_on_time", "commitments_got", "average_score", "managers_score"):
        hidden = ask(ada, rosa, measure)
        assert (hidden.context["count"], hidden.context["rows"]) == (2, [])
        assert "2 rows are counted and not yours to open." in seen(hidden).text
        whole = b"".join(ask(ada, rosa, measure, format="csv")).decode()
        assert whole.count("\n") == 1
        for user in (mia, eva):
            assert len(ask(user, rosa, measure).context["rows"]) == 2
    assert len(ask(ada, rosa, "calls_held").context["rows"]) == 2


def test_nobody_else_asks_for_them(
    calls: None, ask: Ask, rosa: User, pia: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    north = mia.teams_led.get()
    for user, of_rosa, of_north in (
        (rosa, 200, 404),
        (pia, 404, 404),
        (mia, 200, 200),
        (max_, 404, 404),
        (eva, 200, 200),
        (ada, 200, 200),
    ):
        assert ask(user, rosa, "calls_held").status_code == of_rosa
        assert ask(user, north, "calls_held").status_code == of_north


def test_a_teams_rows_are_of_who_was_in_it_on_the_day(
    calls: None, ask: Ask, rosa: User, mia: User, max_: User, eva: User
) -> None:
    """What somebody did before they left stays counted; their new manager opens it."""
    north, south = mia.teams_led.get(), max_.teams_led.get()
    rosa.join(south, on=TODAY)
    shown = ask(mia, north, "calls_held")
    assert (shown.context["count"], shown.context["rows"]) == (2, [])
    assert "2 rows are counted and not yours to open." in seen(shown).text
    assert ask(mia, rosa, "calls_held").status_code == 404
    assert ask(max_, south, "calls_held").context["count"] == 0
    assert len(ask(max_, rosa, "calls_held").context["rows"]) == 2
    above = ask(eva, north, "calls_held").context
    assert [row.person for row in above["rows"]] == [rosa, rosa]
    assert ask(eva, rosa, "calls_held", team=north.pk).context["count"] == 2
    assert ask(eva, rosa, "calls_held", team=south.pk).context["count"] == 0
    assert ask(max_, rosa, "calls_held", team=north.pk).status_code == 400  # not his


def test_a_deal_given_away_stays_counted_and_is_not_ones_own_to_open(
    ask: Ask, rosa: User, pia: User, mia: User
) -> None:
    deal = a_deal(rosa)
    deal.hand_over(pia, by=mia, at=NOW) if hasattr(deal, "hand_over") else None
    Opportunity.objects.filter(pk=deal.pk).update(owner=pia)
    shown = ask(rosa, rosa, "prospects_targeted").context
    assert (shown["count"], shown["hidden"], shown["rows"]) == (1, 1, [])
    assert [row.url for row in ask(mia, rosa, "prospects_targeted").context["rows"]] == [
        f"/opportunities/{deal.pk}/"
    ]


def test_money_is_what_was_won_in_the_organisations_currency(ask: Ask, rosa: User) -> None:
    Opportunity.objects.bulk_create(
        Opportunity(
            name=name, owner=rosa, stage=a_stage(), status="won", currency=currency,
            amount=Decimal(amount), closed_on=day, closing_owner=rosa,
        )
        for name, currency, amount, day in (
            ("One", "EUR", "0.10", MONDAY), ("Two", "EUR", "2000", TODAY),
            ("In dollars", "USD", "7000", MONDAY), ("Before", "EUR", "5", MONDAY - DAY),
        )
    )  # fmt: skip
    answer = ask(rosa, rosa, "money_won")
    assert [row.title for row in answer.context["rows"]] == ["Two", "One"]
    assert "2 rows, €2,000.10 in all" in seen(answer).text
    assert ask(rosa, rosa, "deals_won").context["count"] == 3


def test_proposals_per_close_have_both_sides(ask: Ask, rosa: User) -> None:
    deal = a_deal(rosa)
    for n in (1, 2):
        Proposal.objects.create(opportunity=deal, title=f"Offer {n}", sent_on=TODAY, by=rosa)
    answer = ask(rosa, rosa, "proposals_per_close")
    assert [label for _, label in answer.context["asked"].tabs] == ["Proposals sent", "Deals won"]
    other = next(href for href, text in seen(answer).links if text == "Deals won")
    client = Client()
    client.force_login(rosa)
    assert (
        answer.context["count"],
        client.get(answer.request["PATH_INFO"] + other).context["count"],
    ) == (2, 0)


def test_posted_counts_are_those_of_their_own_measure(ask: Ask, rosa: User) -> None:
    a_chain("dials", "mails")
    count(rosa, "dials", 12, MONDAY)
    count(rosa, "dials", 5, TODAY)
    count(rosa, "mails", 900, TODAY)
    answer = ask(rosa, rosa, "posted:dials")
    assert [row.title for row in answer.context["rows"]] == ["5 dials", "12 dials"]
    assert "2 rows, 17 in all" in seen(answer).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": ""},
        {"metric": 10**30},
        {"first": "soon"},
        {"first": SUNDAY, "last": MONDAY},
        {"first": "0001-01-01"},
        {"last": "9999-12-31"},
        {"tally": "money_won"},
        {"tally": "\0"},
        {"team": 0},
    ],
)
def test_an_address_that_does_not_say_what_it_is_about_is_refused(
    ask: Ask, rosa: User, wrong: dict[str, Any]
) -> None:
    assert ask(rosa, rosa, "calls_held", **wrong).status_code == 400


def test_all_there_is_may_be_asked_for_at_once(calls: None, ask: Ask, rosa: User) -> None:
    always = {"first": date(1900, 1, 1), "last": date(2199, 12, 31)}
    assert ask(rosa, rosa, "calls_held", **always).context["count"] == 2
    assert "Nothing of this happened" in seen(ask(rosa, rosa, "proposals", **always)).text


def test_rows_as_a_file_are_the_same_and_no_formulas(ask: Ask, rosa: User) -> None:
    acme = an_account()
    for n in range(3):
        a_deal(rosa, f"=Deal {n}", account=acme)
    answer = ask(rosa, rosa, "prospects_targeted", format="csv")
    header, *rows = csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
    assert header == ["Day", "Person", "What", "More"]
    assert sorted(rows) == [["2026-11-18", "Rosa Rep", f"'=Deal {n}", "€48,000"] for n in range(3)]


def test_a_page_has_fifty_and_thirty_take_as_many_statements_as_three(
    ask: Ask, rosa: User, mia: User
) -> None:
    acme, counted = an_account(), []
    north = mia.teams_led.get()
    metric = Metric.objects.get(measure="prospects_targeted")
    asked = f"?metric={metric.pk}&first={MONDAY}&last={SUNDAY}"
    client = Client()
    mia.refresh_from_db()
    client.force_login(mia)
    urls = [
        reverse("team_rows", args=[north.pk]) + asked,
        reverse("person_rows", args=[rosa.pk]) + asked,
        reverse("person_rows", args=[rosa.pk]) + asked + f"&team={north.pk}",
    ]
    for number in (3, 57):
        a_deal(rosa, account=acme)
        made = Opportunity.objects.first()
        assert made
        Opportunity.objects.bulk_create(
            Opportunity(
                name=f"Deal {n}", owner=rosa, stage=made.stage, account=acme, opened_on=MONDAY,
                opening_owner=rosa,
            )
            for n in range(number - 1)
        )  # fmt: skip
        counted.append([
            statements(lambda url=url: client.get(url)) for url in urls])  # fmt: skip

    assert counted[0] == counted[1]
    assert max(counted[1]) <= 12
    shown = ask(mia, north, "prospects_targeted").context
    assert (shown["count"], len(shown["rows"])) == (60, 50)
    older = client.get(reverse("team_rows", args=[north.pk]) + shown["page"].older)
    assert len(older.context["rows"]) == 10
