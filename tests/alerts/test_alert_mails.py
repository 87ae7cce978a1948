"""Mails that somebody wanted at once: what they say, and what a mail server may do with them."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from alerts import sending
from alerts.climb import climb
from alerts.kinds import KINDS, MANY
from alerts.models import Alert, AlertMail, AlertPreference, AlertRule, DeliveryHours, Notification
from alerts.models.preference import AT_ONCE, DIGEST, NEVER
from people.models import Absence, Holiday, User
from tests.factories import NOW, an_alert
from tests.support.smtp import DROP, HANG, RESET, MailServer
from tests.support.smtp import mail_server as mail_server

pytestmark = pytest.mark.django_db
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
URL = re.compile(r"https?://\S+")


@pytest.fixture(autouse=True)
def wanted(rosa: User, mia: User) -> None:
    """Both want each kind at once."""
    for person in (rosa, mia):
        for kind in KINDS:
            AlertPreference.choose(person, kind, mail=AT_ONCE)


SILENT = {
    "kind": "stalled_deal",
    "rule": "silent",
    "subject_id": 7,
    "title": "Acme rollout",
    "said": "No activity for {number}; the limit is 14.",
    "severity": "risk",
    "value": 19,
    "limit": 14,
    "unit": "days",
    "money": Decimal(48_000),
    "currency": "EUR",
}


def begins(about: User, at: datetime = NOW, **fields: Any) -> Alert:
    """A deal is silent, and whom its kind's ladder names is told."""
    alert = an_alert(about, at=at, climbs_at=at, **{**SILENT, **fields})
    climb(at)
    return alert


def many_begin(about: User) -> None:
    for subject in range(25):
        an_alert(about, climbs_at=NOW, **SILENT | {"subject_id": subject})
    climb(NOW)


def mails(person: User) -> list[AlertMail]:
    return list(AlertMail.objects.filter(person=person).order_by("pk"))


def send(at: datetime = NOW) -> int:
    """What is due, as the job does; returns how many went out."""
    return sending.send_some(AlertMail, lambda: at, lambda: None)


def only(person: User) -> AlertMail:
    """The mail to this person; those to others are out of the way."""
    AlertMail.objects.exclude(person=person).delete()
    (mail,) = mails(person)
    return mail


def after_pause(mail: AlertMail) -> datetime:
    mail.refresh_from_db()
    return mail.due_at


# What they say.


def test_a_mail_says_what_is_so_and_leads_to_where_it_is_resolved(
    mia: User, rosa: User, mail_server: MailServer
) -> None:
    alert = begins(rosa, clock_on=date(2026, 11, 4), clock_event="The last activity")
    assert send() == 2
    mail = next(each for each in mail_server.taken if each.to == mia.email)
    message = mail.parsed
    assert (
        message["Subject"] == "Acme rollout is stalled: No activity for 19 days; the limit is 14."
    )
    assert message["To"] == mia.email
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert message.get_content_type() == "multipart/alternative"
    for part in (mail.part("plain"), unescape(mail.part("html"))):
        assert "Acme rollout" in part
        assert "No activity for 19 days; the limit is 14." in part
        assert "€48,000" in part
        assert "14 days" in part
        assert "The last activity, 4 Nov 2026" in part
        assert "Rosa Rep" in part
        assert KINDS["stalled_deal"].explains in part
        assert "Open the deal" in part
        for path in ("/opportunities/7/", f"/alerts/{alert.pk}/", "/alerts/unsubscribe/"):
            assert f"{settings.SITE_URL}{path}" in part


def test_the_number_is_that_of_the_day_on_which_it_goes_out(
    rosa: User, mail_server: MailServer
) -> None:
    """Told on Friday evening, it waits for Monday."""
    friday = datetime.fromisoformat("2026-11-20T20:00Z")
    begins(rosa, friday)
    only(rosa)
    assert send(friday) == 0
    assert send(datetime.fromisoformat("2026-11-23T07:00Z")) == 1
    assert "No activity for 22 days" in mail_server.taken[0].header("Subject")


def test_working_days_leave_out_the_holidays(rosa: User, mail_server: MailServer) -> None:
    Holiday.add(date(2026, 11, 19), "Thursday off")
    begins(rosa, NOW, said="{number} in its stage.", unit="working days", value=12)
    mail = only(rosa)
    AlertMail.objects.filter(pk=mail.pk).update(due_at=NOW + 2 * DAY)
    send(NOW + 2 * DAY)
    assert "13 working days" in mail_server.taken[0].part("plain")


