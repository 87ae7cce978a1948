"""Who reads a 1-on-1 by the API: its two people; their manager's manager only where opened."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import Organisation, User
from pipeline.models import Opportunity
from reviews.models import (
    Agreement,
    Review,
    ReviewDecision,
    ReviewNote,
    ReviewPart,
    ReviewPreparation,
    ReviewRead,
    ReviewRemark,
    ReviewSchedule,
)
from reviews.models.deal_decision import Said
from tests.api.conftest import Sends
from tests.conftest import As
from tests.factories import a_deal

SECRET = "Zanzibar"


class Written(NamedTuple):
    """A closed 1-on-1 of rosa and mia with something in each of its places."""

    review: Review
    part: ReviewPart
    remark: ReviewRemark
    agreement: Agreement
    deal: int

    def texts(self) -> list[str]:
        """The addresses that hold its text, one by one."""
        one = f"reviews/{self.review.pk}/"
        return [
            one,
            f"{one}preparation/",
            f"{one}decisions/",
            f"review-parts/{self.part.pk}/",
            f"review-remarks/{self.remark.pk}/",
            f"review-deals/{self.deal}/",
            f"agreements/{self.agreement.pk}/",
        ]

    def lists(self) -> list[str]:
        nouns = ("review-parts", "review-remarks", "review-deals", "agreements")
        return [f"{noun}/?review={self.review.pk}" for noun in nouns]

    def note(self) -> str:
        return f"reviews/{self.review.pk}/note/"


def switch(*, on: bool) -> None:
    Organisation.current().change(managers_manager_reads_reviews=on)


def write(rosa: User, mia: User, now: datetime) -> Written:
    review = Review.arrange(rosa, now + timedelta(hours=1), by=mia, at=now)
    deal = a_deal(rosa, f"{SECRET} rollout", at=now)
    ReviewPreparation.write(review, {"doing": f"{SECRET} first"}, by=rosa, at=now)
    for person in (rosa, mia):
        ReviewNote.write(review, f"{SECRET} of {person.name}", by=person, at=now)
    review.start(by=mia, at=now)
    part = review.parts.get(number=3)
    part.write(f"{SECRET} moved", by=rosa, at=now)
    made = Agreement.make(
        text=f"{SECRET} next", owner=rosa, due_on=now.date(), by=mia, at=now, review=review
    )
    said = Said("leave", f"{SECRET} is left")
    ReviewDecision.make(review, Opportunity.objects.get(pk=deal.pk), said, by=mia, at=now)
    review.refresh_from_db()
    review.close(by=mia, at=now)
    remark = ReviewRemark.add(review, f"{SECRET} again", by=rosa, at=now)
    return Written(review, part, remark, made, review.deals.get().pk)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def written(rosa: User, mia: User, now: datetime) -> Written:
    """Held while the organisation opened nothing."""
    return write(rosa, mia, now)


@pytest.fixture
def opened(rosa: User, mia: User, now: datetime) -> Written:
    """Held under the word that a manager's manager may read it."""
    switch(on=True)
    return write(rosa, mia, now)


def assert_nothing(sender: Sends, written: Written) -> None:
    """Not a word of it, at any address."""
    for path in (*written.texts(), written.note()):
        answer = sender.get(path)
        assert answer.status_code == 404, path
    for path in (*written.lists(), "reviews/", "agreements/", "review-schedules/"):
        answer = sender.get(path)
        assert answer.data["results"] == [], path
        assert SECRET not in answer.content.decode()
    assert not ReviewRead.objects.exists()


def test_the_two_read_all_of_it_and_no_row_is_written(
    rosa: User, mia: User, opened: Written, as_: type[As]
) -> None:
    for person in (rosa, mia):
        sender = Sends(as_.api(person))
        for path in (*opened.texts(), *opened.lists()):
            assert SECRET in sender.get(path).content.decode(), path
    assert not ReviewRead.objects.exists()


@pytest.mark.parametrize("who", ["pia", "otto", "max_", "ada"])
def test_peers_other_managers_and_administrators_read_nothing_even_where_it_is_opened(
    request: pytest.FixtureRequest, opened: Written, as_: type[As], who: str
) -> None:
    person: User = request.getfixturevalue(who)
    assert_nothing(Sends(as_.api(person)), opened)


