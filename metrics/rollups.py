"""Keeps the tallies of people and teams equal to what happened.

A person's day is counted again from its events, never added to: counting twice, late, or at the
same time as somebody else comes to the same. Teams are summed from who was in them that day, from
the bottom of the tree up. The number of statements goes by the months touched and the levels of
the tree, not by people or events.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import QuerySet

from coaching.models import CallPlan, Debrief
from lib.calendar import EARLIEST, LATEST, local_date
from metrics.models import DailyTally, TeamTally, Touch
from metrics.periods import Span
from metrics.tallies import COLUMNS, POSTED_COUNTS, TALLIES, count_events
from people.models import Organisation, Team, TeamMembership
from pipeline.models import Call

BATCH = 10_000
MOST_NAMED = 300  # people of whom a statement names each; of more, it counts everybody's
PERSON_COLUMNS = "person_id, tally, day, currency, number"


@dataclass
class Touched:
    """What has to be counted again: days of people, and teams beyond theirs, on what days."""

    days: dict[int, set[date]] = field(default_factory=lambda: defaultdict(set))
    teams: set[int] = field(default_factory=set)
    first: date = LATEST
    last: date = EARLIEST
    everything: bool = False

    def team(self, team: int, first: date = EARLIEST, last: date = LATEST) -> None:
        self.teams.add(team)
        self.first, self.last = min(self.first, first), max(self.last, last)

    def months(self) -> Iterator[tuple[Span, set[int]]]:
        """The people touched in a month, from the first day touched to the last."""
        found: dict[date, tuple[set[int], set[date]]] = defaultdict(lambda: (set(), set()))
        for person, days in self.days.items():
            for day in days:
                people, touched = found[day.replace(day=1)]
                people.add(person)
                touched.add(day)
        for people, touched in found.values():
            yield Span(min(touched), max(touched)), people


def catch_up() -> int:
    """Bring the tallies up to date with all that was noted; returns how many notes that were.

    Notes are taken in batches, each in its own transaction: what is committed meanwhile is noted
    and taken with the next. Whoever comes at the same time waits.
    """
    taken = 0
    while batch := _take():
        taken += batch
    return taken


@transaction.atomic
def _take() -> int:
    one_at_a_time()
    notes = list(Touch.objects.order_by("pk")[:BATCH])
    if not notes:
        return 0
    zone = Organisation.current().zone
    touched = _touched(notes, zone)
    if touched.everything:
        count_all(zone)
    else:
        for span, people in touched.months():
            count_again(people, span, zone)
        if touched.teams:
            count_teams(_with_those_above(touched.teams), Span(touched.first, touched.last))
    Touch.objects.filter(pk__in=[note.pk for note in notes]).delete()
    return len(notes)


def one_at_a_time() -> None:
    """Held to the end of the transaction. SQLite lets only one write anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('metrics.rollups'))")


def _touched(notes: Iterable[Touch], zone: ZoneInfo) -> Touched:
    """What the notes come to; those of plans and debriefs are about a call, a call has a day."""
    touched, refs = Touched(), defaultdict(set)
    for note in notes:
        if note.source == Touch.EVERYTHING:
            touched.everything = True
        elif note.source == Touch.PERSON_DAY and note.day:
            touched.days[note.ref or 0].add(note.day)
        elif note.source == Touch.PERSON_MOMENT and note.at:
            touched.days[note.ref or 0].add(local_date(note.at, zone))
        elif note.source == Touch.MEMBERSHIP and note.day and note.until:
            touched.team(note.ref or 0, note.day, note.until)
        elif note.source == Touch.TEAM:
            touched.team(note.ref or 0)
        else:
            refs[note.source].add(note.ref)
    for owner, starts_at in _calls(refs):
        touched.days[owner].add(local_date(starts_at, zone))
    return touched


def _calls(refs: dict[str, set[Any]]) -> Iterator[tuple[int, datetime]]:
    """Owner and beginning of the calls that are named, themselves or by what hangs on them."""
    ids = set(refs[Touch.CALL])
    for source, rows in ((Touch.PLAN, CallPlan.objects), (Touch.DEBRIEF, Debrief.objects)):
        if refs[source]:
            ids.update(rows.filter(pk__in=refs[source]).values_list("call", flat=True))
    if ids:
        yield from Call.objects.filter(pk__in=ids).order_by().values_list("owner", "starts_at")


def count_again(people: Collection[int], span: Span, zone: ZoneInfo) -> None:
    """These days of these people, and of the teams they were in."""
    count_people(people, span, zone)
    _count_teams_of(people, span)


def count_people(people: Collection[int] | None, span: Span, zone: ZoneInfo) -> None:
    """Count these days of these people (of all when None) again, from what happened."""
    people = None if people is None or len(people) > MOST_NAMED else people
    _kept(people, span).delete()
    _fill(DailyTally, PERSON_COLUMNS, count_events(span.first, span.last, zone, people))


def _fill(model: Any, columns: str, rows: "QuerySet[Any, Any]") -> None:
    """`INSERT ... SELECT`: what is counted never comes to this process.

    In the order of the index, which then grows at its ends instead of all over.
    """
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) "  # noqa: S608 - names of ours
            f"SELECT * FROM ({sql}) counted ORDER BY for_whom, on_day",
            parameters,
        )


