"""Help that nobody answered, or that did not come by when it was wanted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from alerts.models import Alert, Notification
from coaching.models import HelpRequest
from lib.calendar import local_date
from people.models import Organisation, User
from pipeline.models import Opportunity
from tests.factories import NOW, TODAY, a_deal
from tests.support.alerting import in_zone, inbox, is_open, look, one, set_rule

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
KIND = "help_unanswered"


def ask(deal: Opportunity, at: datetime = NOW, days: int = 10) -> HelpRequest:
    on = local_date(at, Organisation.current().zone) + days * DAY
    return HelpRequest.ask(
        deal, by=deal.owner, at=at, kind="unblock", how_it_helps="It moves", wanted_on=on
    )


@pytest.mark.parametrize(
    ("zone", "asked", "begins"),
    [
        ("UTC", datetime(2026, 11, 18, 23, 59, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)),
        (
            "Pacific/Kiritimati",
            datetime(2026, 11, 18, 10, tzinfo=UTC),
            datetime(2026, 11, 20, 10, tzinfo=UTC),
        ),
        (
            "America/St_Johns",  # clocks go forward on the 14th
            datetime(2027, 3, 13, 12, tzinfo=UTC),
            datetime(2027, 3, 15, 2, 30, tzinfo=UTC),
        ),
    ],
)
def test_two_days_without_an_answer_are_days_of_the_organisation(
    rosa: User, mia: User, zone: str, asked: datetime, begins: datetime
) -> None:
    in_zone(zone)
    request = ask(a_deal(rosa, at=asked), asked)
    look(begins - INSTANT, KIND)
    assert not is_open(KIND, request.pk, "unanswered")
    look(begins, KIND)
    alert = one(KIND, "unanswered")
    assert (alert.value, alert.limit, alert.unit, alert.severity) == (2, 2, "days", "warn")
    assert (alert.clock_at, alert.clock_event) == (asked, "Rosa asked")
    assert (alert.about, alert.money) == (mia, Decimal(48_000))
    assert alert.path_for(mia) == f"/help-requests/{request.pk}/"


def test_it_is_late_the_day_after_it_was_wanted_accepted_or_not(rosa: User, mia: User) -> None:
    request = ask(a_deal(rosa), days=1)
    request.accept(by=mia, at=NOW)
    midnight = datetime(2026, 11, 20, tzinfo=UTC)
    look(midnight - INSTANT, KIND)
    assert not Alert.objects.exists()
    look(midnight, KIND)
    alert = one(KIND, "late")
    assert (alert.value, alert.limit, alert.severity) == (1, 0, "risk")
    assert (alert.clock_on, alert.clock_event) == (TODAY + DAY, "It was wanted")


def test_unanswered_becomes_late(rosa: User) -> None:
    request = ask(a_deal(rosa), days=3)
    look(NOW + 3 * DAY, KIND)
    assert is_open(KIND, request.pk, "unanswered")
    look(NOW + 4 * DAY, KIND)
    assert not is_open(KIND, request.pk, "unanswered")
    assert is_open(KIND, request.pk, "late")


@pytest.mark.parametrize(
    "end",
    [
        lambda request, mia: request.accept(by=mia, at=NOW + 2 * DAY),
        lambda request, mia: request.decline("No time", by=mia, at=NOW + 2 * DAY),
        lambda request, mia: request.do("Done", by=mia, at=NOW + 2 * DAY),
        lambda request, mia: request.withdraw(by=request.asked_by, at=NOW + 2 * DAY),
        lambda request, mia: request.opportunity.win(by=request.asked_by, at=NOW + 2 * DAY),
        lambda request, mia: request.delete(),
    ],
    ids=["accepted", "declined", "done", "withdrawn", "won", "gone"],
)
def test_an_answer_ends_it(rosa: User, mia: User, end: Callable[[HelpRequest, User], None]) -> None:
    request = ask(a_deal(rosa))
    look(NOW + 2 * DAY, KIND)
    assert is_open(KIND, request.pk, "unanswered")
    end(request, mia)
    look(NOW + 2 * DAY + MINUTE, KIND)
    assert not Alert.objects.open().exists()


def test_a_decline_that_is_taken_back_is_unanswered_again(rosa: User, mia: User) -> None:
    request = ask(a_deal(rosa))
    request.decline("No time", by=mia, at=NOW)
    look(NOW + 2 * DAY, KIND)
    assert not Alert.objects.exists()
    request.restore(by=mia, at=NOW + 2 * DAY)
    look(NOW + 2 * DAY, KIND)
    assert is_open(KIND, request.pk, "unanswered")


def test_whoever_is_above_hears_when_the_one_who_was_asked_has_left(
    rosa: User, mia: User, eva: User
) -> None:
    ask(a_deal(rosa))
    mia.deactivate()
    look(NOW + 2 * DAY, KIND)
    look(NOW + 9 * DAY, KIND)
    assert inbox(eva, NOW + 9 * DAY).count() == 1
    assert not Notification.objects.filter(person=mia).exists()


@pytest.mark.parametrize(
    ("amount", "currency", "is_alerted"),
    [(999, "EUR", False), (1000, "EUR", True), (1, "USD", True), (None, "USD", False)],
)
def test_small_deals_are_left_alone_where_the_administrator_says_so(
    rosa: User, amount: int | None, currency: str, is_alerted: bool
) -> None:
    set_rule(KIND, minimum_money=Decimal(1000))
    request = ask(a_deal(rosa, amount=amount, currency=currency))
    look(NOW + 2 * DAY, KIND)
    assert is_open(KIND, request.pk, "unanswered") is is_alerted
