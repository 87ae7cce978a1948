"""What tallies came to in spans of days: the past from what is kept, today from what happened."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from metrics.models import DailyTally, Metric, TeamTally
from metrics.pace import Actual
from metrics.periods import Span
from metrics.tallies import COLUMNS, count_events
from people.calendar import Calendar
from people.models import TeamMembership

ZERO = Decimal(0)
MOST_NAMED = 30  # teams whose people are named to each part of a statement; beyond, it reads all
CENT = Decimal("0.01")  # SQLite adds as floating point


@dataclass
class Figures:
    """By whom (a person's or a team's id), tally and span. What is not there is 0."""

    sums: dict[tuple[int, str, Span], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def total(self, whom: int, tally: str, span: Span) -> Decimal:
        return self.sums.get((whom, tally, span), ZERO)

    def actual(self, whom: int, metric: Metric, span: Span) -> Actual:
        """Of one person or team, in one of the spans that were asked for."""
        measure = metric.of_measure
        of = self.total(whom, measure.of, span) if measure.of else ZERO
        return measure.actual(self.total(whom, measure.total, span), of)

    def summed(self, whom: Iterable[int], metric: Metric, span: Span) -> Actual:
        """Of several together."""
        measure = metric.of_measure
        people = list(whom)
        total, of = (
            sum((self.total(each, tally, span) for each in people), ZERO) if tally else ZERO
            for tally in (measure.total, measure.of)
        )
        return measure.actual(total, of)


def tallies_of(metrics: Iterable[Metric]) -> set[str]:
    """The names of all they need."""
    return {tally for metric in metrics for tally in metric.of_measure.tallies}


def figures_of_people(
    people: Collection[int] | None,
    tallies: Collection[str],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> Figures:
    """Of people by id, of all when None. In two statements, one when no span holds today."""
    window = Window(tallies, spans, calendar, today)
    figures = Figures()
    window.add_kept((figures, window.kept(_tallies_of(people), "person")))
    if window.holds_today:
        events = count_events(today, today, calendar.zone, people, tallies)
        for whom, tally, _, currency, number in events.values_list(*COLUMNS):
            window.add_today(figures, whom, tally, currency, number)
    return figures


def figures_of_teams(
    branches: Mapping[int, Collection[int]],
    tallies: Collection[str],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> Figures:
    """Of teams; `branches` are, for each, the ids of it and all teams under it. Two statements."""
    window = Window(tallies, spans, calendar, today)
    figures = Figures()
    window.add_kept((figures, window.kept(_tallies_of_teams(branches), "team")))
    if window.holds_today:
        window.add_today_of_teams(figures, branches)
    return figures


def figures_with_people(
    branches: Mapping[int, Collection[int]],
    team: int,
    stays: Iterable[tuple[int, date, date]],
    recent: date,
    tallies: Collection[str],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> tuple[Figures, Figures]:
    """Of teams, and of people of one of them: person, first and last day. Two statements in all.

    What each did today counts when they are in the team today; before, on the days given. Before
    the `recent` days only that one team is read.
    """
    window = Window(tallies, spans, calendar, today)
    of_teams, of_people = Figures(), Figures()
    window.add_kept(
        (of_teams, window.kept(_tallies_under(team, branches, recent), "team")),
        (of_people, window.kept(_tallies_of_stays(stays, recent, window.last), "person")),
    )
    if window.holds_today:
        window.add_today_of_teams(of_teams, branches, team, of_people)
    return of_teams, of_people


def _tallies_of(people: Collection[int] | None) -> "QuerySet[Any, Any]":
    rows = DailyTally.objects.all()
    return rows if people is None else rows.filter(person__in=people)


def _tallies_of_teams(teams: Collection[int]) -> "QuerySet[Any, Any]":
    return TeamTally.objects.filter(team__in=list(teams))


def _tallies_under(team: int, teams: Collection[int], recent: date) -> "QuerySet[Any, Any]":
    """All days of a team, and the recent ones of those under it."""
    return _tallies_of_teams(teams).filter(Q(team=team) | Q(day__gte=recent))


def _tallies_of_stays(
    stays: Iterable[tuple[int, date, date]], first: date, last: date
) -> "QuerySet[Any, Any]":
    throughout, mine = set(), Q()
    for person, begins, ends in stays:
        if begins <= first and ends >= last:
            throughout.add(person)
        else:
            mine |= Q(person=person, day__gte=begins, day__lte=ends)
    return DailyTally.objects.filter(mine | Q(person__in=throughout, day__gte=first))


@dataclass(frozen=True)
class Window:
    """What is read: these tallies in these spans, as they stand today."""

    tallies: Collection[str]
    spans: Sequence[Span]
    calendar: Calendar
    today: date

    @property
    def first(self) -> date:
        return min(span.first for span in self.spans)

    @property
    def last(self) -> date:
        """The last day that is kept: the one before today."""
        return min(max(span.last for span in self.spans), self.today - timedelta(days=1))

    @property
    def holds_today(self) -> bool:
        return any(self.today in span for span in self.spans)

    def kept(self, rows: "QuerySet[Any, Any]", whom: str) -> "QuerySet[Any, Any]":
        """The rows there are of it: whom, tally, day, number."""
        found: QuerySet[Any, Any] = (
            rows.filter(day__gte=self.first, day__lte=self.last, tally__in=self.tallies)
            .filter(currency__in=["", self.calendar.currency])
            .order_by()
            .values_list(f"{whom}_id", "tally", "day", "number")
        )
        return found

    def add_kept(self, *parts: "tuple[Figures, QuerySet[Any, Any]]") -> None:
        """Sum several by span in one statement, each into its figures.

        Written out: of a sum for each of thirty spans Django takes longer to make the statement
        than the database to answer it.
        """
        parameters: list[Any] = []
        for n, span in enumerate(self.spans):
            parameters += [n, span.first, span.last]
        each = []
        for n, (_, rows) in enumerate(parts):
            with suppress(EmptyResultSet):  # nobody is asked for
                sql, values = rows.query.sql_with_params()
                each.append(f"SELECT {n} AS part, p{n}.* FROM ({sql}) p{n}")  # noqa: S608 - made above
                parameters += values
        if not each:
            return
        spans = ", ".join(["(%s, %s, %s)"] * len(self.spans))
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH spans(n, first_day, last_day) AS (VALUES {spans}), "  # noqa: S608
                f"kept(part, whom, tally, day, number) AS ({' UNION ALL '.join(each)}) "
                "SELECT part, whom, tally, n, SUM(number) FROM kept "
                "JOIN spans ON day BETWEEN first_day AND last_day GROUP BY part, whom, tally, n",
                parameters,
            )
            for part, whom, tally, n, number in cursor.fetchall():
                figures = parts[part][0]
                figures.sums[whom, tally, self.spans[n]] += Decimal(str(number)).quantize(CENT)

    def add_today(
        self, figures: Figures, whom: int, tally: str, currency: str, number: Decimal
    ) -> None:
        if currency in ("", self.calendar.currency):
            for span in self.spans:
                if self.today in span:
                    figures.sums[whom, tally, span] += number

    def add_today_of_teams(
        self,
        figures: Figures,
        branches: Mapping[int, Collection[int]],
        team: int = 0,
        of_people: Figures | None = None,
    ) -> None:
        """Today's events of who is in these teams; of one of them, of each person as well."""
        of_branch: dict[int, list[int]] = defaultdict(list)
        for branch, teams in branches.items():
            for each in teams:
                of_branch[each].append(branch)
        for each, person, tally, currency, number in self._today_by_team(of_branch, team):
            for branch in of_branch[each]:
                self.add_today(figures, branch, tally, currency, number)
            if of_people is not None and person:
                self.add_today(of_people, person, tally, currency, number)

    def _today_by_team(
        self, teams: Collection[int], team: int
    ) -> list[tuple[int, int, str, str, Decimal]]:
        """Added up in the database by team, and by person in the one that is asked for."""
        day = self.today
        members = TeamMembership.objects.during(day, day).filter(team__in=teams).order_by()
        people = members.values("person") if len(teams) <= MOST_NAMED else None
        events = count_events(day, day, self.calendar.zone, people, self.tallies)
        sql, parameters = events.query.sql_with_params()
        named = ", ".join(str(int(each)) for each in teams)
        person = f"CASE WHEN m.team_id = {int(team)} THEN m.person_id ELSE 0 END"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT m.team_id, {person}, e.tally, e.in_currency, SUM(e.number) "  # noqa: S608 - ids of ours
                f"FROM ({sql}) e JOIN people_teammembership m ON m.person_id = e.for_whom "
                f"WHERE m.team_id IN ({named}) AND m.first_day <= %s AND m.last_day >= %s "
                f"GROUP BY m.team_id, {person}, e.tally, e.in_currency",
                [*parameters, day, day],
            )
            return [(*key, Decimal(str(n)).quantize(CENT)) for *key, n in cursor.fetchall()]
