"""A person's or a team's chain on a day: each metric's figure, target and standing.

The pages, the API and the checkpoints read this; nothing else puts figures and aims together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Self

from django.db.models import OuterRef, Subquery

from metrics.aims import Aims
from metrics.cost import Conversion, Cost, cost, looked_back
from metrics.figures import (
    Figures,
    figures_of_people,
    figures_of_teams,
    figures_with_people,
    tallies_of,
)
from metrics.models import Foretelling, Metric
from metrics.pace import Actual, Aim, Standing, judge
from metrics.periods import DAY, WEEK, Periods, Span
from people.calendar import Calendar
from people.models import Team, User
from people.models.user import UserQuerySet

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

    `grain` makes every metric count by one kind of period; "" leaves each its own. Each metric has
    `felt_after`: the weeks after which the ultimate one goes with it most surely, None if unknown.
    """

    metrics: tuple[Metric, ...]
    calendar: Calendar
    day: date
    today: date
    grain: str = ""

    @classmethod
    def read(cls, day: date | None, today: date, calendar: Calendar, grain: str = "") -> Self:
        """In one statement; `day` is today unless given."""
        sure = Foretelling.objects.filter(precursor=OuterRef("pk"), low__gt=0)
        felt = Subquery(sure.order_by("-correlation").values("weeks")[:1])
        metrics = tuple(Metric.objects.chain().annotate(felt_after=felt))
        return cls(metrics, calendar, min(day or today, today), today, grain)

    @property
    def periods(self) -> Periods:
        return Periods(self.calendar.week_start, self.calendar.year_start)

    @cached_property
    def ultimate(self) -> Metric | None:
        return next((metric for metric in self.metrics if metric.is_ultimate), None)

    def kind(self, metric: Metric) -> str:
        return self.grain or metric.period

    def span(self, metric: Metric) -> Span:
        """Its period at the day looked at."""
        kind = self.kind(metric)
        if kind not in self._spans:
            self._spans[kind] = self.periods.of(kind, self.day)
        return self._spans[kind]

    @cached_property
    def _spans(self) -> dict[str, Span]:
        return {}

    def judged_on(self, span: Span) -> date:
        """The last day of it that is over: a day that has just begun is nobody's debt."""
        return min(span.last, self.today - DAY)

    @cached_property
    def weeks(self) -> list[Span]:
        return self.periods.back(WEEK, self.day, WEEKS)

    @cached_property
    def whole(self) -> Span:
        """From the first day of any period to the last."""
        spans = [self.span(metric) for metric in self.metrics] or [Span(self.day, self.day)]
        return Span(min(s.first for s in spans), max(s.last for s in spans))

    @property
    def reach(self) -> Span:
        """That, and the weeks of the sparklines."""
        return Span(min(self.whole.first, self.weeks[0].first), self.whole.last)

    @property
    def tallies(self) -> set[str]:
        return tallies_of(self.metrics)

    def spans(self, *more: Span) -> list[Span]:
        """All that figures are asked for, each once."""
        return list(dict.fromkeys([*map(self.span, self.metrics), *self.weeks, *more]))

    @cached_property
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


def of_person(
    person: User,
    frame: Frame,
    figures: Figures | None = None,
    aims: Aims | None = None,
    of_team: Figures | None = None,
) -> Scorecard:
    """One person's; one more statement when a miss has too little history of its own.

    Figures, those of the team's past among them, and aims are read unless given.
    """
    if figures is None:
        spans = frame.spans(frame.past)
        figures = figures_of_people([person.pk], frame.tallies, spans, frame.calendar, frame.today)
    if aims is None:
        aims = Aims.load([person.pk], frame.whole, frame.periods, frame.calendar.holidays)
    links = tuple(_link_of_person(person, metric, frame, figures, aims) for metric in frame.metrics)
    return Scorecard(person, links, _cost_of_person(person, links, frame, figures, of_team))


