"""What is to go out is claimed by a lease, sent, marked: at least once, and by one at a time."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection

from alerts import sending
from alerts.models import AlertMail, AlertPreference, DeliveryHours
from alerts.models.outbox import (
    ERROR_LENGTH,
    FIRST_PAUSE,
    LEASE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    Needless,
    Refused,
    TryLater,
)
from alerts.models.preference import AT_ONCE
from people.models import User
from tests.factories import NOW, an_alert
from tests.support.smtp import MailServer
from tests.support.smtp import mail_server as mail_server
from tests.support.worker import environment

pytestmark = pytest.mark.django_db
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py
committed = pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LATE = NOW + LEASE


@pytest.fixture
def waiting(rosa: User) -> list[AlertMail]:
    """Three mails that are due, the first the longest."""
    DeliveryHours.of(rosa, NOW).change(at=NOW, quiet_from="00:00", quiet_until="00:00")
    AlertPreference.choose(rosa, "debrief_overdue", mail=AT_ONCE)
    mails = []
    for n in range(3):
        alert = an_alert(rosa, rosa)
        due_at = NOW - (3 - n) * SECOND
        mails.append(AlertMail.of(alert.notifications.get(), alert, due_at, NOW))
        mails[-1].save()
    return mails


class Way:
    """Stands for a channel: says of each row what it is told to, then sends it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: dict[int, Exception] = {}
        self.sent: list[int] = []
        self.rang = 0
        monkeypatch.setattr(AlertMail, "opened", self.opened)

    @contextmanager
    def opened(self) -> Iterator[Callable[[AlertMail], None]]:
        yield self.send

    def send(self, row: AlertMail) -> None:
        if row.pk in self.answers:
            raise self.answers[row.pk]
        self.sent.append(row.pk)

    def ring(self) -> None:
        self.rang += 1

    def run(self, at: datetime = NOW) -> int:
        return sending.send_some(AlertMail, lambda: at, self.ring)


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Way:
    return Way(monkeypatch)


def keys(mails: list[AlertMail]) -> list[int]:
    return [mail.pk for mail in mails]


def claim(at: datetime = NOW, most: int = 20) -> list[AlertMail]:
    claimed: list[AlertMail] = AlertMail.objects.claim(at, most)
    return claimed


# Claiming.


def test_what_is_due_is_claimed_once_the_longest_due_first(waiting: list[AlertMail]) -> None:
    AlertMail.objects.filter(pk=waiting[1].pk).update(due_at=NOW + SECOND)
    assert keys(claim(most=1)) == [waiting[0].pk]
    assert keys(claim()) == [waiting[2].pk]
    assert claim() == []
    assert keys(claim(NOW + SECOND)) == [waiting[1].pk]


def test_a_lease_that_is_over_is_taken_by_the_next_and_its_holder_does_not_send(
    waiting: list[AlertMail],
) -> None:
    first = claim()[0]
    assert claim(LATE - SECOND) == []
    second = claim(LATE)[0]
    assert (second.pk, second.uid) == (first.pk, first.uid)
    assert (first.attempts, second.attempts) == (1, 2)
    assert not first.renew(LATE)
    first.mark_sent(LATE)
    first.put_off("Too late", LATE)
    first.give_up("Too late", LATE)
    first.withdraw()
    second.refresh_from_db()
    assert (second.state, second.last_error) == ("waiting", "")
    assert second.renew(LATE)


def test_a_renewed_lease_lasts_from_then_on(waiting: list[AlertMail]) -> None:
    mail = claim(most=1)[0]
    assert mail.renew(NOW + LEASE / 2)
    assert mail.pk not in keys(claim(LATE))
    assert mail.pk in keys(claim(LATE + LEASE / 2))


@committed
def test_two_that_claim_at_once_share_what_is_due(waiting: list[AlertMail]) -> None:
    found, both, failures = [], threading.Barrier(2), []

    def run() -> None:
        try:
            both.wait()
            found.extend(keys(claim(most=2)))
        except BaseException as failure:
            failures.append(failure)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(found) == len(set(found))
    assert sorted(found + keys(claim())) == sorted(keys(waiting))


# Sending.


def test_what_was_sent_is_not_sent_again(waiting: list[AlertMail], way: Way) -> None:
    assert way.run() == 3
    assert way.run(LATE) == 0
    assert way.sent == keys(waiting)
    assert {mail.state for mail in AlertMail.objects.all()} == {"sent"}


def test_each_outcome_is_that_of_one_row_only(waiting: list[AlertMail], way: Way) -> None:
    first, second, _ = waiting
    way.answers = {first.pk: TryLater("Busy"), second.pk: Refused("Never")}
    assert way.run() == 1
    for mail in waiting:
        mail.refresh_from_db()
    assert [mail.state for mail in waiting] == ["retrying", "failed", "sent"]
    assert [mail.last_error for mail in waiting] == ["Busy", "Never", ""]
    assert list(AlertMail.objects.failed()) == [second]


