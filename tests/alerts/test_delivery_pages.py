"""Administrators see whether things get out, and send again what did not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.health import MOST_SHOWN
from alerts.models import Digest, Heartbeat, Sweep, WebhookDelivery
from alerts.models.outbox import MOST_ATTEMPTS
from metrics.models import TallyCheck
from people.models import User
from tests.alerts.conftest import an_endpoint
from tests.factories import TODAY
from tests.support.process import free_port

URL = "/settings/delivery/"
DAY = timedelta(days=1)


def a_digest(person: User, day: int = 0, **fields: Any) -> Digest:
    at = timezone.now() - timedelta(hours=1)
    return Digest.objects.create(
        person=person, day=TODAY - day * DAY, **{"made_at": at, "due_at": at, **fields}
    )


def given_up(person: User, day: int = 0, **fields: Any) -> Digest:
    at = timezone.now()
    fields = {"attempts": MOST_ATTEMPTS, "last_error": "550 No such user", **fields}
    return a_digest(person, day, gave_up_at=at, **fields)


def retried(person: User, day: int = 0) -> Digest:
    later = timezone.now() + timedelta(hours=3)
    return a_digest(person, day, attempts=4, last_error="421 Too busy", due_at=later)


def a_failed_webhook(owner: User) -> WebhookDelivery:
    endpoint = an_endpoint(owner, url="https://hooks.example.com/very-secret")
    said = {"type": "opportunity.won", "data": {"name": "Hush"}}
    delivery = WebhookDelivery.queue(endpoint, "opportunity.won", "", said, timezone.now())
    WebhookDelivery.objects.update(gave_up_at=timezone.now(), last_error="It answered 500.")
    return delivery


def test_it_stands_when_nothing_ever_ran(as_: Any, ada: User) -> None:
    page = as_.page(ada).get(URL).content.decode()
    assert page.count("Never heard of") == 3
    assert "Nothing was given up" in page
    assert "Not yet" in page
    assert "No mail server is set up" in page
    assert "No tallies have been counted again yet" in page


def test_it_shows_what_runs_what_waits_and_what_was_done(as_: Any, ada: User, rosa: User) -> None:
    now = timezone.now()
    Heartbeat.expect(now)
    Sweep.take("stalled_deal", now - timedelta(seconds=9)).end(now, opened=31, closed=17)  # type: ignore[union-attr]
    TallyCheck.objects.create(day=TODAY, at=now, checked=70, differed=2)
    a_digest(rosa)
    page = as_.page(ada).get(URL).content.decode()
    assert page.count("On time") == 3
    assert "9.0 s" in page
    assert all(f">{number}<" in page for number in (31, 17))
    assert "2 differed and were mended" in page
    assert '<tr class="risk"><th scope="row">Digests' in page


def test_failures_say_whom_what_and_why_and_nothing_that_was_said(
    as_: Any, ada: User, rosa: User
) -> None:
    given_up(rosa, lines=[{"title": "Hush"}])
    a_failed_webhook(rosa)
    retried(rosa, day=1)
    page = as_.page(ada).get(URL).content.decode()
    for words in (
        "Digest to Rosa Rep",
        "after 18 attempts: 550 No such user",
        "opportunity.won to Rosa Rep",
        "It answered 500.",
        "after 4 attempts: 421 Too busy",
    ):
        assert words in page
    assert "Hush" not in page
    assert "very-secret" not in page


def test_a_long_list_is_capped_and_says_so(as_: Any, ada: User, rosa: User) -> None:
    for day in range(MOST_SHOWN + 2):
        given_up(rosa, day)
    page = as_.page(ada).get(URL).content.decode()
    assert page.count("550 No such user") == MOST_SHOWN
    assert f"The latest {MOST_SHOWN} of {MOST_SHOWN + 2}" in page


def test_ada_sends_one_again_from_the_beginning_under_the_same_id(
    as_: Any, ada: User, rosa: User
) -> None:
    one, other = given_up(rosa), given_up(rosa, day=1)
    as_.page(ada).post(f"{URL}digest/{one.pk}/retry/")
    again = Digest.objects.get(pk=one.pk)
    assert (again.gave_up_at, again.attempts, again.uid) == (None, 0, one.uid)
    assert again.due_at <= timezone.now()
    assert Digest.objects.get(pk=other.pk).gave_up_at


def test_all_are_sent_again_those_that_wait_for_another_try_at_once(
    as_: Any, ada: User, rosa: User
) -> None:
    given_up(rosa)
    retried(rosa, day=1)
    a_failed_webhook(rosa)
    page = as_.page(ada).post(f"{URL}retries/", follow=True).content.decode()
    assert "3 of them are sent again now" in page
    now = timezone.now()
    assert Digest.objects.due(now).count() == 2
    assert WebhookDelivery.objects.due(now).count() == 1
    assert Digest.objects.get(day=TODAY - DAY).attempts == 4


def test_what_is_being_sent_or_was_sent_is_left_alone(as_: Any, ada: User, rosa: User) -> None:
    sent = a_digest(rosa, sent_at=timezone.now())
    retried(rosa, day=1)
    Digest.objects.filter(sent_at=None).update(due_at=timezone.now() - DAY)
    (leased,) = Digest.objects.all().claim(timezone.now(), 1)
    client = as_.page(ada)
    for digest in (sent, leased):
        page = client.post(f"{URL}digest/{digest.pk}/retry/", follow=True).content.decode()
        assert "Nothing to send again" in page
    sent.refresh_from_db()
    assert sent.sent_at
    assert Digest.objects.get(pk=leased.pk).lease == leased.lease


def test_what_is_not_there_is_not_sent(as_: Any, ada: User) -> None:
    client = as_.page(ada)
    for path in ("digest/999999/", "nonsense/1/"):
        assert client.post(f"{URL}{path}retry/").status_code == 404


# The test mail.


class Letterbox:
    """A mail server that keeps what it gets, or refuses it with its `answer`."""

    answer = "250 OK"

    def __init__(self) -> None:
        self.got: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(bytes(envelope.content or b""))
        return self.answer


@pytest.fixture
def letterbox(settings: Any) -> Iterator[Letterbox]:
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_IS_CONFIGURED = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.hostname, server.port
    yield box
    server.stop()


def test_a_test_mail_goes_over_the_real_mail_server(
    as_: Any, ada: User, letterbox: Letterbox
) -> None:
    page = as_.page(ada).post(f"{URL}test-mail/", follow=True).content.decode()
    assert f"The mail server took it. Look for it at {ada.email}." in page
    (mail,) = letterbox.got
    assert b"Subject: Touchline sends mails" in mail
    assert f"To: {ada.email}".encode() in mail


def test_the_words_of_a_mail_server_that_refuses_are_shown(
    as_: Any, ada: User, letterbox: Letterbox
) -> None:
    letterbox.answer = "554 5.7.1 <Relay> access denied"
    page = as_.page(ada).post(f"{URL}test-mail/", follow=True).content.decode()
    assert "The mail was not sent. 554 5.7.1 &lt;Relay&gt; access denied" in page


def test_a_mail_server_that_is_away_is_said(as_: Any, ada: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_IS_CONFIGURED = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    page = as_.page(ada).post(f"{URL}test-mail/", follow=True).content.decode()
    assert "The mail was not sent. The mail server:" in page


def test_without_a_mail_server_there_is_nothing_to_try(as_: Any, ada: User) -> None:
    client = as_.page(ada)
    assert f"{URL}test-mail/" not in client.get(URL).content.decode()
    page = client.post(f"{URL}test-mail/", follow=True).content.decode()
    assert "EMAIL_HOST is empty" in page


def test_it_stands_while_the_queue_is_away(
    as_: Any, ada: User, settings: Any, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    assert "It does not answer" in as_.page(ada).get(URL).content.decode()


def test_the_page_asks_the_same_few_things_for_3_and_30_failures(
    as_: Any, ada: User, rosa: User
) -> None:
    client, counts = as_.page(ada), []
    for days in (range(3), range(3, 30)):
        for day in days:
            given_up(rosa, 2 * day)
            retried(rosa, 2 * day + 1)
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
