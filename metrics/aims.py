"""What is to be reached in a span of days: targets, ramps, absences and holidays put together.

A day's share of a target is the target over the weekdays of its period; it is due on each working
day on which the person works here, is not away, and (of a team) is in the team. So absences and
holidays shrink it, part periods get their part, and any span of days has an aim.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from lib.calendar import EARLIEST, LATEST, add_months
from metrics.models import Metric, Target
from metrics.models.ramp import MOST_MONTHS
from metrics.pace import Aim
from metrics.periods import Periods, Span
from people.models import Absence, Team, TeamMembership, User

DAY = timedelta(days=1)
ALL_DAYS: dict[str, Any] = {"first": EARLIEST, "last": LATEST}


class Stint(NamedTuple):
    """Days of somebody in one team. Whoever is alike has the same aims, worked out once.

    `own` is their id if they have targets of their own, `anchor` the nearest team with any. Targets
    for all or for a team are for those who sell: whoever leads people has only their own.
    """

    own: int
    leads: bool
    anchor: int | None
    first: date
    last: date
    absences: tuple[Span, ...] = ()
    joined_on: date | None = None


@dataclass
class Aims:
    """The aims of some people and teams in a span of days, worked out as they are asked for."""

    span: Span
    periods: Periods
    holidays: Collection[date]
    targets: dict[tuple[int, int, int], list[Target]]  # by metric, team and person, 0 for none
    parents: dict[int, int | None]
    stints: dict[int, list[tuple[int | None, Stint]]]  # by person: of all their days, with teams
    _memo: dict[tuple[Stint, int, Span, date], Aim] = field(default_factory=dict)
    _days: dict[tuple[Span, Stint], list[date]] = field(default_factory=dict)
    _by_team: dict[int, Counter[Stint]] | None = None

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
        """Read in four statements. `people` are ids; None is whoever was in `teams`, or all.

        `parents` are those of all teams, for whoever has them already.
        """
        if parents is None:
            parents = dict(Team.objects.order_by().values_list("pk", "parent"))
        memberships = TeamMembership.objects.during(span.first, span.last).order_by("first_day")
        if people is not None:
            memberships = memberships.filter(person__in=people)
        elif teams is not None:
            memberships = memberships.filter(team__in=teams)
        targets = Target.objects.during(span.first, span.last).select_related("ramp")
        absences = Absence.objects.filter(first_day__lte=span.last, last_day__gte=span.first)
        if people is not None:
            targets = targets.filter(Q(person=None) | Q(person__in=people))
            absences = absences.filter(user__in=people)
        aims = cls(span, periods, frozenset(holidays), defaultdict(list), parents, {})
        for target in targets.order_by("first_day"):
            key = target.metric_id, target.team_id or 0, target.person_id or 0
            aims.targets[key].append(target)
        aims._settle(memberships, absences, people)
        return aims

    def _settle(
        self,
        memberships: "QuerySet[TeamMembership, TeamMembership]",
        absences: Iterable[Absence],
        people: Collection[int] | None,
    ) -> None:
        away: dict[int, list[Span]] = defaultdict(list)
        for absence in absences:
            away[absence.user_id].append(Span(absence.first_day, absence.last_day))
        rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        about = ("joined_on", "left_on", "levels_below")
        names = ("person", "team", "first_day", "last_day", *(f"person__{name}" for name in about))
        for person, *row in memberships.values_list(*names):
            rows[person].append(row)
        worked = {pk: row[0][3:] for pk, row in rows.items()}
        if people is not None and (others := set(people) - rows.keys()):
            found = User.objects.get_queryset().filter(pk__in=others).order_by()
            worked |= {pk: more for pk, *more in found.values_list("pk", *about)}
        with_own = {person for _, _, person in self.targets if person}
        anchors = self._anchors()
        for person, (joined, left, levels) in worked.items():
            first, last = (
                max(joined or EARLIEST, self.span.first),
                min(left or LATEST, self.span.last),
            )
            base = Stint(
                own=person if person in with_own else 0,
                leads=levels > 0,
                anchor=None,
                first=first,
                last=last,
                absences=tuple(away.get(person, ())),
                joined_on=self._if_new(joined),
            )
            pieces = [(t, b, e) for t, b, e, *_ in rows.get(person, ())]
            self.stints[person] = [
                (team, base._replace(anchor=anchors.get(team or 0), first=begin, last=end))
                for team, begin, end in _without_gaps(pieces, first, last)
            ]

    def _if_new(self, joined: date | None) -> date | None:
        """When it matters to a ramp."""
        if joined is None or add_months(joined, MOST_MONTHS + 1) < self.span.first:
            return None
        return joined

    def _anchors(self) -> dict[int, int | None]:
        """For each team the nearest one, itself or above, with a target of its own."""
        bearing = {team for _, team, _ in self.targets if team}
        return {
            team: next((each for each in self._line(team) if each in bearing), None)
            for team in self.parents
        }

    def _line(self, team: int | None) -> Iterator[int]:
        while team is not None:
            yield team
            team = self.parents.get(team)

    # Whose aims.

    def of_person(self, person: int, metric: Metric, span: Span, day: date) -> Aim:
        """In a span, and by the end of a day of it. The span lies within that of these aims."""
        stints = Counter(stint for _, stint in self.stints.get(person, ()))
        if metric.of_measure.is_ratio:
            return self._ratio(self._target_of(person, metric, day), stints, metric, span, day)
        return self._together(stints, metric, span, day)

    def in_team(
        self, person: int, teams: Collection[int], metric: Metric, span: Span, day: date
    ) -> Aim:
        """The same, of the days on which they were in one of these teams only."""
        own = self.stints.get(person, ())
        stints = Counter(stint for team, stint in own if team in teams)
        if metric.of_measure.is_ratio:
            return self._ratio(self._target_of(person, metric, day), stints, metric, span, day)
        return self._together(stints, metric, span, day)

    def of_team(
        self, team: int, below: Collection[int], metric: Metric, span: Span, day: date
    ) -> Aim:
        """Of a team; `below` are the ids of it and all teams under it."""
        stints: Counter[Stint] = Counter()
        for each in below:
            stints.update(self._stints_by_team().get(each, ()))
        if metric.of_measure.is_ratio:
            nearest = self._nearest(metric, Stint(0, leads=False, anchor=team, **ALL_DAYS), day)
            return self._ratio(nearest, stints, metric, span, day)
        return self._together(stints, metric, span, day)

    def _stints_by_team(self) -> dict[int, Counter[Stint]]:
        if self._by_team is None:
            self._by_team = defaultdict(Counter)
            for stints in self.stints.values():
                for team, stint in stints:
                    if team is not None:
                        self._by_team[team][stint] += 1
        return self._by_team

    # Adding up.

    def _together(self, stints: Counter[Stint], metric: Metric, span: Span, day: date) -> Aim:
        whole, due, gone, days, any_target = Fraction(), Fraction(), 0, 0, False
        for stint, count in stints.items():
            aim = self._of_stint(stint, metric, span, day)
            days, gone = days + count * aim.days, gone + count * aim.gone
            if aim.whole is not None:
                any_target = True
                whole, due = whole + count * aim.whole, due + count * aim.due
        return Aim(whole if any_target else None, due, gone, days)

    def _ratio(
        self, target: Target | None, stints: Counter[Stint], metric: Metric, span: Span, day: date
    ) -> Aim:
        """A ratio's target is not shared out; how much of the period is gone is the same."""
        time = self._together(stints, metric, span, day)
        if target is None:
            return replace(time, whole=None, due=Fraction())
        return replace(time, whole=Fraction(target.amount), due=Fraction(target.amount))

    def _of_stint(self, stint: Stint, metric: Metric, span: Span, day: date) -> Aim:
        key = stint, metric.pk, span, day
        if key not in self._memo:
            self._memo[key] = self._work_out(stint, metric, span, day)
        return self._memo[key]

    def _work_out(self, stint: Stint, metric: Metric, span: Span, day: date) -> Aim:
        days = self._working_days(span, stint)
        gone = sum(each <= day for each in days)
        if not self._has_target(metric, stint):
            return Aim(None, Fraction(), gone, len(days))
        whole = due = Fraction()
        met = False
        for period in self.periods.touching(metric.period, span):
            own = [each for each in days if each in period]
            shares = [(each, self._share(metric, stint, each)) for each in own]
            met = met or any(share is not None for _, share in shares) or not own
            length = len(period.weekdays())
            whole += sum((share for _, share in shares if share), Fraction()) / length
            due += (
                sum((share for each, share in shares if share and each <= day), Fraction()) / length
            )
        return Aim(whole if met else None, due, gone, len(days))

    def _working_days(self, span: Span, stint: Stint) -> list[date]:
        first, last = max(span.first, stint.first), min(span.last, stint.last)
        key = Span(first, last), stint
        if key not in self._days:
            self._days[key] = [
                day
                for day in Span(first, last).weekdays()
                if day not in self.holidays and not any(day in away for away in stint.absences)
            ]
        return self._days[key]

    def _share(self, metric: Metric, stint: Stint, day: date) -> Fraction | None:
        """Of the target in force on a day, before it is shared out; None without one."""
        target = self._nearest(metric, stint, day)
        if target is None:
            return None
        percent = target.ramp.percent(stint.joined_on, day) if target.ramp else 100
        return Fraction(target.amount) * percent / 100

    # Which target.

    def _has_target(self, metric: Metric, stint: Stint) -> bool:
        return any(self.targets.get(key) for key in self._scopes(metric, stint))

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


def _without_gaps(
    pieces: list[tuple[int, date, date]], first: date, last: date
) -> Iterator[tuple[int | None, date, date]]:
    """Somebody's days from first to last, in teams and, between them, in none."""
    for team, begins, ends in pieces:
        begin, end = max(begins, first), min(ends, last)
        if begin > end:
            continue
        if first < begin:
            yield None, first, begin - DAY
        yield team, begin, end
        first = end + DAY
    if first <= last:
        yield None, first, last
