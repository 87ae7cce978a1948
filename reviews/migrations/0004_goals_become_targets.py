"""Goals a quarter become targets of the ultimate metric.

A rep's goal becomes a target of their own, without a first and a last day, as the goal had none;
of two schedules that of whom they report to counts. A team's goal, which was a sum, becomes a
target for each person of the team: the sum over how many active people are in it and the teams
under it; where one of them had a goal of their own it was the sum of these that was aimed at, and
none is made.

Left out, because they cannot be said as targets: goals in another currency than the
organisation's, of which no amount in its currency is known, and all goals where the ultimate
metric is not money by the quarter. Whoever set them has to set targets.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.db import migrations
from django.utils import timezone

MONEY = ("money_won", "percent_of_goal")
CENT = Decimal("0.01")


def carry_goals_over(apps, schema_editor):
    Metric = apps.get_model("metrics", "Metric")
    organisation = apps.get_model("people", "Organisation").objects.order_by("pk").first()
    ultimate = Metric.objects.filter(
        role="ultimate", retired_on=None, period="quarter", measure__in=MONEY
    ).first()
    if organisation is None or ultimate is None:
        return
    _carry_reps_over(apps, ultimate, organisation.currency)
    _carry_teams_over(apps, ultimate, organisation.currency)


def _carry_reps_over(apps, ultimate, currency):
    goals = apps.get_model("reviews", "ReviewSchedule").objects.filter(
        quarterly_goal__gt=0, currency=currency
    )
    own = {}
    for schedule in goals.select_related("rep").order_by("pk"):
        is_current = schedule.rep.reports_to_id == schedule.manager_id
        if is_current or schedule.rep_id not in own:
            own[schedule.rep_id] = schedule
    for rep, schedule in own.items():
        _aim(apps, ultimate, schedule.quarterly_goal, schedule.manager_id, person_id=rep)


def _carry_teams_over(apps, ultimate, currency):
    goals = apps.get_model("reviews", "PipelineCallSchedule").objects.filter(
        quarterly_goal__gt=0, currency=currency
    )
    Target = apps.get_model("metrics", "Target")
    own = Target.objects.filter(metric=ultimate, replaced_at=None).exclude(person=None)
    with_own = set(own.values_list("person_id", flat=True))
    for schedule in goals.select_related("team"):
        people = _people_of(apps, schedule.team_id)
        if people and not people & with_own:
            each = (schedule.quarterly_goal / len(people)).quantize(CENT, ROUND_HALF_UP)
            _aim(apps, ultimate, each, schedule.team.manager_id, team_id=schedule.team_id)


def _people_of(apps, team):
    """Ids of the active people of a team and of those under it."""
    below, found = {}, {team}
    for child, parent in apps.get_model("people", "Team").objects.values_list("pk", "parent"):
        below.setdefault(parent, []).append(child)
    rest = [team]
    while rest:
        children = below.get(rest.pop(), [])
        found.update(children)
        rest += children
    active = apps.get_model("people", "User").objects.filter(team__in=found, is_active=True)
    return set(active.values_list("pk", flat=True))


def _aim(apps, metric, amount, by, **whom):
    Target = apps.get_model("metrics", "Target")
    if not Target.objects.filter(metric=metric, replaced_at=None, **whom).exists():
        now = timezone.now()
        Target.objects.create(metric=metric, amount=amount, set_at=now, set_by_id=by, **whom)


class Migration(migrations.Migration):
    dependencies = [
        ("metrics", "0002_first_metrics"),
        ("people", "0005_team_memberships"),
        ("reviews", "0003_reviews"),
    ]
    # Backwards the goals are empty and the targets stay: which of them were goals, and which were
    # set since, cannot be told.
    operations = [
        migrations.RunPython(carry_goals_over, migrations.RunPython.noop),
        migrations.RemoveField("reviewschedule", "quarterly_goal"),
        migrations.RemoveField("reviewschedule", "currency"),
        migrations.RemoveField("pipelinecallschedule", "quarterly_goal"),
        migrations.RemoveField("pipelinecallschedule", "currency"),
    ]
