"""Somebody gets another manager: within the hour that one hears of what is open."""

import pytest
from django.utils import timezone

from alerts.climb import climb
from alerts.models import Notification
from alerts.tasks import look_again
from people.models import User
from tests.factories import NOW, an_alert

pytestmark = pytest.mark.django_db


def told(person: User) -> list[str]:
    rows = Notification.objects.filter(person=person)
    return list(rows.values_list("alert__title", flat=True))


def test_the_new_manager_hears_of_what_is_open_and_of_nothing_else(
    rosa: User, pia: User, mia: User, max_: User
) -> None:
    an_alert(rosa, rosa, mia, title="Rosa's")
    an_alert(rosa, rosa, mia, subject_id=98, title="Rosa's, over", closed_at=NOW)
    an_alert(rosa, rosa, subject_id=99, title="Rosa's alone")
    an_alert(pia, pia, mia, title="Pia's")
    rosa.join(max_.teams_led.get())
    look_again()
    climb(timezone.now())
    assert told(max_) == ["Rosa's"]
    assert told(mia).count("Rosa's") == 1


def test_looking_twice_tells_nobody_twice(rosa: User, mia: User, max_: User) -> None:
    an_alert(rosa, rosa, mia, title="Rosa's")
    rosa.join(max_.teams_led.get())
    for _ in range(2):
        look_again()
        climb(timezone.now())
    assert told(max_) == ["Rosa's"]
