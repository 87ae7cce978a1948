"""The pages of the playbook, and where its material shows on other pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import User
from playbook.models import Differentiator, IcpCriterion, Priority, Question
from reviews.models import Review
from tests.factories import (
    NOW,
    a_call,
    a_criterion,
    a_deal,
    a_differentiator,
    a_plan,
    a_priority,
    a_product,
    a_question,
    a_stage,
    an_account,
)

MAKE: dict[str, Callable[..., Any]] = {
    "differentiators": a_differentiator,
    "questions": a_question,
    "icp-criteria": a_criterion,
    "priorities": a_priority,
}
FORMS: dict[str, dict[str, str]] = {
    "differentiators": {"text": "Live in a week", "product": "", "proof": ""},
    "questions": {"text": "Who signs?", "situation": "plan", "stage": ""},
    "icp-criteria": {
        "name": "Region", "fact": "location", "condition": "one_of", "why": "We are there",
        "texts": "Germany\nAustria\n", "least": "", "most": "", "weight": "8",
    },
    "priorities": {
        "title": "Renewals", "product": "", "reason": "They go", "first_day": "2026-11-01",
        "last_day": "",
    },
}  # fmt: skip
MODELS: dict[str, Any] = {
    "differentiators": Differentiator,
    "questions": Question,
    "icp-criteria": IcpCriterion,
    "priorities": Priority,
}


@pytest.fixture
def page(as_: Any, ada: User) -> Client:
    client: Client = as_.page(ada)
    return client


def html(client: Client, url: str) -> str:
    return client.get(url, follow=True).content.decode()


def statements(client: Client, url: str) -> int:
    client.get(url)  # notes what is worked out once a day
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("kind", FORMS)
def test_an_administrator_writes_changes_retires_and_restores(page: Client, kind: str) -> None:
    url, model, name = f"/playbook/{kind}/", MODELS[kind], next(iter(FORMS[kind]))
    assert page.post(f"{url}new/", FORMS[kind]).status_code == 302
    piece = model.objects.get()
    changed = {**FORMS[kind], name: "In other words", "version": "1"}
    assert page.post(f"{url}{piece.pk}/", changed).status_code == 302
    assert "In other words" in html(page, url)
    stale = page.post(f"{url}{piece.pk}/", {**FORMS[kind], name: "Mine", "version": "1"})
    assert stale.status_code == 412
    assert all(each in stale.content.decode() for each in ("Mine", "In other words"))
    assert page.post(f"{url}{piece.pk}/retirement/", {"version": "1"}).status_code == 412
    assert page.post(f"{url}{piece.pk}/retirement/", {"version": "2"}).status_code == 302
    piece.refresh_from_db()
    assert not piece.is_active
    assert "1 retired" in html(page, url)
    page.post(f"{url}{piece.pk}/restoration/")
    page.post(f"{url}{piece.pk}/restoration/")
    piece.refresh_from_db()
    assert piece.is_active


@pytest.mark.parametrize("kind", FORMS)
def test_what_was_typed_is_kept_when_it_is_refused(page: Client, kind: str) -> None:
    name = next(iter(FORMS[kind]))
    answer = page.post(f"/playbook/{kind}/new/", {**FORMS[kind], name: "!!!"})
    assert answer.status_code == 400
    assert answer.context["form"][name].value() == "!!!"
    assert "Write it in words." in answer.content.decode()
    assert page.get(f"/playbook/{kind}/999999/").status_code == 404


@pytest.mark.parametrize("kind", FORMS)
def test_everybody_reads_and_only_administrators_see_how_to_change(
    as_: Any, rosa: User, page: Client, kind: str
) -> None:
    piece = MAKE[kind]("Said of it")
    url = f"/playbook/{kind}/"
    read, written = html(as_.page(rosa), url), html(page, url)
    assert "Said of it" in read
    for link in (f"{url}new/", f"{url}{piece.pk}/", "/imports/new/"):
        assert (f'href="{link}' in read, f'href="{link}' in written) == (False, True), link
    assert as_.page(rosa).get(f"{url}{piece.pk}/").status_code == 403


@pytest.mark.parametrize("kind", FORMS)
def test_a_page_takes_the_same_statements_however_long(page: Client, kind: str) -> None:
    def make(numbers: range) -> int:
        for n in numbers:
            about = {"stage": a_stage(1 + n % 4)} if kind == "questions" else {}
            about |= {"product": a_product(f"P{n}")} if kind == "differentiators" else {}
            MAKE[kind](f"Number {n}", **about)
        return statements(page, f"/playbook/{kind}/")

    assert make(range(3)) == make(range(3, 30)) <= 12


def test_pieces_move_up_and_down_among_those_for_the_same(page: Client) -> None:
    first, second = a_differentiator("First"), a_differentiator("Second")
    url = f"/playbook/differentiators/{second.pk}/position/"
    assert page.post(url, {"position": "1"}).status_code == 302
    assert list(first.peers()) == [second, first]
    for wrong in ("", "-1", "x", "9" * 30):
        assert page.post(url, {"position": wrong}).status_code == 302
    assert list(first.peers()) == [second, first]


def test_a_piece_says_how_often_it_was_used_and_what_nobody_uses(page: Client) -> None:
    a_question("Old?", at=timezone.now() - timedelta(days=90))
    used = a_question("Used?", at=timezone.now())
    Question.objects.filter(pk=used.pk).update(uses=3, last_used_on="2026-11-03")
    shown = html(page, "/playbook/questions/")
    assert "Used 3 times, last on 3 Nov 2026" in shown
    assert shown.count("Not used in 90 days") == 1


def test_a_search_finds_words(page: Client) -> None:
    a_question("Who signs?")
    a_question("Why now?")
    shown = html(page, "/playbook/questions/?q=SIGNS")
    assert ("Who signs?" in shown, "Why now?" in shown) == (True, False)
    assert "Nothing matches" in html(page, "/playbook/questions/?q=zebra")


def test_the_playbook_begins_with_what_sets_us_apart(as_: Any, rosa: User) -> None:
    shown = html(as_.page(rosa), "/playbook/")
    assert "Nothing here yet" in shown
    assert 'href="/playbook/" aria-current="page"' in shown


# On other pages.


def test_an_account_shows_its_fit_with_the_reasons(as_: Any, rosa: User) -> None:
    acme = an_account(owner=rosa, employees=60)
    assert "fit-head" not in html(as_.page(rosa), f"/accounts/{acme.pk}/")
    a_criterion("Mid-sized", weight=7)
    a_criterion("Has a parent", fact="parent", condition="known", weight=2)
    a_criterion("Old", fact="year_established", condition="at_most", most=1990)
    shown = html(as_.page(rosa), f"/accounts/{acme.pk}/")
    assert "Fit 78 %" in shown
    assert "1 criterion is left out as not known" in shown
    assert "Employees: 60. Wanted: at least 50. Weight 7." in shown
    assert "78 %" in html(as_.page(rosa), "/accounts/")


def test_priorities_show_on_today_three_at_most(as_: Any, rosa: User) -> None:
    assert "Company priorities" not in html(as_.page(rosa), "/")
    for n in range(4):
        a_priority(f"Push {n}", first_day="2020-01-01")
    shown = html(as_.page(rosa), "/")
    assert [f"Push {n}" in shown for n in range(4)] == [True, True, True, False]


def test_a_deal_shows_the_priority_that_it_serves(as_: Any, rosa: User) -> None:
    platform = a_product()
    a_priority("Push the platform", product=platform, first_day="2020-01-01")
    served, other = a_deal(rosa, product=platform), a_deal(rosa, "Other")
    shown = [html(as_.page(rosa), f"/opportunities/{deal.pk}/") for deal in (served, other)]
    assert ["Push the platform" in each for each in shown] == [True, False]


@pytest.mark.parametrize("who", ["rosa", "mia"])
def test_priorities_cost_today_and_a_deal_no_statement(
    request: pytest.FixtureRequest, as_: Any, rosa: User, mia: User, who: str
) -> None:
    client = as_.page(request.getfixturevalue(who))
    deal = a_deal(rosa)
    urls = ("/", f"/opportunities/{deal.pk}/")
    before = [statements(client, url) for url in urls]
    for n in range(5):
        a_priority(f"Push {n}", first_day="2020-01-01")
    assert [statements(client, url) for url in urls] == before
    assert max(before) <= 12


def test_an_inspection_offers_questions_below_the_comment(as_: Any, mia: User, rosa: User) -> None:
    a_question("What if they say no?", situation="inspection")
    plan = a_plan(a_call(rosa, timezone.now() + timedelta(days=1)), at=timezone.now())
    url = f"/inspections/?plan={plan.pk}"
    asked = 'data-ask="id_comment">What if they say no?'
    assert asked not in html(as_.page(mia), url)
    assert asked in html(as_.page(mia), f"{url}&answer=talk")
    assert statements(as_.page(mia), f"{url}&answer=change") <= 12


def test_a_1_on_1_offers_its_manager_questions(as_: Any, mia: User, rosa: User) -> None:
    a_question("What did you learn?", situation="review")
    review = Review.arrange(rosa, NOW, by=mia, at=NOW)
    review.start(by=mia, at=NOW)
    url = f"/reviews/{review.pk}/?part=3"
    asked = 'data-ask="reviewpart_notes">What did you learn?'
    assert asked in html(as_.page(mia), url)
    assert asked not in html(as_.page(rosa), url)
    for part in range(1, 6):
        assert statements(as_.page(mia), f"/reviews/{review.pk}/?part={part}") <= 12
