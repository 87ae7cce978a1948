"""Whether all of Touchline works, for whoever watches it: `/healthz?deep=1`.

Without a name and without a secret: everybody may ask. What is late or down makes it 503.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import db

from alerts import health
from lib import doorbell
from metrics.models import TallyCheck

OK, LATE, DOWN, UNKNOWN = "ok", "late", "down", "unknown"
Said = dict[str, Any]


def deep(now: datetime) -> Said:
    """What works, as JSON. Ages are in seconds; null where there is nothing or nobody was heard."""
    checks = {"database": _asked(_database, now), "queue": _queue()}
    is_there = checks["database"]["status"] == OK
    for name, check in IN_DATABASE.items():
        checks[name] = _asked(check, now) if is_there else {"status": UNKNOWN}
    found = {said["status"] for said in checks.values()}
    worst = next((status for status in (DOWN, LATE) if status in found), OK)
    return {"status": worst, "checks": checks}


def last_tally_check() -> TallyCheck | None:
    """The last night's on which one ran."""
    return TallyCheck.objects.order_by("-day").first()


def _asked(check: Callable[[datetime], Said], now: datetime) -> Said:
    try:
        return check(now)
    except db.Error:
        return {"status": DOWN}


def _database(now: datetime) -> Said:
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"status": OK}


def _queue() -> Said:
    jobs = doorbell.rung()
    return {"status": DOWN if jobs is None else OK, "jobs": jobs}


def _heartbeats(now: datetime) -> Said:
    parts = health.parts(now)
    said = {
        part.name: {
            "status": _status(is_late=part.is_late),
            "age": None if part.age is None else round(part.age.total_seconds()),
        }
        for part in parts
    }
    return {"status": _status(is_late=any(part.is_late for part in parts)), "parts": said}


def _outboxes(now: datetime) -> Said:
    queues = health.queues(now)
    said = {
        queue.name: {
            "status": _status(is_late=queue.is_late),
            "waiting": queue.waiting,
            "failed": queue.failed,
            "oldest_due": round(queue.late_by.total_seconds()),
        }
        for queue in queues
    }
    return {"status": _status(is_late=any(queue.is_late for queue in queues)), "outboxes": said}


def _sweeps(now: datetime) -> Said:
    late = health.late_searches(now)
    return {"status": _status(is_late=bool(late)), "late": late}


def _tallies(now: datetime) -> Said:
    """A difference is mended the night it is found, so it is told and is not late."""
    check = last_tally_check()
    if check is None:
        return {"status": OK, "last": "none", "day": None}
    last = "differed" if check.differed else "ok"
    return {"status": OK, "last": last, "day": check.day.isoformat()}


def _status(*, is_late: bool) -> str:
    return LATE if is_late else OK


IN_DATABASE: dict[str, Callable[[datetime], Said]] = {
    "heartbeats": _heartbeats,
    "outbox": _outboxes,
    "sweeps": _sweeps,
    "tallies": _tallies,
}
