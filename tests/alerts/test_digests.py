"""One digest a day at most, at the person's own hour: what is new first, the most money first."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alerts import sending
from alerts.climb import climb
from alerts.digests import digests_of, make_due
from alerts.kinds import KINDS
from alerts.models import Alert, AlertPreference, AlertRule, DeliveryHours, Digest, Notification
from alerts.models.preference import AT_ONCE, NEVER
from people.models import Absence, Holiday, Team, User
from tests.factories import NOW, an_alert
from tests.support.smtp import MailServer
from tests.support.smtp import mail_server as mail_server

pytestmark = pytest.mark.django_db
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
EVENING = NOW.replace(day=17, hour=18)  # Tuesday
EIGHT = NOW.replace(hour=8)  # Wednesday
ALL_WEEK = list(range(7))


def told(about: User, *people: User, at: datetime = EVENING, **fields: Any) -> Alert:
    """An alert that these have in their digests from the next day on."""
    alert = an_alert(about, *people, at=at, **fields)
    Notification.objects.filter(alert=alert).update(digest_on=at.date() + DAY)
    return alert


def a_deal_is_silent(about: User, *people: User, deal: int = 7, **fields: Any) -> Alert:
    silent = {
        "kind": "stalled_deal",
        "rule": "silent",
        "subject_id": deal,
        "title": "Acme rollout",
        "said": "No activity for {number}.",
        "unit": "days",
        "value": 14,
        "currency": "EUR" if fields.get("money") else "",
    }
    return told(about, *people, **silent | fields)


def set_hours(person: User, at: datetime = EVENING, **values: Any) -> DeliveryHours:
    hours = DeliveryHours.of(person, at)
    hours.change(at=at, **values)
    return hours


def plan(at: datetime = EVENING) -> None:
    """Everybody has hours, as after the first tick; nobody's has come."""
    assert make_due(at) == 0


def goes_out(at: datetime) -> None:
    """What was made was sent."""
    Digest.objects.filter(sent_at=None).update(sent_at=at)


def lines_of(person: User) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = Digest.objects.filter(person=person).latest("day").lines
    return lines


# When.


def test_it_comes_at_eight_once(rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    assert make_due(EIGHT - MINUTE) == 0
    assert make_due(EIGHT) == 1
    assert make_due(EIGHT) == 0
    assert make_due(EIGHT + HOUR) == 0
    digest = Digest.objects.get()
    assert (digest.person, digest.day, digest.due_at) == (rosa, EIGHT.date(), EIGHT)
    goes_out(EIGHT)
    assert make_due(EIGHT + DAY) == 1


def test_there_is_none_when_nothing_is_open(rosa: User) -> None:
    plan()
    alert = a_deal_is_silent(rosa, rosa)
    Alert.objects.filter(pk=alert.pk).update(closed_at=EVENING)
    assert make_due(EIGHT) == 0


def test_it_does_not_come_on_the_day_on_which_its_first_step_is_still_to_come(rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa, at=EIGHT - HOUR)
    assert make_due(EIGHT) == 0
    assert make_due(EIGHT + DAY) == 1


@pytest.mark.parametrize(
    ("zone", "digest_at", "day", "hour"),
    [
        ("Europe/Berlin", "08:00", date(2026, 3, 29), "06:00"),  # 23 hours
        ("Europe/Berlin", "08:00", date(2026, 10, 25), "07:00"),  # 25 hours
        ("Europe/Berlin", "02:30", date(2026, 3, 29), "01:30"),  # never shown: half past three
        ("Europe/Berlin", "02:30", date(2026, 10, 25), "00:30"),  # shown twice: the first time
        ("Africa/Cairo", "00:00", date(2026, 4, 24), "22:00"),  # the day begins at one
        ("Asia/Kathmandu", "08:00", date(2026, 11, 18), "02:15"),
        ("Pacific/Kiritimati", "08:00", date(2026, 11, 18), "18:00"),
        ("America/Los_Angeles", "08:00", date(2026, 11, 18), "16:00"),
    ],
)
def test_it_comes_by_the_clock_on_the_persons_wall(
    zone: str, digest_at: str, day: date, hour: str, rosa: User
) -> None:
    rosa.change(time_zone=zone)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    a_deal_is_silent(rosa, rosa, at=begin - 5 * DAY)
    early = {"digest_at": digest_at, "weekdays": ALL_WEEK, "quiet_from": "00:00"}
    set_hours(rosa, begin + 16 * HOUR, **early, quiet_until="00:00")
    quarters = [begin + 16 * HOUR + n * 15 * MINUTE for n in range(26 * 4)]
    made = [at for at in quarters if make_due(at)]
    days = list(Digest.objects.order_by("day").values_list("day", flat=True))
    on = dict(zip(days, made, strict=True))
    assert on[day].strftime("%H:%M") == hour


def test_people_in_different_zones_have_it_at_their_own_eight(rosa: User, pia: User) -> None:
    pia.change(time_zone="America/New_York")
    plan()
    for person in (rosa, pia):
        a_deal_is_silent(person, person, deal=person.pk)
    assert make_due(EIGHT) == 1
    assert Digest.objects.get().person == rosa
    assert make_due(EIGHT + 5 * HOUR) == 1
    assert Digest.objects.get(person=pia).day == EIGHT.date()


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("America/New_York", EIGHT + DAY + 5 * HOUR),
        ("Asia/Tokyo", EIGHT.replace(hour=23)),  # the next day's eight there
    ],
)
def test_who_moved_has_it_at_eight_over_there_and_one_a_day(
    zone: str, at: datetime, rosa: User
) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    assert make_due(EIGHT) == 1
    rosa.change(time_zone=zone)
    hours = [EIGHT + n * HOUR for n in range(30)]
    assert [hour for hour in hours if make_due(hour)] == [at]
    assert list(Digest.objects.values_list("day", flat=True)) == [EIGHT.date(), EIGHT.date() + DAY]


