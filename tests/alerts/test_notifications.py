"""What one person says to an alert: read, on it, later, done; and what they may see of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from alerts.models import Alert, Notification
from people.models import User
from tests.factories import NOW, TODAY, an_alert
from tests.support.alerting import inbox

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def told(rosa: User) -> Notification:
    an_alert(rosa, rosa)
    return Notification.objects.get(person=rosa)


def test_the_first_time_it_was_read_counts(rosa: User) -> None:
    one = told(rosa)
    one.read(NOW)
    one.read(NOW + DAY)
    assert one.read_at == NOW
    assert Notification.objects.unread(NOW, TODAY).count() == 0
    assert inbox(rosa, NOW).count() == 1


def test_what_was_marked_read_before_stays_so(rosa: User) -> None:
    one = told(rosa)
    Notification.objects.all().mark_read(NOW)
    Notification.objects.all().mark_read(NOW + DAY)
    one.refresh_from_db()
    assert one.read_at == NOW


def test_what_is_acted_on_is_read_and_stays_in_the_inbox(rosa: User) -> None:
    one = told(rosa)
    one.act(NOW)
    one.act(NOW + DAY)
    assert (one.acted_at, one.read_at) == (NOW, NOW)
    assert inbox(rosa, NOW).count() == 1


def test_a_snooze_lasts_until_its_day_begins_for_the_person(rosa: User) -> None:
    rosa.time_zone = "Pacific/Kiritimati"
    rosa.save()
    one = told(rosa)
    own = rosa.today(NOW)
    one.snooze(own + 2 * DAY, "They are away", at=NOW)
    wakes = datetime(2026, 11, 19, 10, tzinfo=UTC)  # midnight of the 20th there
    assert own == date(2026, 11, 18)
    assert not inbox(rosa, wakes - timedelta(microseconds=1)).exists()
    assert inbox(rosa, wakes).count() == 1
    assert one.state(own) == "snoozed"
    assert one.state(own + 2 * DAY) == "open"


@pytest.mark.parametrize(
    ("days", "reason", "fields"),
    [
        (0, "Later", {"until"}),
        (-1, "Later", {"until"}),
        (367, "Later", {"until"}),
        (1, "  ", {"reason"}),
        (1, "x" * 501, {"reason"}),
        (0, "", {"until", "reason"}),
    ],
)
def test_a_snooze_needs_a_day_to_come_and_a_reason(
    rosa: User, days: int, reason: str, fields: set[str]
) -> None:
    one = told(rosa)
    with pytest.raises(ValidationError) as refused:
        one.snooze(TODAY + days * DAY, reason, at=NOW)
    assert set(refused.value.message_dict) == fields
    assert inbox(rosa, NOW).count() == 1


@pytest.mark.parametrize("days", [1, 366])
def test_it_may_be_tomorrow_or_in_a_year(rosa: User, days: int) -> None:
    one = told(rosa)
    one.snooze(TODAY + days * DAY, "Later", at=NOW)
    assert one.snoozed_until == TODAY + days * DAY


def test_waking_and_restoring_bring_it_back(rosa: User) -> None:
    one = told(rosa)
    one.snooze(TODAY + DAY, "Later", at=NOW)
    one.wake()
    assert (one.snoozed_until, one.snooze_reason) == (None, "")
    one.settle(NOW)
    assert not inbox(rosa, NOW).exists()
    assert list(Notification.objects.done(NOW)) == [one]
    one.restore()
    assert inbox(rosa, NOW).count() == 1


def test_what_has_ended_needs_nothing_said(rosa: User) -> None:
    one = told(rosa)
    Alert.objects.update(closed_at=NOW)
    one.refresh_from_db()
    for verb in (one.act, one.settle):
        with pytest.raises(ValidationError):
            verb(NOW)
    with pytest.raises(ValidationError):
        one.snooze(TODAY + DAY, "Later", at=NOW)
    assert one.state(TODAY) == "closed"
    assert list(Notification.objects.done(NOW)) == [one]


def test_what_one_says_holds_for_oneself_only(rosa: User, mia: User) -> None:
    an_alert(rosa, rosa, mia)
    Notification.objects.get(person=rosa).settle(NOW)
    assert (inbox(rosa, NOW).count(), inbox(mia, NOW).count()) == (0, 1)


def test_what_is_to_be_told_later_is_not_there_yet(rosa: User) -> None:
    one = told(rosa)
    Notification.objects.update(app_at=NOW + HOUR)
    assert not inbox(rosa, NOW + HOUR - timedelta(microseconds=1)).exists()
    assert list(inbox(rosa, NOW + HOUR)) == [one]


def test_one_sees_what_one_was_told_about_those_one_leads(
    rosa: User, mia: User, otto: User, ada: User
) -> None:
    an_alert(rosa, rosa, mia)
    an_alert(otto, otto, mia)  # of somebody who is not hers, by a former line
    assert Alert.objects.visible_to(mia).count() == 1
    assert inbox(mia, NOW).count() == 1
    assert not Alert.objects.visible_to(ada).exists()