def test_times_are_those_of_the_persons_own_zone(rosa: User, mail_server: MailServer) -> None:
    rosa.change(time_zone="Asia/Kathmandu")
    begins(rosa, kind="debrief_overdue", clock_at=NOW, clock_event="The call ended")
    only(rosa)
    send()
    assert "The call ended, 18 Nov 2026, 14:45" in mail_server.taken[0].part("plain")


def test_who_stands_above_is_led_to_what_they_may_open(
    rosa: User, mia: User, mail_server: MailServer
) -> None:
    AlertRule.of(KINDS["debrief_overdue"]).change(manager_app=0)
    begins(rosa, kind="debrief_overdue")
    send()
    texts = {mail.to: mail.part("plain") for mail in mail_server.taken}
    assert "Debrief:\n" in texts[rosa.email or ""]
    assert "/calls/7/debrief/" in texts[rosa.email or ""]
    assert "Open the call:\n" in texts[mia.email or ""]
    assert "/debrief/" not in texts[mia.email or ""]


class Tags(HTMLParser):
    """The tags of a page, and their attributes; `problems` were not closed in order."""

    VOID = {"meta", "br"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.problems: list[str] = []
        self.feed(page)
        self.problems += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)


NASTY = 'Müller & <b>Søn</b> "x"\r\nBcc: all@example.com\n\n\u2028\u0085' + "é" * 240


def test_names_are_text_and_never_headers_or_tags(rosa: User, mail_server: MailServer) -> None:
    begins(rosa, title=NASTY[:300], said="Said by A & B <script>: {number}.")
    only(rosa)
    send()
    (mail,) = mail_server.taken
    head = mail.raw.partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc" not in head
    assert mail.parsed["Bcc"] is None
    assert mail.header("Subject").startswith('Müller & <b>Søn</b> "x" Bcc: all@')
    assert "Said by A & B <script>" in mail.header("Subject")
    assert len(mail.header("Subject")) <= 200
    assert "Müller & <b>Søn</b>" in mail.part("plain")
    assert "Müller &amp; &lt;b&gt;Søn&lt;/b&gt;" in mail.part("html")
    assert not Tags(mail.part("html")).problems


@pytest.mark.parametrize("kind", [*KINDS, MANY])
def test_mails_are_whole_pages_with_one_button_no_image_and_nothing_that_is_loaded(
    kind: str, rosa: User, mail_server: MailServer
) -> None:
    if kind == MANY:
        many_begin(rosa)
    else:
        begins(rosa, kind=kind)
    if not mails(rosa):  # of some kinds only their manager hears
        AlertMail.objects.update(person=rosa)
        Notification.objects.update(person=rosa)
    only(rosa)
    assert send() == 1
    html, text = mail_server.taken[0].part("html"), mail_server.taken[0].part("plain")
    tags = Tags(html)
    assert not tags.problems
    assert {tag for tag, _ in tags.found}.isdisjoint({"img", "script", "link", "iframe", "form"})
    assert "url(" not in html
    assert "@import" not in html
    assert sum("button" in (attrs.get("class") or "") for _, attrs in tags.found) == 1
    links = {attrs["href"] for tag, attrs in tags.found if tag == "a"}
    assert links == set(URL.findall(text))
    assert all(str(link).startswith(f"{settings.SITE_URL}/") for link in links)
    assert "max-width:600px" in html
    assert "prefers-color-scheme: dark" in html
    assert "{" not in text
    assert "None" not in text


# Headers.


def test_mail_programs_are_told_how_to_thread_it_and_how_to_end_it(
    rosa: User, mail_server: MailServer
) -> None:
    alert = begins(rosa)
    mail = only(rosa)
    send()
    message = mail_server.taken[0].parsed
    host = "127.0.0.1"
    assert message["Message-ID"] == f"<{mail.uid}@{host}>"
    assert message["References"] == message["In-Reply-To"] == f"<alert-{alert.pk}@{host}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = mail_server.taken[0].header("List-Unsubscribe")
    assert url.startswith(f"<{settings.SITE_URL}/alerts/unsubscribe/")
    path = url.strip("<>").removeprefix(settings.SITE_URL)
    client = Client(enforce_csrf_checks=True)
    body = {"List-Unsubscribe": "One-Click"}  # RFC 8058, without signing in
    assert client.post(path, body).status_code == 200
    assert AlertPreference.objects.get(person=rosa, kind="stalled_deal").mail == NEVER
    assert client.post(path.replace("unsubscribe/", "unsubscribe/x"), body).status_code == 404