@pytest.mark.parametrize("who", ["pia", "max_", "eva", "ada"])
def test_others_write_nothing(
    request: pytest.FixtureRequest, written: Written, as_: type[As], who: str
) -> None:
    sender = Sends(as_.api(request.getfixturevalue(who)))
    one = f"reviews/{written.review.pk}/"
    for method, path, body in writes(written, one):
        assert getattr(sender, method)(path, body, version="*").status_code == 404, path
    remark = {"review": written.review.pk, "text": "x"}
    assert sender.post("review-remarks/", remark).status_code == 400


def writes(written: Written, one: str) -> list[tuple[str, str, Any]]:
    step = {"text": "x", "owner": written.review.rep_id, "due_on": "2099-01-01"}
    answer = {"own_probability": 5, "own_probability_reason": "x"}
    return [
        ("put", f"{one}time/", {"scheduled_for": "2099-01-01T09:00:00Z"}),
        ("post", f"{one}excuse/", {"reason": "x"}),
        ("delete", f"{one}excuse/", None),
        ("post", f"{one}start/", None),
        ("put", f"{one}current-part/", {"part": 2}),
        ("post", f"{one}pause/", None),
        ("delete", f"{one}pause/", None),
        ("post", f"{one}consent/", None),
        ("delete", f"{one}consent/", None),
        ("post", f"{one}closing/", None),
        ("patch", f"{one}preparation/", {"doing": "x"}),
        ("patch", f"{one}note/", {"text": "x"}),
        ("post", f"{one}decisions/", {"opportunity": 1, "kind": "leave"}),
        ("patch", f"review-parts/{written.part.pk}/", {"notes": "x"}),
        ("put", f"review-deals/{written.deal}/answer/", answer),
        ("post", f"agreements/{written.agreement.pk}/completion/", None),
        ("delete", f"agreements/{written.agreement.pk}/", None),
        (
            "post",
            f"agreements/{written.agreement.pk}/split/",
            {"review": written.review.pk, "into": [step, step]},
        ),
    ]


def test_an_executive_reads_nothing_where_the_organisation_opens_nothing(
    eva: User, written: Written, as_: type[As]
) -> None:
    assert_nothing(Sends(as_.api(eva)), written)


def test_opening_them_later_opens_nothing_that_was_said_before(
    eva: User, written: Written, as_: type[As]
) -> None:
    switch(on=True)
    assert_nothing(Sends(as_.api(eva)), written)


def test_closing_them_again_ends_it_at_once(eva: User, opened: Written, as_: type[As]) -> None:
    switch(on=False)
    assert_nothing(Sends(as_.api(eva)), opened)


def test_one_that_is_not_closed_is_the_twos_alone(
    rosa: User, mia: User, eva: User, now: datetime, as_: type[As]
) -> None:
    switch(on=True)
    review = Review.arrange(rosa, now + timedelta(hours=1), by=mia, at=now)
    sender = Sends(as_.api(eva))
    assert sender.get(f"reviews/{review.pk}/").status_code == 404
    review.start(by=mia, at=now)
    assert sender.get(f"reviews/{review.pk}/").status_code == 404
    assert sender.get("review-parts/").data["results"] == []


def test_the_managers_manager_reads_an_opened_one_and_each_read_is_noted_before_the_text_is_out(
    rosa: User, mia: User, eva: User, opened: Written, as_: type[As]
) -> None:
    sender = Sends(as_.api(eva))
    for number, path in enumerate((*opened.texts(), *opened.lists()), 1):
        answer = sender.get(path)
        assert SECRET in answer.content.decode(), path
        assert ReviewRead.objects.count() == number, path
    assert {(r.reader_id, r.review_id, r.how) for r in ReviewRead.objects.all()} == {
        (eva.pk, opened.review.pk, "api")
    }
    assert ReviewRead.objects.all()[0].at >= opened.remark.at
    for person in (rosa, mia):
        shown = Sends(as_.api(person)).get(f"reviews/{opened.review.pk}/").json()
        assert {each["reader"] for each in shown["reads"]} == {eva.pk}
        assert len(shown["reads"]) == number
        assert shown["privacy"] == {
            "is_open_upwards": True,
            "managers_manager_reads_reviews": True,
        }