def _count_teams_of(people: Collection[int], span: Span) -> None:
    """The teams these people were in on these days, and those above them."""
    count_teams(_teams_of(people, span), span)


def _teams_of(people: Collection[int], span: Span) -> list[set[int]]:
    """By level of the tree, the lowest first."""
    memberships = TeamMembership.objects.during(span.first, span.last)
    teams = set(memberships.filter(person__in=people).values_list("team", flat=True))
    return _with_those_above(teams)


def _with_those_above(teams: set[int]) -> list[set[int]]:
    """These teams and all above them, by level of the tree, the lowest first."""
    parents = dict(Team.objects.order_by().values_list("pk", "parent"))
    depths: dict[int, int] = {}
    for team in teams & parents.keys():
        line = list(_line(team, parents))
        depths.update({each: len(line) - n for n, each in enumerate(line)})
    levels: dict[int, set[int]] = defaultdict(set)
    for team, depth in depths.items():
        levels[depth].add(team)
    return [levels[depth] for depth in sorted(levels, reverse=True)]


def _line(team: int | None, parents: dict[int, int | None]) -> Iterator[int]:
    """A team and those above it."""
    while team is not None:
        yield team
        team = parents[team]


def count_teams(levels: Iterable[Collection[int]], span: Span) -> None:
    """Sum these days of these teams again, level by level: own people, then the teams below."""
    if span.last < span.first:
        return
    for teams in levels:
        days = {"day__gte": span.first, "day__lte": span.last}
        TeamTally.objects.filter(team__in=teams, **days).delete()
        _sum_level(teams, span)


SUM_LEVEL = """
    INSERT INTO metrics_teamtally (team_id, tally, day, currency, number)
    SELECT team_id, tally, day, currency, SUM(number) FROM (
        SELECT m.team_id, t.tally, t.day, t.currency, t.number
        FROM people_teammembership m JOIN metrics_dailytally t ON t.person_id = m.person_id
            AND t.day BETWEEN m.first_day AND m.last_day
        WHERE m.team_id IN ({teams}) AND t.day BETWEEN %s AND %s
        UNION ALL
        SELECT c.parent_id, t.tally, t.day, t.currency, t.number
        FROM people_team c JOIN metrics_teamtally t ON t.team_id = c.id
        WHERE c.parent_id IN ({teams}) AND t.day BETWEEN %s AND %s
    ) each_one GROUP BY team_id, tally, day, currency
"""


def _sum_level(teams: Collection[int], span: Span) -> None:
    ids = ", ".join(str(int(team)) for team in teams)
    with connection.cursor() as cursor:
        cursor.execute(SUM_LEVEL.format(teams=ids), [span.first, span.last] * 2)


@transaction.atomic
def count_all(zone: ZoneInfo) -> None:
    """Everything from scratch, from the first event to the last."""
    one_at_a_time()
    _prepare_for_much()
    every_day = Span(EARLIEST, LATEST)
    DailyTally.objects.all().delete()
    for tally in (*TALLIES.values(), POSTED_COUNTS):
        rows = tally.between(every_day.first, every_day.last, zone)
        _fill(DailyTally, PERSON_COLUMNS, tally.counted(rows, zone))
    _look_again()
    count_teams(_with_those_above(set(Team.objects.values_list("pk", flat=True))), every_day)


def _prepare_for_much() -> None:
    """Room to sort in memory, until the transaction ends: one tally at a time is counted."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '128MB'")


def _look_again() -> None:
    """Tell PostgreSQL how much is kept now, for it planned for what was before."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE metrics_dailytally")


def differences(
    people: Collection[int] | None, span: Span, zone: ZoneInfo
) -> tuple[int, list[dict[str, Any]]]:
    """How many tallies these days should have, and which are not what is kept."""
    counted = count_events(span.first, span.last, zone, people).values_list(*COLUMNS)
    right = {tuple(key): number for *key, number in counted}
    return len(right), _wrong("person", _by_key(_kept(people, span), "person"), right)


def count_teams_anew(people: Collection[int], span: Span) -> tuple[int, list[dict[str, Any]]]:
    """As `differences`, of the teams these people were in and those above; they are right then."""
    levels = _teams_of(people, span)
    named = {team for teams in levels for team in teams}
    rows = TeamTally.objects.filter(team__in=named, day__gte=span.first, day__lte=span.last)
    kept = _by_key(rows, "team")
    count_teams(levels, span)
    right = _by_key(rows.all(), "team")
    return len(right), _wrong("team", kept, right)


Counted = dict[tuple[Any, ...], Any]


def _by_key(rows: "QuerySet[Any, Any]", whose: str) -> Counted:
    found = rows.values_list(whose, "tally", "day", "currency", "number")
    return {tuple(key): number for *key, number in found}


def _wrong(whose: str, kept: Counted, right: Counted) -> list[dict[str, Any]]:
    return [
        {
            whose: key[0],
            "tally": key[1],
            "day": str(key[2]),
            "kept": str(kept.get(key, 0)),
            "right": str(right.get(key, 0)),
        }
        for key in sorted(right.keys() | kept.keys(), key=str)
        if right.get(key, 0) != kept.get(key, 0)
    ]


def _kept(people: Collection[int] | None, span: Span) -> "QuerySet[DailyTally, DailyTally]":
    rows = DailyTally.objects.filter(day__gte=span.first, day__lte=span.last)
    return rows if people is None else rows.filter(person__in=people)
