"""What is to be reached: cases worked out by hand, and a loop over days on drawn set-ups."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from metrics.aims import Aims
from metrics.models import Metric, Ramp, Target
from metrics.pace import Aim
from metrics.periods import PERIODS, Periods, Span
from people.models import Absence, Holiday, Organisation, Team, TeamMembership, User
from tests.factories import NOW, a_team, a_user
from tests.metrics.cases.aims import TABLES, TREE, Case
from tests.support.aims_by_hand import EVER, NEVER, Goal, Somebody, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CASES = [
    pytest.param(case, id=f"{table}: {case.what}")
    for table, cases in TABLES.items()
    for case in cases
]


class Entered:
    """A world as rows, and what Aims says of it."""

    def __init__(self, world: World, loaded: tuple[date, date]) -> None:
        self.world = world
        measure = "calls_planned" if world.is_ratio else "interviews"
        self.metric = Metric.objects.create(label="It", measure=measure, period=world.period)
        self.teams: dict[str, int] = {}
        for name in world.above:  # those above come first
            team = Team.objects.create(name=name, parent_id=self.teams.get(world.above[name]))
            self.teams[name] = team.pk
        self._enter_people()
        self._enter_goals()
        self.loaded = Span(*loaded)
        self.periods = Periods(world.week_start, world.year_start)
        self.aims = self.load(self.people.values())

    def load(self, people: Any, **more: Any) -> Aims:
        ids = None if people is None else list(people)
        return Aims.load(ids, self.loaded, self.periods, self.world.holidays, **more)

    def _enter_people(self) -> None:
        people = self.world.people
        rows = [
            User(
                name=name,
                email=f"{name}@example.com",
                joined_on=who.joined,
                left_on=who.left,
                levels_below=int(who.leads),
            )
            for name, who in people.items()
        ]
        User.objects.bulk_create(rows)
        self.people = {user.name: user.pk for user in rows}
        TeamMembership.objects.bulk_create(
            TeamMembership(
                person_id=self.people[name],
                team_id=self.teams[team],
                first_day=first,
                last_day=last,
            )
            for name, who in people.items()
            for team, first, last in who.stays
        )
        Absence.objects.bulk_create(
            Absence(user_id=self.people[name], first_day=first, last_day=last)
            for name, who in people.items()
            for first, last in who.away
        )

    def _enter_goals(self) -> None:
        ramps = {
            percents: Ramp.objects.create(name=str(number), percents=list(percents))
            for number, percents in enumerate({goal.ramp for goal in self.world.goals} - {()})
        }
        Target.objects.bulk_create(
            Target(
                metric=self.metric,
                amount=Decimal(goal.amount.numerator) / goal.amount.denominator,
                team_id=self.teams.get(goal.team),
                person_id=self.people.get(goal.person),
                first_day=goal.first,
                last_day=goal.last,
                ramp=ramps.get(goal.ramp),
                set_at=NOW,
            )
            for goal in self.world.goals
        )

    def below(self, team: str) -> list[int]:
        return [self.teams[each] for each in self.world.below(team)]

    def answer(self, asked: str, span: Span, day: date) -> Aim:
        """To "Rosa", "team North" or "Rosa in North"."""
        if asked.startswith("team "):
            team = asked.removeprefix("team ")
            return self.aims.of_team(self.teams[team], self.below(team), self.metric, span, day)
        name, _, team = asked.partition(" in ")
        person = self.people[name]
        if team:
            return self.aims.in_team(person, self.below(team), self.metric, span, day)
        return self.aims.of_person(person, self.metric, span, day)


def by_hand(world: World, asked: str, span: Span, day: date) -> tuple[Any, ...]:
    if asked.startswith("team "):
        return world.of_team(asked.removeprefix("team "), span.first, span.last, day).figures
    name, _, team = asked.partition(" in ")
    if team:
        return world.in_teams(name, world.below(team), span.first, span.last, day).figures
    return world.of_person(name, span.first, span.last, day).figures


def figures(aim: Aim) -> tuple[Any, ...]:
    return aim.whole, aim.due, aim.gone, aim.days


@pytest.fixture
def entered() -> type[Entered]:
    """Without what migrations bring: only the case's own rows."""
    Target.objects.all().delete()
    return Entered


@pytest.mark.parametrize("case", CASES)
def test_a_case_worked_out_by_hand(case: Case, entered: type[Entered]) -> None:
    own = {"Otto": Somebody()} if any(goal.person == "Otto" for goal in case.world.goals) else {}
    world = replace(case.world, people={**own, **case.world.people}, read=case.loaded or case.span)
    span = Span(*case.span)
    found = entered(world, case.loaded or case.span).answer(case.asked, span, case.day)
    assert figures(found) == case.expected
    assert by_hand(world, case.asked, span, case.day) == case.expected