def test_what_is_sent_again_has_the_same_id(rosa: User, mail_server: MailServer) -> None:
    begins(rosa)
    only(rosa)
    send()
    mails(rosa)[0].send_again(NOW)
    send()
    first, second = mail_server.taken
    assert first.parsed["Message-ID"] == second.parsed["Message-ID"]


# What a mail server may do.


@pytest.mark.parametrize("where", ["at_rcpt", "at_data"])
def test_a_server_that_says_later_is_tried_again_with_growing_pauses(
    where: str, rosa: User, mail_server: MailServer
) -> None:
    begins(rosa)
    mail, at, pauses = only(rosa), NOW, []
    setattr(mail_server, where, ["451 4.7.1 Greylisted"] * 4)
    for _ in range(4):
        assert send(at) == 0
        pauses.append(after_pause(mail) - at)
        assert (mail.state, mail.last_error) == ("retrying", "451 4.7.1 Greylisted")
        assert send(mail.due_at - timedelta(seconds=1)) == 0
        at = mail.due_at
    assert [round(pause.total_seconds()) for pause in pauses] != [5, 10, 20, 40]
    for n, pause in enumerate(pauses):
        longest = timedelta(seconds=5 * 2**n)
        assert max(longest / 2, timedelta(seconds=5)) <= pause <= longest
    assert send(at) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == ("sent", 5, "")


@pytest.mark.parametrize("where", ["at_rcpt", "at_data"])
def test_a_server_that_says_never_is_not_asked_again(
    where: str, rosa: User, mail_server: MailServer
) -> None:
    begins(rosa)
    mail = only(rosa)
    setattr(mail_server, where, ["550 5.1.1 No such user"])
    assert send() == 0
    assert send(NOW + DAY) == 0
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == ("failed", "550 5.1.1 No such user")
    assert list(AlertMail.objects.failed()) == [mail]
    mail.send_again(NOW)
    assert send() == 1


@pytest.mark.parametrize("answer", [HANG, DROP, "421 4.3.2 Shutting down"])
def test_a_server_that_hangs_or_goes_away_is_tried_again(
    answer: str, rosa: User, mail_server: MailServer
) -> None:
    begins(rosa)
    mail = only(rosa)
    mail_server.at_data = [answer]
    assert send() == 0
    assert not mail_server.taken
    assert send(after_pause(mail)) == 1
    assert len(mail_server.taken) == 1


def test_a_server_that_takes_it_and_breaks_off_gets_it_twice_with_the_same_id(
    rosa: User, mail_server: MailServer
) -> None:
    begins(rosa)
    mail = only(rosa)
    mail_server.at_data = [RESET]
    assert send() == 0
    assert send(after_pause(mail)) == 1
    first, second = mail_server.taken
    assert first.parsed["Message-ID"] == second.parsed["Message-ID"]
    assert first.part("plain") == second.part("plain")


def test_several_mails_go_over_one_connection(rosa: User, mail_server: MailServer) -> None:
    for subject in (7, 8, 9):
        begins(rosa, subject_id=subject)
    AlertMail.objects.exclude(person=rosa).delete()
    assert send() == 3
    assert mail_server.connections == 1


def test_one_that_is_refused_or_lost_keeps_none_of_the_others(
    rosa: User, mail_server: MailServer
) -> None:
    for subject in range(7, 12):
        begins(rosa, subject_id=subject)
    AlertMail.objects.exclude(person=rosa).delete()
    mail_server.at_rcpt = ["250 Ok", "550 No", "421 Bye", "451 Later"]
    assert send() == 2
    states = [mail.state for mail in mails(rosa)]
    assert states == ["sent", "failed", "retrying", "retrying", "sent"]


def test_a_server_that_hangs_is_not_waited_for_by_all_that_was_claimed(
    rosa: User, mail_server: MailServer
) -> None:
    for subject in range(7, 13):
        begins(rosa, subject_id=subject)
    AlertMail.objects.exclude(person=rosa).delete()
    mail_server.at_data = [HANG] * 6
    assert send() == 0
    assert len(mail_server.at_data) == 4
    assert {mail.state for mail in mails(rosa)} == {"retrying"}


def test_a_server_that_is_not_there_or_never_greets_fails_no_mail(
    rosa: User, mail_server: MailServer, settings: Any
) -> None:
    for subject in (7, 8):
        begins(rosa, subject_id=subject)
    AlertMail.objects.exclude(person=rosa).delete()
    mail_server.greets = False
    assert send() == 0
    assert mail_server.connections == 1
    settings.EMAIL_PORT = 1
    assert send(NOW + MINUTE) == 0
    assert {mail.state for mail in mails(rosa)} == {"retrying"}
    mail_server.greets, settings.EMAIL_PORT = True, mail_server.port
    assert send(NOW + HOUR) == 2


