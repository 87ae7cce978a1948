"""A second opinion on metrics/aims.py: one metric, plain data, a loop over days and nothing else.

It shares no rule with the code it checks: periods are found by walking, working days by weekday.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

EVER, NEVER = date(1900, 1, 1), date(2199, 12, 31)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Goal:
    """Of a team, a person, or (neither) of all who lead nobody; `ramp` is percent by month."""

    amount: Fraction
    team: str = ""
    person: str = ""
    first: date = EVER
    last: date = NEVER
    ramp: tuple[int, ...] = ()


@dataclass(frozen=True)
class Somebody:
    """`stays` are a team with first and last day; `leads` says that people report to them."""

    stays: tuple[tuple[str, date, date], ...] = ()
    away: tuple[tuple[date, date], ...] = ()
    joined: date | None = None
    left: date | None = None
    leads: bool = False


@dataclass(frozen=True)
class World:
    people: dict[str, Somebody]
    goals: tuple[Goal, ...]
    holidays: frozenset[date] = frozenset()
    above: dict[str, str] = field(default_factory=dict)  # the team over each, "" at the top
    period: str = "week"
    week_start: int = 0
    year_start: int = 1
    is_ratio: bool = False
    read: tuple[date, date] = (EVER, NEVER)  # the days of which anything is known

    # What is asked.

    def of_person(self, name: str, first: date, last: date, day: date) -> "Told":
        return self._told([name], None, first, last, day, self.ratio_of(name, day))

    def in_teams(self, name: str, teams: set[str], first: date, last: date, day: date) -> "Told":
        return self._told([name], teams, first, last, day, self.ratio_of(name, day))

    def of_team(self, team: str, first: date, last: date, day: date) -> "Told":
        nearest = self.nearest(Somebody(), "", team, day)
        return self._told(list(self.people), self.below(team), first, last, day, nearest)

    def _told(
        self,
        names: list[str],
        teams: set[str] | None,
        first: date,
        last: date,
        day: date,
        ratio: Goal | None,
    ) -> "Told":
        told = Told()
        for name in names:
            for each in days(first, last):
                there = teams is None or self.team_on(name, each) in teams
                if self.is_employed(name, each) and there:
                    self._add(told, name, each, day)
        if self.is_ratio:
            amount = ratio.amount if ratio else None
            return Told(amount, amount or Fraction(), told.gone, told.days)
        if not told.days and told.is_aimed_at_idly:
            told.whole = Fraction()
        return told

    def _add(self, told: "Told", name: str, each: date, day: date) -> None:
        goal = self.goal_on(name, each)
        if not self.works(name, each):
            told.is_aimed_at_idly |= goal is not None
            return
        told.days += 1
        told.gone += each <= day
        if goal is None:
            return
        share = goal.amount * self.percent(goal, name, each) / 100 / self.weekdays_around(each)
        told.whole = (told.whole or Fraction()) + share
        if each <= day:
            told.due += share

    # People.

    def is_employed(self, name: str, day: date) -> bool:
        who = self.people[name]
        return (who.joined or EVER) <= day <= (who.left or NEVER)

    def works(self, name: str, day: date) -> bool:
        away = any(first <= day <= last for first, last in self.people[name].away)
        return day.isoweekday() <= 5 and day not in self.holidays and not away

    def team_on(self, name: str, day: date) -> str:
        stays = self.people[name].stays
        return next((team for team, first, last in stays if first <= day <= last), "")

    def below(self, team: str) -> set[str]:
        return {each for each in self.above if team in self.line(each)}

    def line(self, team: str) -> list[str]:
        line = []
        while team:
            line.append(team)
            team = self.above[team]
        return line

    # Goals.

    def goal_on(self, name: str, day: date) -> Goal | None:
        return self.nearest(self.people[name], name, self.team_on(name, day), day)

    def ratio_of(self, name: str, day: date) -> Goal | None:
        """On a day; before somebody's first one, and after their last, as on that."""
        who = self.people[name]
        first = max(who.joined or EVER, self.read[0])
        last = min(who.left or NEVER, self.read[1])
        return self.goal_on(name, min(max(day, first), last)) if first <= last else None

    def nearest(self, who: Somebody, name: str, team: str, day: date) -> Goal | None:
        """Own, then up the teams, then for all."""
        scopes = [("", name)] if name else []
        if not who.leads:
            scopes += [(each, "") for each in [*self.line(team), ""]]
        for scope in scopes:
            for goal in self.goals:
                if (goal.team, goal.person) == scope and goal.first <= day <= goal.last:
                    return goal
        return None

    def percent(self, goal: Goal, name: str, day: date) -> int:
        joined = self.people[name].joined
        if joined is None or day < joined:
            return 100
        month = months_worked(joined, day)
        return goal.ramp[month] if month < len(goal.ramp) else 100

    # Periods, by walking.

    def weekdays_around(self, day: date) -> int:
        """From Monday to Friday, in the period of a day."""
        first = day
        while not self.begins_on(first):
            first -= DAY
        last = day
        while not self.begins_on(last + DAY):
            last += DAY
        return sum(each.isoweekday() <= 5 for each in days(first, last))

    def begins_on(self, day: date) -> bool:
        if self.period == "week":
            return day.weekday() == self.week_start
        months = {"month": 1, "quarter": 3, "fiscal_year": 12}[self.period]
        return day.day == 1 and (day.month - self.year_start) % months == 0


@dataclass
class Told:
    """`whole` is None where nothing is aimed at."""

    whole: Fraction | None = None
    due: Fraction = Fraction()
    gone: int = 0
    days: int = 0
    is_aimed_at_idly: bool = False

    @property
    def figures(self) -> tuple[Fraction | None, Fraction, int, int]:
        return self.whole, self.due, self.gone, self.days


def days(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def months_worked(joined: date, day: date) -> int:
    """How often the month's day of joining, or its last day for want of it, has come again."""
    months, each = 0, joined + DAY
    while each <= day:
        is_last = (each + DAY).day == 1
        months += each.day == joined.day or (is_last and each.day < joined.day)
        each += DAY
    return months
