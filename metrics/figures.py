"""What tallies came to in spans of days: the past from what is kept, today from what happened."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from metrics.models import DailyTally, Metric, TeamTally
from metrics.pace import Actual
from metrics.periods import Span
from metrics.tallies import count_events
from people.calendar import Calendar
from people.models import TeamMembership

ZERO = Decimal(0)


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
    figures = Figures()
    kept = (
        DailyTally.objects.all() if people is None else DailyTally.objects.filter(person__in=people)
    )
    _add_kept(figures, kept, "person", tallies, spans, calendar, today)
    if any(today in span for span in spans):
        for whom, tally, _, currency, number in count_events(
            today, today, calendar.zone, people, tallies
        ).values_list("for_whom", "tally", "on_day", "in_currency", "number"):
            _add_today(figures, whom, tally, currency, number, spans, calendar, today)
    return figures


def figures_of_members(
    memberships: Iterable[tuple[int, date, date]],
    tallies: Collection[str],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> Figures:
    """Of people on the days on which they were in a team: person, first and last day."""
    stays = list(memberships)
    first, last = min(s.first for s in spans), max(s.last for s in spans)
    whole = {person for person, begins, ends in stays if begins <= first and ends >= last}
    mine = Q(person__in=whole)
    for person, begins, ends in stays:
        if person not in whole:
            mine |= Q(person=person, day__gte=begins, day__lte=ends)
    figures = Figures()
    rows = DailyTally.objects.filter(mine)
    _add_kept(figures, rows, "person", tallies, spans, calendar, today)
    there = [person for person, begins, ends in stays if begins <= today <= ends]
    if there and any(today in span for span in spans):
        events = count_events(today, today, calendar.zone, there, tallies)
        names = ("for_whom", "tally", "in_currency", "number")
        for whom, tally, currency, number in events.values_list(*names):
            _add_today(figures, whom, tally, currency, number, spans, calendar, today)
    return figures


def figures_of_teams(
    branches: Mapping[int, Collection[int]],
    tallies: Collection[str],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> Figures:
    """Of teams; `branches` are, for each, the ids of it and all teams under it. Two statements."""
    figures = Figures()
    kept = TeamTally.objects.filter(team__in=branches)
    _add_kept(figures, kept, "team", tallies, spans, calendar, today)
    if any(today in span for span in spans):
        of_branch: dict[int, list[int]] = defaultdict(list)
        for branch, teams in branches.items():
            for team in teams:
                of_branch[team].append(branch)
        for team, tally, currency, number in _today_by_team(of_branch, tallies, calendar, today):
            for branch in of_branch[team]:
                _add_today(figures, branch, tally, currency, number, spans, calendar, today)
    return figures


def _today_by_team(
    teams: Collection[int], tallies: Collection[str], calendar: Calendar, today: date
) -> list[tuple[int, str, str, Decimal]]:
    """Today's events of who is in these teams, added up by team in the database."""
    members = TeamMembership.objects.during(today, today).filter(team__in=teams).order_by()
    events = count_events(today, today, calendar.zone, members.values("person"), tallies)
    sql, parameters = events.query.sql_with_params()
    named = ", ".join(str(int(team)) for team in teams)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.team_id, e.tally, e.in_currency, SUM(e.number) "  # noqa: S608 - ids of ours
            f"FROM ({sql}) e JOIN people_teammembership m ON m.person_id = e.for_whom "
            f"WHERE m.team_id IN ({named}) AND m.first_day <= %s AND m.last_day >= %s "
            "GROUP BY m.team_id, e.tally, e.in_currency",
            [*parameters, today, today],
        )
        return [(t, tally, c, Decimal(str(n))) for t, tally, c, n in cursor.fetchall()]


def _add_kept(
    figures: Figures,
    rows: "QuerySet[Any, Any]",
    whom: str,
    tallies: Collection[str],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> None:
    """The days before today, every span in the same pass over the rows."""
    first = min(span.first for span in spans)
    last = min(max(span.last for span in spans), today - timedelta(days=1))
    sums = {
        f"sum_{n}": Sum("number", filter=Q(day__gte=span.first, day__lte=span.last))
        for n, span in enumerate(spans)
    }
    found = (
        rows.filter(day__gte=first, day__lte=last, tally__in=tallies)
        .filter(currency__in=["", calendar.currency])
        .order_by()
        .values_list(whom, "tally")
        .annotate(**sums)
    )
    for key, tally, *numbers in found:
        for span, number in zip(spans, numbers, strict=True):
            if number is not None:
                figures.sums[key, tally, span] += number


def _add_today(
    figures: Figures,
    whom: int,
    tally: str,
    currency: str,
    number: Decimal,
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> None:
    if currency in ("", calendar.currency):
        for span in spans:
            if today in span:
                figures.sums[whom, tally, span] += number