def test_nothing_is_shown_when_the_read_cannot_be_noted(
    eva: User, opened: Written, as_: type[As], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> None:
        raise OSError("The disk is full")

    monkeypatch.setattr(ReviewRead, "note", broken)
    client = as_.api(eva)
    client.raise_request_exception = False
    for path in (*opened.texts(), *opened.lists()):
        answer = Sends(client).get(path)
        assert answer.status_code == 500, path
        assert SECRET not in answer.content.decode(), path


def test_the_list_of_reviews_has_no_text_and_writes_no_row(
    eva: User, opened: Written, as_: type[As]
) -> None:
    answer = Sends(as_.api(eva)).get("reviews/")
    assert [each["id"] for each in answer.data["results"]] == [opened.review.pk]
    assert SECRET not in answer.content.decode()
    assert not ReviewRead.objects.exists()


def test_a_read_of_a_list_is_one_row_a_review_in_few_statements(
    rosa: User, pia: User, mia: User, eva: User, now: datetime, as_: type[As]
) -> None:
    switch(on=True)
    for person in (rosa, pia):
        write(person, mia, now)
    sender = Sends(as_.api(eva))
    sender.get("users/me/")
    nouns = ("review-parts", "review-remarks", "review-deals", "agreements")
    for number, noun in enumerate(nouns, 1):
        with CaptureQueriesContext(connection) as queries:
            assert sender.get(f"{noun}/").status_code == 200
        assert len(queries) <= 5, noun
        assert ReviewRead.objects.count() == number * 2


def test_a_managers_manager_writes_nothing_in_what_they_read(
    eva: User, opened: Written, as_: type[As]
) -> None:
    sender = Sends(as_.api(eva))
    one = f"reviews/{opened.review.pk}/"
    for method, path, body in writes(opened, one):
        for version in ("*", '"999"'):
            answer = getattr(sender, method)(path, body, version=version)
            assert answer.status_code in (400, 403, 404), path
            assert SECRET not in answer.content.decode(), path
    remark = {"review": opened.review.pk, "text": "x"}
    assert sender.post("review-remarks/", remark).status_code == 403
    assert not ReviewRead.objects.exists()


def test_private_notes_are_their_authors_alone(
    rosa: User, mia: User, eva: User, ada: User, opened: Written, as_: type[As]
) -> None:
    for person in (rosa, mia):
        assert Sends(as_.api(person)).get(opened.note()).data["text"] == f"{SECRET} of {person}"
    for person in (eva, ada):
        sender = Sends(as_.api(person))
        assert sender.get(opened.note()).status_code == 404
        assert sender.patch(opened.note(), {"text": "x"}, version="*").status_code == 404
    everywhere = [*opened.texts(), *opened.lists(), "reviews/"]
    for person in (rosa, mia, eva):
        sender = Sends(as_.api(person))
        for path in everywhere:
            assert f"{SECRET} of" not in sender.get(path).content.decode(), path


def test_a_token_that_only_reads_reads_and_writes_nothing(
    rosa: User, opened: Written, as_: type[As]
) -> None:
    sender = Sends(as_.api(rosa, "read"))
    for path in (*opened.texts(), *opened.lists(), opened.note(), "review-counts/"):
        assert sender.get(path).status_code == 200, path
    for method, path, body in writes(opened, f"reviews/{opened.review.pk}/"):
        assert getattr(sender, method)(path, body, version="*").status_code == 403, path
    for noun in ("reviews", "review-schedules", "review-remarks"):
        assert sender.post(f"{noun}/", {}).status_code == 403


def test_a_rhythm_is_known_to_the_two(
    rosa: User, mia: User, pia: User, eva: User, ada: User, now: datetime, as_: type[As]
) -> None:
    schedule = ReviewSchedule.set_up(rosa, by=mia, at=now)
    path = f"review-schedules/{schedule.pk}/"
    codes = [Sends(as_.api(u)).get(path).status_code for u in (rosa, mia, pia, eva, ada)]
    assert codes == [200, 200, 404, 404, 404]


def test_counts_are_the_lines_and_hold_no_text(
    pia: User, max_: User, eva: User, ada: User, written: Written, as_: type[As]
) -> None:
    found = {u.name: Sends(as_.api(u)).get("review-counts/") for u in (pia, max_, eva, ada)}
    counted = {name: len(answer.data["results"]) for name, answer in found.items()}
    assert counted == {
        "Pia Peer": 0,
        "Max Manager": 0,
        "Eva Executive": 1,
        "Ada Administrator": 0,
    }
    assert SECRET not in found["Eva Executive"].content.decode()


def test_only_administrators_open_them(mia: User, eva: User, ada: User, as_: type[As]) -> None:
    said = {"managers_manager_reads_reviews": True}
    for person in (mia, eva):
        sender = Sends(as_.api(person))
        assert sender.patch("organisation/", said, version="*").status_code == 403
    opened = Sends(as_.api(ada)).patch("organisation/", said, version="*")
    assert opened.data["managers_manager_reads_reviews"] is True