def precursors(person: User, today: date, calendar: Calendar) -> tuple[Frame, list[Link]]:
    """This week's precursors of a person, in five statements, six when teams have targets."""
    frame = Frame.read(None, today, calendar)
    chosen = tuple(m for m in frame.metrics if m.period == WEEK and not m.is_ultimate)
    frame = replace(frame, metrics=chosen)
    if not chosen:
        return frame, []
    window = (frame.tallies, frame.spans(), calendar, today)
    figures = figures_of_people([person.pk], *window)
    aims = Aims.load([person.pk], frame.whole, frame.periods, calendar.holidays)
    return frame, [_link_of_person(person, metric, frame, figures, aims) for metric in chosen]


def _link_of_person(
    person: User, metric: Metric, frame: Frame, figures: Figures, aims: Aims
) -> Link:
    span = frame.span(metric)
    aim = aims.of_person(person.pk, metric, span, frame.judged_on(span))
    return frame.link(metric, person.pk, figures, aim)


def _cost_of_person(
    person: User,
    links: Sequence[Link],
    frame: Frame,
    figures: Figures,
    of_team: Figures | None = None,
) -> Cost | None:
    broken = first_broken(links)
    own = frame.conversion(person.pk, figures, broken.metric) if broken else None
    if broken is None or own is None:
        return None
    team = None
    if not own.tells and person.team_id:
        of_team = of_team or figures_of_teams(
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
    others: int = 0  # who are or were in it and are not among those asked for


def of_team(team: Team, frame: Frame, everybody: UserQuerySet | None = None) -> TeamScorecards:
    """In seven statements, however many people and teams.

    `everybody` is where its people are read from, for whoever wants more of them than their names.
    """
    names = Team.objects.order_by("name").values_list("pk", "parent", "name")
    rows = [(pk, parent, name) for pk, parent, name in names]
    parents = {pk: parent for pk, parent, _ in rows}
    under = (row for row in rows if row[1] == team.pk)
    shown = [team, *(Team(pk=pk, parent_id=parent, name=name) for pk, parent, name in under)]
    branches = {each.pk: branch_of(each.pk, parents) for each in shown}
    calendar = frame.calendar
    aims = Aims.load(
        None, frame.reach, frame.periods, calendar.holidays, branches[team.pk], parents
    )
    stays = list(aims.stays_in(team.pk))
    figures, of_people = figures_with_people(
        branches,
        team.pk,
        stays,
        frame.reach.first,
        frame.tallies,
        [*frame.spans(), frame.past],
        calendar,
        frame.today,
    )
    cards = [_of_branch(each, branches[each.pk], frame, figures, aims) for each in shown]
    last = {pk: last for pk, _, last in stays if last >= frame.whole.first}
    found = User.objects.get_queryset() if everybody is None else everybody
    people = [
        _of_member(person, team, frame, of_people, aims)
        for person in (found.filter(pk__in=last).order_by("name", "pk") if last else ())
    ]
    gone = {pk: day for pk, day in last.items() if day < min(frame.today, frame.whole.last)}
    return TeamScorecards(cards[0], cards[1:], people, gone, len(last) - len(people))


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


def branches_of(parents: dict[int, int | None]) -> dict[int, set[int]]:
    """For each team, itself and all under it."""
    branches: dict[int, set[int]] = {team: set() for team in parents}
    for team in parents:
        above: int | None = team
        while above is not None:
            branches[above].add(team)
            above = parents[above]
    return branches


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


def _of_member(person: User, team: Team, frame: Frame, figures: Figures, aims: Aims) -> Scorecard:
    """Of the days on which they were in the team."""
    links = []
    for metric in frame.metrics:
        span = frame.span(metric)
        aim = aims.in_team(person.pk, [team.pk], metric, span, frame.judged_on(span))
        links.append(frame.link(metric, person.pk, figures, aim))
    return Scorecard(person, tuple(links))
