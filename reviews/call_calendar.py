"""When which team meets: what the list of pipeline calls shows at its top."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BooleanField, ExpressionWrapper, Q

from people.models import Holiday, Team, User
from reviews import call_people
from reviews.models import PipelineCall, PipelineCallSchedule

TEAMS = 50  # listed at most


@dataclass(frozen=True)
class Upcoming:
    """A team's next call: running, to come at `begins`, or, without a schedule, neither."""

    team: Team
    may_run: bool
    schedule: PipelineCallSchedule | None
    running: PipelineCall | None
    begins: datetime | None


def upcoming(user: User, now: datetime) -> list[Upcoming]:
    """Of all teams whose calls one runs, and of those one takes part in that meet; by team."""
    runs = ExpressionWrapper(Q(pk__in=call_people.teams_run_by(user)), BooleanField())
    teams = Team.objects.filter(pk__in=call_people.teams_around(user)).annotate(may_run=runs)
    calls = PipelineCall.objects.visible_to(user).running()
    running = {call.team_id: call for call in calls}
    holidays = frozenset(Holiday.objects.values_list("day", flat=True))
    found = [
        _of(team, running.get(team.pk), now, holidays)
        for team in teams.select_related("pipeline_call_schedule", "manager")[:TEAMS]
    ]
    return [each for each in found if each.may_run or each.running or each.begins]


def _of(
    team: Team, running: PipelineCall | None, now: datetime, holidays: frozenset[date]
) -> Upcoming:
    schedule = getattr(team, "pipeline_call_schedule", None)
    meets = schedule is not None and schedule.is_active
    if schedule:
        schedule.team = team
    begins = schedule.next_after(now, holidays) if schedule and meets else None
    return Upcoming(team, team.may_run, schedule, running, begins)  # type: ignore[attr-defined]