def test_a_server_that_does_not_let_us_in_fails_no_mail(
    rosa: User, mail_server: MailServer, settings: Any
) -> None:
    """A password that is wrong for an hour must not lose what was due in that hour."""
    begins(rosa)
    mail = only(rosa)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "touchline", "wrong"
    assert send() == 0
    assert after_pause(mail) > NOW
    assert mail.state == "retrying"


def test_an_address_that_no_mail_can_have_is_given_up_and_the_next_one_goes_out(
    rosa: User, pia: User, mail_server: MailServer
) -> None:
    AlertPreference.choose(pia, "stalled_deal", mail=AT_ONCE)
    begins(rosa)
    begins(pia, subject_id=8)
    AlertMail.objects.exclude(person__in=[rosa, pia]).delete()
    User.objects.filter(pk=rosa.pk).update(email="rosa <at> @ example,com")
    assert send() == 1
    assert [mail.to for mail in mail_server.taken] == [pia.email]
    assert mails(rosa)[0].state == "failed"


# Who gets nothing.


def leaves(alert: Alert, rosa: User, mia: User) -> None:
    mia.deactivate()


def leads_no_longer(alert: Alert, rosa: User, mia: User) -> None:
    rosa.join(None)


def has_no_address(alert: Alert, rosa: User, mia: User) -> None:
    User.objects.filter(pk=mia.pk).update(email=None)


def is_of_the_sample(alert: Alert, rosa: User, mia: User) -> None:
    User.objects.filter(pk=mia.pk).update(is_sample=True)


def is_done_with_it(alert: Alert, rosa: User, mia: User) -> None:
    Notification.objects.get(person=mia).settle(NOW)


def snoozes_it(alert: Alert, rosa: User, mia: User) -> None:
    Notification.objects.get(person=mia).snooze(NOW.date() + 5 * DAY, "Holidays", at=NOW)


def wants_no_more_mails(alert: Alert, rosa: User, mia: User) -> None:
    AlertPreference.choose(mia, alert.kind, mail=DIGEST)


def mutes_the_kind(alert: Alert, rosa: User, mia: User) -> None:
    AlertPreference.choose(mia, alert.kind, is_muted=True)


def sees_it_end(alert: Alert, rosa: User, mia: User) -> None:
    Alert.objects.filter(pk=alert.pk).update(closed_at=NOW)


@pytest.mark.parametrize(
    "change",
    [
        leaves,
        leads_no_longer,
        has_no_address,
        is_of_the_sample,
        is_done_with_it,
        snoozes_it,
        wants_no_more_mails,
        mutes_the_kind,
        sees_it_end,
    ],
    ids=lambda change: change.__name__,
)
def test_nothing_is_sent_to_who_meanwhile(
    change: Callable[[Alert, User, User], None], rosa: User, mia: User, mail_server: MailServer
) -> None:
    alert = begins(rosa)
    only(mia)
    change(alert, rosa, mia)
    assert send() == 0
    assert not mail_server.taken
    assert not AlertMail.objects.exists()


@pytest.mark.parametrize(
    ("mail", "is_muted", "is_mandatory", "count"),
    [
        (AT_ONCE, False, False, 1),
        (AT_ONCE, True, False, 0),
        (AT_ONCE, True, True, 1),
        (DIGEST, False, False, 0),
        (NEVER, False, False, 0),
    ],
)
def test_mails_go_to_who_wants_them(
    mail: str, is_muted: bool, is_mandatory: bool, count: int, rosa: User
) -> None:
    AlertPreference.choose(rosa, "stalled_deal", mail=mail, is_muted=is_muted)
    AlertRule.of(KINDS["stalled_deal"]).change(is_mandatory=is_mandatory)
    begins(rosa)
    assert len(mails(rosa)) == count


# When.


def test_what_begins_in_quiet_hours_is_mailed_when_they_end(rosa: User) -> None:
    rosa.change(time_zone="America/New_York")
    begins(rosa, NOW)  # 4:00 there
    assert only(rosa).due_at == NOW.replace(hour=12)


@pytest.mark.parametrize("why", ["weekend", "holiday", "absence"])
def test_what_begins_on_a_day_off_is_mailed_after_it(why: str, rosa: User) -> None:
    at = NOW + 3 * DAY if why == "weekend" else NOW
    after = NOW.replace(day=23, hour=7) if why == "weekend" else NOW.replace(day=19, hour=7)
    if why == "holiday":
        Holiday.add(NOW.date(), "Day of prayer")
    if why == "absence":
        Absence.record(rosa, first_day=NOW.date(), last_day=NOW.date(), by=rosa)
    begins(rosa, at)
    assert only(rosa).due_at == after


