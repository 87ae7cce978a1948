"""Metrics as they are measured: pages, API, and the jobs that count and judge everybody."""

import resource
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.measure import FRAME, Result, Timing
from bench.scenarios import ROLES, Scenario
from lib.calendar import day_span
from metrics import checkpoints, rollups
from metrics.models import DailyTally, Metric
from metrics.periods import DAY
from metrics.rebuild import rebuild
from metrics.scorecard import Frame, branch_of
from people.calendar import Calendar
from people.models import Team, User
from pipeline.models import Call

SWEEP_RATIO, FRESH = 5, 1_000
WIDE = 300  # reps from which the floor reads everybody's events of today


def metric_scenarios(now: datetime) -> Iterator[Scenario]:
    """A rep's page and their team's; those of executives."""
    calendar = Calendar.current()
    today = calendar.today(now)
    rep = User.objects.get(email=ROLES["rep"])
    facts = asked(Frame.read(None, today, calendar))
    person = facts | {"person": rep.pk}
    path = f"/metrics/people/{rep.pk}/"
    yield Scenario("Metrics of a person", "rep", path, "scorecard", person)
    yield Scenario("Metrics of a person, manager", "manager", path, "scorecard", person)
    path = f"/api/v1/scorecards/?person={rep.pk}"
    yield Scenario("API scorecard of a person", "manager", path, "scorecard", person)
    for team, reps in teams_shown(rep):
        role = "manager" if team.pk == rep.team_id else "executive"
        of = facts | {"team": team.pk, "wide": "1" if reps > WIDE else ""}
        path = f"/metrics/teams/{team.pk}/"
        yield Scenario(f"Metrics of {reps:,} reps", role, path, "scorecards", of)
        path = f"/api/v1/scorecards/?team={team.pk}"
        yield Scenario(f"API scorecards of {reps:,} reps", role, path, "scorecards", of)


def teams_shown(rep: User) -> Iterator[tuple[Team, int]]:
    """The rep's team, one over a thousand reps if there is one, and the one at the top."""
    parents = dict(Team.objects.order_by().values_list("pk", "parent"))
    own, top = Team.objects.filter(pk=rep.team_id), Team.objects.filter(parent=None)
    large = Team.objects.filter(name="1,000 reps, 0")
    for pk in dict.fromkeys(team.pk for teams in (own, large, top) for team in teams):
        people = User.objects.filter(team__in=branch_of(pk, parents))
        yield Team.objects.get(pk=pk), people.filter(email__startswith="rep").count()


def asked(frame: Frame) -> dict[str, Any]:
    """What the floor is told of the days shown."""
    start, end = day_span(frame.today, frame.calendar.zone)
    return {
        "first": min(frame.weeks[0].first, frame.whole.first).isoformat(),
        "quarter": frame.whole.first.isoformat(),
        "last": frame.whole.last.isoformat(),
        "today": frame.today.isoformat(),
        "start": start.isoformat(sep=" "),
        "end": end.isoformat(sep=" "),
    }


# Jobs. Each is measured once beside its floor, and undone.


def jobs(now: datetime) -> Iterator[tuple[str, Callable[[], Result]]]:
    """By name, those of all people."""
    yield "Metrics, checkpoints", lambda: measure_checkpoints(now)
    yield "Metrics, catching up", lambda: measure_catching_up(now)
    yield "Metrics, rebuild", lambda: measure_rebuild(now)


def measure_checkpoints(now: datetime) -> Result:
    """Of the last day on which every metric is judged; the floor adds up the same tallies."""
    frame = judged_frame(now)
    people = User.objects.exclude(team=None).count()

    def floor() -> None:
        ask(
            "SELECT person_id, tally, SUM(number) FROM metrics_dailytally "
            "WHERE day >= %s AND day <= %s AND currency IN ('', %s) "
            "AND tally = ANY(%s) GROUP BY person_id, tally"
            if connection.vendor == "postgresql"
            else "SELECT person_id, tally, SUM(number) FROM metrics_dailytally "
            "WHERE day >= %s AND day <= %s AND currency IN ('', %s) GROUP BY person_id, tally",
            [frame.whole.first, frame.day, frame.calendar.currency]
            + ([list(frame.tallies)] if connection.vendor == "postgresql" else []),
        )

    name = f"Metrics, checkpoints of {people:,}"
    return job(name, lambda: checkpoints.take(frame, now), floor)


def judged_frame(now: datetime) -> Frame:
    calendar = Calendar.current()
    metrics = tuple(Metric.objects.chain())
    day = calendar.today(now) - DAY
    while True:
        frame = Frame(metrics, calendar, day, day + DAY)
        kinds = (frame.periods.checkpoint(each.period, day) for each in metrics)
        if all(kinds):
            return frame
        day -= DAY


