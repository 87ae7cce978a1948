"""Jobs of coaching as they are measured: each once beside its floor, and undone."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import connection

from alerts.kinds import KINDS
from alerts.sweep import sweep
from bench.alerts import analyse, undone
from bench.fill import day
from bench.jobs import read, row, took, watched, write
from bench.measure import Result
from coaching.models import BehaviourScore
from lib.calendar import start_of_day
from people.calendar import Calendar
from people.models import User
from playbook.models import TrainingAssignment
from playbook.onboarding import assign_onboarding

Rows = Iterator[Result]
HALF_A_YEAR = timedelta(days=183)
RIDES = (
    "SELECT u.id, u.name, u.joined_on, u.reports_to_id, r.last_at FROM people_user u LEFT JOIN "
    "(SELECT rep_id, max(starts_at) AS last_at FROM coaching_ridealong WHERE state = 'held' "
    "GROUP BY rep_id) r ON r.rep_id = u.id WHERE u.is_active AND u.levels_below = 0 "
    "AND u.reports_to_id IS NOT NULL "
    "AND coalesce(r.last_at < %(since)s, u.joined_on IS NULL OR u.joined_on <= %(last)s)"
)
NEW = (  # who gets the plan for everybody, and what of it
    "FROM people_user u CROSS JOIN playbook_onboardingstep s WHERE u.is_active "
    "AND u.joined_on >= %(from)s AND u.joined_on <= %(to)s AND NOT EXISTS "
    "(SELECT 1 FROM playbook_trainingassignment a WHERE a.person_id = u.id "
    "AND a.after_days IS NOT NULL)"
)
INTO = (
    "INSERT INTO playbook_trainingassignment (version, person_id, module_id, due_on, why, "
    "assigned_at, onboarding_plan_id, after_days, takeaway) SELECT 1, u.id, s.module_id, "
)
OPEN = (
    "SELECT a.id, a.version, a.due_on, a.after_days, u.joined_on FROM playbook_trainingassignment "
    "a JOIN people_user u ON u.id = a.person_id WHERE a.done_at IS NULL AND a.withdrawn_at IS NULL "
    "AND a.after_days IS NOT NULL AND a.rescheduled_at IS NULL AND u.joined_on IS NOT NULL"
)


def coaching_jobs(now: datetime) -> Iterator[tuple[str, Callable[[], Rows]]]:
    """By name; none in a database that was filled before there was coaching."""
    if BehaviourScore.objects.exists():
        yield "Coaching, sweep of ride-alongs due", lambda: rides_due(now)
        yield "Coaching, onboarding", lambda: onboarding(now)


def rides_due(now: datetime) -> Rows:
    """At first, and once everybody without one has their episode."""
    kind, calendar = KINDS["ride_along_due"], Calendar.current()
    last = calendar.today(now) - HALF_A_YEAR
    since = start_of_day(last + timedelta(days=1), calendar.zone)
    scan = partial(read, RIDES, {"last": last, "since": since})
    with undone():
        people = User.objects.filter(levels_below=0).count()
        scan()
        floor = took(scan)
        with watched() as first:
            opened = sweep(kind, now).opened
        analyse()
        with watched() as quiet:
            sweep(kind, now)
    yield row(f"Coaching, sweep of {people:,} reps, {opened:,} without a ride-along", quiet, floor)
    yield row(f"Coaching, the same, all {opened:,} begin", first, floor)


def onboarding(now: datetime) -> Rows:
    """Everybody is new, for once: they get the plan, then nothing changes, then all days move.

    The floor of what writes is one statement that writes the same rows; else the bare scan.
    """
    today = Calendar.current().today(now)
    span = {"from": today - timedelta(days=90), "to": today + timedelta(days=30), "now": now}
    with undone():
        TrainingAssignment.objects.all().delete()
        User.objects.filter(is_active=True).update(joined_on=today)
        write("ANALYZE playbook_trainingassignment", "ANALYZE people_user")
        with undone():
            written = took(lambda: fill_plan(span))
        with watched() as new:
            assign_onboarding(today, now)
        count = TrainingAssignment.objects.count()
        write("ANALYZE playbook_trainingassignment")
        read(OPEN)
        scan = took(lambda: read(OPEN))
        with watched() as quiet:
            assign_onboarding(today, now)
        User.objects.filter(is_active=True).update(joined_on=today + timedelta(days=3))
        with undone():
            moved = took(move_days)
        with watched() as all_moved:
            assign_onboarding(today, now)
    people = User.objects.filter(is_active=True).count()
    yield row(f"Coaching, onboarding of {people:,}, {count:,} modules begin", new, written)
    yield row("Coaching, onboarding again, nothing new", quiet, scan)
    yield row(f"Coaching, onboarding, {count:,} days move", all_moved, moved)


def move_days() -> None:
    """The day of everything open, by one statement."""
    joined = "(SELECT u.joined_on FROM people_user u WHERE u.id = person_id)"
    write(
        "UPDATE playbook_trainingassignment SET version = version + 1, "
        f"due_on = {day(joined, 'after_days')} "
        "WHERE done_at IS NULL AND withdrawn_at IS NULL AND after_days IS NOT NULL"
    )


def fill_plan(values: dict[str, object]) -> None:
    """What the plan says of everybody, by one statement."""
    due = day("u.joined_on", "s.after_days")
    sql = f"{INTO} {due}, '', %(now)s, s.plan_id, s.after_days, '' {NEW}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
