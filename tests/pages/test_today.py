"""Today: what I owe first, what is coming without a plan, what was agreed."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coaching.models import DebriefReview, Inspection
from pages.agenda import Agenda, agenda
from people.calendar import Calendar
from people.models import Holiday, Organisation, User
from reviews.models import Agreement
from tests.conftest import As
from tests.factories import NOW, a_call, a_debrief, a_plan, an_account

HOUR = timedelta(hours=1)


def agenda_of(user: User) -> Agenda:
    return agenda(user, NOW, Calendar.current().holidays)


def titles(user: User) -> list[str]:
    return [task.title for task in agenda_of(user).tasks]


def test_a_debrief_owed_comes_first_and_says_since_when(rosa: User) -> None:
    acme = an_account()
    a_call(rosa, NOW + 3 * HOUR, account=acme)
    a_call(rosa, NOW - 2 * HOUR, account=acme)
    first, second = agenda_of(rosa).tasks
    assert (first.title, first.chip, first.kind) == ("Debrief: Interview, Acme", "Due now", "warn")
    assert "1\xa0hour" in first.sub
    assert second.title == "Plan: Interview, Acme"


def test_a_debrief_is_overdue_24_hours_after_the_call_ended(rosa: User) -> None:
    a_call(rosa, NOW - timedelta(hours=24, minutes=29))
    a_call(rosa, NOW - timedelta(hours=24, minutes=30))
    kinds = [task.kind for task in agenda_of(rosa).tasks]
    assert kinds == ["risk", "warn"]


def test_calls_without_a_plan_show_until_the_next_working_day_ends(rosa: User) -> None:
    """NOW is a Wednesday; Thursday is a holiday, so Friday is the next working day."""
    Holiday.objects.create(day=date(2026, 11, 19), name="Founders' day")
    acme = an_account()
    a_call(rosa, NOW + timedelta(days=2), account=acme)
    a_call(rosa, NOW + timedelta(days=5), account=acme)
    assert len(titles(rosa)) == 1


def test_a_filed_plan_is_not_asked_for_and_a_sent_back_one_is(rosa: User, mia: User) -> None:
    plan = a_plan(a_call(rosa, NOW + timedelta(days=6)))
    assert titles(rosa) == []
    Inspection.give(plan, "change", by=mia, at=NOW, part="learn", comment="Ask about the board")
    assert [task.chip for task in agenda_of(rosa).tasks] == ["Sent back"]


def test_agreements_show_a_week_ahead_and_say_how_late_they_are(rosa: User, mia: User) -> None:
    for text, days in (("Late one", -3), ("Due one", 0), ("Coming one", 7), ("Far one", 8)):
        due = NOW.date() + timedelta(days=days)
        Agreement.make(text=text, owner=rosa, due_on=due, by=mia, at=NOW)
    tasks = agenda_of(rosa).tasks
    assert [(task.title, task.chip) for task in tasks] == [
        ("Late one", "3 d late"),
        ("Due one", "Today"),
        ("Coming one", "In 7 d"),
    ]


def test_seven_rows_are_shown_and_the_rest_is_counted(rosa: User) -> None:
    acme = an_account()
    for n in range(1, 20):
        a_call(rosa, NOW - timedelta(days=n), account=acme)
    found = agenda_of(rosa)
    assert (len(found.tasks), found.more) == (7, "12")


def test_nobody_elses_work_is_on_it(rosa: User, otto: User, mia: User) -> None:
    a_call(otto, NOW - HOUR)
    assert titles(rosa) == titles(mia) == []


@pytest.mark.parametrize("size", [3, 30])
def test_the_page_costs_the_same_at_any_size(
    rosa: User, mia: User, as_: type[As], size: int, django_assert_max_num_queries: object
) -> None:
    acme = an_account()
    for n in range(size):
        call = a_call(rosa, NOW - timedelta(days=n + 2), account=acme)
        a_plan(call, at=call.starts_at - HOUR)
        call.refresh_from_db()
        debrief = a_debrief(call, at=call.ends_at)
        DebriefReview.give(debrief, by=mia, at=NOW, score=5, modify="Slow down")
        a_call(rosa, NOW - timedelta(days=n + 1), account=acme)
        Agreement.make(text="This", owner=rosa, due_on=NOW.date(), by=mia, at=NOW)
    Organisation.current()  # made the first time it is asked for
    page: Client = as_.page(rosa)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        answer = page.get("/")
    assert answer.status_code == 200
    assert "Slow down" in answer.content.decode()


def test_a_manager_with_nothing_owed_sees_the_plans_to_inspect_first(
    rosa: User, mia: User, as_: type[As]
) -> None:
    now = timezone.now()
    a_plan(a_call(rosa, now + HOUR), at=now)
    page = as_.page(mia)
    text = page.get("/").content.decode()
    assert text.index("Plans to inspect") < text.index("Do next")
    a_call(mia, now - HOUR)
    text = page.get("/").content.decode()
    assert text.index("Do next") < text.index("Plans to inspect")


def test_the_latest_feedback_on_ones_own_calls_stands_on_it(
    as_: type[As], rosa: User, pia: User, mia: User
) -> None:
    now, _ = timezone.now(), an_account()

    def reviewed(rep: User, hours: int, modify: str) -> None:
        debrief = a_debrief(a_call(rep, now - timedelta(hours=hours + 1)))
        at = now - timedelta(hours=hours)
        DebriefReview.give(debrief, by=mia, at=at, score=5, modify=modify)

    reviewed(rosa, 30, "Ask who signs")
    reviewed(rosa, 3, "Say the price first")
    reviewed(rosa, 2, "")
    reviewed(pia, 1, "Listen longer")
    page = as_.page(rosa).get("/").content.decode()
    assert "Say the price first" in page
    assert "Ask who signs" not in page
    assert "Listen longer" not in page
    assert "Latest feedback" not in as_.page(mia).get("/").content.decode()
