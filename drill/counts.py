"""What should have arrived beside what did: rows of the database, logs of the receivers."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from django.db.models import Count

from alerts.models import Alert, Notification
from alerts.sending import OUTBOXES
from drill.world import KIND, OPENED, VERB, World

EPISODE = re.compile(r"<alert-(\d+)@")
LINK = re.compile(r"/alerts/(\d+)/")


@dataclass
class Tally:
    """One channel. `again` came more than once under the same id; `otherwise` under another."""

    name: str
    expected: int
    arrived: int = 0
    lost: int = 0
    again: int = 0
    otherwise: int = 0
    unasked: int = 0
    again_is_wrong: bool = False

    @classmethod
    def of(
        cls,
        name: str,
        expected: Iterable[Hashable],
        came: Iterable[tuple[Hashable, str]],
        *,
        again_is_wrong: bool = False,
    ) -> "Tally":
        """`came` is what arrived, in keys like the expected ones, each with the id it bore."""
        wanted, ids = set(expected), defaultdict(list)
        for key, uid in came:
            ids[key].append(uid)
        return cls(
            name,
            len(wanted),
            len(wanted & ids.keys()),
            len(wanted - ids.keys()),
            sum(len(each) - len(set(each)) for each in ids.values()),
            sum(len(set(each)) - 1 for each in ids.values()),
            len(ids.keys() - wanted),
            again_is_wrong,
        )

    @property
    def is_right(self) -> bool:
        wrong = self.lost + self.otherwise + self.unasked
        return not (wrong + self.again if self.again_is_wrong else wrong)


@dataclass
class Counted:
    """Everything at the end; `untrue` are webhooks whose signature does not hold."""

    tallies: list[Tally]
    gave_up: int
    untrue: int
    waits: list[float] = field(default_factory=list)  # seconds from the deed to the inbox

    @property
    def is_right(self) -> bool:
        return all(each.is_right for each in self.tallies) and not self.gave_up + self.untrue

    @property
    def said(self) -> str:
        if not self.waits:
            return "nothing"
        return f"half within {median(self.waits):.1f} s, all within {max(self.waits):.1f} s"


def counted(world: World, folder: Path, done: dict[int, datetime]) -> Counted:
    """`done` says when each deal was made to stall."""
    alerts = dict(Alert.objects.filter(kind=KIND).values_list("pk", "subject_id"))
    hooks = _lines(folder / "hooks.log")
    told = Notification.objects.filter(alert__kind=KIND)
    rows = list(told.values_list("person", "alert__subject_id", "alert", "app_at"))
    in_app = [((person, deal), str(alert)) for person, deal, alert, _ in rows]
    hearing = [(person, deal) for deal in world.deals for person in world.hearing(deal)]
    people = {email: pk for pk, email in world.emails.items()}
    mails = [
        ((people.get(line["to"]), alerts.get(_number(EPISODE, line["about"]))), line["id"])
        for line in _lines(folder / "mails.log")
    ]
    opened = Counter(alerts.values())
    tallies = [
        Tally("Alerts", len(world.deals), len(opened.keys() & world.deals.keys())),
        Tally.of("In the app", hearing, in_app, again_is_wrong=True),
        Tally.of("Mails", hearing, mails),
        *_programs(world, hooks),
        _chats(world, hooks, alerts),
    ]
    tallies[0].lost = tallies[0].expected - tallies[0].arrived
    tallies[0].otherwise = sum(opened.values()) - len(opened)
    waits = [(at - done[deal]).total_seconds() for _, deal, _, at in rows if deal in done]
    gave_up = sum(
        box._default_manager.exclude(gave_up_at=None).count() for box in OUTBOXES.values()
    )
    return Counted(tallies, gave_up, sum(not line["is_true"] for line in hooks), waits)


def _programs(world: World, hooks: list[dict[str, Any]]) -> Iterable[Tally]:
    signed = [each for each in world.endpoints if each.is_signed]
    wanted = [(each.path, deal) for each in signed for deal in world.told(each)]
    for name, event, where in (
        ("Webhooks: what happened", VERB, ("subject", "id")),
        ("Webhooks: alerts", OPENED, ("subject_id",)),
    ):
        came = [
            ((line["endpoint"], _at(line["said"]["data"], where)), line["id"])
            for line in hooks
            if line["said"].get("type") == event
        ]
        yield Tally.of(name, wanted, came)


def _chats(world: World, hooks: list[dict[str, Any]], alerts: dict[int, int]) -> Tally:
    """A chat is given no id: what it shows twice says the same, word by word."""
    chats = {each.path for each in world.endpoints if not each.is_signed}
    wanted = [(e.path, deal) for e in world.endpoints if not e.is_signed for deal in world.told(e)]
    came = [
        ((line["endpoint"], alerts.get(_number(LINK, line["said"]["text"]))), line["said"]["text"])
        for line in hooks
        if line["endpoint"] in chats
    ]
    return Tally.of("Chats", wanted, came)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text or "")
    return int(found[1]) if found else 0


def _at(data: Any, path: Iterable[str]) -> Any:
    for name in path:
        data = data[name]
    return data


# While it lasts.


def missing(world: World, deals: Iterable[int]) -> int:
    """How many inbox entries of these deals are not there yet."""
    deals = list(deals)
    rows = Notification.objects.filter(alert__kind=KIND, alert__subject_id__in=deals)
    there = set(rows.values_list("person", "alert__subject_id"))
    return sum((person, deal) not in there for deal in deals for person in world.hearing(deal))


def waiting() -> dict[str, int]:
    """By outbox, how much is neither sent nor given up."""
    return {name: _all(box).waiting().count() for name, box in OUTBOXES.items()}


def untried(made_by: datetime) -> int:
    """How much that was made by then has never been tried."""
    return sum(
        _all(box).waiting().filter(attempts=0, made_at__lte=made_by).count()
        for box in OUTBOXES.values()
    )


def attempts() -> dict[str, int]:
    """By outbox, how many rows took how many attempts at most."""
    found = {}
    for name, box in OUTBOXES.items():
        rows = box._default_manager.order_by().values("attempts").annotate(n=Count("pk"))
        found[name] = max((row["attempts"] for row in rows), default=0)
    return found


def _all(box: Any) -> Any:
    return box._default_manager.all()