def measure_rebuild(now: datetime) -> Result:
    """Everything counted from scratch and compared; the floor reads what is counted once."""
    zone = Calendar.current().zone
    tallies = DailyTally.objects.count()

    def floor() -> None:
        for sql in SCANS:
            ask(f"SELECT count(*) FROM ({sql}) each_one", [])

    return job(f"Metrics, rebuild of {tallies:,} tallies", lambda: rebuild(zone), floor)


SCANS = (
    "SELECT owner_id, date(starts_at), kind, count(*) FROM pipeline_call WHERE status = 'held' "
    "GROUP BY owner_id, date(starts_at), kind",
    "SELECT rep_id, date(filed_at), count(*) FROM coaching_callplan "
    "GROUP BY rep_id, date(filed_at)",
    "SELECT c.owner_id, date(c.starts_at), count(*), sum(d.score) FROM coaching_debrief d "
    "JOIN pipeline_call c ON c.id = d.call_id GROUP BY c.owner_id, date(c.starts_at)",
    "SELECT c.owner_id, date(c.starts_at), count(*), sum(r.score) FROM coaching_debriefreview r "
    "JOIN coaching_debrief d ON d.id = r.debrief_id JOIN pipeline_call c ON c.id = d.call_id "
    "GROUP BY c.owner_id, date(c.starts_at)",
    "SELECT c.owner_id, date(c.starts_at), count(*) FROM pipeline_callattendee a "
    "JOIN pipeline_call c ON c.id = a.call_id GROUP BY c.owner_id, date(c.starts_at)",
    "SELECT c.owner_id, date(c.starts_at), count(*) FROM coaching_planline l "
    "JOIN coaching_callplan p ON p.id = l.plan_id JOIN pipeline_call c ON c.id = p.call_id "
    "WHERE l.part = 'commitments' AND l.outcome = 'yes' GROUP BY c.owner_id, date(c.starts_at)",
    "SELECT opening_owner_id, opened_on, count(*) FROM pipeline_opportunity "
    "GROUP BY opening_owner_id, opened_on",
    "SELECT closing_owner_id, closed_on, count(*), sum(amount) FROM pipeline_opportunity "
    "WHERE status = 'won' GROUP BY closing_owner_id, closed_on",
    "SELECT owner_id, sent_on, count(*) FROM pipeline_proposal GROUP BY owner_id, sent_on",
)


def measure_catching_up(now: datetime) -> Result:
    """After a thousand calls were corrected; the floor counts those people's days of calls."""
    calls = Call.objects.filter(status=Call.HELD).order_by("-starts_at")
    fresh = list(calls.values_list("pk", flat=True)[:FRESH])
    owners = set(Call.objects.filter(pk__in=fresh).values_list("owner", flat=True))
    first = Call.objects.filter(pk__in=fresh).earliest("starts_at").starts_at

    def before() -> None:
        Call.objects.filter(pk__in=fresh).update(actual_minutes=31)

    def floor() -> None:
        ask(
            "SELECT owner_id, date(starts_at), kind, count(*), sum(actual_minutes) "
            "FROM pipeline_call WHERE starts_at >= %s GROUP BY owner_id, date(starts_at), kind",
            [first - timedelta(days=1)],
        )

    name = f"Metrics, catching up with {len(fresh):,} calls of {len(owners):,}"
    return job(name, lambda: rollups.catch_up(), floor, before)


def job(
    name: str,
    work: Callable[[], Any],
    floor: Callable[[], None],
    before: Callable[[], None] = lambda: None,
) -> Result:
    bare = Timing()
    for _ in range(2):
        bare.samples.append(timed(floor))
    with transaction.atomic():
        before()
        memory = peak()
        with CaptureQueriesContext(connection) as queries:
            took = timed(work)
        memory = peak() - memory
        transaction.set_rollback(True)
    ratio = took / min(bare.samples)
    return Result(
        name=f"{name} (+{memory // 1024} MB)",
        p50=took,
        p95=took,
        queries=sum(not FRAME.match(query["sql"]) for query in queries),
        bytes=0,
        floor=min(bare.samples),
        ratio=ratio,
        orm=None,
        orm_ratio=None,
        promise=f"{SWEEP_RATIO} x scan",
        kept=ratio <= SWEEP_RATIO,
        requests=1,
    )


def peak() -> int:
    """The most memory this process has had so far, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def ask(sql: str, values: list[Any]) -> None:
    """Read and thrown away."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while cursor.fetchmany(5_000):
            pass
