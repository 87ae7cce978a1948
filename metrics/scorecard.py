"""A person's or a team's chain on a day: each metric's figure, target and standing.

The pages, the API and the checkpoints read this; nothing else puts figures and aims together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Self

from metrics.aims import Aims
from metrics.cost import Conversion, Cost, cost, looked_back
from metrics.figures import (
    Figures,
    figures_of_members,
    figures_of_people,
    figures_of_teams,
    tallies_of,
)
from metrics.models import Metric
from metrics.pace import Actual, Aim, Standing, judge
from metrics.periods import DAY, WEEK, Periods, Span
from people.calendar import Calendar
from people.models import Team, TeamMembership, User

WEEKS = 12


@dataclass(frozen=True)
class Link:
    """A metric of the chain in one period: what was reached, what was to be, and the last weeks."""

    metric: Metric
    span: Span
    actual: Actual
    aim: Aim
    standing: Standing
    weeks: tuple[Fraction | None, ...] = ()

    @property
    def value(self) -> Fraction | None:
        return self.actual.value


@dataclass(frozen=True)
class Scorecard:
    """`broken` is the chain's first missed metric, `cost` what it will cost the ultimate one."""

    whose: User | Team
    links: tuple[Link, ...]
    cost: Cost | None = None

    @property
    def broken(self) -> Link | None:
        return first_broken(self.links)


def first_broken(links: Iterable[Link]) -> Link | None:
    """The first link of the chain that was missed; what lies behind it follows from it."""
    return next((link for link in links if link.standing.is_missed), None)


@dataclass(frozen=True)
class Frame:
    """What a scorecard is of: the chain, the calendar, the day looked at, and today.

    `grain` makes every metric count by one kind of period; "" leaves each its own.
    """

    metrics: tuple[Metric, ...]
    calendar: Calendar
    day: date
    today: date
    grain: str = ""

    @classmethod
    def read(cls, day: date | None, today: date, calendar: Calendar, grain: str = "") -> Self:
        """In one statement; `day` is today unless given."""
        metrics = tuple(Metric.objects.chain())
        return cls(metrics, calendar, min(day or today, today), today, grain)

    @property
    def periods(self) -> Periods:
        return Periods(self.calendar.week_start, self.calendar.year_start)

    @property
    def ultimate(self) -> Metric | None:
        return next((metric for metric in self.metrics if metric.is_ultimate), None)

    def kind(self, metric: Metric) -> str:
        return self.grain or metric.period

    def span(self, metric: Metric) -> Span:
        """Its period at the day looked at."""
        return self.periods.of(self.kind(metric), self.day)

    def judged_on(self, span: Span) -> date:
        """The last day of it that is over: a day that has just begun is nobody's debt."""
        return min(span.last, self.today - DAY)

    @property
    def weeks(self) -> list[Span]:
        return self.periods.back(WEEK, self.day, WEEKS)

    @property
    def whole(self) -> Span:
        """From the first day of any period to the last."""
        spans = [self.span(metric) for metric in self.metrics] or [Span(self.day, self.day)]
        return Span(min(s.first for s in spans), max(s.last for s in spans))

    @property
    def tallies(self) -> set[str]:
        return tallies_of(self.metrics)

    def spans(self, *more: Span) -> list[Span]:
        """All that figures are asked for, each once."""
        return list(dict.fromkeys([*map(self.span, self.metrics), *self.weeks, *more]))

    @property
    def past(self) -> Span:
        return looked_back(self.whole.first)

    def link(self, metric: Metric, whose: int, figures: Figures, aim: Aim) -> Link:
        span = self.span(metric)
        actual = figures.actual(whose, metric, span)
        down = metric.of_measure.lower_is_better
        return Link(
            metric=metric,
            span=span,
            actual=actual,
            aim=aim,
            standing=judge(actual, aim, lower_is_better=down),
            weeks=tuple(figures.actual(whose, metric, week).value for week in self.weeks),
        )

    def conversion(self, whose: int, figures: Figures, broken: Metric) -> Conversion | None:
        """Of the twelve months before; None when there is nothing to be converted to."""
        ultimate = self.ultimate
        if ultimate is None or ultimate.pk == broken.pk or not broken.is_link:
            return None
        totals = (
            figures.total(whose, metric.of_measure.total, self.past)
            for metric in (ultimate, broken)
        )
        return Conversion(*totals)