@pytest.mark.parametrize("why", ["weekend", "holiday", "absence"])
def test_it_is_left_out_on_days_off(why: str, rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    off, after = EIGHT, EIGHT + DAY
    if why == "weekend":
        off, after = EIGHT + 3 * DAY, EIGHT + 5 * DAY
    elif why == "holiday":
        Holiday.add(off.date(), "Day of prayer")
    else:
        Absence.record(rosa, first_day=off.date(), last_day=off.date(), by=rosa)
    make_due(off - HOUR)
    before = Digest.objects.count()
    assert make_due(off) == 0
    assert make_due(after) == 1
    assert Digest.objects.count() == before + 1


def test_who_comes_back_early_has_it_that_day(rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    away = Absence.record(rosa, first_day=EIGHT.date(), last_day=EIGHT.date() + 600 * DAY, by=rosa)
    assert make_due(EIGHT) == 0
    away.withdraw(by=rosa)
    assert make_due(EIGHT + DAY) == 1


def test_after_an_outage_of_26_hours_there_is_one(rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    assert make_due(EIGHT + 26 * HOUR) == 1
    assert make_due(EIGHT + 26 * HOUR) == 0
    assert Digest.objects.get().day == EIGHT.date() + DAY


def test_after_an_outage_it_does_not_come_in_quiet_hours(rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    assert make_due(EIGHT.replace(hour=22)) == 0
    assert make_due(EIGHT + DAY - MINUTE) == 0
    assert make_due(EIGHT + DAY) == 1


def test_an_hour_within_the_quiet_hours_is_kept_and_after_an_outage_waits_for_their_end(
    rosa: User,
) -> None:
    a_deal_is_silent(rosa, rosa)
    set_hours(rosa, digest_at="05:00")
    assert make_due(EIGHT.replace(hour=5)) == 1
    five = EIGHT.replace(day=19, hour=5)
    assert make_due(five + 70 * MINUTE) == 0
    assert make_due(five + 2 * HOUR) == 1
    assert make_due(five + DAY) == 1


def test_who_wants_none_has_none(rosa: User) -> None:
    a_deal_is_silent(rosa, rosa)
    set_hours(rosa, has_digest=False)
    assert make_due(EIGHT) == 0
    set_hours(rosa, EIGHT + HOUR, has_digest=True)
    assert make_due(EIGHT + DAY) == 1


@pytest.mark.parametrize("change", ["deactivated", "without address"])
def test_who_cannot_be_mailed_has_none(change: str, rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    fields = {"is_active": False} if change == "deactivated" else {"email": None}
    User.objects.filter(pk=rosa.pk).update(**fields)
    assert make_due(EIGHT) == 0


# What it says.


def test_it_leads_with_what_is_new_then_with_the_most_money(rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa, deal=1, title="Old and large", money=Decimal(90_000))
    make_due(EIGHT)
    goes_out(EIGHT)
    later = EIGHT + HOUR
    a_deal_is_silent(rosa, rosa, deal=2, title="New and small", money=Decimal(10), at=later)
    a_deal_is_silent(rosa, rosa, deal=3, title="New and larger", money=Decimal(20), at=later)
    told(rosa, rosa, title="New and grave", severity="risk", at=later)
    make_due(EIGHT + DAY)
    lines = lines_of(rosa)
    assert [line["name"] for line in lines] == [
        "New and larger",
        "New and small",
        "New and grave",
        "Old and large",
    ]
    assert [line["new"] for line in lines] == [1, 1, 1, 0]
    assert [line["money"] for line in lines] == ["€20", "€10", "", "€90,000"]
    assert Digest.objects.latest("day").changed == 3


def test_what_began_before_the_last_digest_and_was_not_yet_in_it_is_new(rosa: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa, deal=1)
    early = a_deal_is_silent(rosa, rosa, deal=2, title="Since six", at=EIGHT - 2 * HOUR)
    slept = a_deal_is_silent(rosa, rosa, deal=3, title="Slept")
    Notification.objects.filter(alert=slept).update(snoozed_until=EIGHT.date() + DAY)
    make_due(EIGHT)
    goes_out(EIGHT)
    assert Notification.objects.get(alert=early).digest_on == EIGHT.date() + DAY
    make_due(EIGHT + DAY)
    assert {line["name"]: line["new"] for line in lines_of(rosa)} == {
        "Acme rollout": 0,
        "Since six": 1,
        "Slept": 1,
    }


def test_what_is_handed_to_somebody_is_new_to_them(rosa: User, pia: User) -> None:
    plan()
    a_deal_is_silent(pia, pia, deal=1)
    deal = a_deal_is_silent(rosa, rosa, deal=2, title="Handed over")
    make_due(EIGHT)
    goes_out(EIGHT)
    Alert.objects.filter(pk=deal.pk).update(about=pia, climbs_at=EIGHT + HOUR)
    climb(EIGHT + HOUR)
    make_due(EIGHT + DAY)
    assert {line["name"]: line["new"] for line in lines_of(pia)} == {
        "Acme rollout": 0,
        "Handed over": 1,
    }


def test_a_manager_reads_one_line_a_rep_with_things_counted_once(
    rosa: User, pia: User, mia: User
) -> None:
    plan()
    for rule in ("silent", "pushed", "no_next_step"):
        a_deal_is_silent(rosa, mia, deal=1, rule=rule, money=Decimal(48_000))
    a_deal_is_silent(rosa, mia, deal=2, money=Decimal(2_000))
    told(rosa, mia)
    told(pia, mia)
    told(mia, mia, kind="review_due", title="1-on-1 with Rosa", said="Late.")
    make_due(EIGHT)
    by_name = {line["name"]: line for line in lines_of(mia)}
    assert list(by_name) == ["Rosa Rep", "1-on-1 with Rosa", "Pia Peer"]
    assert by_name["Rosa Rep"]["words"] == "2 stalled deals, 1 overdue debrief"
    assert by_name["Rosa Rep"]["money"] == "€50,000"
    assert by_name["Rosa Rep"]["new"] == 3
    assert by_name["Pia Peer"]["words"] == "1 overdue debrief"


def test_ones_own_deal_with_three_reasons_is_one_line(rosa: User) -> None:
    plan()
    for rule in ("silent", "pushed", "no_next_step"):
        a_deal_is_silent(rosa, rosa, rule=rule, severity="risk" if rule == "pushed" else "warn")
    make_due(EIGHT)
    (line,) = lines_of(rosa)
    assert line["words"] == "No activity for 15 days. And 2 more reasons."
    assert (line["new"], line["severity"]) == (1, "risk")


def test_money_of_several_currencies_is_not_added_up(rosa: User, mia: User) -> None:
    plan()
    a_deal_is_silent(rosa, mia, deal=1, money=Decimal(100), currency="USD")
    a_deal_is_silent(rosa, mia, deal=2, money=Decimal(300), currency="EUR")
    make_due(EIGHT)
    assert lines_of(mia)[0]["money"] == "€300 + $100"


def test_it_has_ten_lines_and_says_how_many_more(rosa: User) -> None:
    plan()
    for deal in range(22):
        a_deal_is_silent(rosa, rosa, deal=deal, money=Decimal(deal + 1))
    make_due(EIGHT)
    digest = Digest.objects.get()
    assert (len(digest.lines), digest.more, digest.changed) == (10, 12, 22)
    assert [line["money"] for line in digest.lines] == [f"€{n}" for n in range(22, 12, -1)]


def settled(alert: Alert, rosa: User) -> None:
    Notification.objects.get(alert=alert).settle(EVENING)


def snoozed(alert: Alert, rosa: User) -> None:
    Notification.objects.get(alert=alert).snooze(EIGHT.date() + DAY, "Later", at=EVENING)


def muted(alert: Alert, rosa: User) -> None:
    AlertPreference.choose(rosa, alert.kind, is_muted=True)


def not_mailed(alert: Alert, rosa: User) -> None:
    AlertPreference.choose(rosa, alert.kind, mail=NEVER)


@pytest.mark.parametrize(
    "quiet", [settled, snoozed, muted, not_mailed], ids=lambda quiet: quiet.__name__
)
def test_what_was_put_away_is_left_out(quiet: Callable[[Alert, User], None], rosa: User) -> None:
    plan()
    quiet(told(rosa, rosa), rosa)
    a_deal_is_silent(rosa, rosa)
    make_due(EIGHT)
    assert [line["name"] for line in lines_of(rosa)] == ["Acme rollout"]


def test_what_the_organisation_wants_all_to_hear_is_in_whatever_they_chose(rosa: User) -> None:
    plan()
    not_mailed(a_deal_is_silent(rosa, rosa), rosa)
    AlertRule.of(KINDS["stalled_deal"]).change(is_mandatory=True)
    assert make_due(EIGHT) == 1


def test_what_was_mailed_at_once_is_in_the_digest_too(rosa: User) -> None:
    plan()
    AlertPreference.choose(rosa, "stalled_deal", mail=AT_ONCE)
    a_deal_is_silent(rosa, rosa)
    assert make_due(EIGHT) == 1


def test_who_answers_for_somebody_no_longer_reads_nothing_of_them(
    rosa: User, pia: User, mia: User
) -> None:
    plan()
    told(rosa, mia)
    told(pia, mia)
    rosa.join(None)
    make_due(EIGHT)
    assert [line["name"] for line in lines_of(mia)] == ["Pia Peer"]


def test_lines_stay_as_they_were_made(rosa: User) -> None:
    plan()
    alert = a_deal_is_silent(rosa, rosa)
    make_due(EIGHT)
    Alert.objects.filter(pk=alert.pk).update(title="Renamed")
    assert lines_of(rosa)[0]["name"] == "Acme rollout"


# Sent.


def send(at: datetime) -> int:
    return sending.send_some(Digest, lambda: at, lambda: None)


def test_the_mail_says_the_day_what_changed_and_how_to_end_it(
    rosa: User, mia: User, mail_server: MailServer, client: Any
) -> None:
    plan()
    for deal in (1, 2):
        a_deal_is_silent(rosa, mia, deal=deal, money=Decimal(24_000))
    alert = told(mia, mia, kind="review_due", title="1-on-1 with <Rosa> & Co", said="It is late.")
    make_due(EIGHT)
    assert send(EIGHT) == 1
    (mail,) = mail_server.taken
    digest = Digest.objects.get()
    assert mail.to == mia.email
    assert mail.header("Subject") == "Wednesday 18 November: 3 things changed"
    assert mail.header("Message-ID") == f"<{digest.uid}@127.0.0.1>"
    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    text, html = mail.part("plain"), mail.part("html")
    assert "2 NEW  Rosa Rep, €48,000 at risk\n2 stalled deals\n" in text
    assert f"{settings.SITE_URL}/alerts/?about={rosa.pk}\n" in text
    assert f"NEW  1-on-1 with <Rosa> & Co\nIt is late.\n{settings.SITE_URL}" in text
    assert f"{settings.SITE_URL}{alert.path_for(mia)}\n" in text
    assert "1-on-1 with &lt;Rosa&gt; &amp; Co" in html
    assert "2 new</span>" in html
    assert text.count("/alerts/unsubscribe/") == html.count("/alerts/unsubscribe/") == 1
    path = mail.header("List-Unsubscribe").strip("<>").removeprefix(settings.SITE_URL)
    client.post(path, {"List-Unsubscribe": "One-Click"})
    assert not DeliveryHours.objects.get(person=mia).has_digest
    digest.send_again(EIGHT)
    assert send(EIGHT) == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [(0, "nothing changed"), (1, "1 thing changed"), (12, "12 things changed")],
)
def test_its_title_counts_what_changed(
    changed: int, words: str, rosa: User, mail_server: MailServer
) -> None:
    plan()
    a_deal_is_silent(rosa, rosa)
    make_due(EIGHT)
    Digest.objects.update(changed=changed)
    send(EIGHT)
    assert mail_server.taken[0].header("Subject") == f"Wednesday 18 November: {words}"


def test_lines_of_people_one_answers_for_no_longer_are_not_sent(
    rosa: User, pia: User, mia: User, mail_server: MailServer
) -> None:
    plan()
    told(rosa, mia)
    told(pia, mia)
    make_due(EIGHT)
    rosa.join(None)
    assert send(EIGHT) == 1
    assert "Rosa" not in mail_server.taken[0].part("plain")
    assert "Pia" in mail_server.taken[0].part("html")


def test_while_the_mail_server_is_away_digests_do_not_pile_up(
    rosa: User, mail_server: MailServer
) -> None:
    """Yesterday's is not sent beside today's, which has all that is open, as new."""
    plan()
    a_deal_is_silent(rosa, rosa)
    mail_server.at_data = ["451 Later"]
    make_due(EIGHT)
    assert send(EIGHT) == 0
    make_due(EIGHT + DAY)
    assert send(EIGHT + DAY) == 1
    assert send(EIGHT + DAY + HOUR) == 0
    assert mail_server.taken[0].header("Subject") == "Thursday 19 November: 1 thing changed"
    assert Digest.objects.get().day == EIGHT.date() + DAY


def test_one_that_is_made_just_before_midnight_goes_out_after_it(
    rosa: User, mail_server: MailServer
) -> None:
    a_deal_is_silent(rosa, rosa)
    late = NOW.replace(hour=23, minute=59)
    set_hours(rosa, NOW, digest_at="23:59")
    make_due(late)
    assert send(late + 2 * MINUTE) == 1


# At once, and how much it asks for.


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_two_that_make_them_at_once_make_one_a_person(rosa: User, mia: User) -> None:
    plan()
    a_deal_is_silent(rosa, rosa, mia)
    both, failures = threading.Barrier(2), []

    def run() -> None:
        try:
            both.wait()
            make_due(EIGHT)
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
    assert sorted(Digest.objects.values_list("person", flat=True)) == sorted([rosa.pk, mia.pk])


def test_it_asks_for_thirty_people_as_for_three(rosa: User, mia: User) -> None:
    def queries(days: dict[int, date]) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert len(digests_of(days, EIGHT)) == len(days)
        return len(asked)

    team = Team.objects.get(name="North")
    people = User.objects.bulk_create(
        [
            User(name=f"Rep {n}", email=f"rep{n}@example.com", team=team, reports_to=mia)
            for n in range(30)
        ]
    )
    for n, person in enumerate(people):
        a_deal_is_silent(person, person, deal=n)
        told(person, person)
    days = {person.pk: EIGHT.date() for person in people}
    few = dict(list(days.items())[:3])
    queries(few)  # the organisation is made
    assert queries(few) == queries(days) == 8
