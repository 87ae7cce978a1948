"""Agreements: made by two, ticked off, dropped with a reason, and never seen by strangers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from people.models import Organisation, User
from reviews.models import Agreement, Review
from tests.conftest import As
from tests.factories import NOW, TODAY


def agree(owner: User, by: User, text: str = "Bring the CFO in") -> Agreement:
    return Agreement.make(text=text, owner=owner, due_on=TODAY + timedelta(days=7), by=by, at=NOW)


def test_a_manager_agrees_with_a_rep_and_a_rep_with_their_manager(rosa: User, mia: User) -> None:
    assert agree(rosa, by=mia).agreed_with == mia
    assert agree(rosa, by=rosa).agreed_with == mia


def test_nobody_agrees_for_somebody_they_do_not_lead(rosa: User, otto: User, mia: User) -> None:
    for owner, by in ((otto, mia), (mia, rosa), (rosa, otto)):
        with pytest.raises(ValidationError):
            agree(owner, by=by)


def test_it_is_seen_by_its_owner_and_their_line_only(
    rosa: User, pia: User, otto: User, mia: User, eva: User, ada: User
) -> None:
    agree(rosa, by=mia)
    readers = [u for u in (rosa, pia, otto, mia, eva, ada) if Agreement.objects.visible_to(u)]
    assert readers == [rosa, mia, eva]


def test_a_rep_adds_one_ticks_it_off_and_takes_that_back(rosa: User, as_: type[As]) -> None:
    page = as_.page(rosa)
    form = {"text": "Call the CFO", "owner": rosa.pk, "due_on": "2026-11-27"}
    assert page.post("/agreements/", form).status_code == 302
    agreement = Agreement.objects.get()
    page.post(f"/agreements/{agreement.pk}/completion/")
    assert "Call the CFO" in page.get("/agreements/?view=done").content.decode()
    page.post(f"/agreements/{agreement.pk}/restoration/")
    agreement.refresh_from_db()
    assert agreement.state == "open"


def test_ticking_off_twice_is_told_and_changes_nothing(rosa: User, as_: type[As]) -> None:
    agreement = agree(rosa, by=rosa)
    page = as_.page(rosa)
    page.post(f"/agreements/{agreement.pk}/completion/")
    done_at = Agreement.objects.get().done_at
    answer = page.post(f"/agreements/{agreement.pk}/completion/", follow=True)
    assert "This agreement is done already." in answer.content.decode()
    assert Agreement.objects.get().done_at == done_at


def test_dropping_needs_a_reason(rosa: User, as_: type[As]) -> None:
    agreement = agree(rosa, by=rosa)
    page, url = as_.page(rosa), f"/agreements/{agreement.pk}/drop/"
    assert page.post(url, {"version": 1, "reason": " "}).status_code == 400
    assert page.post(url, {"version": 1, "reason": "The deal is lost"}).status_code == 302
    assert Agreement.objects.get().state == "dropped"


def test_a_stale_drop_is_refused_and_keeps_the_reason(rosa: User, as_: type[As]) -> None:
    agreement = agree(rosa, by=rosa)
    agreement.complete(by=rosa, at=NOW)
    agreement.restore(by=rosa)
    answer = as_.page(rosa).post(
        f"/agreements/{agreement.pk}/drop/", {"version": 1, "reason": "My reason"}
    )
    assert answer.status_code == 412
    assert "My reason" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "x" * 501},
        {"due_on": "31 February"},
        {"due_on": ""},
        {"owner": "999999"},
        {"owner": "somebody"},
        {"text": "nul\x00byte"},
    ],
)
def test_wrong_input_is_told_and_kept(rosa: User, as_: type[As], wrong: dict[str, str]) -> None:
    form = {"text": "Kept text", "owner": str(rosa.pk), "due_on": "2026-11-27"} | wrong
    answer = as_.page(rosa).post("/agreements/", form)
    assert answer.status_code == 400
    if "text" not in wrong:
        assert "Kept text" in answer.content.decode()
    assert not Agreement.objects.exists()


def test_a_strangers_agreement_does_not_exist(rosa: User, otto: User, as_: type[As]) -> None:
    agreement = agree(rosa, by=rosa)
    for place in ("completion", "drop", "restoration"):
        assert as_.page(otto).post(f"/agreements/{agreement.pk}/{place}/").status_code == 404


@pytest.mark.parametrize("size", [3, 30])
def test_the_list_costs_the_same_at_any_size(
    rosa: User, mia: User, as_: type[As], size: int, django_assert_max_num_queries: object
) -> None:
    for n in range(size):
        agree(rosa, by=mia, text=f"Agreement {n}")
    page = as_.page(mia)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert page.get("/agreements/").status_code == 200


def from_review(mia: User, rosa: User, **fields: Any) -> Agreement:
    review = Review.arrange(rosa, NOW + timedelta(hours=1), by=mia, at=NOW)
    review.start(by=mia, at=NOW)
    due = NOW.date() + timedelta(days=9)
    agreement = Agreement.make(
        text="Call the CFO", owner=rosa, due_on=due, by=mia, at=NOW, review=review
    )
    Agreement.objects.filter(pk=agreement.pk).update(**fields)
    return agreement


def test_the_list_says_from_which_1_on_1_it_is_and_how_often_it_was_carried(
    rosa: User, mia: User, as_: type[As]
) -> None:
    agreement = from_review(mia, rosa, carried=2)
    body = as_.page(rosa).get("/agreements/").content.decode()
    assert f'<a href="/reviews/{agreement.review_id}/">1-on-1 of 18 Nov</a>' in body
    assert "Carried 2x" in body


@pytest.mark.parametrize("verb", ["completion", "drop", "restoration"])
def test_what_is_settled_in_a_1_on_1_leads_back_to_it(
    rosa: User, mia: User, otto: User, as_: type[As], verb: str
) -> None:
    agreement = from_review(mia, rosa)
    said = {"review": agreement.review_id, "version": agreement.version, "reason": "No need"}
    answer = as_.page(rosa).post(f"/agreements/{agreement.pk}/{verb}/", said)
    assert answer["Location"] == f"/reviews/{agreement.review_id}/?part=5"
    own = agree(otto, by=otto)
    said = {"review": agreement.review_id, "version": own.version, "reason": "No need"}
    answer = as_.page(otto).post(f"/agreements/{own.pk}/{verb}/", said)
    assert answer["Location"] == "/agreements/"


def test_before_the_start_it_leads_back_to_the_preparing(
    rosa: User, mia: User, as_: type[As]
) -> None:
    review = Review.arrange(rosa, NOW + timedelta(hours=1), by=mia, at=NOW)
    url = f"/agreements/{agree(rosa, by=mia).pk}/completion/"
    answer = as_.page(rosa).post(url, {"review": review.pk})
    assert answer["Location"] == f"/reviews/{review.pk}/"


def test_a_managers_manager_reads_and_does_not_settle(
    rosa: User, mia: User, eva: User, as_: type[As]
) -> None:
    Organisation.current().change(managers_manager_reads_reviews=True)
    agreement = from_review(mia, rosa)
    page = as_.page(eva)
    assert "Call the CFO" not in page.get("/agreements/").content.decode()
    review = Review.objects.get()
    review.close(by=mia, at=NOW)
    body = page.get("/agreements/").content.decode()
    assert "Call the CFO" in body
    assert f"/agreements/{agreement.pk}/completion/" not in body
    assert page.post(f"/agreements/{agreement.pk}/completion/").status_code == 403
