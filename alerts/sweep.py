"""Finds what begins and what is over, for one kind at a time; may run twice or at once.

Whether something has an open episode is the database's word (`one_open_episode`): who comes second
finds it there. What a person settled or snoozed keeps its episode until the condition ends.
"""

from collections.abc import Callable, Collection
from datetime import datetime

from alerts.kinds import KINDS, Kind, Swept
from alerts.models import AlertRule, Sweep


def sweep(kind: Kind, now: datetime, only: Collection[int] | None = None) -> Swept:
    """Close what is over and open what has begun; of these subjects only, if given."""
    return kind.sweep(AlertRule.of(kind), now, only)


def take_turn(name: str, clock: Callable[[], datetime]) -> Swept | None:
    """Sweep a kind if it is its turn; None when it is not."""
    turn = Sweep.take(name, now := clock())
    if turn is None:
        return None
    swept = sweep(KINDS[name], now)
    turn.end(clock(), opened=swept.opened, closed=swept.closed)
    return swept
