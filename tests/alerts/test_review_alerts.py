"""1-on-1s that were not begun on their day or in their month, and agreements past their date."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.models import Alert, Notification
from people.models import User
from reviews.models import Agreement, Review
from tests.factories import NOW, TODAY
from tests.support.alerting import in_zone, inbox, is_open, look, one, set_rule

pytestmark = pytest.mark.django_db
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
WHEN = NOW + 2 * DAY


def a_review(rosa: User, mia: User, when: datetime = WHEN, at: datetime = NOW) -> Review:
    return Review.arrange(rosa, when, by=mia, at=at)


# Late.


@pytest.mark.parametrize(
    ("zone", "when", "begins"),
    [
        ("UTC", WHEN, WHEN + DAY),
        ("Pacific/Kiritimati", WHEN, WHEN + DAY),
        # Clocks go back on the 1st: the same time of the next day is 25 hours on.
        (
            "America/St_Johns",
            datetime(2026, 11, 1, 2, 45, tzinfo=UTC),
            datetime(2026, 11, 2, 3, 45, tzinfo=UTC),
        ),
        (
            "America/St_Johns",
            datetime(2027, 3, 13, 12, tzinfo=UTC),
            datetime(2027, 3, 14, 11, tzinfo=UTC),
        ),
    ],
)
def test_a_review_is_late_a_day_after_its_time(
    rosa: User, mia: User, zone: str, when: datetime, begins: datetime
) -> None:
    in_zone(zone)
    review = a_review(rosa, mia, when, at=when - 5 * DAY)
    look(begins - INSTANT, "review_due")
    assert not is_open("review_due", review.pk)
    look(begins, "review_due")
    alert = one("review_due")
    assert (alert.value, alert.limit, alert.unit, alert.severity) == (1, 1, "days", "warn")
    assert (alert.clock_at, alert.clock_event) == (when, "It was planned")
    assert (alert.about, alert.title) == (mia, "1-on-1 with Rosa Rep")


def test_it_is_about_the_manager_and_whoever_is_above_only_counts_it(
    rosa: User, mia: User, eva: User
) -> None:
    review = a_review(rosa, mia)
    look(WHEN + DAY, "review_due")
    alert = one("review_due")
    assert alert.path_for(mia) == f"/reviews/{review.pk}/"
    assert alert.path_for(eva) == "/reviews/"
    assert set(Notification.objects.values_list("person", flat=True)) == {mia.pk}


@pytest.mark.parametrize(
    "end",
    [
        lambda review, mia: review.start(by=mia, at=WHEN + DAY),
        lambda review, mia: review.reschedule(WHEN + 3 * DAY, by=mia, at=WHEN + DAY),
        lambda review, mia: review.excuse_it("Ill", by=mia, at=WHEN + DAY),
        lambda review, mia: review.rep.join(None),
        lambda review, mia: review.rep.deactivate(),
        lambda review, mia: mia.deactivate(),
        lambda review, mia: review.delete(),
    ],
    ids=["started", "moved", "excused", "another manager", "rep left", "manager left", "gone"],
)
@pytest.mark.parametrize("kind", ["review_due", "review_not_held"])
def test_starting_moving_or_excusing_it_ends_it(
    rosa: User, mia: User, kind: str, end: Callable[[Review, User], None]
) -> None:
    review = a_review(rosa, mia)
    if kind == "review_not_held":
        Review.objects.filter(pk=review.pk).update(not_held_at=WHEN, due_by=TODAY)
        review.refresh_from_db()
    look(WHEN + DAY, kind)
    assert is_open(kind, review.pk)
    end(review, mia)
    look(WHEN + DAY + MINUTE, kind)
    moved = kind == "review_not_held" and Review.objects.filter(moved_at=WHEN + DAY).exists()
    assert is_open(kind, review.pk) is moved  # another time does not bring back the month


# Not held.


def test_a_review_that_was_not_begun_by_its_last_day_was_not_held(rosa: User, mia: User) -> None:
    review = a_review(rosa, mia)
    look(WHEN + DAY)
    assert is_open("review_due", review.pk)
    after = datetime(2026, 12, 1, tzinfo=UTC)
    Review.objects.all().record_not_held(after.date(), after)
    look(after)
    assert not is_open("review_due", review.pk)
    alert = one("review_not_held")
    assert (alert.value, alert.limit, alert.unit, alert.severity) == (1, 0, "days", "risk")
    assert alert.clock_on == date(2026, 11, 30)
    assert alert.sentence() == "Not held by 30 Nov 2026, 1 day ago."


def test_a_later_one_that_was_held_overtakes_it(rosa: User, mia: User) -> None:
    review = a_review(rosa, mia)
    later = a_review(rosa, mia, WHEN + 5 * DAY)
    look(WHEN + 2 * DAY, "review_due")
    assert is_open("review_due", review.pk)
    later.start(by=mia, at=WHEN + 5 * DAY)
    later.close(by=mia, at=WHEN + 5 * DAY)
    look(WHEN + 6 * DAY, "review_due")
    assert not Alert.objects.open().exists()


# Agreements.


def an_agreement(owner: User, by: User, due: date = TODAY) -> Agreement:
    return Agreement.make(text="Call the CFO", owner=owner, due_on=due, by=by, at=NOW)


@pytest.mark.parametrize(
    ("zone", "days", "begins"),
    [
        ("UTC", 0, datetime(2026, 11, 19, tzinfo=UTC)),
        ("UTC", 3, datetime(2026, 11, 22, tzinfo=UTC)),
        ("Pacific/Kiritimati", 0, datetime(2026, 11, 18, 10, tzinfo=UTC)),
        ("America/St_Johns", 0, datetime(2026, 11, 19, 3, 30, tzinfo=UTC)),
    ],
)
def test_an_agreement_is_overdue_when_its_day_is_over(
    rosa: User, mia: User, zone: str, days: int, begins: datetime
) -> None:
    in_zone(zone)
    set_rule("agreement_overdue", days=days)
    agreement = an_agreement(rosa, mia)
    look(begins - INSTANT, "agreement_overdue")
    assert not is_open("agreement_overdue", agreement.pk)
    look(begins, "agreement_overdue")
    alert = one("agreement_overdue")
    assert (alert.value, alert.limit, alert.clock_on) == (days + 1, days, TODAY)
    assert (alert.about, alert.title) == (rosa, "Agreement with Mia Manager")
    assert "CFO" not in f"{alert.title} {alert.said}"
    assert alert.path_for(rosa) == "/agreements/"


@pytest.mark.parametrize(
    "end",
    [
        lambda agreement: agreement.complete(by=agreement.owner, at=NOW + DAY),
        lambda agreement: agreement.drop(reason="Moot", by=agreement.owner, at=NOW + DAY),
        lambda agreement: agreement.owner.deactivate(),
    ],
    ids=["done", "dropped", "left"],
)
def test_ticking_it_off_or_dropping_it_ends_it(
    rosa: User, mia: User, end: Callable[[Agreement], None]
) -> None:
    agreement = an_agreement(rosa, mia)
    look(NOW + DAY, "agreement_overdue")
    end(agreement)
    look(NOW + DAY + MINUTE, "agreement_overdue")
    assert not Alert.objects.open().exists()
    agreement.owner.refresh_from_db()


def test_a_tick_that_is_taken_back_is_overdue_again(rosa: User, mia: User) -> None:
    agreement = an_agreement(rosa, mia)
    agreement.complete(by=rosa, at=NOW)
    look(NOW + DAY, "agreement_overdue")
    assert not Alert.objects.exists()
    agreement.restore(by=rosa)
    look(NOW + DAY, "agreement_overdue")
    assert is_open("agreement_overdue", agreement.pk)


def test_the_manager_reads_of_it_in_the_digest_only(rosa: User, mia: User) -> None:
    an_agreement(rosa, mia)
    look(NOW + DAY, "agreement_overdue")
    look(NOW + 4 * DAY, "agreement_overdue")
    told = Notification.objects.get(person=mia)
    assert (told.app_at, told.digest_on) == (None, TODAY + 4 * DAY)
    assert not inbox(mia, NOW + 5 * DAY).exists()
