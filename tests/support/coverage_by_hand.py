"""A manager's coverage worked out row by row: the second opinion of `coaching.coverage`.

It reads tables as plain dictionaries and imports nothing of the code it checks.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps

Row = dict[str, Any]
Dated = tuple[str, int, datetime, datetime]
TABLES = {
    "people": "people.User",
    "calls": "pipeline.Call",
    "deals": "pipeline.Opportunity",
    "plans": "coaching.CallPlan",
    "inspections": "coaching.Inspection",
    "debriefs": "coaching.Debrief",
    "debrief_reviews": "coaching.DebriefReview",
    "help": "coaching.HelpRequest",
    "rides": "coaching.RideAlong",
    "focuses": "coaching.Focus",
    "steps": "coaching.FocusStep",
    "reviews": "reviews.Review",
}


@dataclass(frozen=True)
class Touch:
    kind: str
    rep: int
    on: date
    counts: bool  # in the days asked for


class ByHand:
    """Over everybody under a manager, or who reports to them; nothing from `end` on is known."""

    def __init__(self, first: date, last: date, end: datetime, zone: ZoneInfo) -> None:
        self.first, self.last, self.end, self.zone = first, last, end, zone
        self.begin = datetime(first.year, first.month, first.day, tzinfo=zone)
        self.tables: dict[str, dict[int, Row]] = {
            name: {row["id"]: row for row in apps.get_model(label)._default_manager.values()}
            for name, label in TABLES.items()
        }

    def rows(self, table: str) -> Iterable[Row]:
        return self.tables[table].values()

    # Who.

    def direct(self, manager: int) -> set[int]:
        return {p["id"] for p in self.rows("people") if p["reports_to_id"] == manager}

    def under(self, manager: int) -> set[int]:
        """At any depth, whoever left as well."""
        found: set[int] = set()
        for person in self.direct(manager):
            found |= {person} | self.under(person)
        return found

    def active(self, people: set[int]) -> set[int]:
        return {pk for pk in people if self.tables["people"][pk]["is_active"]}

    # What was kept of what was owed: ids of both.

    def figures(self, people: set[int]) -> dict[str, tuple[set[int], set[int]]]:
        return {
            "inspected": self.inspected(people),
            "debriefs": self.debriefs(people),
            "help": self.help(people),
            "ride_alongs": self.ride_alongs(people),
            "reviews": self.reviews(people),
            "touched": ({touch.rep for touch in self.touches(people) if touch.counts}, people),
        }

    def owed_plans(self, people: set[int]) -> list[Row]:
        found = []
        for plan in self.rows("plans"):
            call = self.tables["calls"][plan["call_id"]]
            if call["owner_id"] not in people or call["status"] == "cancelled":
                continue
            if not plan["to_inspect"] or plan["timeliness"] != "on_time":
                continue
            if self.begin <= call["starts_at"] < self.end:
                found.append(plan)
        return found

    def answers(self, plan: Row) -> list[datetime]:
        return sorted(i["at"] for i in self.rows("inspections") if i["plan_id"] == plan["id"])

    def inspected(self, people: set[int]) -> tuple[set[int], set[int]]:
        owed = self.owed_plans(people)
        kept = set()
        for plan in owed:
            starts = self.tables["calls"][plan["call_id"]]["starts_at"]
            # What was filed once more after the start was answered before it.
            asked = plan["submitted_at"] if plan["submitted_at"] < starts else plan["filed_at"]
            if any(at >= asked for at in self.answers(plan)):
                kept.add(plan["id"])
        return kept, {plan["id"] for plan in owed}

    def debriefs(self, people: set[int]) -> tuple[set[int], set[int]]:
        kept, owed = set(), set()
        for row in self.rows("debriefs"):
            filed = row["filed_at"]
            if row["rep_id"] not in people or filed is None:
                continue
            if not self.begin <= filed < self.end:
                continue
            given = [r["at"] for r in self.rows("debrief_reviews") if r["debrief_id"] == row["id"]]
            known = [at for at in given if at < self.end]
            if known and known[0] - filed <= timedelta(hours=48):
                kept.add(row["id"])
            if known or self.end - filed >= timedelta(hours=48):
                owed.add(row["id"])
        return kept, owed

    def asked(self, people: set[int]) -> list[Row]:
        return [
            row
            for row in self.rows("help")
            if self.tables["deals"][row["opportunity_id"]]["owner_id"] in people
            and row["origin"] == "asked"
            and self.begin <= row["asked_at"] < self.end
        ]

    def help(self, people: set[int]) -> tuple[set[int], set[int]]:
        kept, owed = set(), set()
        for row in self.asked(people):
            settled = row["answered_at"] is not None and row["answered_at"] < self.end
            state = row["state"] if settled else "open"
            if state in ("declined", "withdrawn"):
                continue
            if state == "done":
                owed.add(row["id"])
                if row["answered_at"].astimezone(self.zone).date() <= row["wanted_on"]:
                    kept.add(row["id"])
            elif row["wanted_on"] < self.last:
                owed.add(row["id"])
        return kept, owed

    def ride_alongs(self, people: set[int]) -> tuple[set[int], set[int]]:
        kept, owed = set(), set()
        for pk in people:
            person = self.tables["people"][pk]
            if person["levels_below"]:
                continue
            days = [touch.on for touch in self.touches({pk}) if touch.kind == "ride_along"]
            if any(half_a_year_after(day) >= self.last for day in days):
                kept.add(pk)
            joined = person["joined_on"]
            if pk in kept or joined is None or half_a_year_after(joined) < self.last:
                owed.add(pk)
        return kept, owed

    def reviews(self, people: set[int]) -> tuple[set[int], set[int]]:
        kept, owed = set(), set()
        for row in self.rows("reviews"):
            if row["rep_id"] not in people:
                continue
            if row["manager_id"] != self.tables["people"][row["rep_id"]]["reports_to_id"]:
                continue
            if not self.begin <= row["scheduled_for"] < self.end:
                continue
            if row["closed_at"] is None and row["excused_at"] is not None:
                continue
            in_time = row["not_held_at"] is None
            held = row["closed_at"] is not None and row["closed_at"] < self.end
            if held and in_time:
                kept.add(row["id"])
                owed.add(row["id"])
            elif not in_time and row["due_by"] < self.last:
                owed.add(row["id"])
        return kept, owed

    # How long it took.

    def times(self, people: set[int]) -> dict[str, dict[int, timedelta]]:
        """By figure and id of the row."""
        plans, help_ = {}, {}
        for plan in self.owed_plans(people):
            known = [at for at in self.answers(plan) if at < self.end]
            if known:
                plans[plan["id"]] = known[0] - plan["filed_at"]
        for row in self.asked(people):
            answered = row["answered_at"]
            if row["state"] in ("done", "declined") and answered < self.end:
                help_[row["id"]] = answered - row["asked_at"]
        return {"time_to_inspect": plans, "help_turnaround": help_}

    # Touches.

    def touches(self, people: set[int]) -> list[Touch]:
        """All that are known by the end, ever."""
        dated = (*self._answered(), *self._met(), *self._helped())
        found = [
            Touch(kind, rep, at.astimezone(self.zone).date(), at >= self.begin)
            for kind, rep, at, known in dated
            if rep in people and at < self.end and known < self.end
        ]
        for row in self.rows("steps"):
            rep = self.tables["focuses"][row["focus_id"]]["rep_id"]
            if rep in people and row["at"] < self.end and row["on"] <= self.last:
                found.append(Touch("focus", rep, row["on"], row["on"] >= self.first))
        return found

    # Each: kind, rep, when, and from when on that is known.

    def _answered(self) -> Iterator[Dated]:
        for row in self.rows("inspections"):
            call = self.tables["calls"][self.tables["plans"][row["plan_id"]]["call_id"]]
            yield "inspection", call["owner_id"], row["at"], row["at"]
        for row in self.rows("debrief_reviews"):
            debrief = self.tables["debriefs"][row["debrief_id"]]
            yield "debrief", debrief["rep_id"], row["at"], row["at"]

    def _met(self) -> Iterator[Dated]:
        for row in self.rows("rides"):
            if row["state"] == "held":
                yield "ride_along", row["rep_id"], row["starts_at"], row["held_at"]
        for row in self.rows("reviews"):
            if row["closed_at"]:
                yield "review", row["rep_id"], row["started_at"], row["closed_at"]

    def _helped(self) -> Iterator[Dated]:
        for row in self.rows("help"):
            rep = self.tables["deals"][row["opportunity_id"]]["owner_id"]
            if row["state"] == "done" and row["answered_by_id"] != rep:
                yield "help", rep, row["answered_at"], row["answered_at"]

    def latest(self, people: set[int]) -> dict[tuple[int, str], tuple[int, date]]:
        """By person and kind: how many count, and the day of the last."""
        found: dict[tuple[int, str], tuple[int, date]] = {}
        for touch in self.touches(people):
            n, day = found.get((touch.rep, touch.kind), (0, touch.on))
            found[touch.rep, touch.kind] = (n + touch.counts, max(day, touch.on))
        return found

    # The spread.

    def thirds(self, people: set[int]) -> tuple[list[tuple[int, int]], tuple[int, int]]:
        """Of top, middle and bottom, and of those without a score: people and touches."""
        scores: dict[int, list[int]] = {}
        for row in self.rows("debrief_reviews"):
            rep = self.tables["debriefs"][row["debrief_id"]]["rep_id"]
            if rep in people and self.begin <= row["at"] < self.end:
                scores.setdefault(rep, []).append(row["score"])
        touches = dict.fromkeys(people, 0)
        for touch in self.touches(people):
            touches[touch.rep] += touch.counts
        ranked = sorted(scores, key=lambda pk: (-Fraction(sum(scores[pk]), len(scores[pk])), pk))
        n = len(ranked)
        cuts = [0, -(-n // 3), -(-2 * n // 3), n]  # the upper thirds are the larger ones
        parts = [ranked[a:b] for a, b in pairwise(cuts)] if n > 2 else []
        others = [pk for pk in people if pk not in scores]
        counted = [(len(part), sum(touches[pk] for pk in part)) for part in (*parts, others)]
        return counted[:-1], counted[-1]


def median(times: Iterable[timedelta]) -> timedelta | None:
    """The middle one, or half way between the two in the middle."""
    found = sorted(times)
    if not found:
        return None
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    return (found[middle - 1] + found[middle]) / 2


def half_a_year_after(day: date) -> date:
    """Six months on, the last day of that month where it is shorter."""
    year, month = (day.year + 1, day.month - 6) if day.month > 6 else (day.year, day.month + 6)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
