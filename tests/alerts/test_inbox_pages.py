"""The inbox: what waits for a person, in cards by day, with what can be said to each in place."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alerts.inbox import Moment, age, waking_days
from alerts.kinds import KINDS
from alerts.models import Alert, AlertPreference, AlertQuestion, AlertRule, Notification
from people.calendar import Calendar
from people.models import User
from tests.conftest import As
from tests.factories import an_alert

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def now() -> datetime:
    return timezone.now()


def a_stall(about: User, *told: User, **fields: Any) -> Alert:
    said = {"said": "No activity for {number}; the limit is 14.", "value": 17, "limit": 14}
    of_deal = {"kind": "stalled_deal", "rule": "silent", "unit": "days", "title": "Globex"}
    return an_alert(about, *told, **{"at": now() - HOUR, **said, **of_deal, **fields})


def the(alert: Alert, person: User) -> Notification:
    return Notification.objects.get(alert=alert, person=person)


def text(as_: type[As], user: User, query: str = "") -> str:
    answer = as_.page(user).get(reverse("alerts") + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_says_what_is_measured_against_which_limit_whose_it_is_and_what_is_at_risk(
    as_: type[As], rosa: User, mia: User
) -> None:
    a_stall(rosa, rosa, mia, money=Decimal(48000), currency="EUR")
    page = text(as_, mia)
    assert "No activity for 17 days; the limit is 14." in page
    assert "€48,000 at risk" in page
    assert "Stalled deal · Rosa Rep" in page
    assert "open 1 h" in page
    assert "Stalled deal · Rosa Rep" not in text(as_, rosa)


def test_days_are_counted_on_until_today(as_: type[As], rosa: User) -> None:
    a_stall(rosa, rosa, at=now() - 3 * DAY)
    assert "No activity for 20 days" in text(as_, rosa)


def test_several_reasons_of_one_deal_are_one_card(as_: type[As], rosa: User) -> None:
    first = a_stall(rosa, rosa, subject_id=7)
    second = a_stall(rosa, rosa, subject_id=7, rule="no_next_step", said="No next step is planned.")
    a_stall(rosa, rosa, subject_id=8, title="Initech")
    page = text(as_, rosa)
    assert page.count('class="row-title"') == 2
    assert "No next step is planned." in page
    assert f'name="also" value="{first.pk}"' in page
    address = reverse("alert_settlement", args=[second.pk])
    as_.page(rosa).post(address, {"also": [first.pk]})
    done = Notification.objects.exclude(settled_at=None)
    assert set(done.values_list("alert", flat=True)) == {first.pk, second.pk}


def test_what_is_said_to_a_card_is_said_to_nothing_else(as_: type[As], rosa: User) -> None:
    mine, other = a_stall(rosa, rosa, subject_id=7), a_stall(rosa, rosa, subject_id=8)
    also = {"also": [other.pk, "x", "9" * 30]}
    as_.page(rosa).post(reverse("alert_settlement", args=[mine.pk]), also)
    assert the(other, rosa).settled_at is None


@pytest.mark.parametrize(
    ("when", "group"),
    [
        (datetime(2026, 11, 19, 23, 30), "Today"),  # 00:30 of the 20th in Berlin
        (datetime(2026, 11, 19, 22, 30), "Yesterday"),
        (datetime(2026, 11, 16, 12, 0), "This week"),
        (datetime(2026, 11, 15, 12, 0), "Earlier"),
    ],
)
def test_days_are_those_of_the_person_s_own_calendar(
    rosa: User, when: datetime, group: str
) -> None:
    rosa.time_zone = "Europe/Berlin"
    friday = datetime(2026, 11, 20, 9, tzinfo=timezone.get_fixed_timezone(0))
    moment = Moment(rosa, friday, Calendar.current())
    assert moment.group(when.replace(tzinfo=friday.tzinfo)) == group


@pytest.mark.parametrize(
    ("span", "words"),
    [(HOUR / 120, "0 min"), (59 * HOUR / 60, "59 min"), (23 * HOUR, "23 h"), (25 * HOUR, "1 d")],
)
def test_an_age_is_said_in_whole_units(span: timedelta, words: str) -> None:
    assert age(span) == words


@pytest.mark.parametrize(
    ("today", "names"),
    [
        (date(2026, 11, 18), ["Tomorrow", "Next Monday", "In a week"]),
        (date(2026, 11, 22), ["Tomorrow", "In a week"]),  # a Sunday
        (date(2026, 11, 23), ["Tomorrow", "Next Monday"]),
    ],
)
def test_days_to_snooze_until_are_offered_once_each(today: date, names: list[str]) -> None:
    assert [name for _, name in waking_days(today)] == names


def test_its_button_goes_where_it_is_resolved_and_others_see_who_is_on_it(
    as_: type[As], rosa: User, mia: User
) -> None:
    alert = a_stall(rosa, rosa, mia, subject_id=7)
    answer = as_.page(rosa).post(reverse("alert_action", args=[alert.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("opportunity", args=[7]))
    assert the(alert, rosa).acted_at is not None
    assert "Rosa Rep is on it" in text(as_, mia)
    assert "You are on it" in text(as_, rosa)


def test_whoever_cannot_do_it_is_offered_what_they_can(
    as_: type[As], rosa: User, mia: User
) -> None:
    alert = an_alert(rosa, rosa, mia, at=now(), subject_id=7)
    assert ">Debrief<" in text(as_, rosa)
    assert ">Open the call<" in text(as_, mia)
    answer = as_.page(mia).post(reverse("alert_action", args=[alert.pk]))
    assert answer["Location"] == reverse("call", args=[7])


def test_a_snoozed_alert_waits_with_its_reason_and_can_be_woken(as_: type[As], rosa: User) -> None:
    alert, page = a_stall(rosa, rosa), as_.page(rosa)
    tomorrow = rosa.today(now()) + DAY
    sent = {"reason": "Back on Monday", "chip": tomorrow.isoformat(), "until": "", "back": "kind=x"}
    answer = page.post(reverse("alert_snooze", args=[alert.pk]), sent)
    assert answer["Location"] == reverse("alerts") + "?kind=x"
    undone = page.get(answer["Location"]).content.decode()
    assert f"{reverse('alert_waking', args=[alert.pk])}?back=kind%3Dx" in undone
    assert "Globex" not in text(as_, rosa)
    assert "Back on Monday" in text(as_, rosa, "?show=snoozed")
    page.post(reverse("alert_waking", args=[alert.pk]) + "?back=kind%3Dx")
    assert "Globex" in text(as_, rosa)


def test_done_can_be_undone_with_all_that_was_on_the_card(as_: type[As], rosa: User) -> None:
    first = a_stall(rosa, rosa, subject_id=7)
    second = a_stall(rosa, rosa, subject_id=7, rule="pushed")
    page = as_.page(rosa)
    page.post(reverse("alert_settlement", args=[first.pk]), {"also": [second.pk]})
    shown = page.get(reverse("alerts")).content.decode()
    undo = f"{reverse('alert_restoration', args=[first.pk])}?also={second.pk}"
    assert f'action="{undo}"' in shown
    assert "Nothing waits for you" in shown
    assert "Done on" in text(as_, rosa, "?show=done")
    page.post(undo)
    assert not Notification.objects.exclude(settled_at=None).exists()


def test_what_has_ended_meanwhile_needs_nothing_said(as_: type[As], rosa: User) -> None:
    alert = a_stall(rosa, rosa)
    Alert.objects.update(closed_at=now())
    answer = as_.page(rosa).post(reverse("alert_settlement", args=[alert.pk]), follow=True)
    assert "This alert has ended by itself." in answer.content.decode()
    assert the(alert, rosa).settled_at is None
    assert "Ended by itself on" in text(as_, rosa, "?show=done")


def test_the_list_can_be_narrowed_to_a_person_and_a_kind(
    as_: type[As], rosa: User, pia: User, mia: User
) -> None:
    a_stall(rosa, rosa, mia, title="Rosa's deal")
    an_alert(pia, pia, mia, at=now(), title="Pia's debrief")
    assert "Pia&#x27;s debrief" not in text(as_, mia, f"?about={rosa.pk}")
    assert "Rosa&#x27;s deal" not in text(as_, mia, "?kind=debrief_overdue")
    assert "Nothing matches" in text(as_, mia, f"?about={rosa.pk}&kind=debrief_overdue")
    assert "Nothing matches" in text(as_, mia, f"?about={mia.pk}")


@pytest.mark.parametrize("who", ["otto", "nobody", "²"])
def test_the_alerts_of_somebody_one_does_not_lead_do_not_exist(
    as_: type[As], otto: User, mia: User, who: str
) -> None:
    about = str(otto.pk) if who == "otto" else who
    assert as_.page(mia).get(reverse("alerts") + f"?about={about}").status_code == 404


def test_a_question_stands_with_the_alert_until_it_is_answered(
    as_: type[As], rosa: User, mia: User
) -> None:
    alert = a_stall(rosa, rosa, mia)
    answer = as_.page(mia).post(reverse("alert_question", args=[alert.pk]), {"text": "Who signs?"})
    assert answer["Location"] == reverse("alerts")
    assert "Mia asks" in text(as_, rosa)
    AlertQuestion.objects.get().reply("The CFO", by=rosa, at=now())
    assert "Mia asks" not in text(as_, rosa)
    assert "Rosa answered" in text(as_, mia)


def test_muted_kinds_are_listed_unless_nobody_may_mute_them(as_: type[As], rosa: User) -> None:
    for name in ("stalled_deal", "debrief_overdue"):
        AlertPreference.choose(rosa, name, is_muted=True)
    AlertRule.of(KINDS["debrief_overdue"]).change(is_mandatory=True)
    assert "Muted: Stalled deal." in text(as_, rosa)


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("to_do", "Nothing waits for you"),
        ("snoozed", "Nothing is snoozed"),
        ("done", "Nothing is done yet"),
        ("nonsense", "Nothing waits for you"),
    ],
)
def test_an_empty_list_says_so(as_: type[As], rosa: User, show: str, words: str) -> None:
    assert words in text(as_, rosa, f"?show={show}")


def test_all_that_was_on_the_page_is_marked_as_read_and_nothing_later(
    as_: type[As], rosa: User
) -> None:
    seen, moment = a_stall(rosa, rosa, at=now() - HOUR), now() - HOUR / 2
    later = a_stall(rosa, rosa, at=now() - HOUR / 4)
    as_.page(rosa).post(reverse("alerts_readings"), {"seen": moment.isoformat()})
    assert the(seen, rosa).read_at is not None
    assert the(later, rosa).read_at is None
    assert 'alert-seen"' in text(as_, rosa)


def bell(as_: type[As], user: User, since: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = as_.page(user).get(reverse("alerts_bell"), {"since": since}).json()
    return answer


def test_the_bell_counts_what_is_unread_and_what_came_since(as_: type[As], rosa: User) -> None:
    a_stall(rosa, rosa, at=now() - 2 * HOUR)
    newest = the(a_stall(rosa, rosa, at=now() - HOUR / 2), rosa)
    assert newest.app_at is not None
    since = (now() - HOUR).isoformat()
    said = {"count": 2, "newest": newest.app_at.isoformat(), "new": 1}
    assert bell(as_, rosa, since) == said
    assert bell(as_, rosa, "nonsense") == {**said, "new": 0}
    newest.settle(now())
    assert bell(as_, rosa)["count"] == 1
    assert "data-bell-count>1<" in text(as_, rosa)


@pytest.mark.parametrize("who", ["rosa", "mia"])
def test_the_bell_asks_one_thing_beside_the_session(
    as_: type[As], rosa: User, mia: User, who: str
) -> None:
    a_stall(rosa, rosa, mia)
    page = as_.page(rosa if who == "rosa" else mia)
    with CaptureQueriesContext(connection) as asked:
        page.get(reverse("alerts_bell"))
    assert len(asked) <= 3


def test_a_page_asks_the_same_of_3_and_of_30_rows(
    as_: type[As], rosa: User, pia: User, mia: User
) -> None:
    page, counted = as_.page(mia), []
    for rows in (3, 27):
        for n in range(rows):
            alert = a_stall(rosa if n % 2 else pia, rosa, mia, unit="working days")
            AlertQuestion.objects.create(alert=alert, asked_by=mia, asked_at=now(), text="Why?")
        with CaptureQueriesContext(connection) as asked:
            page.get(reverse("alerts"))
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 12


def test_a_long_list_has_pages(as_: type[As], rosa: User) -> None:
    for n in range(51):
        a_stall(rosa, rosa, at=now() - n * HOUR, title=f"Deal {n};")
    first = as_.page(rosa).get(reverse("alerts"))
    assert "Deal 50;" not in first.content.decode()
    second = as_.page(rosa).get(reverse("alerts") + first.context["page"].older)
    assert "Deal 50;" in second.content.decode()


def test_what_is_told_of_by_a_summary_stands_within_it(
    as_: type[As], rosa: User, mia: User
) -> None:
    summary = a_stall(mia, mia, rule="many", title="Stalled deals", said="{number} began.")
    part = a_stall(rosa, mia, title="Globex", money=Decimal(7), currency="EUR")
    Notification.objects.filter(alert=part).update(summary=summary)
    page = text(as_, mia)
    assert "Stalled deals" in page
    assert "Globex" not in page
    answer = as_.page(mia).post(reverse("alert_action", args=[summary.pk]))
    assert answer["Location"] == reverse("alert", args=[summary.pk])


def test_looking_changes_nothing(as_: type[As], rosa: User) -> None:
    alert = a_stall(rosa, rosa)
    for name, args in (("alerts", []), ("alert", [alert.pk]), ("alerts_bell", [])):
        as_.page(rosa).get(reverse(name, args=args))
    told = the(alert, rosa)
    assert (told.read_at, told.acted_at) == (None, None)
