"""Goals that stood on schedules are targets after the migration that takes them away."""

from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps

from metrics.models import Metric, Target
from people.models import Organisation, Team, User
from tests.factories import NOW

pytestmark = pytest.mark.django_db
migration = import_module("reviews.migrations.0004_goals_become_targets")


class Schedules:
    """Schedules as they were, in place of the tables that no longer have their goals."""

    def __init__(self, *rows: Any) -> None:
        self.rows, self.objects = rows, self

    def filter(self, quarterly_goal__gt: int, currency: str) -> "Schedules":
        held = [row for row in self.rows if row.quarterly_goal and row.currency == currency]
        return Schedules(*held)

    def select_related(self, *names: str) -> "Schedules":
        return self

    def order_by(self, *names: str) -> "Schedules":
        return self

    def __iter__(self) -> Any:
        return iter(self.rows)


class Then:
    """All models as they are now but the two schedules."""

    def __init__(self, reps: list[Any], teams: list[Any]) -> None:
        self.schedules = {
            "ReviewSchedule": Schedules(*reps),
            "PipelineCallSchedule": Schedules(*teams),
        }

    def get_model(self, app: str, name: str) -> Any:
        return self.schedules.get(name) or apps.get_model(app, name)


def of_rep(rep: User, manager: User, goal: object, currency: str = "EUR") -> Any:
    amount = goal and Decimal(str(goal))
    return SimpleNamespace(
        rep=rep, rep_id=rep.pk, manager_id=manager.pk, quarterly_goal=amount, currency=currency
    )


def of_team(name: str, goal: object, currency: str = "EUR") -> Any:
    team = Team.objects.get(name=name)
    return SimpleNamespace(
        team=team, team_id=team.pk, quarterly_goal=Decimal(str(goal)), currency=currency
    )


def carried(*schedules: Any) -> dict[str, Decimal]:
    """By whose they are."""
    Organisation.current()
    teams = [each for each in schedules if hasattr(each, "team")]
    reps = [each for each in schedules if not hasattr(each, "team")]
    migration.carry_goals_over(Then(reps, teams), None)
    return {target.scope: target.amount for target in Target.objects.all()}


def test_a_reps_goal_is_their_own_target(rosa: User, pia: User, mia: User, max_: User) -> None:
    """Of two managers that of today counts; a goal in another currency is left out."""
    found = carried(
        of_rep(rosa, mia, 90_000),
        of_rep(rosa, max_, 70_000),
        of_rep(pia, mia, 80_000, "USD"),
        of_rep(mia, max_, None),
    )
    assert found == {"Rosa Rep": 90_000}
    target = Target.objects.get()
    assert (target.metric.measure, target.set_by, target.span) == ("money_won", mia, "always")


def test_a_teams_goal_is_shared_out_over_its_people(
    rosa: User, pia: User, otto: User, mia: User
) -> None:
    pia.deactivate()
    assert carried(of_team("North", 100_000), of_team("Sales", 100_000)) == {
        "North": 100_000,
        "Sales": 50_000,
    }


def test_of_a_team_with_goals_of_its_people_these_count(
    rosa: User, pia: User, otto: User, mia: User
) -> None:
    found = carried(of_rep(rosa, mia, 90_000), of_team("North", 100_000), of_team("South", 70_000))
    assert found == {"Rosa Rep": 90_000, "South": 70_000}


@pytest.mark.parametrize("changes", [{"measure": "deals_won"}, {"period": "month"}])
def test_no_goal_is_a_target_of_something_else(
    rosa: User, mia: User, changes: dict[str, str]
) -> None:
    Metric.objects.filter(role=Metric.ULTIMATE).update(**changes)
    assert carried(of_rep(rosa, mia, 90_000)) == {}


def test_a_target_that_is_there_stays(rosa: User, mia: User) -> None:
    ultimate = Metric.objects.get(role=Metric.ULTIMATE)
    Target.set(ultimate, Decimal(10), by=mia, at=NOW, person=rosa)
    assert carried(of_rep(rosa, mia, 90_000)) == {"Rosa Rep": 10}
