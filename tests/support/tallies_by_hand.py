"""What is counted, worked out by going through every row there is, one by one.

The words of product.md, section 7, read aloud over plain rows: the database adds up nothing, and
what the program knows of measures is not asked; their names are only repeated.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from coaching.models import CallPlan, Debrief, DebriefReview
from coaching.models.plan import PlanLine
from metrics.models import MetricCount
from people.models import Team, TeamMembership
from pipeline.models import Call, CallAttendee, Opportunity, Proposal

DAY = timedelta(days=1)
Row = dict[str, Any]
Key = tuple[int, str, date, str]  # of whom (a person or team), what, when, in which currency


@dataclass(frozen=True)
class Event:
    """Something that happened. `what` it counts as; `thing` tells apart what counts once a day."""

    whom: int
    what: str
    day: date
    number: Decimal = Decimal(1)
    currency: str = ""
    thing: Any = None


# What is added up, and by what it is divided; then by how much that is multiplied.
FIGURES: dict[str, tuple[str, str, int]] = {
    "prospects_targeted": ("deal opened", "", 1),
    "plans_on_time": ("plan on time", "", 1),
    "interviews": ("interview held", "", 1),
    "presentations": ("presentation held", "", 1),
    "commitments_got": ("commitment got", "", 1),
    "proposals": ("proposal", "", 1),
    "deals_won": ("deal won", "", 1),
    "money_won": ("money won", "", 1),
    "percent_of_goal": ("money won", "", 1),
    "calls_held": ("call held", "", 1),
    "people_per_call": ("customer at a call", "call held", 1),
    "proposals_per_close": ("proposal", "deal won", 1),
    "time_per_customer": ("minutes", "account met", 1),
    "average_score": ("own score", "call scored", 1),
    "managers_score": ("manager's score", "call reviewed", 1),
    "calls_planned": ("planned call held", "call held", 100),
}

# By what name the program keeps each.
KEPT_AS = {
    "deal opened": "prospects_targeted",
    "plan on time": "plans_on_time",
    "interview held": "interviews",
    "presentation held": "presentations",
    "commitment got": "commitments_got",
    "proposal": "proposals",
    "deal won": "deals_won",
    "money won": "money_won",
    "call held": "calls_held",
    "customer at a call": "people_engaged",
    "minutes": "minutes_with_customers",
    "account met": "customers_met",
    "own score": "own_scores",
    "call scored": "calls_scored",
    "manager's score": "managers_scores",
    "call reviewed": "calls_reviewed",
    "planned call held": "calls_planned",
}


class ByHand:
    """Every event as the tables tell it now, on the calendar of a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.calls = _by_id(Call)
        self.plans = {row["call_id"]: row for row in _rows(CallPlan)}
        self.debriefs = {row["call_id"]: row for row in _rows(Debrief)}
        self.stays = _rows(TeamMembership)
        self.parents = {row["id"]: row["parent_id"] for row in _rows(Team)}
        self.events = [*self._calls(), *self._plans(), *self._deals(), *self._posted()]

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _calls(self) -> Iterator[Event]:
        attendees = defaultdict(list)
        for row in _rows(CallAttendee):
            attendees[row["call_id"]].append(row["contact_id"])
        for pk, call in self.calls.items():
            whom, day = call["owner_id"], self.day_of(call["starts_at"])
            if call["status"] == "held":
                yield from self._held(whom, day, call, len(attendees[pk]))
            debrief = self.debriefs.get(pk)
            if debrief:
                yield from self._debriefed(whom, day, pk, debrief)

    def _held(self, whom: int, day: date, call: Row, attendees: int) -> Iterator[Event]:
        yield Event(whom, "call held", day)
        if call["kind"] in ("interview", "presentation"):
            yield Event(whom, f"{call['kind']} held", day)
        plan = self.plans.get(call["id"])
        if plan and plan["timeliness"] == "on_time":
            yield Event(whom, "planned call held", day)
        minutes = call["actual_minutes"]
        minutes = call["planned_minutes"] if minutes is None else minutes
        yield Event(whom, "minutes", day, Decimal(minutes))
        if call["account_id"]:
            yield Event(whom, "account met", day, thing=call["account_id"])
        for _ in range(attendees):
            yield Event(whom, "customer at a call", day)

    def _debriefed(self, whom: int, day: date, call: int, debrief: Row) -> Iterator[Event]:
        if debrief["filed_at"] and debrief["score"] is not None:
            yield Event(whom, "call scored", day)
            yield Event(whom, "own score", day, Decimal(debrief["score"]))
        if debrief["filed_at"] and call in self.plans:
            for line in self._lines(self.plans[call]["id"]):
                if line["part"] == "commitments" and line["outcome"] == "yes":
                    yield Event(whom, "commitment got", day)
        for review in self._reviews(debrief["id"]):
            yield Event(whom, "call reviewed", day)
            yield Event(whom, "manager's score", day, Decimal(review["score"]))

    def _lines(self, plan: int) -> list[Row]:
        if not hasattr(self, "_all_lines"):
            self._all_lines = _grouped(PlanLine, "plan_id")
        return self._all_lines[plan]

    def _reviews(self, debrief: int) -> list[Row]:
        if not hasattr(self, "_all_reviews"):
            self._all_reviews = _grouped(DebriefReview, "debrief_id")
        return self._all_reviews[debrief]

    def _plans(self) -> Iterator[Event]:
        for plan in self.plans.values():
            if plan["filed_at"] and plan["timeliness"] == "on_time":
                yield Event(plan["rep_id"], "plan on time", self.day_of(plan["filed_at"]))

    def _deals(self) -> Iterator[Event]:
        for deal in _rows(Opportunity):
            if deal["opened_on"] and deal["opening_owner_id"]:
                yield Event(deal["opening_owner_id"], "deal opened", deal["opened_on"])
            if deal["status"] == "won" and deal["closed_on"] and deal["closing_owner_id"]:
                whom, day = deal["closing_owner_id"], deal["closed_on"]
                amount = deal["amount"] or Decimal(0)
                yield Event(whom, "deal won", day)
                yield Event(whom, "money won", day, amount, deal["currency"])
        for proposal in _rows(Proposal):
            yield Event(proposal["owner_id"], "proposal", proposal["sent_on"])

    def _posted(self) -> Iterator[Event]:
        for row in MetricCount.objects.order_by().values("person", "measure__name", "day", "count"):
            what = f"posted:{row['measure__name']}"
            yield Event(row["person"], what, row["day"], Decimal(row["count"]))

    # Days of people, and of teams.

    def of_people(self) -> dict[Key, Decimal]:
        """What should be kept of each person and day; what is 0 is left out."""
        return self._added(self.events, lambda event: [event.whom])

    def of_teams(self) -> dict[Key, Decimal]:
        """The same of who was in a team, or in one under it, on that day."""
        return self._added(self.events, self.teams_of)

    def teams_of(self, event: Event) -> list[int]:
        """The team somebody was in on the day of an event, and all above it."""
        found = []
        for stay in self.stays:
            here = stay["person_id"] == event.whom
            if here and stay["first_day"] <= event.day <= stay["last_day"]:
                team = stay["team_id"]
                while team is not None:
                    found.append(team)
                    team = self.parents[team]
        return found

    def _added(
        self, events: Iterable[Event], whose: Callable[[Event], list[int]]
    ) -> dict[Key, Decimal]:
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        for event in _once_a_day(events):
            for whom in whose(event):
                key = (whom, KEPT_AS.get(event.what, event.what), event.day, event.currency)
                sums[key] += event.number
        return {key: number for key, number in sums.items() if number}

    # Figures.

    def figure(
        self, measure: str, events: Iterable[Event], currency: str
    ) -> tuple[Decimal, Decimal | None, Fraction | None]:
        """Of these events: what was added up, by what that is divided, and what comes out."""
        posted = (measure, "", 1)
        total, of, scale = posted if ":" in measure else FIGURES[measure]
        counted = [each for each in events if each.currency in ("", currency)]
        top, below = self._sum(total, counted), self._sum(of, counted) if of else None
        if below is None:
            return top, None, Fraction(top)
        return top, below, Fraction(top) / Fraction(below) * scale if below else None

    @staticmethod
    def _sum(what: str, events: list[Event]) -> Decimal:
        return sum((e.number for e in _once_a_day(events) if e.what == what), Decimal(0))


