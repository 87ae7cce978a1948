"""What is to be reached in a span of days: targets, ramps, absences and holidays put together.

A day's share of a target is the target over the weekdays of its period; it is due on each working
day on which the person works here, is not away, and (of a team) is in the team. So absences and
holidays shrink it, part periods get their part, and any span of days has an aim.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from django.db.models import (
    BigIntegerField,
    DateField,
    Exists,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from lib.calendar import EARLIEST, LATEST, add_months
from metrics.models import Metric, Target
from metrics.pace import Aim
from metrics.periods import Periods, Span, without_gaps
from metrics.shares import Part, Share, aim_of, percents
from people.models import Absence, Team, TeamMembership, User

DAY = timedelta(days=1)
STAY, ABSENCE = 1, 2
BEGINS = itemgetter(1)
ALL_DAYS: dict[str, Any] = {"first": EARLIEST, "last": LATEST}


@dataclass(frozen=True, eq=False, slots=True)
class Stint:
    """Days of somebody in one team. Those that are alike are one, and worked out once.

    `own` is their id if they have targets of their own, `anchor` the nearest team with any. Targets
    for all or for a team are for those who sell: whoever leads people has only their own.
    """

    own: int
    leads: bool
    anchor: int | None
    first: date
    last: date
    absences: tuple[tuple[date, date], ...] = ()
    joined_on: date | None = None


Asked = tuple[int, Span, date]  # a metric, a span, and the day of judgement


@dataclass
class Aims:
    """The aims of some people and teams in a span of days, worked out as they are asked for."""

    span: Span
    periods: Periods
    holidays: Collection[date]
    targets: dict[tuple[int, int, int], list[Target]]  # by metric, team and person, 0 for none
    parents: dict[int, int | None]
    stints: dict[int, list[tuple[int | None, Stint]]]  # by person: of all their days, with teams
    _alike: dict[tuple[Any, ...], Stint] = field(default_factory=dict)
    _parts: dict[Asked, dict[Stint, Part]] = field(default_factory=lambda: defaultdict(dict))
    _alone: dict[Asked, dict[Stint, Aim]] = field(default_factory=lambda: defaultdict(dict))
    _days: dict[Span, dict[Stint, list[date]]] = field(default_factory=lambda: defaultdict(dict))
    _weekdays: dict[Span, list[date]] = field(default_factory=dict)
    _cuts: dict[tuple[str, Span], list[tuple[Span, int]]] = field(default_factory=dict)
    _held: dict[tuple[Any, ...], tuple[bool, Target | None]] = field(default_factory=dict)
    _branches: dict[int, Counter[Stint]] = field(default_factory=dict)
    _by_team: dict[int, list[Stint]] | None = None

    @classmethod
    def load(
        cls,
        people: Collection[int] | None,
        span: Span,
        periods: Periods,
        holidays: Collection[date],
        teams: Collection[int] | None = None,
        parents: dict[int, int | None] | None = None,
    ) -> "Aims":
        """Read in two statements, three when teams have targets.

        `people` are ids; None is whoever was in `teams` or, without these, in any or in none with
        targets of their own. With both, whoever was in the teams is known by those days only.
        `parents` are those of all teams, for whoever has them.
        """
        targets = Target.objects.during(span.first, span.last).select_related("ramp", "metric")
        if people is not None:
            targets = targets.filter(Q(person=None) | Q(person__in=people))
        elif teams is not None:
            theirs = TeamMembership.objects.during(span.first, span.last).filter(team__in=teams)
            targets = targets.filter(
                Q(person=None) | Q(person__in=theirs.order_by().values("person"))
            )
        aims = cls(span, periods, frozenset(holidays), defaultdict(list), parents or {}, {})
        for target in targets.order_by("first_day"):
            key = target.metric_id, target.team_id or 0, target.person_id or 0
            aims.targets[key].append(target)
        if parents is None and any(team for _, team, _ in aims.targets):
            aims.parents = dict(Team.objects.order_by().values_list("pk", "parent"))
        aims._settle(_days_of(people, teams, span))
        return aims

    def _settle(self, found: "QuerySet[Any, Any]") -> None:
        away: dict[int, list[tuple[date, date]]] = defaultdict(list)
        rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        about: dict[int, tuple[Any, ...]] = {}
        for person, kind, team, first_day, last_day, *more in found:
            if kind == ABSENCE:
                away[person].append((first_day, last_day))
                continue
            about[person] = tuple(more)
            if team is not None:
                rows[person].append((team, first_day, last_day))
        with_own = {person for _, _, person in self.targets if person}
        anchors = self._anchors({team for stays in rows.values() for team, *_ in stays})
        longest = self._longest_ramp()
        new_since = add_months(self.span.first, -longest) - DAY * 3  # months differ in length
        for person, (joined, left, levels) in about.items():
            first = max(joined or EARLIEST, self.span.first)
            last = min(left or LATEST, self.span.last)
            own = person if person in with_own else 0
            absent = tuple(sorted(away.get(person, ())))
            new = joined if joined and joined > new_since else None
            self.stints[person] = [
                (
                    team,
                    self._stint(own, levels > 0, anchors.get(team or 0), begin, end, absent, new),
                )
                for team, begin, end in without_gaps(sorted(rows[person], key=BEGINS), first, last)
            ]

    def _stint(self, *values: Any) -> Stint:
        known = self._alike.get(values)
        if known is None:
            known = self._alike[values] = Stint(*values)
        return known

    def _longest_ramp(self) -> int:
        """Months of employment that matter to a ramp."""
        ramps = (target.ramp for found in self.targets.values() for target in found)
        return max((len(ramp.percents) for ramp in ramps if ramp), default=0)

    def _anchors(self, teams: Iterable[int]) -> dict[int, int | None]:
        """For each team the nearest one, itself or above, with a target of its own."""
        bearing = {team for _, team, _ in self.targets if team}
        return {
            team: next((each for each in self._line(team) if each in bearing), None)
            for team in teams
        }

    def _line(self, team: int | None) -> Iterator[int]:
        while team is not None:
            yield team
            team = self.parents.get(team)

    def stays_in(self, team: int) -> Iterator[tuple[int, date, date]]:
        """Who was in a team itself: person, first and last day within the span."""
        for person, stints in self.stints.items():
            for each, stint in stints:
                if each == team:
                    yield person, stint.first, stint.last

    # Whose aims.

    def of_person(self, person: int, metric: Metric, span: Span, day: date) -> Aim:
        """In a span, and by the end of a day of it. The span lies within that of these aims."""
        stints = _counted([stint for _, stint in self.stints.get(person, ())])
        if metric.of_measure.is_ratio:
            return self._ratio(self._target_of(person, metric, day), stints, metric, span, day)
        return self._together(stints, metric, span, day)

    def in_team(
        self, person: int, teams: Collection[int], metric: Metric, span: Span, day: date
    ) -> Aim:
        """The same, of the days on which they were in one of these teams only."""
        own = self.stints.get(person, ())
        stints = _counted([stint for team, stint in own if team in teams])
        if metric.of_measure.is_ratio:
            return self._ratio(self._target_of(person, metric, day), stints, metric, span, day)
        return self._together(stints, metric, span, day)

    def of_team(
        self, team: int, below: Collection[int], metric: Metric, span: Span, day: date
    ) -> Aim:
        """Of a team; `below` are the ids of it and all teams under it."""
        stints = self._branches.get(team)
        if stints is None:
            by_team = self._stints_by_team()
            stints = Counter(chain.from_iterable(by_team.get(each, ()) for each in below))
            self._branches[team] = stints
        if metric.of_measure.is_ratio:
            nearest = self._nearest(metric, Stint(0, leads=False, anchor=team, **ALL_DAYS), day)
            return self._ratio(nearest, stints, metric, span, day)
        return self._together(stints, metric, span, day)

    def _stints_by_team(self) -> dict[int, list[Stint]]:
        if self._by_team is None:
            self._by_team = defaultdict(list)
            for stints in self.stints.values():
                for team, stint in stints:
                    if team is not None:
                        self._by_team[team].append(stint)
        return self._by_team

    # Adding up.

    def _together(self, stints: Mapping[Stint, int], metric: Metric, span: Span, day: date) -> Aim:
        asked = metric.pk, span, day
        if len(stints) != 1:
            return aim_of(self._parts_of(stints, metric, asked))
        (only, count), known = next(iter(stints.items())), self._alone[asked]
        if count != 1:
            return aim_of(self._parts_of(stints, metric, asked))
        if only not in known:
            known[only] = aim_of(self._parts_of(stints, metric, asked))
        return known[only]

    def _ratio(
        self,
        target: Target | None,
        stints: Mapping[Stint, int],
        metric: Metric,
        span: Span,
        day: date,
    ) -> Aim:
        """A ratio's target is not shared out; how much of the period is gone is the same."""
        time = self._together(stints, metric, span, day)
        if target is None:
            return replace(time, whole=None, due=Fraction())
        return replace(time, whole=Fraction(target.amount), due=Fraction(target.amount))

    def _parts_of(
        self, stints: Mapping[Stint, int], metric: Metric, asked: Asked
    ) -> list[tuple[Part, int]]:
        """Of each, and how many there are of it."""
        known, parts = self._parts[asked], []
        for stint, count in stints.items():
            part = known.get(stint)
            if part is None:
                part = known[stint] = self._work_out(stint, metric, *asked[1:])
            parts.append((part, count))
        return parts

    def _work_out(self, stint: Stint, metric: Metric, span: Span, day: date) -> Part:
        days = self._working_days(span, stint)
        gone = bisect_right(days, day)
        has_target, throughout = self._target_on(metric, stint, span)
        if not has_target:
            return Part(len(days), gone, None)
        shares = []
        for period, weekdays in self._cut(metric.period, span):
            own = days[bisect_left(days, period.first) : bisect_right(days, period.last)]
            runs = [(throughout, own)] if throughout else self._runs(metric, stint, own)
            for target, run in runs:
                whole = percents(target, stint.joined_on, run)
                by_then = run[: bisect_right(run, day)]
                due = whole if by_then == run else percents(target, stint.joined_on, by_then)
                shares.append(Share(target.amount, weekdays, whole, due))
        met = not days or throughout is not None or bool(shares)
        return Part(len(days), gone, tuple(shares) if met else None)

    def _working_days(self, span: Span, stint: Stint) -> list[date]:
        known = self._days[span]
        if stint not in known:
            every = self._all_working_days(span)
            days = every[bisect_left(every, stint.first) : bisect_right(every, stint.last)]
            for begins, ends in stint.absences:
                del days[bisect_left(days, begins) : bisect_right(days, ends)]
            known[stint] = days
        return known[stint]

    def _all_working_days(self, span: Span) -> list[date]:
        if span not in self._weekdays:
            self._weekdays[span] = [day for day in span.weekdays() if day not in self.holidays]
        return self._weekdays[span]

    def _cut(self, kind: str, span: Span) -> list[tuple[Span, int]]:
        """The periods that touch a span, and how many weekdays each has."""
        if (kind, span) not in self._cuts:
            touching = self.periods.touching(kind, span)
            self._cuts[kind, span] = [(each, len(each.weekdays())) for each in touching]
        return self._cuts[kind, span]

    def _runs(
        self, metric: Metric, stint: Stint, days: Sequence[date]
    ) -> Iterator[tuple[Target, list[date]]]:
        """Days one after the other under the same target; those under none are left out."""
        for target, run in groupby(days, lambda day: self._nearest(metric, stint, day)):
            if target is not None:
                yield target, list(run)

    # Which target.

    def _target_on(self, metric: Metric, stint: Stint, span: Span) -> tuple[bool, Target | None]:
        """Whether one holds on any of these days, worked or not; and it, if it holds on each."""
        first, last = max(span.first, stint.first), min(span.last, stint.last)
        key = metric.pk, stint.own, stint.leads, stint.anchor, first, last
        if key not in self._held:
            self._held[key] = self._find(metric, stint, first, last)
        return self._held[key]

    def _find(
        self, metric: Metric, stint: Stint, first: date, last: date
    ) -> tuple[bool, Target | None]:
        for scope in self._scopes(metric, stint) if first <= last else ():
            for target in self.targets.get(scope, ()):
                if target.first_day <= last and target.last_day >= first:
                    throughout = target.first_day <= first and target.last_day >= last
                    return True, target if throughout else None
        return False, None

    def _scopes(self, metric: Metric, stint: Stint) -> Iterator[tuple[int, int, int]]:
        """Where a target is looked for, the nearest first."""
        if stint.own:
            yield metric.pk, 0, stint.own
        if stint.leads:
            return
        for each in self._line(stint.anchor):
            yield metric.pk, each, 0
        yield metric.pk, 0, 0

    def _nearest(self, metric: Metric, stint: Stint, day: date) -> Target | None:
        for key in self._scopes(metric, stint):
            for target in self.targets.get(key, ()):
                if target.first_day <= day <= target.last_day:
                    return target
        return None

    def _target_of(self, person: int, metric: Metric, day: date) -> Target | None:
        """On a day; before their first one, and after their last, as on that."""
        stints = [stint for _, stint in self.stints.get(person, ())]
        if not stints:
            return None
        there = [stint for stint in stints if stint.first <= day] or stints[:1]
        return self._nearest(metric, there[-1], max(min(day, there[-1].last), there[-1].first))


