"""Which event started the clock of a stall reason. Found among a deal's timeline, without asking.

`started_by(reason, entries, zone)` serves page and API alike; `entries` are those of
`pipeline.timeline.timeline`, newest first.
"""

from collections.abc import Callable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from lib.calendar import local_date
from pipeline.history import Entry
from pipeline.stall_reason import StallReason


def started_by(reason: StallReason, entries: Sequence[Entry], zone: ZoneInfo) -> Entry | None:
    """The event since which the clock runs; None when it is not among the entries.

    That is so for a call that one may not see, and for deals that came from another system without
    their past. `zone` is the organisation's: clocks are read on its calendar.
    """
    for is_start, on_its_day in STARTS[reason.name]:
        day = reason.clock if on_its_day else None
        found = (entry for entry in entries if is_start(entry) and _is_on(entry, day, zone))
        start = next(found, None)
        if start is not None:
            return start
    return None


def _is_on(entry: Entry, day: date | None, zone: ZoneInfo) -> bool:
    return day is None or day == (local_date(entry.at, zone) if entry.at else entry.on)


Test = Callable[[Entry], bool]


def _opened(entry: Entry) -> bool:
    return entry.mark == "opened"


def _entered(entry: Entry) -> bool:
    return entry.kind == "stage"


def _step(entry: Entry) -> bool:
    return entry.kind == "next_step"


def _close_date(entry: Entry) -> bool:
    return entry.kind == "close_date"


def _pushed(entry: Entry) -> bool:
    return entry.mark == "pushed"


def _went_back(entry: Entry) -> bool:
    return entry.mark == "back"


def _bought(entry: Entry) -> bool:
    return entry.kind == "buyer_action"


def _active(entry: Entry) -> bool:
    return entry.mark == "held" or entry.kind in ("proposal", "buyer_action")


# For each reason the kinds of event that may have started it, and whether on the clock's own day.
# A step is due and a close date expected on a day on which nothing need have happened.
STARTS: dict[str, list[tuple[Test, bool]]] = {
    "stage_age": [(_entered, True)],
    "silent": [(_active, True), (_opened, True)],
    "buyer_silent": [(_bought, True), (_opened, True)],
    "no_next_step": [(_step, True), (_opened, True)],
    "overdue_step": [(_step, False), (_opened, False)],
    "pushed": [(_pushed, True)],
    "past_close": [(_close_date, False), (_opened, False)],
    "went_backwards": [(_went_back, True)],
    "single_threaded": [(_opened, False)],
}