# A loop over days, on set-ups that are drawn.


class Draw:
    """Draws a world around the new year of 53 weeks."""

    NAMES = ("Ann", "Ben", "Cleo")

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def day(self, low: int = -40, high: int = 40) -> date:
        return date(2026, 12, 30) + self.chance.randint(low, high) * DAY

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def span(self, low: int = -40, high: int = 40) -> tuple[date, date]:
        first, last = sorted([self.day(low, high), self.day(low, high)])
        return first, last

    def world(self) -> World:
        kinds = [kind for kind, _ in PERIODS]
        return World(
            people={name: self.somebody() for name in self.NAMES},
            goals=tuple(self.goals()),
            holidays=frozenset(self.day() for _ in range(self.chance.randint(0, 8))),
            above=TREE,
            period=self.chance.choice(kinds),
            week_start=self.chance.randint(0, 6),
            year_start=self.chance.randint(1, 12),
            is_ratio=self.maybe(0.2),
        )

    def somebody(self) -> Somebody:
        joined = self.day(-400, 20) if self.maybe(0.6) else None
        left = self.day(-20, 40) if self.maybe(0.2) else None
        if joined and left and left < joined:
            left = None
        return Somebody(
            stays=tuple(self.stays()),
            away=tuple(self.pieces(2)),
            joined=joined,
            left=left,
            leads=self.maybe(0.15),
        )

    def pieces(self, most: int) -> Iterator[tuple[date, date]]:
        """Spans that do not touch each other's days."""
        days = sorted({self.day() for _ in range(2 * self.chance.randint(0, most))})
        yield from zip(days[::2], days[1::2], strict=False)

    def stays(self) -> Iterator[tuple[str, date, date]]:
        """Of some days in a team, of others in none; the first since ever, the last for good."""
        pieces = list(self.pieces(3)) or [(EVER, NEVER)]
        if self.maybe(0.7):
            pieces[0] = EVER, pieces[0][1]
        if self.maybe(0.7):
            pieces[-1] = pieces[-1][0], NEVER
        for first, last in pieces:
            yield self.chance.choice(list(TREE)), first, last

    def goals(self) -> Iterator[Goal]:
        scopes = [("", ""), *((team, "") for team in TREE), *(("", name) for name in self.NAMES)]
        for team, person in scopes:
            for first, last in self.days_of_goals():
                amount = Fraction(self.chance.randint(0, 40), 4)
                ramp = tuple(self.chance.choices([0, 25, 50, 90, 100], k=self.chance.randint(0, 5)))
                yield Goal(amount, team, person, first, last, ramp)

    def days_of_goals(self) -> list[tuple[date, date]]:
        """None, always, or one after the other."""
        if self.maybe(0.4):
            return []
        if self.maybe(0.4):
            return [(EVER, NEVER)]
        days = sorted({self.day() for _ in range(3)})
        return [(first, last - DAY) for first, last in pairwise(days)]


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(st.integers(0, 2**32))
def test_they_are_those_of_a_loop_over_days(seed: int) -> None:
    draw = Draw(Random(seed))
    world, (first, last) = draw.world(), draw.span()
    world = replace(world, read=(first, last))
    with transaction.atomic():
        entered = Entered(world, (first, last))
        askings = [*draw.NAMES, *(f"team {team}" for team in TREE)]
        askings += [f"{name} in {team}" for name in draw.NAMES for team in ("Sales", "North")]
        for asked in askings:
            for _ in range(2):
                begin, end = sorted(draw.chance.choices(days(first, last), k=2))
                day = draw.chance.choice(days(begin, end))
                told = by_hand(world, asked, Span(begin, end), day)
                assert figures(entered.answer(asked, Span(begin, end), day)) == told, asked
        transaction.set_rollback(True)


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


# What is read, and by which verbs it came to be.

MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
WEEK = Span(MONDAY, SUNDAY)


@pytest.fixture
def interviews() -> Metric:
    return Metric.objects.get(measure="interviews")


def aims_of(*people: User, span: Span = WEEK, **more: Any) -> Aims:
    return Aims.load([user.pk for user in people], span, Periods(), [], **more)


def test_a_move_counts_from_its_day_on(ada: User, interviews: Metric) -> None:
    north, south = a_team("North"), a_team("South")
    rosa = a_user("Rosa Rep", team=north)
    Target.set(interviews, Decimal(10), by=ada, at=NOW, team=north)
    Target.set(interviews, Decimal(20), by=ada, at=NOW, team=south)
    rosa.join(south, on=date(2026, 11, 19))
    aims = aims_of(rosa)
    assert aims.of_person(rosa.pk, interviews, WEEK, SUNDAY).whole == 6 + 8
    parts = [aims.in_team(rosa.pk, [team.pk], interviews, WEEK, SUNDAY) for team in (north, south)]
    assert [(part.whole, part.days) for part in parts] == [(6, 3), (8, 2)]
    alone = Aims.load(None, WEEK, Periods(), [], teams=[south.pk])
    assert alone.of_team(south.pk, [south.pk], interviews, WEEK, SUNDAY) == parts[1]