def _once_a_day(events: Iterable[Event]) -> Iterator[Event]:
    """Without the second call at the same account on a day."""
    seen = set()
    for event in events:
        key = (event.whom, event.what, event.day, event.thing)
        if event.thing is None or key not in seen:
            seen.add(key)
            yield event


def _rows(model: Any) -> list[Row]:
    return list(model.objects.order_by("pk").values())


def _by_id(model: Any) -> dict[int, Row]:
    return {row["id"]: row for row in _rows(model)}


def _grouped(model: Any, column: str) -> dict[int, list[Row]]:
    found = defaultdict(list)
    for row in _rows(model):
        found[row[column]].append(row)
    return found


# Periods, by walking.


def week(day: date, begins: int) -> tuple[date, date]:
    """`begins` is the first weekday, 0 for Monday."""
    while day.weekday() != begins:
        day -= DAY
    return day, day + 6 * DAY


def months(day: date, starts: set[int]) -> tuple[date, date]:
    """From the first of one of these months to the day before the next of them."""
    first = day
    while first.day != 1 or first.month not in starts:
        first -= DAY
    last = day + DAY
    while last.day != 1 or last.month not in starts:
        last += DAY
    return first, last - DAY


def periods(day: date, week_start: int, year_start: int) -> dict[str, tuple[date, date]]:
    """The day, and the week, month, quarter and fiscal year it is in."""
    quarters = {(year_start - 1 + 3 * n) % 12 + 1 for n in range(4)}
    return {
        "day": (day, day),
        "week": week(day, week_start),
        "month": months(day, set(range(1, 13))),
        "quarter": months(day, quarters),
        "fiscal_year": months(day, {year_start}),
    }
