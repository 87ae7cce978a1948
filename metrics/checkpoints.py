"""Judges every metric with a target, of every person and team, on the days meant for it.

A day is judged once, when it is over on the organisation's calendar, however many schedulers ask;
days that were slept through are judged later, as they stand by then. What was judged stays.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice

from django.db import transaction

from metrics import rollups
from metrics.aims import Aims
from metrics.cost import Cost, cost
from metrics.figures import Figures, figures_of_people, figures_of_teams
from metrics.models import Checkpoint, CheckpointDay, Metric
from metrics.pace import NO_TARGET, Aim, Standing, judge
from metrics.periods import DAY, END, Span
from metrics.scorecard import Frame, branches_of
from people.calendar import Calendar
from people.models import Team

BATCH = 5_000
PLACES = Decimal("0.0001")


def take_due(now: datetime) -> list[date]:
    """Judge the days that are over and were not judged yet; returns them.

    A new installation begins with yesterday.
    """
    calendar = Calendar.current()
    today = calendar.today(now)
    metrics = tuple(Metric.objects.chain())
    last = CheckpointDay.objects.values_list("day", flat=True).first()
    day = last + DAY if last else today - DAY
    taken = []
    while day < today:
        frame = Frame(metrics, calendar, day, day + DAY)
        if any(_kind(metric, frame) for metric in metrics) and take(frame, now):
            taken.append(day)
        day += DAY
    return taken


def _kind(metric: Metric, frame: Frame) -> str:
    """Whether it is judged on this day, and as what."""
    return frame.periods.checkpoint(metric.period, frame.day, frame.calendar.holidays)


@transaction.atomic
def take(frame: Frame, now: datetime) -> bool:
    """Judge the frame's day, unless somebody else has; what is noted is counted first."""
    made = CheckpointDay.objects.bulk_create(
        [CheckpointDay(day=frame.day, taken_at=now)], ignore_conflicts=True
    )
    if not made or not CheckpointDay.objects.filter(day=frame.day, taken_at=now).exists():
        return False
    rollups.catch_up()
    sweep = Sweep.over(frame)
    rows = sweep.rows()
    while some := list(islice(rows, BATCH)):  # never all in memory
        Checkpoint.objects.bulk_create(some, ignore_conflicts=True)
    return True


@dataclass(slots=True)
class Judged:
    """One metric of one person or team on the day."""

    metric: Metric
    span: Span
    value: Fraction | None
    aim: Aim
    standing: Standing