def _counted(stints: list[Stint]) -> Mapping[Stint, int]:
    return {stints[0]: 1} if len(stints) == 1 else Counter(stints)


def _days_of(
    people: Collection[int] | None, teams: Collection[int] | None, span: Span
) -> "QuerySet[Any, Any]":
    """Who was in what team, and who was away, in one statement: a person of no team as well."""
    during = Q(memberships__first_day__lte=span.last, memberships__last_day__gte=span.first)
    about = ("joined_on", "left_on", "levels_below")
    each: list[QuerySet[Any, Any]] = []
    members = TeamMembership.objects.during(span.first, span.last).order_by()
    if people is not None:
        stays = User.objects.get_queryset().filter(pk__in=people).order_by()
        each.append(
            stays.annotate(stay=FilteredRelation("memberships", condition=during)).values_list(
                "pk", Value(STAY), "stay__team", "stay__first_day", "stay__last_day", *about
            )
        )
        members = members.exclude(person__in=people)
    if teams is not None:
        members = members.filter(team__in=teams)
    if people is None or teams is not None:
        names = ("team", "first_day", "last_day", *(f"person__{name}" for name in about))
        each.append(members.values_list("person", Value(STAY), *names))
    day, team = DateField(), Cast(Value(None), BigIntegerField())
    no_days = Cast(Value(None), day), Cast(Value(None), day)
    if people is None and teams is None:  # in no team, but with a target of their own
        own = Target.objects.during(span.first, span.last).filter(person=OuterRef("pk"))
        theirs = TeamMembership.objects.during(span.first, span.last).filter(person=OuterRef("pk"))
        alone = User.objects.get_queryset().filter(Exists(own), ~Exists(theirs)).order_by()
        each.append(alone.values_list("pk", Value(STAY), team, *no_days, *about))
    away = Absence.objects.filter(first_day__lte=span.last, last_day__gte=span.first).order_by()
    if people is not None and teams is None:
        away = away.filter(user__in=people)
    elif teams is not None:
        away = away.filter(Q(user__in=members.values("person")) | Q(user__in=people or ()))
    nothing = (*no_days, Cast(Value(None), IntegerField()))
    each.append(away.values_list("user", Value(ABSENCE), team, "first_day", "last_day", *nothing))
    return each[0].union(*each[1:], all=True)