def test_a_step_that_comes_in_days_is_not_mailed_at_its_midnight(rosa: User, mia: User) -> None:
    AlertRule.of(KINDS["stalled_deal"]).change(manager_app=2, manager_digest=0)
    begins(rosa)
    assert only(mia).due_at == NOW.replace(day=20, hour=7)


def test_what_is_tried_again_waits_for_the_end_of_quiet_hours(
    rosa: User, mail_server: MailServer
) -> None:
    evening = NOW.replace(hour=18, minute=59, second=58)
    begins(rosa, evening)
    mail = only(rosa)
    mail_server.at_data = ["451 Later"]
    assert send(evening) == 0
    assert send(evening + MINUTE) == 0
    assert after_pause(mail) == NOW.replace(day=19, hour=7)
    assert mail.attempts == 1
    assert send(mail.due_at) == 1


def test_what_a_dead_sender_left_is_not_mailed_at_night(
    rosa: User, mail_server: MailServer
) -> None:
    begins(rosa)
    mail = only(rosa)
    assert send(NOW.replace(hour=22)) == 0
    assert send(after_pause(mail)) == 1
    assert mail.due_at == NOW.replace(day=19, hour=7)


# Coming and going.


def flap(times: int, rosa: User, sent: Callable[[datetime], Any]) -> datetime:
    """A deal that is stalled and alive again, each for ten minutes; at last it is stalled."""
    DeliveryHours.objects.update(weekdays=list(range(7)))
    at = NOW
    for n in range(times):
        alert = begins(rosa, at)
        sent(at)
        at += 10 * MINUTE
        if n < times - 1:
            Alert.objects.filter(pk=alert.pk).update(closed_at=at, climbs_at=None)
            at += 10 * MINUTE
    return at


def test_what_comes_and_goes_twenty_times_in_a_day_is_mailed_once(
    rosa: User, mia: User, eva: User, mail_server: MailServer
) -> None:
    AlertRule.of(KINDS["stalled_deal"]).change(above_app=0)
    AlertPreference.choose(eva, "stalled_deal", mail=AT_ONCE)
    flap(20, rosa, send)
    assert Notification.objects.filter(person=mia).count() == 20
    assert sorted(mail.to for mail in mail_server.taken) == sorted(
        [eva.email or "", mia.email or "", rosa.email or ""]
    )


def test_what_went_and_came_again_before_its_mail_was_sent_is_mailed(
    rosa: User, mail_server: MailServer
) -> None:
    """The mail of the first episode stands for the last, which has none of its own."""
    at = flap(3, rosa, lambda at: None)
    only(rosa)
    assert send(at) == 1
    assert send(at + DAY) == 0


def test_a_deal_with_several_reasons_is_one_mail_that_names_those_that_hold(
    rosa: User, mail_server: MailServer
) -> None:
    """The gravest first; one that ended before it went out is not among them."""
    reasons = {
        "silent": "warn",
        "pushed": "risk",
        "no_next_step": "warn",
    }
    for rule, severity in reasons.items():
        said = f"It is {rule}."
        an_alert(rosa, climbs_at=NOW, **SILENT | {"rule": rule, "severity": severity, "said": said})
    climb(NOW)
    only(rosa)
    Alert.objects.filter(rule="silent").update(closed_at=NOW, climbs_at=None)
    assert send() == 1
    (mail,) = mail_server.taken
    assert mail.header("Subject") == "Acme rollout is stalled: It is pushed."
    assert "It is pushed.\nIt is no_next_step.\n" in mail.part("plain")
    assert "It is pushed.<br>It is no_next_step.<" in mail.part("html")
    assert "It is silent" not in mail.part("plain")


def test_a_day_later_it_is_mailed_again(rosa: User, mail_server: MailServer) -> None:
    alert = begins(rosa)
    send()
    Alert.objects.filter(pk=alert.pk).update(closed_at=NOW, climbs_at=None)
    begins(rosa, NOW + DAY + MINUTE)
    AlertMail.objects.exclude(person=rosa).delete()
    assert send(NOW + DAY + MINUTE) == 1


def test_many_at_once_are_one_mail(rosa: User, mail_server: MailServer) -> None:
    many_begin(rosa)
    only(rosa)
    assert send() == 1
    assert "25" in mail_server.taken[0].header("Subject")
    assert "See them all" in mail_server.taken[0].part("plain")
