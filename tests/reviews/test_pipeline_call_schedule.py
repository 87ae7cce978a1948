"""When a team's pipeline call is held: its day, its clock, holidays and changes of clocks."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from people.models import Holiday, Team, User
from reviews.models import PipelineCallSchedule
from tests.conftest import As


def tuesdays(mia: User, **values: object) -> PipelineCallSchedule:
    team = Team.objects.get(name="North")
    return PipelineCallSchedule.set_up(team, by=mia, weekday=1, time=time(9), **values)


@pytest.fixture
def berlin(mia: User) -> User:
    mia.time_zone = "Europe/Berlin"
    mia.save()
    return mia


def test_it_is_on_its_weekday_on_the_managers_clock(berlin: User) -> None:
    schedule = tuesdays(berlin)
    after = schedule.next_after(datetime(2026, 11, 18, 12, tzinfo=UTC))
    assert after == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert schedule.next_after(after) == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_it_stays_at_nine_when_the_clocks_change(berlin: User) -> None:
    schedule = tuesdays(berlin)
    before_change = schedule.next_after(datetime(2026, 3, 23, tzinfo=UTC))
    assert before_change == datetime(2026, 3, 24, 8, tzinfo=UTC)
    assert schedule.next_after(before_change) == datetime(2026, 3, 31, 7, tzinfo=UTC)


def test_a_time_that_clocks_skip_is_held_all_the_same(mia: User) -> None:
    mia.time_zone = "Africa/Cairo"  # Friday 24 April 2026: 00:00 becomes 01:00
    mia.save()
    team = Team.objects.get(name="North")
    schedule = PipelineCallSchedule.set_up(team, by=mia, weekday=4, time=time(0, 30))
    found = schedule.next_after(datetime(2026, 4, 22, tzinfo=UTC))
    assert found.astimezone(schedule.zone).date() == date(2026, 4, 24)


def test_a_holiday_moves_it_to_the_next_working_day(mia: User) -> None:
    schedule = tuesdays(mia)
    Holiday.add(date(2026, 11, 24), "Founders' day")
    moved = schedule.next_after(datetime(2026, 11, 20, tzinfo=UTC))
    assert moved == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert schedule.next_after(datetime(2026, 11, 24, 12, tzinfo=UTC)) == moved
    assert schedule.on(date(2026, 11, 24)) is None
    assert schedule.on(date(2026, 11, 25)) == moved


def test_a_week_of_holidays_moves_it_over_the_weekend(mia: User) -> None:
    schedule = tuesdays(mia)
    Holiday.add_many({date(2026, 12, day): "Closed" for day in range(21, 26)})
    moved = schedule.next_after(datetime(2026, 12, 21, tzinfo=UTC))
    assert moved == datetime(2026, 12, 28, 9, tzinfo=UTC)


def test_only_who_leads_the_team_sets_it_up(
    rosa: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    team = Team.objects.get(name="North")
    for stranger in (rosa, max_, ada):
        with pytest.raises(PermissionDenied):
            PipelineCallSchedule.set_up(team, by=stranger, weekday=1)
    assert PipelineCallSchedule.set_up(team, by=eva, weekday=3).weekday == 3
    assert PipelineCallSchedule.objects.count() == 1


def test_it_is_on_a_working_day(mia: User) -> None:
    with pytest.raises(ValidationError):
        PipelineCallSchedule.set_up(Team.objects.get(name="North"), by=mia, weekday=6)


def test_the_page_sets_it_and_the_list_shows_the_next_one(
    rosa: User, mia: User, otto: User, as_: type[As]
) -> None:
    team = Team.objects.get(name="North")
    url = f"/pipeline-calls/schedule/{team.pk}/"
    typed = {"weekday": 1, "time": "09:30", "minutes": 45, "is_active": "on"}
    assert as_.page(rosa).get(url).status_code == 404
    assert as_.page(mia).get(url).status_code == 200
    wrong = as_.page(mia).post(url, {**typed, "version": 1, "minutes": 3})
    assert wrong.status_code == 400
    assert "09:30" in wrong.content.decode()
    assert as_.page(mia).post(url, {**typed, "version": 1}).status_code == 302
    for who in (rosa, mia):
        assert "09:30, 45 min" in as_.page(who).get("/pipeline-calls/").content.decode()
    assert "09:30" not in as_.page(otto).get("/pipeline-calls/").content.decode()
    assert as_.page(mia).post(url, {**typed, "version": 1}).status_code == 412
