"""What a 1-on-1 must show, worked out by going through everything that happened, one by one.

The words of product.md, section 6, read aloud over plain data: nothing of the program is asked.
Stages are numbered from 0, people are letters ("r" is the rep), moments are instants in UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
REP = "r"


@dataclass
class Event:
    """`kind` is stage, close, amount, step, owner, won, lost or open; `on` the date of an end."""

    at: datetime
    kind: str
    value: Any = None
    on: date | None = None


@dataclass
class Deal:
    """`opened` is None for one that was always there; `since` is then what is known of its stage.

    `acts` are what the customer did: on, what and who.
    """

    name: str
    account: str
    owner: str
    opened: datetime | None
    since: date | None
    stage: int
    amount: Decimal | None
    currency: str
    close: date | None
    events: list[Event] = field(default_factory=list)
    acts: list[tuple[date, str, str]] = field(default_factory=list)


@dataclass
class Call:
    """`filed_at` of its debrief, with the rep's score and the manager's."""

    owner: str
    starts_at: datetime
    status: str
    on_time: bool
    filed_at: datetime | None
    score: int | None
    given: int | None

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=30)


@dataclass
class World:
    """`previous` is when the last review was closed; `team` are those who report to the manager.

    `goal` is what a person is to win in a fiscal quarter, the rep's own, their team's or
    everybody's (`goal_of`); `away` the days on which the rep is. `probability` and `stages` are of
    each stage; `asked` when help was asked for and how it stands.
    """

    zone: ZoneInfo
    now: datetime
    previous: datetime | None
    fiscal_start: int
    holidays: set[date]
    currency: str
    goal: Decimal | None
    goal_of: str
    away: set[date]
    team: set[str]
    deals: list[Deal]
    calls: list[Call]
    asked: list[tuple[datetime, str]]
    stages: list[str] = field(default_factory=list)
    probability: list[int] = field(default_factory=list)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    @property
    def day(self) -> date:
        return self.day_of(self.now)

    @property
    def since(self) -> datetime:
        return self.previous or self.now - 30 * DAY


# A deal at a moment: everything until then, in order. What happened at the moment has happened.


@dataclass
class State:
    owner: str
    stage: int
    entered: date | None
    amount: Decimal | None
    currency: str
    close: date | None
    status: str = "open"
    step: str = ""
    step_on: date | None = None
    ended_at: datetime | None = None
    ended_on: date | None = None
    closer: str = ""

    def after(self, event: Event, world: World) -> "State":
        """What becomes of it."""
        if event.kind == "stage":
            return replace(self, stage=event.value, entered=world.day_of(event.at))
        if event.kind == "amount":
            amount, currency = event.value
            return replace(self, amount=amount, currency=currency)
        if event.kind == "step":
            text, on = event.value
            return replace(self, step=text, step_on=on)
        if event.kind in ("won", "lost"):
            ended = {"ended_at": event.at, "ended_on": event.on, "closer": self.owner}
            return replace(self, status=event.kind, **ended)
        if event.kind == "open":
            return replace(self, status="open", ended_at=None, ended_on=None, closer="")
        return replace(self, **{event.kind: event.value})  # owner, close


def first_state(deal: Deal, world: World) -> State:
    entered = world.day_of(deal.opened) if deal.opened else deal.since
    return State(deal.owner, deal.stage, entered, deal.amount, deal.currency, deal.close)


def state_at(deal: Deal, moment: datetime, world: World) -> State | None:
    """None where it had not been opened."""
    if deal.opened and deal.opened > moment:
        return None
    state = first_state(deal, world)
    for event in deal.events:
        if event.at <= moment:
            state = state.after(event, world)
    return state


# Parts 2 to 4.


@dataclass
class Line:
    """A deal that is talked about: as it is, and as it was if it was open then."""

    deal: Deal
    now: State
    was: State | None
    acted_on: date | None
    evidence: list[dict[str, str]]


class Opinion:
    def __init__(self, world: World) -> None:
        self.world, self.day = world, world.day
        found = [self._line(deal) for deal in world.deals]
        self.lines = {line.deal.name: line for line in found if line}

    def _line(self, deal: Deal) -> Line | None:
        now = state_at(deal, self.world.now, self.world)
        if now is None or now.owner != REP:
            return None
        if now.status != "open" and (now.ended_at is None or now.ended_at <= self.world.since):
            return None
        was = state_at(deal, self.world.since, self.world)
        if was and (was.status != "open" or was.owner != REP):
            was = None
        acts = self._acts(deal) if self._closes_soon(now) else []
        evidence = [{"on": str(on), "what": what, "who": who} for on, what, who in acts[:3]]
        return Line(deal, now, was, acts[0][0] if acts else None, evidence)

    def _acts(self, deal: Deal) -> list[tuple[date, str, str]]:
        """The latest first; of one day the one that was told last."""
        told = enumerate(deal.acts)
        happened = [(act[0], number, act) for number, act in told if act[0] <= self.day]
        return [act for _, _, act in sorted(happened, reverse=True)]

    def _closes_soon(self, state: State) -> bool:
        if state.status != "open" or state.close is None:
            return False
        return (state.close - self.day).days <= 30

    def columns(self, line: Line) -> dict[str, Any]:
        columns = {
            "name": line.deal.name,
            "account_name": line.deal.account,
            "status": line.now.status,
            "stage_since": line.now.entered,
            "probability": self.world.probability[line.now.stage],
            "buyer_acted_on": line.acted_on,
            "evidence": line.evidence,
            "was_open": line.was is not None,
            **self._state(line.now, ""),
        }
        return columns | (self._state(line.was, "was_") if line.was else {})

    def _state(self, state: State, prefix: str) -> dict[str, Any]:
        own = {
            "stage_order": state.stage + 1,
            "stage_name": self.world.stages[state.stage],
            "amount": state.amount,
            "currency": state.currency,
            "close_date": state.close,
            "next_step": state.step,
            "next_step_on": state.step_on,
        }
        return {prefix + name: value for name, value in own.items()}

    def kinds(self, line: Line) -> set[str]:
        was, now = line.was, line.now
        kinds = {now.status} - {"open"}
        if was is None:
            return kinds | {"new"}
        if now.status != "open":
            return kinds
        if now.stage != was.stage:
            kinds.add("moved_forward" if now.stage > was.stage else "moved_back")
        if now.close and was.close and now.close != was.close:
            kinds.add("pushed" if now.close > was.close else "pulled_in")
        passed = now.close is not None and now.close < self.day
        if passed and now.close and now.close >= self.world.day_of(self.world.since):
            kinds.add("slipped")
        return kinds

    def changes(self) -> dict[str, int]:
        moved = ["moved_forward", "pulled_in", "pushed", "slipped", "moved_back"]
        all_kinds = [kind for line in self.lines.values() for kind in self.kinds(line)]
        return {name: all_kinds.count(name) for name in ["new", *moved, "won", "lost"]}

    def new(self) -> list[str]:
        return self._largest_first(line for line in self.lines.values() if line.was is None)

    def moves(self) -> list[tuple[str, list[str]]]:
        of_move: dict[str, list[Line]] = {
            name: [] for name in ("not_moved", "moved_back", "moved_forward", "won", "lost")
        }
        for line in self.lines.values():
            if line.was:
                what = self.kinds(line) - {"pushed", "pulled_in", "slipped"}
                of_move[what.pop() if what else "not_moved"].append(line)
        told = [(name, self._largest_first(lines)) for name, lines in of_move.items() if lines]
        return [
            (name, self._longest_first(names) if name == "not_moved" else names)
            for name, names in told
        ]

    def _largest_first(self, lines: Iterable[Line]) -> list[str]:
        by_name = sorted(lines, key=lambda line: line.deal.name)
        by_name.sort(key=lambda line: line.now.amount or 0, reverse=True)
        return [line.deal.name for line in by_name]

    def _longest_first(self, names: list[str]) -> list[str]:
        """Those whose date is not known are there since ever."""
        return sorted(names, key=lambda name: self.lines[name].now.entered or date.min)

    def forecast(self) -> list[str]:
        soon = [line for line in self.lines.values() if self._closes_soon(line.now)]
        soon.sort(key=lambda line: line.deal.name)
        soon.sort(key=lambda line: line.now.close or date.max)
        quiet = [line for line in soon if self.is_quiet(line)]
        return [line.deal.name for line in quiet + [each for each in soon if each not in quiet]]

    def is_quiet(self, line: Line) -> bool:
        """Nothing today or on the thirteen days before."""
        days = [self.day - n * DAY for n in range(14)]
        return line.acted_on not in days

    def days_in_stage(self, line: Line) -> int | None:
        return (self.day - line.now.entered).days if line.now.entered else None


# Part 1. Days are walked, months are counted by hand.


class Status:
    def __init__(self, world: World) -> None:
        self.world, self.day = world, world.day
        self.people = world.team | {REP}
        ends = [(deal, state_at(deal, world.now, world)) for deal in world.deals]
        self.ends = [state for _, state in ends if state and state.status != "open"]

    def report(self) -> dict[str, Any]:
        return {
            "currency": self.world.currency,
            "periods": [self._period(*each) for each in self._periods()],
            "months": [
                {"month": str(first), "won": cents(self._won({REP}, first, last))}
                for first, last in self._last_twelve()
            ],
            "month_goal": self._goal(self.day.replace(day=1), last_of(self.day)),
            "missed": [],
            "facts": self._facts(),
        }

    def _periods(self) -> list[tuple[str, date, date]]:
        start = self.world.fiscal_start
        year = self._walk_back(self.day, {start})
        quarters = {(start - 1 + n) % 12 + 1 for n in (0, 3, 6, 9)}
        quarter_end = self._walk_back(self.day, quarters) - DAY
        month_end = self.day.replace(day=1) - DAY
        return [
            ("year_to_date", year, self.day),
            ("previous_quarter", self._walk_back(quarter_end, quarters), quarter_end),
            ("previous_month", month_end.replace(day=1), month_end),
        ]

    @staticmethod
    def _walk_back(day: date, months: set[int]) -> date:
        """To the first day of one of these months."""
        while day.day != 1 or day.month not in months:
            day -= DAY
        return day

    def _last_twelve(self) -> list[tuple[date, date]]:
        months, last = [], last_of(self.day)
        for _ in range(12):
            months.append((last.replace(day=1), last))
            last = last.replace(day=1) - DAY
        return months[::-1]

    def _ended(self, status: str, people: set[str], begin: date, end: date) -> list[State]:
        return [
            state
            for state in self.ends
            if state.status == status
            and state.closer in people
            and state.ended_on
            and begin <= state.ended_on <= min(end, self.day)
        ]

    def _won(self, people: set[str], begin: date, end: date) -> Fraction:
        won = self._ended("won", people, begin, end)
        own = [state.amount or 0 for state in won if state.currency == self.world.currency]
        return sum(map(Fraction, own), Fraction())

    def _period(self, name: str, begin: date, end: date) -> dict[str, Any]:
        won = self._ended("won", {REP}, begin, end)
        own = [state for state in won if state.currency == self.world.currency]
        goal, count = self._goal(begin, end), len(self.people)
        together = self._won(self.people, begin, end)
        amount = self._won({REP}, begin, end)
        return {
            "name": name,
            "begin": str(begin),
            "end": str(end),
            "won": cents(amount),
            "deals": len(own),
            "elsewhere": len(won) - len(own),
            "lost": len(self._ended("lost", {REP}, begin, end)),
            "goal": goal,
            "percent": nearest(amount * 100 / Fraction(goal)) if goal and Fraction(goal) else None,
            "team": {"people": count, "won": cents(together / count) if count >= 3 else None},
        }

    def _goal(self, begin: date, end: date) -> str | None:
        """Day by day: of each weekday that is no holiday, and on which the rep is there, the goal
        shared out over all weekdays of its quarter.
        """
        if self.world.goal is None:
            return None
        off, due, day = self.world.holidays | self.world.away, Fraction(), begin
        while day <= end:
            if day.isoweekday() <= 5 and day not in off:
                due += Fraction(self.world.goal) / self._weekdays_of_quarter(day)
            day += DAY
        return cents(due)

    def _weekdays_of_quarter(self, day: date) -> int:
        quarters = {(self.world.fiscal_start - 1 + n) % 12 + 1 for n in (0, 3, 6, 9)}
        first = self._walk_back(day, quarters)
        day, count = first, 0
        while day == first or day.day != 1 or day.month not in quarters:
            count += day.isoweekday() <= 5
            day += DAY
        return count

    def _facts(self) -> list[tuple[str, float, int | None]]:
        since, now = self.world.since, self.world.now
        calls = [
            call for call in self.world.calls if call.owner == REP and since < call.starts_at <= now
        ]
        over = [c for c in calls if c.ends_at <= now and c.status in ("planned", "held")]
        in_time = [c for c in over if c.filed_at and c.filed_at <= c.ends_at + DAY]
        own = [c.score for c in calls if c.filed_at and c.score is not None]
        given = [c.given for c in calls if c.filed_at and c.score is not None and c.given]
        facts: list[tuple[str, float, int | None]] = [
            ("calls", len(over), None),
            ("planned", sum(c.on_time for c in over), len(over)),
            ("debriefed", len(in_time), len(over)),
        ]
        if own:
            facts.append(("own_score", round(sum(own) / len(own), 1), len(own)))
        if given:
            facts.append(("given_score", round(sum(given) / len(given), 1), len(given)))
        asked = [state for at, state in self.world.asked if since < at <= now]
        waiting = [state for _, state in self.world.asked if state in ("asked", "accepted")]
        return [*facts, ("help_asked", len(asked), None), ("help_waiting", len(waiting), None)]


def last_of(day: date) -> date:
    """The last day of its month."""
    while (day + DAY).month == day.month:
        day += DAY
    return day


def nearest(number: Fraction) -> int:
    """Halves go up."""
    return int((number + Fraction(1, 2)) // 1)


def cents(amount: Fraction) -> str:
    whole, rest = divmod(nearest(amount * 100), 100)
    return f"{whole}.{rest:02d}"
