"""What comes and goes all day is mailed once; what is open after an outage is told of once."""

from datetime import datetime, timedelta

import pytest

from alerts.digests import make_due
from alerts.models import Alert, AlertMail, Digest, Notification
from people.models import User
from pipeline.models import BuyerAction
from tests.factories import NOW, TODAY, a_deal
from tests.support.alerting import at_once, inbox, look

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
FAR = TODAY + 300 * DAY
KIND = "stalled_deal"


def digests(now: datetime) -> int:
    make_due(now)
    return Digest.objects.count()


def test_stalled_and_alive_twenty_times_in_a_day_is_one_mail_a_person(
    rosa: User, mia: User
) -> None:
    at_once(rosa, KIND)
    at_once(mia, KIND)
    digests(NOW - DAY)
    deal = a_deal(rosa, close_date=FAR)
    for turn in range(20):
        now = NOW + turn * 40 * MINUTE
        look(now, KIND)
        digests(now)
        deal.set_next_step("Send it", TODAY + 9 * DAY, by=rosa, at=now)
        look(now + 20 * MINUTE, KIND)
        deal.set_next_step("", None, by=rosa, at=now)
    look(NOW + 14 * HOUR, KIND)
    assert Alert.objects.filter(rule="no_next_step").count() == 21
    assert Alert.objects.open().count() == 1
    assert AlertMail.objects.filter(person=mia).count() == 1
    assert AlertMail.objects.filter(person=rosa).count() == 1
    assert inbox(mia, NOW + 14 * HOUR).count() == 1
    for hour in range(0, 48, 4):
        digests(NOW + hour * HOUR)
    days = list(Digest.objects.filter(person=mia).values_list("day", flat=True))
    assert len(days) == len(set(days)) <= 2
    assert all(len(digest.lines) == 1 for digest in Digest.objects.filter(person=mia))


def test_a_deal_that_stalls_for_one_reason_after_another_is_one_mail(rosa: User, mia: User) -> None:
    at_once(mia, KIND)
    deal = a_deal(rosa, close_date=TODAY - DAY)
    look(NOW, KIND)
    assert Alert.objects.count() == 2
    deal.push(FAR, by=rosa, at=NOW)
    look(NOW + HOUR, KIND)
    deal.push(TODAY - DAY, by=rosa, at=NOW)
    look(NOW + 2 * HOUR, KIND)
    assert AlertMail.objects.get().notification.alert.rule == "past_close"


def test_a_day_later_it_is_mailed_again(rosa: User, mia: User) -> None:
    at_once(mia, KIND)
    deal = a_deal(rosa, close_date=FAR)
    look(NOW, KIND)
    deal.set_next_step("Send it", TODAY + 9 * DAY, by=rosa, at=NOW)
    look(NOW + HOUR, KIND)
    deal.set_next_step("", None, by=rosa, at=NOW)
    look(NOW + DAY, KIND)
    assert AlertMail.objects.count() == 2


def test_another_deal_is_another_mail(rosa: User, mia: User) -> None:
    at_once(mia, KIND)
    for name in ("Acme", "Initech"):
        a_deal(rosa, name=name, close_date=FAR)
    look(NOW, KIND)
    assert AlertMail.objects.count() == 2


def test_whoever_shows_life_and_falls_silent_within_a_tick_goes_unnoticed(rosa: User) -> None:
    """What nobody looked at while it lasted is not made up afterwards."""
    deal = a_deal(rosa, close_date=FAR)
    look(NOW, KIND)
    deal.set_next_step("Send it", TODAY + 9 * DAY, by=rosa, at=NOW)
    deal.set_next_step("", None, by=rosa, at=NOW)
    look(NOW + MINUTE, KIND)
    assert Alert.objects.count() == 1


def test_silence_that_is_broken_and_returns_after_two_weeks_is_another_episode(rosa: User) -> None:
    deal = a_deal(rosa, close_date=FAR, next_step="Send it", next_step_on=FAR)
    look(NOW + 14 * DAY, KIND)
    BuyerAction.record(deal, "Asked", TODAY + 14 * DAY, by=rosa, at=NOW + 14 * DAY)
    for day in range(15, 29):
        look(NOW + day * DAY, KIND)
    silent = Alert.objects.filter(rule="silent").order_by("opened_on")
    assert [alert.opened_on for alert in silent] == [TODAY + 14 * DAY, TODAY + 28 * DAY]
    assert [alert.is_open for alert in silent] == [False, True]
    assert Notification.objects.filter(person=rosa, alert__in=silent).count() == 2