def test_what_is_needless_leaves_nothing(waiting: list[AlertMail], way: Way) -> None:
    way.answers = {waiting[0].pk: Needless()}
    assert way.run() == 2
    assert not AlertMail.objects.filter(pk=waiting[0].pk).exists()


def test_an_error_nobody_foresaw_puts_off_its_row_and_keeps_none_of_the_others(
    waiting: list[AlertMail], way: Way
) -> None:
    way.answers = {waiting[0].pk: KeyError("a kind that is gone")}
    with pytest.raises(KeyError):
        way.run()
    assert way.rang == 1
    assert way.run() == 2
    assert way.sent == keys(waiting)[1:]
    waiting[0].refresh_from_db()
    assert (waiting[0].state, waiting[0].last_error) == ("retrying", sending.BROKE_OFF)
    assert waiting[0].due_at >= NOW + FIRST_PAUSE
    assert AlertMail.objects.get(pk=waiting[1].pk).attempts == 1


def test_what_breaks_off_before_the_first_does_not_ring_for_more(
    waiting: list[AlertMail], way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def broken() -> Iterator[Callable[[AlertMail], None]]:
        raise ImportError("no such backend")
        yield

    monkeypatch.setattr(AlertMail, "opened", broken)
    with pytest.raises(ImportError):
        way.run()
    assert way.rang == 0
    assert len(claim()) == 3


def test_more_than_a_handful_rings_for_the_rest(
    waiting: list[AlertMail], way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    assert way.run() == 2
    assert way.rang == 1
    assert way.run() == 1
    assert way.rang == 1


# Trying again.


@pytest.mark.parametrize("attempts", [1, 2, 5, 13, 14, 15, 17])
def test_pauses_grow_to_a_day_and_are_never_the_same(
    attempts: int, waiting: list[AlertMail]
) -> None:
    pauses = []
    for _ in range(4):
        AlertMail.objects.update(attempts=attempts - 1, due_at=NOW, lease=None, leased_until=None)
        for mail in claim():
            mail.put_off("Busy", NOW)
            mail.refresh_from_db()
            assert (mail.state, mail.leased_until) == ("retrying", None)
            pauses.append(mail.due_at - NOW)
    longest = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    assert max(pauses) <= longest
    assert min(pauses) >= max(longest / 2, FIRST_PAUSE)
    assert attempts == 1 or len(set(pauses)) == len(pauses) == 12


def test_after_days_of_trying_it_is_given_up(waiting: list[AlertMail]) -> None:
    AlertMail.objects.update(attempts=MOST_ATTEMPTS - 1)
    for mail in claim():
        mail.put_off("Busy " * ERROR_LENGTH, NOW)
    assert {mail.state for mail in AlertMail.objects.all()} == {"failed"}
    assert claim(NOW + 9 * DAY) == []


def test_all_tries_together_last_for_two_to_four_days(waiting: list[AlertMail]) -> None:
    mail, at = waiting[0], NOW
    AlertMail.objects.exclude(pk=mail.pk).delete()
    while claimed := claim(at):
        claimed[0].put_off("Busy", at)
        mail.refresh_from_db()
        at = mail.due_at
    assert (mail.state, mail.attempts) == ("failed", MOST_ATTEMPTS)
    assert NOW + 1.9 * DAY < mail.gave_up_at <= NOW + 4 * DAY


def test_what_was_given_up_begins_anew_with_its_id_when_somebody_asks(
    waiting: list[AlertMail], way: Way
) -> None:
    way.answers = {waiting[0].pk: Refused("Never")}
    way.run()
    waiting[0].refresh_from_db()
    uid = waiting[0].uid
    way.answers = {}
    waiting[0].send_again(LATE)
    assert way.run(LATE) == 1
    waiting[0].refresh_from_db()
    assert (waiting[0].state, waiting[0].attempts, waiting[0].uid) == ("sent", 1, uid)


# Killed between sending and marking it.

KILLED = """
import os, signal, sys
import tests.support.worker
import django
django.setup()
from datetime import datetime
from django.conf import settings
from alerts import sending
from alerts.models import AlertMail
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
at = datetime.fromisoformat(sys.argv[2])
AlertMail.mark_sent = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
sending.send_some(AlertMail, lambda: at, lambda: None)
"""


@committed
@pytest.mark.slow
def test_who_is_killed_after_sending_has_it_sent_again_with_the_same_id(
    waiting: list[AlertMail], mail_server: MailServer
) -> None:
    command = [sys.executable, "-c", KILLED, str(mail_server.port), NOW.isoformat()]
    killed = subprocess.run(
        command, env=environment(), capture_output=True, timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert len(mail_server.taken) == 1
    assert sending.send_some(AlertMail, lambda: LATE - SECOND, lambda: None) == 0
    assert sending.send_some(AlertMail, lambda: LATE, lambda: None) == 3
    ids = [mail.header("Message-ID") for mail in mail_server.taken]
    assert len(ids) == 4
    assert len(set(ids)) == 3
    assert ids[0] == ids[1]
