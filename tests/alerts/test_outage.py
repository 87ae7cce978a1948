"""Off for 26 hours: what is open then is told of once; what came and went meanwhile is not."""

from datetime import timedelta

import pytest

from alerts.digests import make_due
from alerts.models import Alert, AlertMail, Digest, Notification
from people.models import User
from tests.factories import NOW, TODAY, a_call, a_deal, a_debrief
from tests.support.alerting import at_once, inbox, is_open, look

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
FAR = TODAY + 300 * DAY
KIND = "stalled_deal"
BACK = NOW + 26 * HOUR


def test_one_alert_for_each_that_is_open_when_it_is_back(rosa: User, mia: User) -> None:
    at_once(mia, KIND, "debrief_overdue")
    lasting, ending = (a_deal(rosa, name=name, close_date=FAR) for name in ("Lasts", "Ends"))
    look(NOW, KIND, "debrief_overdue")
    # Off: one ends, one begins and stays, one begins and ends, one ends and begins.
    ending.set_next_step("Send it", FAR, by=rosa, at=NOW + HOUR)
    begun = a_deal(rosa, name="Begins", at=NOW + 2 * HOUR, close_date=FAR)
    passing = a_deal(rosa, name="Passes", at=NOW + 3 * HOUR, close_date=FAR)
    passing.set_next_step("Send it", FAR, by=rosa, at=NOW + 4 * HOUR)
    lasting.set_next_step("Send it", FAR, by=rosa, at=NOW + 5 * HOUR)
    lasting.set_next_step("", None, by=rosa, at=NOW + 6 * HOUR)
    owed = a_call(rosa, NOW - 20 * HOUR)
    debriefed = a_call(rosa, NOW - 21 * HOUR)
    a_debrief(debriefed, at=NOW + 20 * HOUR)
    for minute in range(3):
        look(BACK + minute * MINUTE, KIND, "debrief_overdue")
    assert {alert.title for alert in Alert.objects.open_of(KIND)} == {"Lasts", "Begins"}
    assert Alert.objects.count() == 4
    assert [is_open("debrief_overdue", call.pk) for call in (owed, debriefed)] == [True, False]
    assert is_open(KIND, begun.pk, "no_next_step")
    assert inbox(mia, BACK + DAY).filter(alert__kind=KIND).count() == 2
    mailed = AlertMail.objects.filter(person=mia, kind=KIND)
    assert set(mailed.values_list("notification__alert__title", flat=True)) == {
        "Lasts",
        "Ends",
        "Begins",
    }


def test_steps_that_were_slept_through_are_made_up_once(rosa: User, mia: User, eva: User) -> None:
    a_call(rosa, NOW - 2 * DAY)
    look(NOW, "debrief_overdue")
    assert not inbox(mia, NOW).exists()
    look(NOW + 9 * DAY, "debrief_overdue")
    told = Notification.objects.get(person=mia)
    assert (told.app_at, told.digest_on) == (NOW + 9 * DAY, TODAY + DAY)
    look(NOW + 9 * DAY + MINUTE, "debrief_overdue")
    assert Notification.objects.filter(person=mia).count() == 1


def test_one_digest_for_all_the_days(rosa: User, mia: User) -> None:
    make_due(NOW - DAY)
    a_deal(rosa, close_date=FAR)
    look(NOW)
    back = NOW + 7 * DAY
    for minute in range(3):
        make_due(back + minute * MINUTE)
    assert Digest.objects.filter(person=mia).count() == 1


def test_the_value_is_that_of_the_moment_at_which_it_was_found(rosa: User) -> None:
    a_deal(rosa, close_date=TODAY)
    look(NOW)
    look(NOW + 3 * DAY)
    alert = Alert.objects.get(rule="past_close")
    assert (alert.value, alert.opened_on, alert.clock_on) == (3, TODAY + 3 * DAY, TODAY)
    assert alert.sentence(TODAY + 5 * DAY).startswith("The close date passed 5 days ago")