def test_nothing_is_aimed_at_after_somebodys_last_day(ada: User, interviews: Metric) -> None:
    rosa = a_user("Rosa Rep", team=a_team("North"))
    Target.set(interviews, Decimal(10), by=ada, at=NOW)
    rosa.deactivate(on=date(2026, 11, 17))
    assert aims_of(rosa).of_person(rosa.pk, interviews, WEEK, SUNDAY) == Aim(
        Fraction(4), Fraction(4), 2, 2
    )
    later = Span(SUNDAY + DAY, SUNDAY + 7 * DAY)
    assert aims_of(rosa, span=later).of_person(rosa.pk, interviews, later, later.last) == Aim()


def test_absences_holidays_and_targets_are_read_as_they_were_entered(
    ada: User, interviews: Metric
) -> None:
    rosa = a_user("Rosa Rep", team=a_team("North"))
    Target.set(interviews, Decimal(10), by=ada, at=NOW)
    Target.set(interviews, Decimal(20), by=ada, at=NOW, first_day=date(2026, 11, 20))
    Absence.record(rosa, first_day=date(2026, 11, 10), last_day=MONDAY, by=rosa)
    Holiday.add(date(2026, 11, 17), "Off")
    off = Holiday.objects.values_list("day", flat=True)
    aims = Aims.load([rosa.pk], WEEK, Periods(), list(off))
    found = aims.of_person(rosa.pk, interviews, WEEK, date(2026, 11, 19))
    assert figures(found) == (2 + 2 + 4, 4, 2, 3)


def test_a_target_that_was_replaced_is_not_aimed_at(ada: User, interviews: Metric) -> None:
    rosa = a_user("Rosa Rep", team=a_team("North"))
    for amount in (10, 30):
        Target.set(interviews, Decimal(amount), by=ada, at=NOW)
    assert aims_of(rosa).of_person(rosa.pk, interviews, WEEK, SUNDAY).whole == 30


def test_other_metrics_targets_are_not_hers(ada: User, interviews: Metric) -> None:
    rosa = a_user("Rosa Rep", team=a_team("North"))
    proposals = Metric.objects.get(measure="proposals")
    Target.set(proposals, Decimal(10), by=ada, at=NOW, person=rosa)
    Target.set(interviews, Decimal(5), by=ada, at=NOW)
    assert aims_of(rosa).of_person(rosa.pk, interviews, WEEK, SUNDAY).whole == 5


def test_somebody_unknown_has_nothing_to_reach(interviews: Metric) -> None:
    assert aims_of().of_person(404, interviews, WEEK, SUNDAY) == Aim()


@pytest.mark.parametrize(("of_team", "statements"), [(False, 2), (True, 3)])
def test_they_are_read_in_as_many_statements_however_many_people(
    ada: User,
    interviews: Metric,
    of_team: bool,
    statements: int,
    django_assert_max_num_queries: Any,
) -> None:
    north = a_team("North")
    people = User.objects.bulk_create(User(name=f"Rep {n}", email=f"{n}@x.org") for n in range(6))
    TeamMembership.objects.bulk_create(TeamMembership(person=each, team=north) for each in people)
    Target.set(interviews, Decimal(10), by=ada, at=NOW, team=north if of_team else None)
    for count in (1, 6):
        with django_assert_max_num_queries(statements):
            aims = aims_of(*people[:count])
            for each in people[:count]:
                assert aims.of_person(each.pk, interviews, WEEK, SUNDAY).whole == 10
        assert aims.of_team(north.pk, [north.pk], interviews, WEEK, SUNDAY).whole == 10 * count


def test_the_organisations_own_weeks_are_meant(ada: User, interviews: Metric) -> None:
    """Targets by weeks from Thursday: one that is raised on a Thursday is raised for a week."""
    Organisation.current().change(week_start=3)
    rosa = a_user("Rosa Rep", team=a_team("North"))
    Target.set(interviews, Decimal(10), by=ada, at=NOW, last_day=date(2026, 11, 18))
    Target.set(interviews, Decimal(20), by=ada, at=NOW, first_day=date(2026, 11, 19))
    periods = Periods(week_start=Organisation.current().week_start)
    month = Span(date(2026, 11, 1), date(2026, 11, 30))
    aims = Aims.load([rosa.pk], month, periods, [])
    weeks = [periods.of("week", day) for day in (date(2026, 11, 18), date(2026, 11, 19))]
    whole = [aims.of_person(rosa.pk, interviews, week, week.last).whole for week in weeks]
    assert whole == [10, 20]
