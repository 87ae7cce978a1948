"""Which alerts are open at a moment, and what each says, counted from plain rows.

A second opinion on the kinds of alerts: it knows the words of product.md and the rows of the
tables as dictionaries, and nothing of how the program finds out.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Row = dict[str, Any]
Key = tuple[str, int, str]  # kind, subject, rule
QUIETED = {"stage_age", "silent", "buyer_silent", "no_next_step", "overdue_step"}


@dataclass(frozen=True)
class Figures:
    """What one alert says; money with its currency, "" for none."""

    about: int
    value: Decimal
    limit: Decimal
    unit: str
    severity: str
    clock_on: date | None = None
    clock_at: datetime | None = None
    money: Decimal | None = None
    currency: str = ""


class ByHand:
    """Everything at one moment. `rows` are the tables, each a list of its rows."""

    def __init__(self, rows: dict[str, list[Row]], now: datetime) -> None:
        self.rows, self.now = rows, now
        self.organisation = rows["organisation"][0]
        self.zone = ZoneInfo(self.organisation["time_zone"])
        self.today = self.day_of(now)
        self.holidays = {row["day"] for row in rows["holiday"]}
        self.users = {row["id"]: row for row in rows["user"]}
        self.deals = {row["id"]: row for row in rows["opportunity"]}
        self.calls = {row["id"]: row for row in rows["call"]}
        self.orders = {row["id"]: row["order"] for row in rows["stage"]}
        self.settings = {row["kind"]: row for row in rows["rule"]}

    def open_alerts(self) -> dict[Key, Figures]:
        kinds = {
            "stalled_deal": self._stalled,
            "plan_waiting": self._plans,
            "call_unplanned": self._unplanned,
            "debrief_overdue": self._debriefs,
            "help_unanswered": self._help,
            "missed_precursor": self._precursors,
            "review_due": self._reviews_late,
            "review_not_held": self._reviews_not_held,
            "agreement_overdue": self._agreements,
            "ride_along_due": self._ride_alongs,
        }
        return {
            (kind, subject, rule): figures
            for kind, found in kinds.items()
            if self.settings[kind]["is_on"]
            for subject, rule, figures in found()
        }

    # The calendar.

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def working_days(self, after: date, until: date) -> int:
        days = (after + n * DAY for n in range(1, (until - after).days + 1))
        return sum(day.weekday() < 5 and day not in self.holidays for day in days)

    def days_since(self, day: date) -> int:
        return (self.today - day).days

    def of(self, table: str, deal: int) -> list[Row]:
        return [row for row in self.rows[table] if row["opportunity_id"] == deal]

    def _works(self, person: int) -> bool:
        return bool(self.users[person]["is_active"])

    def _is_large(self, kind: str, deal: Row) -> bool:
        least = self.settings[kind]["minimum_money"]
        if not least:
            return True
        other = deal["currency"] != self.organisation["currency"]
        return deal["amount"] is not None and (other or deal["amount"] >= least)

    # Stalled deals: product.md, section 5.

    def _stalled(self) -> Iterator[tuple[int, str, Figures]]:
        rules = self.rows["stall_rules"][0]
        for pk, deal in self.deals.items():
            if deal["status"] != "open" or not self._is_large("stalled_deal", deal):
                continue
            holds = [hold for hold in self.of("hold", pk) if hold["ended_at"] is None]
            held = any(hold["resume_on"] > self.today for hold in holds)
            for name in REASONS:
                if not rules[name] or (held and name in QUIETED):
                    continue
                found = getattr(self, f"_{name}")(deal, rules)
                if found is not None:
                    value, limit, unit, clock, severity = found
                    figures = Figures(
                        deal["owner_id"], Decimal(value), Decimal(limit), unit, severity, clock
                    )
                    yield pk, name, self._with_money(figures, deal)

    def _with_money(self, figures: Figures, deal: Row) -> Figures:
        if deal["amount"] is None:
            return figures
        return replace(figures, money=deal["amount"], currency=deal["currency"])

    def _past_close(self, deal: Row, rules: Row) -> Any:
        on = deal["close_date"]
        return (self.days_since(on), 0, "days", on, "risk") if on and on < self.today else None

    def _overdue_step(self, deal: Row, rules: Row) -> Any:
        on = deal["next_step_on"] if deal["next_step"] else None
        return (self.days_since(on), 0, "days", on, "warn") if on and on < self.today else None

    def _no_next_step(self, deal: Row, rules: Row) -> Any:
        if deal["next_step"]:
            return None
        said = [self.day_of(row["at"]) for row in self.of("next_step_change", deal["id"])]
        return 0, 1, "next steps", max(said, default=deal["opened_on"]), "warn"

    def _activities(self, deal: Row) -> list[date]:
        calls = [row for row in self.of("call", deal["id"]) if row["status"] == "held"]
        return [
            *(self.day_of(row["starts_at"]) for row in calls),
            *(row["on"] for row in self.of("buyer_action", deal["id"])),
            *(row["sent_on"] for row in self.of("proposal", deal["id"])),
        ]

    def _patience(self, deal: Row, rules: Row) -> int:
        soon = self.today + rules["closing_days"] * DAY
        is_near = deal["close_date"] is not None and deal["close_date"] <= soon
        days: int = rules["silent_days_closing" if is_near else "silent_days"]
        return days

    def _silent(self, deal: Row, rules: Row) -> Any:
        clock = max(self._activities(deal), default=deal["opened_on"])
        limit = self._patience(deal, rules)
        if clock is None or self.days_since(clock) < limit:
            return None
        return self.days_since(clock), limit, "days", clock, "risk"

    def _buyer_silent(self, deal: Row, rules: Row) -> Any:
        active = max(self._activities(deal), default=None)
        if active is None or self.days_since(active) >= self._patience(deal, rules):
            return None
        acted = [row["on"] for row in self.of("buyer_action", deal["id"])]
        clock, limit = max(acted, default=deal["opened_on"]), rules["buyer_silent_days"]
        if clock is None or self.days_since(clock) < limit:
            return None
        return self.days_since(clock), limit, "days", clock, "warn"

    def _pushed(self, deal: Row, rules: Row) -> Any:
        later = [
            self.day_of(row["at"])
            for row in self.of("close_date_change", deal["id"])
            if row["from_date"] and row["to_date"] and row["from_date"] < row["to_date"]
        ]
        if len(later) < rules["pushes_warning"]:
            return None
        is_critical = len(later) >= rules["pushes_critical"]
        limit = rules["pushes_critical" if is_critical else "pushes_warning"]
        return len(later), limit, "pushes", max(later), "risk" if is_critical else "warn"

    def _single_threaded(self, deal: Row, rules: Row) -> Any:
        pk, held = deal["id"], {row["id"] for row in self.calls.values() if row["status"] == "held"}
        people = {row["contact_id"] for row in self.of("buying_role", pk)}
        people |= {row["contact_id"] for row in self.of("buyer_action", pk)} - {None}
        own = held & {row["id"] for row in self.of("call", pk)}
        people |= {row["contact_id"] for row in self.rows["attendee"] if row["call_id"] in own}
        if deal["amount"] is None or len(people) >= rules["people_needed"]:
            return None
        usual = median(
            other["amount"]
            for other in self.deals.values()
            if other["status"] == "open"
            and other["amount"] is not None
            and self._group(other) == self._group(deal)
        )
        if deal["amount"] <= usual:
            return None
        return len(people), rules["people_needed"], "people", deal["opened_on"], "warn"

    def _group(self, deal: Row) -> tuple[int | None, str]:
        return self.users[deal["owner_id"]]["team_id"], deal["currency"]

    def _moves(self, deal: Row) -> list[Row]:
        return sorted(self.of("stage_change", deal["id"]), key=lambda row: (row["at"], row["id"]))

    def _went_backwards(self, deal: Row, rules: Row) -> Any:
        moves, since = self._moves(deal), self.today - rules["backwards_days"] * DAY
        reviewed = deal["reviewed_at"]
        before = [
            row["to_stage_id"]
            for row in moves
            if (row["at"] < reviewed if reviewed else self.day_of(row["at"]) < since)
        ]
        then = before[-1] if before else moves[0]["to_stage_id"]
        steps = self.orders[then] - self.orders[deal["stage_id"]]
        back = [
            self.day_of(row["at"])
            for row in moves
            if row["from_stage_id"]
            and self.orders[row["to_stage_id"]] < self.orders[row["from_stage_id"]]
        ]
        return (steps, 0, "stages", max(back), "warn") if steps > 0 else None

    def _stage_age(self, deal: Row, rules: Row) -> Any:
        since = self.day_of(self._moves(deal)[-1]["at"])
        days, stage = self.working_days(since, self.today), deal["stage_id"]
        limits = [Decimal(row["patience"]) for row in self.rows["stage"] if row["id"] == stage]
        stays = self._stays(stage)
        if len(stays) >= rules["median_won"]:
            limits.append(rules["median_factor"] * median(map(Decimal, stays)))
        if days <= min(limits):
            return None
        return days, min(limits), "working days", since, "risk"

    def _stays(self, stage: int) -> list[int]:
        """How long deals won before today were in it."""
        found = []
        for deal in self.deals.values():
            if deal["status"] != "won" or deal["closed_on"] >= self.today:
                continue
            entries = [(self.day_of(row["at"]), row["to_stage_id"]) for row in self._moves(deal)]
            days: dict[int, int] = defaultdict(int)
            for (came, where), (left, _) in pairwise([*entries, (date.max, 0)]):
                days[where] += self.working_days(came, min(left, deal["closed_on"]))
            if stage in days:
                found.append(days[stage])
        return found

    # Calls and help: section 4.

    def _hours(self, span: timedelta) -> Decimal:
        return Decimal(span // HOUR)

    def _comes_soon(self, kind: str, call: Row) -> bool:
        days = self.settings[kind]["days"]
        soon: bool = self.now < call["starts_at"] <= self.now + days * DAY
        return soon and self._works(call["owner_id"])

    def _before(self, kind: str, call: Row, clock: datetime) -> Figures:
        away = self._hours(call["starts_at"] - self.now)
        limit = Decimal(24 * self.settings[kind]["days"])
        return Figures(call["owner_id"], away, limit, "hours", "warn", clock_at=clock)

    def _plans(self) -> Iterator[tuple[int, str, Figures]]:
        for plan in self.rows["plan"]:
            call = self.calls[plan["call_id"]]
            waits = plan["state"] == "filed" and plan["to_inspect"]
            if waits and call["status"] != "cancelled" and self._comes_soon("plan_waiting", call):
                yield plan["id"], "", self._before("plan_waiting", call, plan["submitted_at"])

    def _unplanned(self) -> Iterator[tuple[int, str, Figures]]:
        filed = {plan["call_id"] for plan in self.rows["plan"] if plan["filed_at"]}
        for pk, call in self.calls.items():
            is_to_come = call["status"] == "planned" and pk not in filed
            if is_to_come and self._comes_soon("call_unplanned", call):
                yield pk, "", self._before("call_unplanned", call, call["starts_at"])

    def _debriefs(self) -> Iterator[tuple[int, str, Figures]]:
        filed = {row["call_id"] for row in self.rows["debrief"] if row["filed_at"]}
        for pk, call in self.calls.items():
            over = self.now - call["ends_at"]
            took_place = call["status"] in ("planned", "held") and pk not in filed
            known = self.now - call["starts_at"] < 90 * DAY and self._works(call["owner_id"])
            if took_place and known and over >= 24 * HOUR:
                yield (
                    pk,
                    "",
                    Figures(
                        call["owner_id"],
                        self._hours(over),
                        Decimal(24),
                        "hours",
                        "risk",
                        clock_at=call["ends_at"],
                    ),
                )

    def _help(self) -> Iterator[tuple[int, str, Figures]]:
        days = self.settings["help_unanswered"]["days"]
        for row in self.rows["help_request"]:
            deal, asked_on = self.deals[row["opportunity_id"]], self.day_of(row["asked_at"])
            if deal["status"] != "open" or not self._is_large("help_unanswered", deal):
                continue
            late = self.days_since(row["wanted_on"])
            if row["state"] in ("asked", "accepted") and late > 0:
                said = Decimal(late), Decimal(0), "days", "risk", row["wanted_on"]
                yield row["id"], "late", self._with_money(Figures(row["asked_of_id"], *said), deal)
            elif row["state"] == "asked" and self.days_since(asked_on) >= days and late <= 0:
                waited = Decimal(self.days_since(asked_on))
                figures = Figures(
                    row["asked_of_id"], waited, Decimal(days), "days", "warn", asked_on
                )
                figures = replace(figures, clock_at=row["asked_at"])
                yield row["id"], "unanswered", self._with_money(figures, deal)

    # Metrics: section 7.

    def _precursors(self) -> Iterator[tuple[int, str, Figures]]:
        chain = [row for row in self.rows["metric"] if row["retired_on"] is None]
        precursors = [row for row in chain if row["role"] == "precursor"]
        places = {row["id"]: (row["place"], row["id"]) for row in precursors}
        last: dict[tuple[int, int], Row] = {}
        for row in sorted(self.rows["checkpoint"], key=lambda row: row["day"]):
            if row["team_id"] is None and row["metric_id"] in places:
                last[row["person_id"], row["metric_id"]] = row
        missed: dict[int, list[Row]] = defaultdict(list)
        for (person, _), row in last.items():
            is_fresh = self.days_since(row["day"]) <= 45
            if row["state"] == "missed" and is_fresh and self._works(person):
                missed[person].append(row)
        for person, rows in missed.items():
            row = min(rows, key=lambda row: places[row["metric_id"]])
            figures = Figures(
                person,
                row["value"],
                row["due"],
                "",
                "risk" if row["streak"] > 1 else "warn",
                row["first_day"],
                money=row["effect"],
                currency=self.organisation["currency"] if row["effect"] is not None else "",
            )
            yield person, str(row["metric_id"]), figures

    # 1-on-1s: section 6.

    def _to_hold(self) -> Iterator[Row]:
        closed = [row for row in self.rows["review"] if row["closed_at"]]
        for row in self.rows["review"]:
            pair = row["manager_id"], row["rep_id"]
            overtaken = any(
                (other["manager_id"], other["rep_id"]) == pair
                and other["scheduled_for"] > row["scheduled_for"]
                for other in closed
            )
            reports = self.users[row["rep_id"]]["reports_to_id"] == row["manager_id"]
            if row["started_at"] or row["excused_at"] or overtaken or not reports:
                continue
            if all(map(self._works, pair)):
                yield row

    def _reviews_late(self) -> Iterator[tuple[int, str, Figures]]:
        days = self.settings["review_due"]["days"]
        for row in self._to_hold():
            shown = row["scheduled_for"].astimezone(self.zone)
            late = datetime.combine(shown.date() + days * DAY, shown.time(), self.zone)
            if row["not_held_at"] is None and late <= self.now:
                ago = Decimal(self.days_since(shown.date()))
                figures = Figures(row["manager_id"], ago, Decimal(days), "days", "warn")
                clock = {"clock_on": shown.date(), "clock_at": row["scheduled_for"]}
                yield row["id"], "", replace(figures, **clock)

    def _reviews_not_held(self) -> Iterator[tuple[int, str, Figures]]:
        for row in self._to_hold():
            if row["not_held_at"]:
                ago = Decimal(self.days_since(row["due_by"]))
                said = ago, Decimal(0), "days", "risk", row["due_by"]
                yield row["id"], "", Figures(row["manager_id"], *said)

    def _agreements(self) -> Iterator[tuple[int, str, Figures]]:
        days = self.settings["agreement_overdue"]["days"]
        for row in self.rows["agreement"]:
            is_open = row["done_at"] is None and row["dropped_at"] is None
            ago = self.days_since(row["due_on"])
            if is_open and ago > days and self._works(row["owner_id"]):
                said = Decimal(ago), Decimal(days), "days", "warn", row["due_on"]
                yield row["id"], "", Figures(row["owner_id"], *said)

    # Ride-alongs: section 8, "reps without a ride-along for six months", and 9, two a year.

    def _ride_alongs(self) -> Iterator[tuple[int, str, Figures]]:
        days = self.settings["ride_along_due"]["days"]
        leading = {row["reports_to_id"] for row in self.users.values()}
        for pk, user in self.users.items():
            if not self._works(pk) or pk in leading or user["reports_to_id"] is None:
                continue
            own = [row for row in self.rows["ride_along"] if row["rep_id"] == pk]
            held = [row["starts_at"] for row in own if row["state"] == "held"]
            last = max(held, default=None)
            called = [row["starts_at"] for row in self.rows["call"] if row["owner_id"] == pk]
            at = last or (min(called, default=None) if user["joined_on"] is None else None)
            clock = self.day_of(at) if at else user["joined_on"]
            if clock is not None and self.days_since(clock) >= days:
                ago = Decimal(self.days_since(clock))
                figures = Figures(pk, ago, Decimal(days), "days", "warn", clock)
                yield pk, "", replace(figures, clock_at=at)


REASONS = [
    "past_close",
    "stage_age",
    "silent",
    "pushed",
    "overdue_step",
    "no_next_step",
    "buyer_silent",
    "went_backwards",
    "single_threaded",
]
