"""A 1-on-1: begun by the manager, timed, agreed by both, and never changed after that."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from lib.versions import Stale
from people.models import Organisation, Team, User
from pipeline.models import Opportunity
from reviews.models import (
    Agreement,
    Review,
    ReviewDeal,
    ReviewDecision,
    ReviewNote,
    ReviewPart,
    ReviewPreparation,
    ReviewRemark,
)
from reviews.models.deal_decision import Said
from reviews.models.review_time_change import ReviewTimeChange
from tests.factories import NOW, TODAY, a_deal

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def arranged(rosa: User, mia: User, when: datetime = NOW) -> Review:
    return Review.arrange(rosa, when, by=mia, at=NOW - DAY)


def running(rosa: User, mia: User, at: datetime = NOW) -> Review:
    review = Review.arrange(rosa, at, by=mia, at=at)
    review.start(by=mia, at=at)
    return review


def closed(rosa: User, mia: User, at: datetime = NOW) -> Review:
    review = running(rosa, mia, at)
    review.close(by=mia, at=at + 30 * MINUTE)
    return review


def fresh(review: Review) -> Review:
    return Review.objects.get(pk=review.pk)


def minutes(count: int) -> datetime:
    return NOW + count * MINUTE


def seconds_of_parts(review: Review) -> list[int]:
    return list(review.parts.order_by("number").values_list("seconds", flat=True))


# Arranged.


def test_only_the_manager_to_whom_somebody_reports_arranges_one(
    rosa: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    assert arranged(rosa, mia).state == "scheduled"
    for by in (rosa, max_, eva, ada):
        with pytest.raises(PermissionDenied):
            Review.arrange(rosa, NOW, by=by, at=NOW)


def test_a_time_long_past_is_refused(rosa: User, mia: User) -> None:
    with pytest.raises(ValidationError):
        Review.arrange(rosa, NOW - 3 * DAY, by=mia, at=NOW)
    review = arranged(rosa, mia)
    with pytest.raises(ValidationError):
        review.reschedule(NOW - 3 * DAY, by=mia, at=NOW)
    assert fresh(review).scheduled_for == NOW


@pytest.mark.parametrize("who", ["rosa", "mia"])
def test_either_reschedules_and_a_row_tells_of_it(rosa: User, mia: User, who: str) -> None:
    review, by = arranged(rosa, mia), {"rosa": rosa, "mia": mia}[who]
    to = datetime(2026, 11, 23, 15, tzinfo=UTC)  # a Monday
    review.reschedule(to, by=by, at=NOW, version=review.version)
    told = ReviewTimeChange.objects.get()
    assert (told.review, told.by, told.at) == (review, by, NOW)
    assert (told.from_time, told.to_time) == (NOW, to)
    assert fresh(review).opens_at == to - 3 * DAY


def test_rescheduling_is_for_the_two_and_on_what_was_read(
    rosa: User, mia: User, pia: User, eva: User
) -> None:
    review = arranged(rosa, mia)
    for by in (pia, eva):
        with pytest.raises(PermissionDenied):
            review.reschedule(NOW + DAY, by=by, at=NOW)
    review.reschedule(NOW + DAY, by=rosa, at=NOW, version=1)
    with pytest.raises(Stale):
        review.reschedule(NOW + 2 * DAY, by=mia, at=NOW, version=1)
    assert ReviewTimeChange.objects.count() == 1


def test_the_manager_excuses_it_with_a_reason_and_takes_that_back(rosa: User, mia: User) -> None:
    review = arranged(rosa, mia)
    with pytest.raises(PermissionDenied):
        review.excuse_it("No time", by=rosa, at=NOW)
    for reason in (" ", "x" * 501):
        with pytest.raises(ValidationError):
            review.excuse_it(reason, by=mia, at=NOW)
    review.excuse_it(" A fair ", by=mia, at=NOW)
    assert (review.state, review.excuse, review.excused_by) == ("excused", "A fair", mia)
    refused: list[Callable[[], None]] = [
        lambda: review.start(by=mia, at=NOW),
        lambda: review.reschedule(NOW + DAY, by=mia, at=NOW),
        lambda: review.excuse_it("Again", by=mia, at=NOW),
    ]
    for verb in refused:
        with pytest.raises(ValidationError):
            verb()
    with pytest.raises(PermissionDenied):
        review.restore(by=rosa)
    review.restore(by=mia)
    assert (fresh(review).state, fresh(review).excuse) == ("scheduled", "")
    with pytest.raises(ValidationError):
        review.restore(by=mia)


# Prepared.


def prepare(review: Review, by: User, at: datetime, **answers: str) -> ReviewPreparation:
    return ReviewPreparation.write(review, answers or {"doing": "A plan"}, by=by, at=at)


def test_the_rep_prepares_from_a_working_day_before_until_it_begins(rosa: User, mia: User) -> None:
    monday = datetime(2026, 11, 23, 10, tzinfo=UTC)
    review = arranged(rosa, mia, monday)
    with pytest.raises(ValidationError):
        prepare(review, rosa, monday - 3 * DAY - MINUTE)
    assert not ReviewPreparation.objects.exists()
    prepare(review, rosa, monday - 3 * DAY, in_the_way="Legal")
    prepare(review, rosa, monday, doing="Call them")
    review.start(by=mia, at=monday)
    with pytest.raises(ValidationError):
        prepare(review, rosa, monday + MINUTE, help_needed="Join me")
    said = ReviewPreparation.objects.get()
    assert [answer for _, answer in said.answers] == ["Legal", "Call them"]


def test_nobody_else_prepares(rosa: User, mia: User, pia: User, eva: User) -> None:
    review = arranged(rosa, mia)
    for by in (mia, pia, eva):
        with pytest.raises(PermissionDenied):
            prepare(review, by, NOW)
    review.excuse_it("A fair", by=mia, at=NOW)
    with pytest.raises(ValidationError):
        prepare(review, rosa, NOW)


def test_preparing_on_an_older_version_is_told(rosa: User, mia: User) -> None:
    review = arranged(rosa, mia)
    first = prepare(review, rosa, NOW)
    answers = {"doing": "Another plan"}
    ReviewPreparation.write(review, answers, by=rosa, at=NOW, version=first.version)
    with pytest.raises(Stale):
        ReviewPreparation.write(
            review, {"doing": "Mine"}, by=rosa, at=NOW, version=first.version - 1
        )
    same = ReviewPreparation.write(review, answers, by=rosa, at=NOW, version=1)
    assert same.doing == "Another plan"


def test_a_private_note_is_its_authors_and_nobody_elses(
    rosa: User, mia: User, eva: User, ada: User
) -> None:
    Organisation.current().change(managers_manager_reads_reviews=True)
    review = arranged(rosa, mia)
    ReviewNote.write(review, "Ask about Berlin", by=mia, at=NOW)
    ReviewNote.write(review, "Ask for a raise", by=rosa, at=NOW)
    for by in (eva, ada):
        with pytest.raises(PermissionDenied):
            ReviewNote.write(review, "Mine", by=by, at=NOW)
    review.start(by=mia, at=NOW)
    review.close(by=mia, at=NOW)
    ReviewNote.write(review, "He was late", by=mia, at=NOW + DAY)
    read = {user.name: [n.text for n in ReviewNote.objects.visible_to(user)] for user in (
        rosa, mia, eva, ada)}  # fmt: skip
    assert read == {
        rosa.name: ["Ask for a raise"],
        mia.name: ["He was late"],
        eva.name: [],
        ada.name: [],
    }


# Begun.


def test_only_the_manager_begins_it_and_the_facts_are_kept(
    rosa: User, mia: User, eva: User, ada: User
) -> None:
    a_deal(rosa, "Globex", at=NOW - DAY)
    review = arranged(rosa, mia)
    for by in (rosa, eva, ada):
        with pytest.raises(PermissionDenied):
            review.start(by=by, at=NOW)
    assert not fresh(review).started_at
    review.start(by=mia, at=NOW)
    review = fresh(review)
    assert (review.state, review.since, review.day) == ("running", NOW - 30 * DAY, TODAY)
    assert (review.since_day, review.previous) == (TODAY - 30 * DAY, None)
    assert [part.number for part in review.parts.all()] == [1, 2, 3, 4, 5]
    assert [deal.name for deal in review.deals.all()] == ["Globex"]
    assert review.status


def test_begun_twice_it_has_begun_once(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    a_deal(rosa, at=NOW)
    review.start(by=mia, at=minutes(3))
    assert fresh(review).started_at == NOW
    assert not review.deals.exists()
    assert review.parts.count() == 5


def test_one_of_a_pair_runs_at_a_time(rosa: User, pia: User, mia: User) -> None:
    review = running(rosa, mia)
    other = arranged(rosa, mia, NOW + DAY)
    with pytest.raises(ValidationError):
        other.start(by=mia, at=NOW)
    assert fresh(other).state == "scheduled"
    assert running(pia, mia).state == "running"
    review.close(by=mia, at=NOW)
    other.start(by=mia, at=NOW + DAY)
    assert other.previous == review


def test_it_is_compared_with_the_last_one_that_was_closed(rosa: User, mia: User) -> None:
    first, second = closed(rosa, mia, NOW - 60 * DAY), closed(rosa, mia, NOW - 20 * DAY)
    review = running(rosa, mia)
    assert (review.previous, review.since) == (second, second.closed_at)
    assert second.previous == first


def test_an_earlier_one_is_not_begun_after_a_later_one_was_closed(rosa: User, mia: User) -> None:
    earlier = arranged(rosa, mia)
    closed(rosa, mia, NOW + DAY)
    with pytest.raises(ValidationError):
        earlier.start(by=mia, at=NOW + 2 * DAY)


def test_with_another_manager_the_old_one_holds_none(rosa: User, mia: User, max_: User) -> None:
    review = arranged(rosa, mia)
    rosa.join(Team.objects.get(name="South"))
    with pytest.raises(ValidationError):
        fresh(review).start(by=mia, at=NOW)
    review.excuse_it("She is in the South now", by=mia, at=NOW)
    assert running(rosa, max_).manager == max_


# The clock.


def test_pauses_are_left_out_of_the_clock(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    assert (review.elapsed(NOW), review.elapsed(minutes(7))) == (0, 420)
    review.pause(by=rosa, at=minutes(10))
    review.pause(by=mia, at=minutes(12))
    assert review.elapsed(minutes(25)) == 600
    review.resume(by=mia, at=minutes(30))
    review.resume(by=rosa, at=minutes(31))
    assert review.elapsed(minutes(35)) == 900
    review.pause(by=mia, at=minutes(40))
    review.resume(by=mia, at=minutes(41))
    assert review.elapsed(minutes(42)) == 21 * 60
    review.close(by=mia, at=minutes(45))
    assert fresh(review).elapsed(minutes(99)) == 24 * 60


def test_it_may_be_closed_while_the_clock_stands(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    review.pause(by=mia, at=minutes(10))
    review.close(by=mia, at=minutes(60))
    assert fresh(review).elapsed(minutes(99)) == 600
    assert seconds_of_parts(review) == [600, 0, 0, 0, 0]


def test_before_the_start_no_time_has_passed(rosa: User, mia: User) -> None:
    assert arranged(rosa, mia).elapsed(NOW + DAY) == 0


def test_each_part_keeps_the_time_it_took(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    review.turn_to(2, by=mia, at=minutes(5))
    review.turn_to(2, by=rosa, at=minutes(6))
    review.pause(by=mia, at=minutes(8))
    review.resume(by=mia, at=minutes(18))
    review.turn_to(1, by=rosa, at=minutes(20))
    assert seconds_of_parts(review) == [300, 300, 0, 0, 0]
    now_in = review.parts.get(number=1)
    assert now_in.seconds_at(review.elapsed(minutes(22))) == 420
    review.turn_to(5, by=mia, at=minutes(23))
    review.close(by=mia, at=minutes(30))
    assert seconds_of_parts(review) == [480, 300, 0, 0, 420]
    assert sum(seconds_of_parts(review)) == fresh(review).elapsed(minutes(99))


def test_the_clock_is_the_twos_and_there_are_five_parts(
    rosa: User, mia: User, pia: User, eva: User
) -> None:
    review = running(rosa, mia)
    for by in (pia, eva):
        for verb in (review.pause, review.resume, lambda **said: review.turn_to(2, **said)):
            with pytest.raises(PermissionDenied):
                verb(by=by, at=NOW)
    for part in (0, 6):
        with pytest.raises(ValidationError):
            review.turn_to(part, by=mia, at=NOW)


# Written.


def part_of(review: Review, number: int = 3) -> ReviewPart:
    return review.parts.get(number=number)


def test_a_part_is_saved_on_the_version_that_was_read(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    mine, hers = part_of(review), part_of(review)
    mine.write("Globex\r\nmoves ", by=rosa, at=NOW, version=1)
    assert (mine.notes, mine.saved_by, mine.version) == ("Globex\nmoves", rosa, 2)
    with pytest.raises(Stale) as refused:
        hers.write("Globex waits", by=mia, at=NOW, version=1)
    assert refused.value.current.version == 2
    hers.write("Globex\nmoves", by=mia, at=NOW, version=1)  # says so already
    assert part_of(review).version == 2
    part_of(review, 4).write("Initech", by=mia, at=NOW, version=1)


def test_only_the_two_write_and_only_while_it_runs(rosa: User, mia: User, eva: User) -> None:
    review = running(rosa, mia)
    with pytest.raises(PermissionDenied):
        part_of(review).write("Mine", by=eva, at=NOW)
    review.close(by=mia, at=NOW)
    with pytest.raises(ValidationError):
        part_of(review).write("Too late", by=rosa, at=NOW)


# Agreed.


def test_both_agree_and_the_second_closes_it(rosa: User, mia: User) -> None:
    for first, second in ((rosa, mia), (mia, rosa)):
        review = running(rosa, mia)
        review.agree(by=first, at=minutes(28))
        assert [review.has_agreed(each) for each in (first, second)] == [True, False]
        assert review.state == "running"
        review.agree(by=second, at=minutes(30), version=review.version)
        review = fresh(review)
        assert (review.state, review.closed_at, review.closed_by) == (
            "closed",
            minutes(30),
            second,
        )
        assert not review.rep_was_silent


def test_two_who_read_the_same_both_agree_to_it(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    read = review.version
    for by in (mia, rosa):
        fresh(review).agree(by=by, at=minutes(30), version=read)
    assert fresh(review).state == "closed"


def test_agreeing_may_be_taken_back_until_it_is_closed(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    review.agree(by=rosa, at=minutes(28))
    review.take_back(by=rosa)
    review.agree(by=mia, at=minutes(29))
    assert fresh(review).state == "running"
    review.take_back(by=mia, version=review.version)
    review.agree(by=rosa, at=minutes(30))
    assert [review.has_agreed(each) for each in (rosa, mia)] == [True, False]
    review.agree(by=mia, at=minutes(31))
    with pytest.raises(ValidationError):
        review.take_back(by=rosa)


def test_strangers_do_not_agree(rosa: User, mia: User, pia: User, eva: User) -> None:
    review = running(rosa, mia)
    for by in (pia, eva):
        with pytest.raises(PermissionDenied):
            review.agree(by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            review.take_back(by=by)


def changes(review: Review, rosa: User, mia: User, deal: Opportunity) -> dict[str, Any]:
    """Everything that changes what the two agree to."""
    agreed = Agreement.make(
        text="Send it", owner=rosa, due_on=TODAY + DAY, by=mia, at=NOW, review=review
    )
    frozen = ReviewDeal.objects.get(review=review, opportunity=deal)
    odds: dict[str, Any] = {
        "own_probability": 60,
        "own_probability_reason": "They asked for the contract",
    }
    return {
        "a part": lambda: part_of(review).write("Globex", by=mia, at=NOW),
        "an agreement": lambda: Agreement.make(
            text="Call", owner=mia, due_on=TODAY + DAY, by=rosa, at=NOW, review=fresh(review)
        ),
        "one less": lambda: Agreement.objects.get(pk=agreed.pk).remove(by=mia),
        "the odds": lambda: frozen.answer(**odds, by=rosa, at=NOW),
        "a decision": lambda: ReviewDecision.make(
            fresh(review), deal, Said("step", "Call Ann", TODAY + DAY), by=rosa, at=NOW
        ),
    }


@pytest.mark.parametrize("what", ["a part", "an agreement", "one less", "the odds", "a decision"])
def test_what_is_written_after_somebody_agreed_takes_that_back(
    rosa: User, mia: User, what: str
) -> None:
    deal = a_deal(rosa, "Globex", at=NOW - DAY, close_date=TODAY + 10 * DAY)
    review = running(rosa, mia)
    change = changes(review, rosa, mia, deal)[what]
    review = fresh(review)
    review.agree(by=rosa, at=NOW)
    read = review.version
    change()
    review = fresh(review)
    assert not review.has_agreed(rosa)
    assert review.version > read
    for verb in (review.agree, review.close):
        with pytest.raises(Stale):
            verb(by=mia, at=NOW, version=read)
    assert fresh(review).state == "running"


def test_odds_are_said_of_a_deal_with_nothing_else_on_it(rosa: User, mia: User) -> None:
    a_deal(rosa, at=NOW - DAY, amount=None, close_date=TODAY)
    review = running(rosa, mia)
    deal = ReviewDeal.objects.get()
    for wrong in ((None, "Why"), (60, " "), (101, "Why")):
        with pytest.raises(ValidationError):
            deal.answer(own_probability=wrong[0], own_probability_reason=wrong[1], by=rosa, at=NOW)
    deal = ReviewDeal.objects.get()
    assert deal.revealed_probability is None
    deal.answer(own_probability=60, own_probability_reason="They asked", by=rosa, at=NOW)
    assert ReviewDeal.objects.get().revealed_probability == deal.probability
    kept = Opportunity.objects.get()
    assert (kept.own_probability, kept.own_probability_reason) == (60, "They asked")
    assert review.pk == deal.review_id


def test_odds_are_not_asked_of_a_deal_that_closes_later(rosa: User, mia: User) -> None:
    a_deal(rosa, at=NOW - DAY, close_date=TODAY + 31 * DAY)
    running(rosa, mia)
    with pytest.raises(ValidationError):
        ReviewDeal.objects.get().answer(
            own_probability=60, own_probability_reason="They asked", by=rosa, at=NOW
        )


def test_a_decision_is_on_the_reps_deal_and_made_once(
    rosa: User, mia: User, pia: User, eva: User
) -> None:
    deal, other = a_deal(rosa, "Globex", at=NOW - DAY), a_deal(pia, "Initech", at=NOW - DAY)
    review, said = running(rosa, mia), Said("step", "Call Ann", TODAY + DAY)
    ReviewDecision.make(review, deal, said, by=mia, at=NOW, version=deal.version)
    again = ReviewDecision.make(review, deal, said, by=mia, at=NOW, version=1)
    assert again == ReviewDecision.objects.get()
    with pytest.raises(Stale):
        ReviewDecision.make(
            review, deal, Said("push", on=date(2027, 1, 5)), by=mia, at=NOW, version=1
        )
    with pytest.raises(ValidationError):
        ReviewDecision.make(review, other, said, by=mia, at=NOW)
    with pytest.raises(PermissionDenied):
        ReviewDecision.make(review, deal, said, by=eva, at=NOW)
    assert Opportunity.objects.get(pk=deal.pk).next_step == "Call Ann"


def test_the_manager_closes_it_and_the_silence_of_the_rep_is_noted(rosa: User, mia: User) -> None:
    review = running(rosa, mia)
    with pytest.raises(PermissionDenied):
        review.close(by=rosa, at=NOW)
    review.close(by=mia, at=minutes(30), version=review.version)
    review = fresh(review)
    assert (review.state, review.rep_was_silent, review.closed_by) == ("closed", True, mia)
    assert [review.has_agreed(each) for each in (rosa, mia)] == [False, True]


# Closed.


def verbs(review: Review, rosa: User, mia: User) -> dict[str, Callable[[], Any]]:
    at: dict[str, Any] = {"by": mia, "at": NOW + DAY}
    deal = Opportunity.objects.get()
    frozen = review.deals.get()
    agreement = Agreement.objects.get(review=review)
    odds: dict[str, Any] = {"own_probability": 60, "own_probability_reason": "They asked"}
    return {
        "reschedule": lambda: review.reschedule(NOW + 2 * DAY, **at),
        "excuse": lambda: review.excuse_it("No time", **at),
        "restore": lambda: review.restore(by=mia),
        "start": lambda: review.start(**at),
        "turn to": lambda: review.turn_to(2, **at),
        "pause": lambda: review.pause(**at),
        "resume": lambda: review.resume(**at),
        "agree": lambda: review.agree(by=rosa, at=NOW + DAY),
        "take back": lambda: review.take_back(by=mia),
        "close": lambda: review.close(**at),
        "write": lambda: part_of(review).write("Better", **at),
        "write the same": lambda: part_of(review).write("As it was", **at),
        "prepare": lambda: prepare(review, rosa, NOW + DAY),
        "answer": lambda: frozen.answer(**odds, **at),
        "decide": lambda: ReviewDecision.make(review, deal, Said("leave"), **at),
        "agree on": lambda: Agreement.make(
            text="More", owner=rosa, due_on=TODAY, review=review, **at
        ),
        "remove": lambda: agreement.remove(by=mia),
    }


VERBS = [
    *("reschedule", "excuse", "restore", "start", "turn to", "pause", "resume"),
    *("agree", "take back", "close", "write", "write the same", "prepare", "answer", "decide"),
    *("agree on", "remove"),
]


@pytest.mark.parametrize("verb", VERBS)
def test_a_closed_one_stays_as_it_is(rosa: User, mia: User, verb: str) -> None:
    deal = a_deal(rosa, at=NOW - DAY, close_date=TODAY + DAY)
    review = running(rosa, mia)
    part_of(review).write("As it was", by=rosa, at=NOW)
    Agreement.make(text="Send it", owner=rosa, due_on=TODAY, by=mia, at=NOW, review=fresh(review))
    review = fresh(review)
    review.close(by=mia, at=minutes(30))
    before = everything(review)
    with pytest.raises(ValidationError):
        verbs(fresh(review), rosa, mia)[verb]()
    assert everything(review) == before
    deal.refresh_from_db()
    assert deal.own_probability is None


def everything(review: Review) -> list[Any]:
    """Every column of the review and of its rows."""
    rows: list[Any] = [Review.objects.filter(pk=review.pk), review.parts, review.deals]
    rows += [review.snapshots, review.agreements, review.decisions]
    return [list(each.order_by("pk").values()) for each in rows]


def test_remarks_are_appended_once_it_is_closed(
    rosa: User, mia: User, pia: User, eva: User
) -> None:
    review = running(rosa, mia)
    with pytest.raises(ValidationError):
        ReviewRemark.add(review, "Too soon", by=mia, at=NOW)
    review.close(by=mia, at=NOW)
    ReviewRemark.add(review, " I saw it\r\nlate ", by=rosa, at=minutes(60))
    ReviewRemark.add(review, "Fine", by=mia, at=minutes(61))
    told = [(r.author, r.text, r.at) for r in review.remarks.all()]
    assert told == [(rosa, "I saw it\nlate", minutes(60)), (mia, "Fine", minutes(61))]
    for by in (pia, eva):
        with pytest.raises(PermissionDenied):
            ReviewRemark.add(review, "And me", by=by, at=NOW)
    with pytest.raises(ValidationError):
        ReviewRemark.add(review, " ", by=rosa, at=NOW)
    assert ReviewRemark.objects.count() == 2
