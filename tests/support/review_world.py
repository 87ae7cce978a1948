"""Draws what happened before a 1-on-1, at all edges of its calendar; see `review_by_hand.py`."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.review_by_hand import (
    DAY,
    REP,
    Call,
    Deal,
    Event,
    State,
    World,
    first_state,
)

ZONES = [
    "UTC",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "Europe/Berlin",
    "Pacific/Pago_Pago",
    "Asia/Kolkata",
]
EDGES = [
    date(2024, 2, 29),
    date(2025, 2, 28),
    date(2024, 3, 30),
    date(2024, 3, 31),
    date(2025, 12, 31),
    date(2026, 1, 1),
    date(2026, 1, 31),
    date(2026, 3, 1),
    date(2026, 4, 1),
    date(2026, 6, 30),
    date(2026, 7, 1),
    date(2026, 10, 25),  # clocks go back in Berlin
]
TIMES = [time(0), time(0, 1), time(9, 30), time(12), time(23, 59, 59, 999_000)]
STAGES = 4
AMOUNTS = [None, Decimal(0), Decimal("10.00"), Decimal("33333.33"), Decimal(48_000)]
GOALS = [None, Decimal(300_000), Decimal("100000.01"), Decimal("0.01"), Decimal(77_777)]
PEERS = "abcd"  # report to the rep's manager, when they are active
STRANGER = "o"


class Draw:
    """Its chances are such that every limit is met, missed by a second or a day, and passed."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def one(self, *choices: Any) -> Any:
        return self.chance.choice(choices)

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def world(self, deals: int) -> World:
        zone = ZoneInfo(self.one(*ZONES))
        day = self.one(*EDGES) if self.often(0.7) else date(2023, 1, 1) + self.days(0, 1400)
        now = datetime.combine(day, self.one(*TIMES), zone).astimezone(ZoneInfo("UTC"))
        edge = [day.month, day.month % 12 + 1, (day.month + 2) % 12 + 1]
        world = World(
            zone=zone,
            now=now,
            previous=self.previous(now) if self.often(0.5) else None,
            fiscal_start=self.one(*edge) if self.often(0.6) else self.chance.randint(1, 12),
            holidays={day + self.days(-200, 10) for _ in range(self.chance.randint(0, 25))},
            currency=self.one("EUR", "USD"),
            goal=self.one(*GOALS),
            goal_of="",
            away=set(),
            team=set(self.chance.sample(PEERS, self.chance.randint(0, 3))),
            deals=[],
            calls=[],
            asked=[],
        )
        world.deals = [self.deal(world, f"Deal {n:02d}") for n in range(deals)]
        world.calls = [self.call(world) for _ in range(self.chance.randint(0, 5))]
        for _ in range(self.chance.randint(0, 3)):
            state = self.one("asked", "accepted", "done", "declined", "withdrawn")
            world.asked.append((self.past(world), state))
        world.goal_of, world.away = self.one("rep", "team", "all"), self.away(day)
        return world

    def away(self, day: date) -> set[date]:
        """Some days in a row, often about today."""
        first, count = day + self.days(-150, 10), self.chance.choice([0, 0, 1, 8, 30])
        return {first + n * DAY for n in range(count)}

    def days(self, low: int, high: int) -> timedelta:
        return self.chance.randint(low, high) * DAY

    def previous(self, now: datetime) -> datetime:
        back = self.one(timedelta(hours=3), 1 * DAY, 28 * DAY, 31 * DAY, self.days(2, 70))
        at: datetime = now - back - self.one(timedelta(), timedelta(hours=7, minutes=11))
        return at

    def past(self, world: World) -> datetime:
        """A moment until now: often about the one compared with."""
        second = timedelta(seconds=1)
        near = [world.since - second, world.since, world.since + second, world.now]
        if self.often(0.3):
            at: datetime = min(self.one(*near), world.now)
            return at
        back = self.one(5, 40, 40, 80, 400) * 1440
        return world.now - timedelta(minutes=self.chance.randint(0, back))

    def near_day(self, world: World) -> date:
        """A date about today, about thirty days on, or about the day compared with."""
        since = world.day_of(world.since)
        about = self.one(world.day, world.day + 30 * DAY, since, world.day + self.days(-60, 90))
        day: date = about + self.days(-1, 1)
        return day

    def deal(self, world: World, name: str) -> Deal:
        opened = None if self.often(0.2) else self.past(world)
        if opened and self.often(0.5):
            opened -= self.days(70, 300)
        deal = Deal(
            name=name,
            account=self.one("", "Acme"),
            owner=self.owner(),
            opened=opened,
            since=None if opened or self.often(0.5) else world.day - self.days(300, 500),
            stage=self.chance.randrange(STAGES),
            amount=self.one(*AMOUNTS),
            currency=self.one("EUR", "USD"),
            close=self.near_day(world) if self.often(0.85) else None,
        )
        self.happen(world, deal)
        deal.acts = [self.act(world) for _ in range(self.chance.randint(0, 5))]
        return deal

    def owner(self) -> str:
        owner: str = self.one(REP, REP, REP, REP, *PEERS[:3], STRANGER)
        return owner

    def act(self, world: World) -> tuple[date, str, str]:
        on = world.day - self.one(self.days(12, 15), self.days(-2, 1), self.days(0, 40))
        return on, f"Signed {self.chance.randint(1, 999)}", self.one("", "Carla Buyer")

    def happen(self, world: World, deal: Deal) -> None:
        """Events in order; each is possible in the state the ones before it left."""
        first = deal.opened or world.now - 500 * DAY
        at = sorted(max(self.past(world), first) for _ in range(self.chance.randint(0, 7)))
        state = first_state(deal, world)
        for moment in at:
            event = self.event(world, state, moment)
            if event:
                deal.events.append(event)
                state = state.after(event, world)
        if self.often(0.15) and state.status == "open" and deal.opened:
            event = self.later_event(world, state)
            deal.events.append(event)

    def later_event(self, world: World, state: State) -> Event:
        """Written down already, and yet to come when the review begins."""
        at = world.now + self.days(2, 9)
        kind = self.one("stage", "close", "won", "lost")
        if kind in ("won", "lost"):
            return Event(at, kind, on=world.day_of(at))
        return Event(at, kind, self.another(kind, world, state))

    def event(self, world: World, state: State, at: datetime) -> Event | None:
        if state.status != "open":
            kind = self.one("open", "amount", "none", "owner")
        else:
            kind = self.one(
                *["stage"] * 3,
                *["close"] * 3,
                *["won"] * 2,
                *("amount", "step", "step", "lost", "owner"),
            )
        if kind == "none":
            return None
        if kind in ("won", "lost", "open"):
            back = self.one(0, 0, 0, 1, 5, 45, 90) * DAY
            return Event(at, kind, on=world.day_of(at) - back)
        value = self.another(kind, world, state)
        return None if self.is_as_before(kind, value, state) else Event(at, kind, value)

    def another(self, kind: str, world: World, state: State) -> Any:
        if kind == "stage":
            return (state.stage + self.chance.randint(1, STAGES - 1)) % STAGES
        if kind == "close":
            return self.near_day(world) if self.often(0.85) else None
        if kind == "amount":
            # What a deal was worth in another currency long ago is not written down.
            other = world.previous and self.often(0.2)
            currency = self.one("EUR", "USD") if other else state.currency
            return self.one(*AMOUNTS), currency
        if kind == "step":
            return self.one(("", None), (f"Call {self.chance.randint(1, 9)}", self.near_day(world)))
        return self.owner()

    @staticmethod
    def is_as_before(kind: str, value: Any, state: State) -> bool:
        return bool(
            value
            == {
                "stage": state.stage,
                "close": state.close,
                "amount": (state.amount, state.currency),
                "step": (state.step, state.step_on),
                "owner": state.owner,
            }[kind]
        )

    def call(self, world: World) -> Call:
        at = self.past(world) + timedelta(seconds=7)  # at no edge
        status = self.one("planned", "held", "held", "held", "missed", "cancelled")
        late = self.one(timedelta(), timedelta(hours=23), timedelta(hours=24, seconds=1))
        filed = at + timedelta(minutes=30) + late if status == "held" and self.often(0.8) else None
        score = self.chance.randint(1, 10) if self.often(0.8) else None
        given = self.chance.randint(1, 10) if filed and self.often(0.6) else None
        return Call(self.one(REP, REP, "a"), at, status, self.often(0.5), filed, score, given)
