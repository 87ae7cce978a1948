"""Whose webhook was switched off because it did not work is told, and nobody else."""

from datetime import timedelta

import pytest

from alerts.models.webhook import FAILING, GONE
from people.models import User
from tests.alerts.conftest import an_endpoint
from tests.factories import NOW
from tests.support.alerting import inbox, is_open, look, one

pytestmark = pytest.mark.django_db
KIND = "webhook_switched_off"
HOUR = timedelta(hours=1)


def test_its_owner_is_told_once_and_switching_it_on_ends_it(
    rosa: User, mia: User, ada: User
) -> None:
    endpoint = an_endpoint(rosa)
    for minutes in range(0, 70, 7):
        endpoint.note_failure(NOW + timedelta(minutes=minutes))
    later = NOW + 2 * HOUR
    look(later, KIND)
    look(later, KIND)
    alert = one(KIND, FAILING)
    assert (alert.about, alert.rule, alert.title) == (rosa, FAILING, "Webhook to hooks.example.com")
    assert (alert.value, alert.limit, alert.clock_at) == (10, 10, NOW)
    assert alert.sentence().startswith("Switched off after 10 failures in a row")
    assert alert.path_for(rosa) == f"/settings/webhooks/{endpoint.pk}/"
    assert [inbox(person, later).count() for person in (rosa, mia, ada)] == [1, 0, 0]
    endpoint.switch_on(by=rosa, at=later)
    look(later + HOUR, KIND)
    assert not is_open(KIND, endpoint.pk, FAILING)


def test_one_that_is_gone_for_good_is_told_of_too_until_it_is_removed(rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    endpoint.stop(GONE, NOW)
    look(NOW, KIND)
    alert = one(KIND, GONE)
    assert alert.sentence() == "Switched off: it answered 410, gone for good."
    pk = endpoint.pk
    endpoint.remove(by=rosa)
    look(NOW + HOUR, KIND)
    assert not is_open(KIND, pk, GONE)


def test_what_somebody_switched_off_is_no_news_to_them(rosa: User) -> None:
    endpoint = an_endpoint(rosa)
    endpoint.switch_off(by=rosa, at=NOW)
    look(NOW, KIND)
    assert not any(is_open(KIND, endpoint.pk, rule) for rule in (FAILING, GONE, ""))