@dataclass
class Sweep:
    """All there is to be judged on a day, read in a fixed number of statements."""

    frame: Frame
    aims: Aims
    people: Figures
    teams: Figures
    branches: dict[int, set[int]]
    team_of: dict[int, int | None]  # by person who is judged: where they were on the day
    past: Figures = field(default_factory=Figures)
    streaks: dict[tuple[int, str, int], int] = field(default_factory=dict)

    @cached_property
    def kinds(self) -> dict[int, str]:
        """By metric: as what it is judged."""
        return {metric.pk: _kind(metric, self.frame) for metric in self.frame.metrics}

    @classmethod
    def over(cls, frame: Frame) -> "Sweep":
        parents = dict(Team.objects.order_by().values_list("pk", "parent"))
        aims = Aims.load(None, frame.whole, frame.periods, frame.calendar.holidays, parents=parents)
        team_of = {
            person: team
            for person, stints in aims.stints.items()
            for team, stint in stints
            if (team is not None or stint.own) and stint.first <= frame.day <= stint.last
        }
        spans = list({_so_far(frame, metric): None for metric in frame.metrics})
        branches = branches_of(parents)
        tallies, calendar, today = frame.tallies, frame.calendar, frame.today
        return cls(
            frame=frame,
            aims=aims,
            people=figures_of_people(None, tallies, spans, calendar, today),
            teams=figures_of_teams(branches, tallies, [*spans, frame.past], calendar, today),
            branches=branches,
            team_of=team_of,
        )

    def rows(self) -> Iterator[Checkpoint]:
        """What is to be written down; nothing of whoever has no target."""
        people = {person: list(self._of_person(person)) for person in self.team_of}
        missing = [person for person, judged in people.items() if _broken(judged)]
        self._read_past(missing)
        self._read_streaks()
        for person, judged in people.items():
            yield from self._written(judged, "person", person)
        for team in self.branches:
            yield from self._written(list(self._of_team(team)), "team", team)

    def _of_person(self, person: int) -> Iterator[Judged]:
        for metric in self.frame.metrics:
            span = self.frame.span(metric)
            aim = self.aims.of_person(person, metric, span, self.frame.day)
            yield self._judged(metric, span, self.people, person, aim)

    def _of_team(self, team: int) -> Iterator[Judged]:
        for metric in self.frame.metrics:
            span = self.frame.span(metric)
            aim = self.aims.of_team(team, self.branches[team], metric, span, self.frame.day)
            yield self._judged(metric, span, self.teams, team, aim)

    def _judged(self, metric: Metric, span: Span, figures: Figures, whose: int, aim: Aim) -> Judged:
        actual = figures.actual(whose, metric, _so_far(self.frame, metric))
        down = metric.of_measure.lower_is_better
        return Judged(metric, span, actual.value, aim, judge(actual, aim, lower_is_better=down))

    def _read_past(self, people: Collection[int]) -> None:
        """The twelve months before, of those for whom a conversion is wanted."""
        if people:
            frame = self.frame
            self.past = figures_of_people(
                people, frame.tallies, [frame.past], frame.calendar, frame.today
            )

    def _read_streaks(self) -> None:
        """How many periods in a row each had missed by the end of the one before."""
        for metric in self.frame.metrics:
            if self.kinds[metric.pk] == END:
                before = self.frame.span(metric).first - DAY
                rows = Checkpoint.objects.missed().filter(metric=metric, day=before, kind=END)
                for person, team, streak in rows.values_list("person", "team", "streak"):
                    key = (metric.pk, "person" if person else "team", person or team)
                    self.streaks[key] = streak

    def _written(self, judged: list[Judged], scope: str, whose: int) -> Iterator[Checkpoint]:
        broken = _broken(judged)
        price = self._cost(broken, scope, whose) if broken else None
        for each in judged:
            kind = self.kinds[each.metric.pk]
            if not kind or each.standing.state == NO_TARGET:
                continue
            missed, streak = each.standing.is_missed, 0
            if missed and kind == END:
                streak = self.streaks.get((each.metric.pk, scope, whose), 0) + 1
            yield Checkpoint(
                **{f"{scope}_id": whose},
                metric=each.metric,
                day=self.frame.day,
                kind=kind,
                first_day=each.span.first,
                last_day=each.span.last,
                value=_decimal(each.value),
                target=_decimal(each.aim.whole),
                due=_decimal(each.aim.due),
                pace=_decimal(each.standing.pace),
                state=each.standing.state,
                short=_decimal(each.standing.short) or Decimal(0),
                streak=streak,
                broken_link=broken.metric if broken else None,
                effect=_decimal(price.amount) if price else None,
                effect_basis=price.basis if price else "",
            )

    def _cost(self, broken: Judged, scope: str, whose: int) -> Cost | None:
        own = self.frame.conversion(
            whose, self.teams if scope == "team" else self.past, broken.metric
        )
        if own is None:
            return None
        team_id = self.team_of[whose] if scope == "person" else None
        team = self.frame.conversion(team_id, self.teams, broken.metric) if team_id else None
        return cost(broken.standing.short, own, team)


def _so_far(frame: Frame, metric: Metric) -> Span:
    """Of the metric's period, the days up to that of the frame."""
    return Span(frame.span(metric).first, frame.day)


def _broken(judged: list[Judged]) -> Judged | None:
    return next((each for each in judged if each.standing.is_missed), None)


def _decimal(number: Fraction | None) -> Decimal | None:
    """To four places, as it is kept."""
    if number is None:
        return None
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(PLACES)
