"""One alert: why one is told of it, who else hears, what was before, and what is said to it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alerts.kinds import KINDS
from alerts.models import Alert, AlertQuestion, AlertRule, Notification
from people.models import Absence, User
from tests.alerts.test_inbox_pages import DAY, HOUR, a_stall, now, the
from tests.conftest import As

pytestmark = pytest.mark.django_db


def text(as_: type[As], user: User, alert: Alert) -> str:
    answer = as_.page(user).get(reverse("alert", args=[alert.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_its_rule_its_number_then_and_now_its_limit_and_its_clock(
    as_: type[As], rosa: User
) -> None:
    began = (now() - 20 * DAY).date()
    clock = {"clock_on": began, "clock_event": "The last activity"}
    page = text(as_, rosa, a_stall(rosa, rosa, at=now() - 3 * DAY, **clock))
    assert "A deal is stalled while one of" in page
    for term, words in [
        ("Rule", "No activity"),
        ("Measured when it opened", "17 days"),
        ("Today", "20 days"),
        ("Limit", "14 days"),
        ("Clock started", f"The last activity, {began.day} {began:%b %Y}"),
    ]:
        assert f"<dt>{term}</dt><dd>{words}</dd>" in page


def test_money_is_said_as_money(as_: type[As], rosa: User) -> None:
    sums = {"unit": "money", "value": Decimal(1200), "limit": Decimal(5000), "currency": "EUR"}
    page = text(as_, rosa, a_stall(rosa, rosa, **sums))
    assert "<dt>Limit</dt><dd>€5,000</dd>" in page


def test_it_says_to_each_why_they_hear_of_it(
    as_: type[As], rosa: User, mia: User, eva: User
) -> None:
    alert = a_stall(rosa, rosa, mia, eva)
    assert "because it is about your own work" in text(as_, rosa, alert)
    assert "because you are Rosa’s manager" in text(as_, mia, alert)
    assert "because Rosa is in your line" in text(as_, eva, alert)
    today = now().date()
    Absence.objects.create(user=mia, first_day=today - DAY, last_day=today + DAY)
    assert "because Mia Manager, Rosa’s manager, is away" in text(as_, eva, alert)
    mia.deactivate()
    assert "because Mia Manager, Rosa’s manager, has left" in text(as_, eva, alert)


def test_it_says_who_hears_of_it_and_after_how_many_days(
    as_: type[As], rosa: User, mia: User
) -> None:
    AlertRule.of(KINDS["stalled_deal"]).change(above_digest=7, person_digest=None)
    page = text(as_, rosa, a_stall(rosa, rosa))
    assert "<dt>Rosa Rep (you)</dt><dd>In the app at once</dd>" in page
    assert "<dt>Eva Executive</dt><dd>In the digest after 7 days" in page


def test_earlier_episodes_of_the_same_rule_are_listed(as_: type[As], rosa: User) -> None:
    fields = {"subject_id": 7, "at": now() - 30 * DAY, "closed_at": now() - 20 * DAY}
    over = a_stall(rosa, rosa, **fields)
    other = a_stall(rosa, rosa, rule="pushed", **fields)
    page = text(as_, rosa, a_stall(rosa, rosa, subject_id=7))
    assert reverse("alert", args=[over.pk]) in page
    assert reverse("alert", args=[other.pk]) not in page


def test_other_reasons_of_the_same_deal_stand_beside_it(as_: type[As], rosa: User) -> None:
    other = a_stall(rosa, rosa, subject_id=7, rule="pushed", said="Pushed twice.")
    alert = a_stall(rosa, rosa, subject_id=7)
    assert "Pushed twice." in text(as_, rosa, alert)
    answer = as_.page(rosa).post(reverse("alert_reading", args=[alert.pk]), {"also": other.pk})
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "alerts-read")
    assert the(alert, rosa).read_at
    assert the(other, rosa).read_at


def test_what_is_over_says_so_and_offers_nothing(as_: type[As], rosa: User) -> None:
    page = text(as_, rosa, a_stall(rosa, rosa, closed_at=now()))
    assert "It ended by itself on" in page
    assert "Who hears of it" not in page
    assert reverse("alert_settlement", args=[Alert.objects.get().pk]) not in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"reason": "", "until": "2999-01-01"}, "Say why it can wait."),
        ({"reason": "Later", "until": ""}, "Choose a day to come."),
        ({"reason": "Later", "until": "2001-01-01"}, "Choose a day to come."),
        ({"reason": "Later", "until": "2999-01-01"}, "At most a year ahead."),
    ],
)
def test_a_refused_snooze_keeps_what_was_typed(
    as_: type[As], rosa: User, sent: dict[str, str], words: str
) -> None:
    alert = a_stall(rosa, rosa)
    answer = as_.page(rosa).post(reverse("alert_snooze", args=[alert.pk]), sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert f'value="{sent["reason"] or sent["until"]}"' in page
    assert the(alert, rosa).snoozed_until is None


def test_a_question_and_its_answer_stand_on_the_page_of_the_two(
    as_: type[As], rosa: User, mia: User, eva: User
) -> None:
    alert = a_stall(rosa, rosa, mia, eva)
    page = as_.page(mia)
    empty = page.post(reverse("alert_question", args=[alert.pk]), {"text": ""})
    assert (empty.status_code, AlertQuestion.objects.count()) == (400, 0)
    sent = {"text": "Who signs?", "from": alert.pk}
    asked = page.post(reverse("alert_question", args=[alert.pk]), sent)
    assert asked["Location"] == reverse("alert", args=[alert.pk])
    question = AlertQuestion.objects.get()
    address = reverse("alert_answer", args=[question.pk])
    assert address in text(as_, rosa, alert)
    assert as_.page(rosa).post(address, {"answer": " "}).status_code == 400
    as_.page(rosa).post(address, {"answer": "The CFO"})
    assert "The CFO" in text(as_, mia, alert)
    assert "Who signs?" not in text(as_, eva, alert)
    again = as_.page(rosa).post(address, {"answer": "The CEO"})
    assert again.status_code == 400
    assert "This was answered already." in again.content.decode()


def test_a_rep_asks_nobody(as_: type[As], rosa: User) -> None:
    alert = a_stall(rosa, rosa)
    sent = {"text": "Why me?"}
    assert as_.page(rosa).post(reverse("alert_question", args=[alert.pk]), sent).status_code == 403


def test_who_was_not_told_or_leads_them_no_longer_finds_nothing(
    as_: type[As], rosa: User, pia: User, max_: User
) -> None:
    alert = a_stall(rosa, rosa, max_)
    for user in (pia, max_):
        assert as_.page(user).get(reverse("alert", args=[alert.pk])).status_code == 404


def test_a_summary_opens_its_parts_the_most_money_first(
    as_: type[As], rosa: User, mia: User
) -> None:
    summary = a_stall(mia, mia, rule="many", title="Stalled deals", said="{number} began.")
    for name, money in [("Small", 1000), ("Big", 9000), ("Over", 5000)]:
        part = a_stall(rosa, mia, title=name, money=Decimal(money), currency="EUR")
        closed_at = now() if name == "Over" else None
        Alert.objects.filter(pk=part.pk).update(closed_at=closed_at)
        Notification.objects.filter(alert=part).update(summary=summary)
    page = text(as_, mia, summary)
    assert page.index("€9,000 at risk") < page.index("€1,000 at risk")
    assert "€5,000 at risk" not in page
    assert "More than 20 began at one time" in page
    part = Alert.objects.get(title="Small")
    sent = {"from": summary.pk}
    answer = as_.page(mia).post(reverse("alert_settlement", args=[part.pk]), sent)
    assert answer["Location"] == reverse("alert", args=[summary.pk])


def test_a_page_asks_the_same_whatever_was_before(as_: type[As], rosa: User, mia: User) -> None:
    alert, page, counted = a_stall(rosa, rosa, mia, subject_id=7), as_.page(mia), []
    AlertRule.all_known()  # made when they are first asked for
    for rows in (3, 27):
        for _ in range(rows):
            over = {"closed_at": timezone.now(), "at": now() - timedelta(days=9)}
            a_stall(rosa, mia, subject_id=7, **over)
            AlertQuestion.objects.create(
                alert=alert, asked_by=mia, asked_at=now() - HOUR, text="Why?"
            )
        with CaptureQueriesContext(connection) as asked:
            page.get(reverse("alert", args=[alert.pk]))
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 12
