"""Today: what I owe first, what is coming without a plan, what was agreed."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from coaching.models import DebriefReview, Inspection
from pages.agenda import Agenda, agenda
from people.calendar import Calendar
from people.models import Holiday, Organisation, User
from reviews.models import Agreement, Review, ReviewPreparation
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


def reviewed(rosa: User, mia: User, when: datetime) -> Review:
    return Review.arrange(rosa, when, by=mia, at=min(NOW, when))


def first(user: User, at: datetime) -> tuple[str, str, str, str] | None:
    """Title, chip, kind and button of the first task at that time."""
    tasks = agenda(user, at, Calendar.current().holidays).tasks
    return (tasks[0].title, tasks[0].chip, tasks[0].kind, tasks[0].action) if tasks else None


def test_a_1_on_1_is_prepared_from_the_day_before_and_urged_on_its_day(
    rosa: User, mia: User, pia: User
) -> None:
    """NOW is a Wednesday, 9:00 UTC."""
    review = reviewed(rosa, mia, NOW + timedelta(days=1, hours=1))
    assert first(rosa, NOW) is None  # opens at ten
    assert first(rosa, review.opens_at) == (
        "Prepare your 1-on-1 with Mia",
        "In 1 d",
        "idle",
        "Prepare",
    )
    on_the_day = NOW + timedelta(days=1)
    assert first(rosa, on_the_day) == ("Prepare your 1-on-1 with Mia", "Today", "warn", "Prepare")
    answers = {"in_the_way": "The budget round"}
    ReviewPreparation.write(review, answers, by=rosa, at=on_the_day)
    assert first(rosa, on_the_day) == ("Prepare your 1-on-1 with Mia", "Today", "idle", "Prepare")
    assert first(pia, on_the_day) is None


def test_the_manager_starts_it_and_both_go_on_until_it_is_agreed(rosa: User, mia: User) -> None:
    review = reviewed(rosa, mia, NOW + HOUR)
    assert first(mia, NOW) == ("1-on-1 with Rosa", "Today", "idle", "Start")
    review.start(by=mia, at=NOW + HOUR)
    assert first(mia, NOW + HOUR) == ("1-on-1 with Rosa", "Running", "ok", "Continue")
    assert first(rosa, NOW + HOUR) == ("1-on-1 with Mia", "Running", "ok", "Continue")
    review.agree(by=rosa, at=NOW + 2 * HOUR)
    asked = ("Read and agree: 1-on-1 with Rosa", "Rosa agreed", "warn", "Read")
    assert first(mia, NOW + 2 * HOUR) == asked
    assert first(rosa, NOW + 2 * HOUR) == ("1-on-1 with Mia", "Running", "ok", "Continue")
    review.refresh_from_db()
    review.agree(by=mia, at=NOW + 2 * HOUR)
    assert first(mia, NOW + 2 * HOUR) is None


def test_one_not_held_is_the_managers_to_settle_until_a_later_one_was(
    rosa: User, mia: User
) -> None:
    review = reviewed(rosa, mia, NOW + HOUR)
    assert first(mia, NOW + timedelta(days=3)) == ("1-on-1 with Rosa", "3 d late", "warn", "Open")
    december = NOW + timedelta(days=14)
    Review.objects.all().record_not_held(december.date(), december)
    settle = ("1-on-1 with Rosa", "Not held in November", "risk", "Settle")
    assert first(mia, december) == settle
    assert first(rosa, december) is None
    later = reviewed(rosa, mia, december + HOUR)
    later.start(by=mia, at=december + HOUR)
    later.close(by=mia, at=december + 2 * HOUR)
    assert first(mia, december + 3 * HOUR) is None
    review.refresh_from_db()
    assert review.state == "not_held"


def test_an_excused_one_and_one_of_a_former_manager_ask_for_nothing(
    rosa: User, mia: User, max_: User
) -> None:
    reviewed(rosa, mia, NOW + HOUR).excuse_it("The fair", by=mia, at=NOW)
    reviewed(rosa, mia, NOW + 2 * HOUR)
    rosa.join(max_.teams_led.get())
    assert first(rosa, NOW) is first(mia, NOW) is None