def of_person(person: User, frame: Frame, figures: Figures | None = None) -> Scorecard:
    """One person's, in seven statements; one more when a miss has too little history of its own."""
    if figures is None:
        spans = frame.spans(frame.past)
        figures = figures_of_people([person.pk], frame.tallies, spans, frame.calendar, frame.today)
    aims = Aims.load([person.pk], frame.whole, frame.periods, frame.calendar.holidays)
    links = tuple(
        frame.link(
            metric,
            person.pk,
            figures,
            aims.of_person(
                person.pk, metric, frame.span(metric), frame.judged_on(frame.span(metric))
            ),
        )
        for metric in frame.metrics
    )
    return Scorecard(person, links, _cost_of_person(person, links, frame, figures))


def _cost_of_person(
    person: User, links: Sequence[Link], frame: Frame, figures: Figures
) -> Cost | None:
    broken = first_broken(links)
    own = frame.conversion(person.pk, figures, broken.metric) if broken else None
    if broken is None or own is None:
        return None
    team = None
    if not own.tells and person.team_id:
        of_team = figures_of_teams(
            {person.team_id: [person.team_id]},
            frame.tallies,
            [frame.past],
            frame.calendar,
            frame.today,
        )
        team = frame.conversion(person.team_id, of_team, broken.metric)
    return cost(broken.standing.short, own, team)


@dataclass
class TeamScorecards:
    """A team's own chain, those of the teams right under it, and of the people who are or were in
    it during the periods shown, for the days on which they were.
    """

    own: Scorecard
    teams: list[Scorecard] = field(default_factory=list)
    people: list[Scorecard] = field(default_factory=list)
    gone: dict[int, date] = field(default_factory=dict)  # by person: their last day here


def of_team(team: Team, frame: Frame) -> TeamScorecards:
    """In about eleven statements, however many people and teams."""
    parents = dict(Team.objects.order_by().values_list("pk", "parent"))
    children = list(Team.objects.filter(parent=team).order_by("name"))
    branches = {each.pk: branch_of(each.pk, parents) for each in (team, *children)}
    spans = frame.spans(frame.past)
    figures = figures_of_teams(branches, frame.tallies, spans, frame.calendar, frame.today)
    aims = Aims.load(
        None, frame.whole, frame.periods, frame.calendar.holidays, branches[team.pk], parents
    )
    cards = [
        _of_branch(each, branches[each.pk], frame, figures, aims) for each in (team, *children)
    ]
    people, gone = _of_members(team, frame, aims)
    return TeamScorecards(cards[0], cards[1:], people, gone)


def branch_of(team: int, parents: dict[int, int | None]) -> set[int]:
    """A team and all under it."""
    below: dict[int, list[int]] = {}
    for child, parent in parents.items():
        if parent is not None:
            below.setdefault(parent, []).append(child)
    found, rest = set(), [team]
    while rest:
        found.add(each := rest.pop())
        rest += below.get(each, [])
    return found


def _of_branch(
    team: Team, branch: Collection[int], frame: Frame, figures: Figures, aims: Aims
) -> Scorecard:
    links = []
    for metric in frame.metrics:
        span = frame.span(metric)
        aim = aims.of_team(team.pk, branch, metric, span, frame.judged_on(span))
        links.append(frame.link(metric, team.pk, figures, aim))
    broken = first_broken(links)
    own = frame.conversion(team.pk, figures, broken.metric) if broken else None
    price = cost(broken.standing.short, own, None) if broken and own else None
    return Scorecard(team, tuple(links), price)


def _of_members(team: Team, frame: Frame, aims: Aims) -> tuple[list[Scorecard], dict[int, date]]:
    whole = frame.whole
    stays = list(
        TeamMembership.objects.during(whole.first, whole.last)
        .filter(team=team)
        .select_related("person")
        .order_by("person__name", "person", "first_day")
    )
    people = {stay.person_id: stay.person for stay in stays}
    if not people:
        return [], {}
    figures = figures_of_members(
        [(stay.person_id, stay.first_day, stay.last_day) for stay in stays],
        frame.tallies,
        frame.spans(),
        frame.calendar,
        frame.today,
    )
    cards = []
    for person in people.values():
        links = []
        for metric in frame.metrics:
            span = frame.span(metric)
            day = frame.judged_on(span)
            aim = aims.in_team(person.pk, [team.pk], metric, span, day)
            links.append(frame.link(metric, person.pk, figures, aim))
        cards.append(Scorecard(person, tuple(links)))
    last = {stay.person_id: stay.last_day for stay in stays}
    return cards, {person: day for person, day in last.items() if day < frame.today}
