"""When 1-on-1s are held: the rhythm's page, one beside it, another time, excused."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from lib.calendar import next_working_day
from people.models import Absence, Holiday, User
from reviews.models import Review, ReviewSchedule
from tests.conftest import As

HTMX = {"HX-Request": "true"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def address(rep: User) -> str:
    return f"/reviews/schedule/{rep.pk}/"


def rhythm(**said: Any) -> dict[str, Any]:
    shown = {
        "version": 1,
        "rhythm": "nth_weekday",
        "nth": 1,
        "weekday": 1,
        "day": 1,
        "weeks": 4,
        "starts_on": "2026-01-01",
        "time": "10:00",
        "minutes": 30,
        "is_active": "on",
    }
    return {**shown, **said}


def text(page: Client, url: str, **headers: Any) -> str:
    answer = page.get(url, headers=headers or None)
    assert answer.status_code == 200
    return answer.content.decode()


def arranged(mia: User, rosa: User, now: datetime, days: int = 7) -> Review:
    day = next_working_day((now + timedelta(days=days)).date())
    return Review.arrange(rosa, datetime.combine(day, time(9), now.tzinfo), by=mia, at=now)


def test_only_the_own_manager_sets_the_rhythm(
    rosa: User, pia: User, mia: User, otto: User, eva: User, ada: User, as_: type[As]
) -> None:
    assert as_.page(mia).get(address(rosa)).status_code == 200
    for who in (rosa, pia, otto, eva, ada):
        assert as_.page(who).get(address(rosa)).status_code == 404
        assert as_.page(who).post(address(rosa), rhythm()).status_code == 404
    rosa.deactivate()
    assert as_.page(mia).get(address(rosa)).status_code == 404


def test_saving_it_makes_the_drafts_at_once(rosa: User, mia: User, as_: type[As]) -> None:
    said = rhythm(minutes=45)
    answer = as_.page(mia).post(address(rosa), said)
    assert answer["Location"] == "/reviews/"
    schedule = ReviewSchedule.objects.get()
    assert schedule.in_words == "The first Tuesday of the month at 10:00"
    assert {review.minutes for review in Review.objects.all()} == {45}
    assert "The first Tuesday" in text(as_.page(rosa), "/reviews/")


@pytest.mark.parametrize(
    ("chosen", "ignored"),
    [
        ({"rhythm": "nth_weekday", "nth": 5}, {"day": "99", "weeks": "", "starts_on": "soon"}),
        ({"rhythm": "day_of_month", "day": 31}, {"nth": "", "weekday": "9", "weeks": "0"}),
        ({"rhythm": "every_weeks", "weeks": 2}, {"nth": "x", "day": ""}),
    ],
)
def test_fields_of_another_rhythm_are_not_looked_at(
    rosa: User, mia: User, as_: type[As], chosen: dict[str, Any], ignored: dict[str, Any]
) -> None:
    answer = as_.page(mia).post(address(rosa), rhythm(**chosen, **ignored))
    assert answer.status_code == 302
    schedule = ReviewSchedule.objects.get()
    assert {name: getattr(schedule, name) for name in chosen} == chosen


def test_wrong_input_keeps_what_was_typed(rosa: User, mia: User, as_: type[As]) -> None:
    said = rhythm(rhythm="day_of_month", day=32, time="noon", minutes=35)
    answer = as_.page(mia).post(address(rosa), said)
    body = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="noon"' in body
    assert 'value="35"' in body
    assert not ReviewSchedule.objects.exists()


def test_a_second_tab_does_not_undo_the_first(
    rosa: User, mia: User, now: datetime, as_: type[As]
) -> None:
    ReviewSchedule.set_up(rosa, by=mia, at=now, minutes=40)
    ReviewSchedule.set_up(rosa, by=mia, at=now, minutes=50)
    answer = as_.page(mia).post(address(rosa), rhythm(minutes=20))
    body = answer.content.decode()
    assert answer.status_code == 412
    assert "Minutes: <b>50</b>" in body
    assert 'value="20"' in body


def test_the_dates_are_shown_live_with_holidays_and_absences_moved(
    rosa: User, mia: User, as_: type[As]
) -> None:
    """A week-by-week rhythm two weeks off: its first day is a holiday, its second rosa is away."""
    first = next_working_day(date.today() + timedelta(days=14))
    monday = first - timedelta(days=first.weekday()) + timedelta(days=7)
    Holiday.objects.create(day=monday, name="Founders' day")
    second = monday + timedelta(days=7)
    Absence.record(rosa, first_day=second, last_day=second + timedelta(days=1), by=rosa)
    query = f"?rhythm=every_weeks&weeks=1&weekday=0&starts_on={monday}&time=10:00&minutes=30"
    page = as_.page(mia)
    said = text(page, address(rosa) + query + "&is_active=on&version=1", **HTMX)
    assert "<form" not in said
    days = [
        (each.strftime("%b"), each.day) for each in (monday + timedelta(1), second + timedelta(2))
    ]
    for month, day in days:
        assert f"{day} {month}" in said
    assert said.count("instead of") == 2
    off = text(page, address(rosa) + query + "&version=1", **HTMX)
    assert "No date follows" in off


def test_one_beside_the_rhythm_is_arranged_on_the_managers_own_clock(
    rosa: User, mia: User, otto: User, as_: type[As]
) -> None:
    mia.change(time_zone="America/New_York")
    page = as_.page(mia)
    form = text(page, f"/reviews/new/?rep={rosa.pk}")
    assert f'value="{rosa.pk}" selected' in form
    assert "Otto" not in form
    day = next_working_day(date.today() + timedelta(days=5))
    answer = page.post("/reviews/new/", {"rep": rosa.pk, "on": day, "time": "09:30"})
    assert answer.status_code == 302
    wanted = datetime.combine(day, time(9, 30), ZoneInfo("America/New_York"))
    assert Review.objects.get().scheduled_for == wanted
    refused = page.post("/reviews/new/", {"rep": otto.pk, "on": day, "time": "09:30"})
    assert refused.status_code == 400


def test_a_time_that_has_passed_is_refused_beside_the_day(
    rosa: User, mia: User, now: datetime, as_: type[As]
) -> None:
    said = {"rep": rosa.pk, "on": "2020-01-07", "time": "09:30"}
    answer = as_.page(mia).post("/reviews/new/", said)
    assert answer.status_code == 400
    assert answer.context["form"].errors == {"on": ["That time has passed."]}
    assert 'value="2020-01-07"' in answer.content.decode()


def test_either_of_the_two_moves_it_and_nobody_else(
    rosa: User, mia: User, pia: User, eva: User, now: datetime, as_: type[As]
) -> None:
    review = arranged(mia, rosa, now)
    url = f"/reviews/{review.pk}/time/"
    for who, hour in ((rosa, 11), (mia, 14)):
        review.refresh_from_db()
        day = timezone.localtime(review.scheduled_for).date()
        form = text(as_.page(who), url)
        assert f'value="{day}"' in form
        said = {"version": review.version, "on": day, "time": f"{hour}:00"}
        assert as_.page(who).post(url, said).status_code == 302
        review.refresh_from_db()
        assert timezone.localtime(review.scheduled_for).hour == hour
    assert review.time_changes.count() == 2
    for who in (pia, eva):
        assert as_.page(who).get(url).status_code == 404


def test_moving_what_the_other_moved_meanwhile_shows_their_time(
    rosa: User, mia: User, now: datetime, as_: type[As]
) -> None:
    review = arranged(mia, rosa, now)
    seen, later = review.version, review.scheduled_for + timedelta(days=7)
    review.reschedule(later, by=mia, at=now)
    url, day = f"/reviews/{review.pk}/time/", later.date() + timedelta(days=1)
    answer = as_.page(rosa).post(url, {"version": seen, "on": day, "time": "09:00"})
    assert answer.status_code == 412
    assert f"now it is planned for <b>{later:%A} {later.day}" in answer.content.decode()
    assert f'value="{day}"' in answer.content.decode()


def test_the_manager_excuses_with_a_reason_and_takes_it_back(
    rosa: User, mia: User, pia: User, now: datetime, as_: type[As]
) -> None:
    review = arranged(mia, rosa, now)
    url = f"/reviews/{review.pk}/excuse/"
    assert as_.page(rosa).get(url).status_code == 403
    assert as_.page(pia).get(url).status_code == 404
    page = as_.page(mia)
    assert page.post(url, {"version": review.version, "reason": " "}).status_code == 400
    answer = page.post(url, {"version": review.version, "reason": "We met at the fair"})
    assert answer.status_code == 302
    assert "We met at the fair" in text(as_.page(rosa), "/reviews/")
    undo = f"/reviews/{review.pk}/restoration/"
    assert as_.page(rosa).post(undo).status_code == 403
    assert page.post(undo).status_code == 302
    review.refresh_from_db()
    assert review.state == "scheduled"


def test_what_has_begun_is_neither_moved_nor_excused(
    rosa: User, mia: User, now: datetime, as_: type[As]
) -> None:
    review = arranged(mia, rosa, now, days=1)
    review.start(by=mia, at=now)
    said = {"version": review.version, "on": now.date() + timedelta(days=9), "time": "09:00"}
    page = as_.page(mia)
    assert page.post(f"/reviews/{review.pk}/time/", said).status_code == 400
    excuse = {"version": review.version, "reason": "No"}
    assert page.post(f"/reviews/{review.pk}/excuse/", excuse).status_code == 400
    answer = page.post(f"/reviews/{review.pk}/restoration/", follow=True)
    assert "cannot be restored" in answer.content.decode()
