"""A manager asks the person an alert is about; the answer comes back once, to whoever asked."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from alerts.models import Alert, AlertQuestion, Notification
from people.models import User
from tests.factories import NOW, TODAY, an_alert
from tests.support.alerting import inbox

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ask(alert: Alert, by: User) -> AlertQuestion:
    return AlertQuestion.ask(alert, "  What now? ", by=by, at=NOW + HOUR)


def test_the_person_finds_the_question_in_their_inbox(rosa: User, mia: User) -> None:
    alert = an_alert(rosa, mia)
    question = ask(alert, mia)
    assert (question.text, question.asked_by) == ("What now?", mia)
    assert inbox(rosa, NOW + HOUR).get().alert == alert


def test_it_wakes_what_they_had_put_aside(rosa: User, mia: User) -> None:
    alert = an_alert(rosa, rosa, mia)
    told = Notification.objects.get(person=rosa)
    told.snooze(TODAY + 9 * DAY, "Later", at=NOW)
    ask(alert, mia)
    told.refresh_from_db()
    assert (told.snoozed_until, told.read_at, told.app_at) == (None, None, NOW + HOUR)
    told.settle(NOW + HOUR)
    ask(alert, mia)
    assert inbox(rosa, NOW + 2 * HOUR).count() == 1


def test_it_takes_the_alert_out_of_a_summary(rosa: User, mia: User) -> None:
    summary = an_alert(rosa, rosa, rule="many")
    alert = an_alert(rosa, rosa, mia)
    Notification.objects.filter(person=rosa, alert=alert).update(summary=summary)
    assert not inbox(rosa, NOW).filter(alert=alert).exists()
    ask(alert, mia)
    assert inbox(rosa, NOW + HOUR).filter(alert=alert).exists()


@pytest.mark.parametrize("who", ["rosa", "pia", "max_", "ada"])
def test_only_those_above_ask(
    rosa: User, pia: User, mia: User, max_: User, ada: User, who: str
) -> None:
    people = {"rosa": rosa, "pia": pia, "max_": max_, "ada": ada}
    with pytest.raises(PermissionDenied):
        ask(an_alert(rosa, rosa, mia), people[who])


def test_what_has_ended_is_not_asked_about(rosa: User, mia: User) -> None:
    with pytest.raises(ValidationError):
        ask(an_alert(rosa, rosa, mia, closed_at=NOW), mia)


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_a_question_has_words_and_not_too_many(rosa: User, mia: User, text: str) -> None:
    with pytest.raises(ValidationError):
        AlertQuestion.ask(an_alert(rosa, rosa, mia), text, by=mia, at=NOW)
    assert not AlertQuestion.objects.exists()


def test_the_answer_is_found_by_whoever_asked_though_they_were_done(
    rosa: User, mia: User, eva: User
) -> None:
    alert = an_alert(rosa, rosa, mia)
    question = ask(alert, eva)
    inbox(eva, NOW + DAY)
    Notification.objects.get(person=mia).settle(NOW)
    question.reply("Friday", by=rosa, at=NOW + 2 * HOUR)
    assert (question.answer, question.answered_at) == ("Friday", NOW + 2 * HOUR)
    assert inbox(eva, NOW + 2 * HOUR).get().alert == alert
    assert not inbox(mia, NOW + 2 * HOUR).exists()


def test_it_is_answered_once_and_by_nobody_else(rosa: User, mia: User) -> None:
    question = ask(an_alert(rosa, rosa, mia), mia)
    with pytest.raises(PermissionDenied):
        question.reply("For her", by=mia, at=NOW)
    with pytest.raises(ValidationError):
        question.reply("  ", by=rosa, at=NOW)
    same = AlertQuestion.objects.get()
    question.reply("Friday", by=rosa, at=NOW)
    with pytest.raises(ValidationError):
        same.reply("Monday", by=rosa, at=NOW)
    assert AlertQuestion.objects.get().answer == "Friday"


def test_the_two_read_it_and_nobody_else(rosa: User, mia: User, eva: User, pia: User) -> None:
    ask(an_alert(rosa, rosa, mia, eva), mia)
    seen = {
        who.name: AlertQuestion.objects.visible_to(who).count() for who in (rosa, mia, eva, pia)
    }
    assert seen == {"Rosa Rep": 1, "Mia Manager": 1, "Eva Executive": 0, "Pia Peer": 0}
    rosa.join(None)
    assert not AlertQuestion.objects.visible_to(mia).exists()
