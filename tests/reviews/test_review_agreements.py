"""What is agreed in a 1-on-1 comes back until it is done; after three times it is settled."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from lib.versions import Stale
from people.models import Organisation, User
from reviews.models import Agreement, Review
from reviews.models.agreement import NextStep
from reviews.review_page import ReviewPage
from tests.factories import NOW, TODAY

DAY, MONTH = timedelta(days=1), timedelta(days=28)


def begin(rep: User, at: datetime = NOW) -> Review:
    """A 1-on-1 with their manager, running."""
    manager = rep.reports_to
    assert manager
    review = Review.arrange(rep, at, by=manager, at=at)
    review.start(by=manager, at=at)
    return Review.objects.get(pk=review.pk)


def close(review: Review, at: datetime = NOW) -> None:
    review = Review.objects.get(pk=review.pk)
    review.close(by=review.manager, at=at)


def agree(review: Review, owner: User, by: User, text: str = "Send it", days: int = 7) -> Agreement:
    due_on = (review.day or TODAY) + days * DAY
    return Agreement.make(text=text, owner=owner, due_on=due_on, by=by, at=NOW, review=review)


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)


def page_of(review: Review, user: User, now: datetime = NOW) -> ReviewPage:
    return ReviewPage(Review.objects.get(pk=review.pk), user, now)


def an_old_one(owner: User, by: User, times: int) -> tuple[Agreement, list[Review]]:
    """Agreed in a first review, and brought to so many more, each closed."""
    review = begin(owner if owner.reports_to else by)
    agreement = agree(review, owner, by)
    reviews = [review]
    for n in range(1, times + 1):
        close(review, NOW + (n - 1) * MONTH)
        review = begin(review.rep, NOW + n * MONTH)
        reviews.append(review)
    return fresh(agreement), reviews


# Agreed.


@pytest.mark.parametrize("owner", ["rosa", "mia"])
@pytest.mark.parametrize("by", ["rosa", "mia"])
def test_each_of_the_two_writes_for_either(rosa: User, mia: User, owner: str, by: str) -> None:
    two = {"rosa": rosa, "mia": mia}
    made = agree(begin(rosa), two[owner], two[by])
    other = mia if owner == "rosa" else rosa
    assert (made.owner, made.agreed_with, made.state) == (two[owner], other, "open")


def test_nobody_else_owns_one_and_nobody_else_writes(
    rosa: User, pia: User, mia: User, eva: User, max_: User
) -> None:
    review = begin(rosa)
    for owner in (pia, eva, max_):
        with pytest.raises(ValidationError) as wrong:
            agree(review, owner, mia)
        assert "owner" in wrong.value.message_dict
    for by in (pia, eva, max_):
        with pytest.raises(PermissionDenied):
            agree(review, rosa, by)
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": "x" * 501}, {"due_on": None}])
def test_it_needs_words_and_a_date(rosa: User, mia: User, wrong: dict[str, Any]) -> None:
    review = begin(rosa)
    said: dict[str, Any] = {"text": "Send it", "due_on": TODAY} | wrong
    with pytest.raises(ValidationError):
        Agreement.make(owner=rosa, by=mia, at=NOW, review=review, **said)
    assert Review.objects.get().version == review.version


def test_it_is_taken_out_only_while_its_review_runs(rosa: User, mia: User, eva: User) -> None:
    review = begin(rosa)
    first, second = agree(review, rosa, mia), agree(review, mia, rosa)
    with pytest.raises(PermissionDenied):
        first.remove(by=eva)
    with pytest.raises(Stale):
        first.remove(by=rosa, version=7)
    first.remove(by=rosa, version=1)
    close(review)
    with pytest.raises(ValidationError):
        fresh(second).remove(by=mia)
    alone = Agreement.make(text="Read", owner=rosa, due_on=TODAY, by=rosa, at=NOW)
    with pytest.raises(ValidationError):
        alone.remove(by=rosa)
    assert set(Agreement.objects.all()) == {second, alone}


# Carried.


def test_it_is_carried_once_more_with_every_review_that_begins(rosa: User, mia: User) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=3)
    assert agreement.carried == 3
    counts = [page_of(review, rosa).times_carried(agreement) for review in reviews]
    assert counts == [0, 1, 2, 3]
    assert [each.text for each in page_of(reviews[0], mia).agreed] == ["Send it"]
    assert [len(page_of(review, mia).carried) for review in reviews] == [0, 1, 1, 1]


def test_before_the_start_it_is_counted_as_it_will_be_then(rosa: User, mia: User) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=1)
    at = NOW + 2 * MONTH
    close(reviews[-1], NOW + MONTH)
    draft = Review.arrange(rosa, at, by=mia, at=NOW + MONTH)
    early = page_of(draft, rosa, at - DAY)
    assert [early.times_carried(each) for each in early.carried] == [2]
    draft.start(by=mia, at=at)
    assert page_of(draft, rosa, at).times_carried(fresh(agreement)) == 2


def test_what_is_not_due_yet_is_not_carried(rosa: User, mia: User) -> None:
    review = begin(rosa)
    due, later = agree(review, rosa, mia, "Due", 28), agree(review, rosa, mia, "Later", 29)
    close(review)
    following = begin(rosa, NOW + MONTH)
    assert [fresh(due).carried, fresh(later).carried] == [1, 0]
    page = page_of(following, mia, NOW + MONTH)
    assert [[each.text for each in each_list] for each_list in (page.carried, page.coming)] == [
        ["Due"],
        ["Later"],
    ]


def test_what_is_settled_is_not_carried(rosa: User, mia: User) -> None:
    review = begin(rosa)
    done, dropped = agree(review, rosa, mia, "Done"), agree(review, mia, rosa, "Dropped")
    close(review)
    done.complete(by=rosa, at=NOW + DAY)
    dropped.drop(reason="The deal is lost", by=rosa, at=NOW + DAY)
    following = begin(rosa, NOW + MONTH)
    assert [fresh(each).carried for each in (done, dropped)] == [0, 0]
    page = page_of(following, mia, NOW + MONTH)
    assert (page.carried, following.brought) == ([], {})


def test_what_was_done_since_the_last_one_is_seen_before_the_next(rosa: User, mia: User) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=0)
    close(reviews[0])
    agreement.complete(by=rosa, at=NOW + DAY)
    draft = Review.arrange(rosa, NOW + MONTH, by=mia, at=NOW)
    page = page_of(draft, mia, NOW + MONTH)
    assert [(each.text, each.state) for each in page.carried] == [("Send it", "done")]
    assert page.times_carried(page.carried[0]) == 0


def test_only_what_the_two_agreed_is_carried(rosa: User, pia: User, mia: User, eva: User) -> None:
    """Wherever they did: in a 1-on-1, or between two of them."""
    Agreement.make(text="Read", owner=rosa, due_on=TODAY - DAY, by=mia, at=NOW - MONTH)
    Agreement.make(text="Pia's", owner=pia, due_on=TODAY - DAY, by=mia, at=NOW - MONTH)
    Agreement.make(text="Eva's", owner=rosa, due_on=TODAY - DAY, by=eva, at=NOW - MONTH)
    review = begin(rosa)
    assert [each.text for each in page_of(review, mia).carried] == ["Read"]
    carried = dict(Agreement.objects.values_list("text", "carried"))
    assert carried == {"Read": 1, "Pia's": 0, "Eva's": 0}


def test_the_count_of_an_old_review_stays(rosa: User, mia: User) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=2)
    agreement.complete(by=rosa, at=NOW + 3 * MONTH)
    counts = [page_of(review, mia).times_carried(fresh(agreement)) for review in reviews]
    assert counts == [0, 1, 2]
    assert [len(page_of(review, mia).carried) for review in reviews[1:]] == [1, 1]


def test_those_carried_most_come_first(rosa: User, mia: User) -> None:
    _, reviews = an_old_one(rosa, mia, times=1)
    agree(reviews[-1], mia, rosa, "Newer", 1)
    close(reviews[-1], NOW + MONTH)
    page = page_of(begin(rosa, NOW + 2 * MONTH), mia, NOW + 2 * MONTH)
    told = [(each.text, page.times_carried(each)) for each in page.carried]
    assert told == [("Send it", 2), ("Newer", 1)]


# Carried three times.


def test_what_was_carried_three_times_keeps_the_review_open(rosa: User, mia: User) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=3)
    review, at = reviews[-1], NOW + 3 * MONTH
    assert agreement.must_be_settled
    review.agree(by=rosa, at=at)
    for verb in (review.close, review.agree):
        with pytest.raises(ValidationError, match="Send it"):
            verb(by=mia, at=at)
    review.refresh_from_db()
    assert (review.state, review.has_agreed(mia)) == ("running", False)
    assert not review.snapshots.exists()


@pytest.mark.parametrize("times", [1, 2])
def test_until_then_it_may_be_carried_again(rosa: User, mia: User, times: int) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=times)
    assert not agreement.must_be_settled
    close(reviews[-1], NOW + times * MONTH)


@pytest.mark.parametrize("how", ["drop", "split", "done"])
@pytest.mark.parametrize("owner", ["rosa", "mia"])
def test_once_it_is_settled_the_review_closes(rosa: User, mia: User, how: str, owner: str) -> None:
    whose = {"rosa": rosa, "mia": mia}[owner]
    agreement, reviews = an_old_one(rosa, mia, times=0)
    Agreement.objects.update(owner=whose, agreed_with=mia if whose == rosa else rosa)
    for n in range(1, 4):
        close(reviews[-1], NOW + (n - 1) * MONTH)
        reviews.append(begin(rosa, NOW + n * MONTH))
    agreement, review, at = fresh(agreement), reviews[-1], NOW + 3 * MONTH
    settle(agreement, how, review, mia, at)
    close(review, at)
    assert Review.objects.get(pk=review.pk).state == "closed"
    following = begin(rosa, at + MONTH)
    again = {each.text for each in page_of(following, rosa, at + MONTH).carried}
    assert again == ({"Draft it", "Send the draft"} if how == "split" else set())


def settle(agreement: Agreement, how: str, review: Review, by: User, at: datetime) -> None:
    if how == "drop":
        agreement.drop(reason="It no longer matters", by=by, at=at)
    elif how == "done":
        agreement.complete(by=by, at=at)
    else:
        agreement.split(smaller(review), review=review, by=by, at=at)


def smaller(review: Review, due: timedelta = DAY) -> list[NextStep]:
    on = (review.day or TODAY) + due
    return [NextStep("Draft it", review.rep, on), NextStep("Send the draft", review.manager, on)]


def test_what_a_review_itself_agrees_never_keeps_it_open(rosa: User, mia: User) -> None:
    review = begin(rosa)
    agree(review, rosa, mia)
    Agreement.objects.update(carried=5)
    close(review)


# Split.


def test_splitting_drops_it_for_smaller_ones(rosa: User, mia: User) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=1)
    made = agreement.split(smaller(reviews[-1]), review=reviews[-1], by=rosa, at=NOW, version=2)
    agreement = fresh(agreement)
    assert (agreement.state, agreement.dropped_reason) == (
        "dropped",
        "Split into: Draft it · Send the draft",
    )
    assert set(agreement.split_into.all()) == set(made)
    assert {(each.owner, each.carried, each.review) for each in made} == {
        (rosa, 0, reviews[-1]),
        (mia, 0, reviews[-1]),
    }


def test_splitting_is_into_two_at_least_and_on_what_was_read(rosa: User, mia: User) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=1)
    said: dict[str, Any] = {"review": reviews[-1], "by": mia, "at": NOW}
    steps = smaller(reviews[-1])
    for wrong in (steps[:1], [], [steps[0], NextStep(" ", mia, TODAY)]):
        with pytest.raises(ValidationError):
            agreement.split(wrong, **said)
    with pytest.raises(Stale):
        agreement.split(steps, version=1, **said)
    assert Agreement.objects.count() == 1
    fresh(agreement).split(steps, **said)
    with pytest.raises(ValidationError):
        fresh(agreement).split(steps, **said)
    assert Agreement.objects.count() == 3


def test_splitting_is_for_the_two_in_their_running_review(
    rosa: User, pia: User, mia: User, eva: User
) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=1)
    other = begin(pia, NOW + MONTH)
    with pytest.raises(ValidationError):
        agreement.split(smaller(other), review=other, by=mia, at=NOW)
    with pytest.raises(PermissionDenied):
        agreement.split(smaller(reviews[-1]), review=reviews[-1], by=eva, at=NOW)
    close(reviews[-1], NOW + MONTH)
    with pytest.raises(ValidationError):
        agreement.split(smaller(reviews[-1]), review=reviews[-1], by=mia, at=NOW)
    assert fresh(agreement).state == "open"


# Settled.


@pytest.mark.parametrize("who", ["rosa", "mia"])
def test_either_settles_it_and_takes_that_back(rosa: User, mia: User, who: str) -> None:
    by = {"rosa": rosa, "mia": mia}[who]
    agreement, reviews = an_old_one(rosa, mia, times=0)
    close(reviews[0])
    agreement.complete(by=by, at=NOW)
    with pytest.raises(ValidationError):
        fresh(agreement).drop(reason="Too late", by=by, at=NOW)
    fresh(agreement).restore(by=by)
    fresh(agreement).drop(reason="The deal is lost", by=by, at=NOW)
    assert (fresh(agreement).state, fresh(agreement).done_at) == ("dropped", None)
    fresh(agreement).restore(by=by)
    assert (fresh(agreement).state, fresh(agreement).dropped_reason) == ("open", "")


def test_who_only_reads_it_settles_nothing(rosa: User, pia: User, mia: User, eva: User) -> None:
    Organisation.current().change(managers_manager_reads_reviews=True)
    agreement, reviews = an_old_one(rosa, mia, times=0)
    close(reviews[0])
    assert agreement in Agreement.objects.visible_to(eva)
    for by in (eva, pia):
        with pytest.raises(PermissionDenied):
            agreement.complete(by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            agreement.drop(reason="No", by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            agreement.restore(by=by)
    assert fresh(agreement).version == agreement.version


# Seen.


def readers(agreement: Agreement, *people: User) -> list[User]:
    return [user for user in people if agreement in Agreement.objects.visible_to(user)]


def test_it_is_seen_by_the_two_only(
    rosa: User, pia: User, otto: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    agreement, reviews = an_old_one(rosa, mia, times=0)
    everybody = (rosa, pia, otto, mia, max_, eva, ada)
    assert readers(agreement, *everybody) == [rosa, mia]
    close(reviews[0])
    assert readers(agreement, *everybody) == [rosa, mia]


def test_the_managers_manager_sees_it_where_that_is_open_and_it_is_closed(
    rosa: User, pia: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    before, reviews = an_old_one(rosa, mia, times=0)
    close(reviews[0])
    organisation = Organisation.current()
    organisation.change(managers_manager_reads_reviews=True)
    review = begin(rosa, NOW + MONTH)
    agreement = agree(review, rosa, mia, "Open")
    everybody = (rosa, pia, mia, max_, eva, ada)
    assert readers(agreement, *everybody) == [rosa, mia]
    close(review, NOW + MONTH)
    assert readers(agreement, *everybody) == [rosa, mia, eva]
    assert readers(before, *everybody) == [rosa, mia]  # it was held under another word
    Organisation.current().change(managers_manager_reads_reviews=False)
    assert readers(agreement, *everybody) == [rosa, mia]


def test_whoever_reads_a_review_reads_only_its_own_agreements(
    rosa: User, mia: User, eva: User
) -> None:
    hidden, reviews = an_old_one(rosa, mia, times=0)
    close(reviews[0])
    Organisation.current().change(managers_manager_reads_reviews=True)
    review = begin(rosa, NOW + MONTH)
    agree(review, rosa, mia, "Open")
    close(review, NOW + MONTH)
    page = page_of(review, eva, NOW + MONTH)
    assert ([each.text for each in page.agreed], page.carried) == (["Open"], [])
    assert hidden in page_of(review, rosa, NOW + MONTH).carried
