"""New people get their plan by their first day, once, from the nearest team that has one."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import Organisation, Team, User
from playbook.models import OnboardingPlan, TrainingAssignment, TrainingModule
from playbook.onboarding import assign_onboarding
from playbook.tasks import assign_onboarding as hourly
from tests.factories import NOW, TODAY, a_team, a_training_module, a_user

DAY = timedelta(days=1)
ALL_APPS = [config.name for config in apps.get_app_configs()]  # see tests/pipeline/test_clocks.py


@pytest.fixture
def asking(db: None) -> TrainingModule:
    return a_training_module("Asking first")


@pytest.fixture
def pricing(db: None) -> TrainingModule:
    return a_training_module("Talking of price")


@pytest.fixture
def plan(asking: TrainingModule, pricing: TrainingModule) -> OnboardingPlan:
    """For everybody: asking on the first day, pricing thirty days after."""
    plan = OnboardingPlan.add(name="First weeks")
    plan.set_step(asking, 0)
    plan.set_step(pricing, 30)
    return plan


def run(today: date = TODAY) -> None:
    assign_onboarding(today, NOW)


def due_of(person: User) -> list[date]:
    return list(TrainingAssignment.objects.filter(person=person).values_list("due_on", flat=True))


def test_a_new_person_gets_all_steps_by_their_first_day(
    plan: OnboardingPlan, asking: TrainingModule
) -> None:
    nina = a_user("Nina New", joined_on=TODAY)
    run()
    assert due_of(nina) == [TODAY, TODAY + 30 * DAY]
    first = nina.training.get(module=asking)
    assert (first.assigned_by, first.onboarding_plan, first.assigned_at) == (None, plan, NOW)


@pytest.mark.parametrize(
    ("joined_on", "due_on"),
    [
        (date(2027, 1, 31), date(2027, 3, 2)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 3, 30)),
        (date(2026, 12, 2), date(2027, 1, 1)),
    ],
)
def test_days_are_days_of_the_calendar(plan: OnboardingPlan, joined_on: date, due_on: date) -> None:
    nina = a_user("Nina New", joined_on=joined_on)
    run(joined_on)
    assert due_of(nina) == [joined_on, due_on]


@pytest.mark.parametrize(
    ("days", "is_new"), [(-91, False), (-90, True), (0, True), (30, True), (31, False)]
)
def test_new_is_who_came_within_90_days_or_comes_within_30(
    plan: OnboardingPlan, days: int, is_new: bool
) -> None:
    nina = a_user("Nina New", joined_on=TODAY + days * DAY)
    run()
    assert bool(due_of(nina)) is is_new


def test_today_is_the_organisations(plan: OnboardingPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 11:00 UTC it is the next day already in Kiritimati, 14 hours ahead."""
    Organisation.current().change(time_zone="Pacific/Kiritimati")
    noon = datetime(2026, 11, 18, 11, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    nina = a_user("Nina New", joined_on=date(2026, 12, 19), time_zone="America/New_York")
    hourly()
    assert due_of(nina) == [date(2026, 12, 19), date(2027, 1, 18)]


def test_who_has_left_or_came_on_no_known_day_gets_nothing(plan: OnboardingPlan) -> None:
    gone, unknown = a_user("Gone", joined_on=TODAY), a_user("Unknown")
    gone.deactivate(on=TODAY)
    run()
    assert due_of(gone) == due_of(unknown) == []


def test_the_nearest_team_wins(
    plan: OnboardingPlan, asking: TrainingModule, pricing: TrainingModule, mia: User, max_: User
) -> None:
    north, south = mia.teams_led.get(), max_.teams_led.get()
    east = a_team("North-east", parent=north)
    for_north = OnboardingPlan.add(name="North", team=north)
    for_north.set_step(asking, 5)
    above = OnboardingPlan.add(name="Sales", team=Team.objects.get(name="Sales"))
    above.set_step(pricing, 7)
    people = {
        team: a_user(f"In {team}", team=team, joined_on=TODAY) for team in (north, east, south)
    }
    outside = a_user("Outside", joined_on=TODAY)
    mia.change(joined_on=TODAY)
    mia.join(None)  # she leads the team and is in none
    run()
    assert due_of(people[north]) == due_of(people[east]) == due_of(mia) == [TODAY + 5 * DAY]
    assert due_of(people[south]) == [TODAY + 7 * DAY]
    assert len(due_of(outside)) == 2


def test_a_team_has_one_plan_in_use(plan: OnboardingPlan, mia: User) -> None:
    with pytest.raises(ValidationError, match="for everybody already"):
        OnboardingPlan.add(name="Another")
    plan.change(is_active=False)
    assert OnboardingPlan.add(name="Another").is_active
    with pytest.raises(ValidationError, match="for everybody already"):
        plan.change(is_active=True)


def test_a_plan_out_of_use_and_a_retired_module_are_left_out(
    plan: OnboardingPlan, pricing: TrainingModule, ada: User
) -> None:
    nina = a_user("Nina New", joined_on=TODAY)
    plan.change(is_active=False)
    run()
    assert due_of(nina) == []
    plan.change(is_active=True)
    pricing.retire(by=ada, at=NOW)
    run()
    assert due_of(nina) == [TODAY]


def test_running_it_again_changes_nothing(plan: OnboardingPlan, rosa: User, mia: User) -> None:
    rosa.change(joined_on=TODAY)
    run()
    rosa.training.get(due_on=TODAY).withdraw(by=mia, at=NOW)
    rosa.training.get(due_on__gt=TODAY).finish(takeaway="Ask first", by=rosa, at=NOW)
    before = list(TrainingAssignment.objects.values())
    run()
    run(TODAY + DAY)
    assert list(TrainingAssignment.objects.values()) == before


def test_what_somebody_has_to_take_already_is_not_assigned_twice(
    plan: OnboardingPlan, asking: TrainingModule, rosa: User, mia: User
) -> None:
    TrainingAssignment.assign(rosa, asking, TODAY + DAY, by=mia, at=NOW)
    rosa.change(joined_on=TODAY)
    run()
    assert due_of(rosa) == [TODAY + DAY, TODAY + 30 * DAY]


def test_another_first_day_moves_what_is_open_and_nobody_rescheduled(
    plan: OnboardingPlan, asking: TrainingModule, pricing: TrainingModule, rosa: User, mia: User
) -> None:
    third = a_training_module("Writing offers")
    plan.set_step(third, 60)
    rosa.change(joined_on=TODAY)
    run()
    rosa.training.get(module=asking).finish(takeaway="Ask first", by=rosa, at=NOW)
    rosa.training.get(module=pricing).reschedule(TODAY + 9 * DAY, by=mia, at=NOW)
    rosa.change(joined_on=TODAY + 7 * DAY)
    run()
    days = dict(rosa.training.values_list("module__title", "due_on"))
    assert days == {
        "Asking first": TODAY,
        "Talking of price": TODAY + 9 * DAY,
        "Writing offers": TODAY + 67 * DAY,
    }
    assert rosa.training.get(module=third).version == 2


def statements_for(people: int) -> int:
    for n in range(people):
        a_user(f"New {people} {n}", joined_on=TODAY)
    with CaptureQueriesContext(connection) as captured:
        run()
    User.objects.get_queryset().filter(name__startswith="New").update(joined_on=TODAY + DAY)
    with CaptureQueriesContext(connection) as moved:
        run()
    assert TrainingAssignment.objects.filter(due_on=TODAY + DAY).count() >= people
    return len(captured) + len(moved)


def test_it_takes_as_many_statements_for_30_people_as_for_3(plan: OnboardingPlan) -> None:
    few = statements_for(3)
    assert statements_for(30) == few


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_twice_at_once_is_as_once(plan: OnboardingPlan) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    nina = a_user("Nina New", joined_on=TODAY)

    def job() -> None:
        try:
            run()
        finally:
            connection.close()

    threads = [Thread(target=job) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert due_of(nina) == [TODAY, TODAY + 30 * DAY]
