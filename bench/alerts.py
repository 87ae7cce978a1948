"""Alerts as they are measured: sweeps, the ladder and digests, each once, and undone.

A floor of what only reads is the hand-written query of the same rows; of what writes, as few
statements as can write the same rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from alerts import climb, digests
from alerts.kinds import KINDS
from alerts.models import Alert, AlertRule, Digest
from alerts.sweep import sweep
from bench.alert_data import make_due, make_hours, make_stalled, make_told
from bench.alert_floors import CLIMBED, CONDITIONS, DIGESTED, begun
from bench.jobs import read, row, took, watched, write
from bench.measure import Result
from bench.metrics import judged_frame
from bench.sweep import all_open, bare_scan
from metrics import checkpoints
from metrics.alert_kinds import HOLDS_FOR
from people.models import User
from pipeline.models import Opportunity

DAY = timedelta(days=1)
FRESH = 10_000  # deals whose episodes begin
DUE = (10_000, 100_000)
MANAGERS, OF_EACH = 1_000, 6  # digests, and open alerts of everybody who is led

Rows = Iterator[Result]


def alert_jobs(now: datetime) -> Iterator[tuple[str, Callable[[], Rows]]]:
    """By name."""
    yield "Alerts, sweep of stalled deals", lambda: stalled_deals(now)
    yield "Alerts, sweep of other kinds", lambda: other_kinds(now)
    yield "Alerts, ladder", lambda: ladders(now)
    yield "Alerts, digests", lambda: all_digests(now)


def stalled_deals(now: datetime) -> Rows:
    """Every deal is open, for once; all have their episodes, but for some that are new.

    With those, at once again, and on the next day.
    """
    kind = KINDS["stalled_deal"]
    with all_open():
        deals = Opportunity.objects.count()
        new = min(FRESH, deals)
        make_stalled(now, but=deals // new)
        analyse()
        bare_scan()
        scan = took(bare_scan)
        with watched() as first:
            opened = sweep(kind, now).opened
        with undone():
            written = took(lambda: write(*begun(connection.ops.quote_name("limit"), now)))
        analyse()
        with watched() as quiet:
            sweep(kind, now)
        with watched() as next_day:
            swept = sweep(kind, now + DAY)
    name = f"Alerts, sweep of {deals:,} deals"
    yield row(f"{name}, nothing new", quiet, scan)
    yield row(f"{name}, {new:,} new, {opened:,} begin", first, scan + written)
    changed = f"{swept.opened:,} begin, {swept.closed:,} end"
    yield row(f"{name}, a day later, {changed}", next_day, scan)


def other_kinds(now: datetime) -> Rows:
    """Of each of them once all that is so has its episode."""
    values = {
        "now": now,
        "today": now.date(),
        "tomorrow": now + DAY,
        "yesterday": now - DAY,
        "lately": now.date() - HOLDS_FOR,
        "long_ago": now - 90 * DAY,
    }
    with undone():
        checkpoints.take(judged_frame(now), now)
        begin = {name: sweep(KINDS[name], now).opened for name in CONDITIONS}
        analyse("metrics_checkpoint")
        for name, sql in CONDITIONS.items():
            read(sql, values)
            floor = took(partial(read, sql, values))
            with watched() as quiet:
                sweep(KINDS[name], now)
            yield row(f"Alerts, sweep of {begin[name]:,} {KINDS[name].many}", quiet, floor)


def ladders(now: datetime) -> Rows:
    """The person and their manager hear of what has just begun."""
    AlertRule.all_known()
    people = User.objects.exclude(reports_to=None).count()
    for count in DUE:
        with undone():
            make_due(count, now)
            analyse("alerts_notification")
            with undone():
                floor = took(lambda: write(*CLIMBED))
            with watched() as watch:
                climb.climb(now)
        yield row(f"Alerts, {count:,} of {people:,} people told", watch, floor)


def all_digests(now: datetime) -> Rows:
    """Of managers, and of everybody at one time."""
    managers = "u.id IN (SELECT reports_to_id FROM people_user)"
    some = f"u.id IN (SELECT u.id FROM people_user u WHERE {managers} ORDER BY id DESC LIMIT "
    with undone():
        make_told(OF_EACH, now)
        for whose in (f"{some} {MANAGERS})", "TRUE"):
            with undone():
                make_hours(whose, now)
                analyse("alerts_notification", "alerts_deliveryhours")
                yield digests_of_those(now)


def digests_of_those(now: datetime) -> Result:
    values = {"now": now, "today": now.date()}
    read(DIGESTED, values)
    rows, floor = read(DIGESTED, values), took(lambda: read(DIGESTED, values))
    with watched() as watch:
        digests.make_due(now)
    made = Digest.objects.filter(made_at=now).count()
    return row(f"Alerts, {made:,} digests of {rows:,} notifications", watch, floor)


@contextmanager
def undone() -> Iterator[None]:
    """As it was before, in the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def analyse(*tables: str) -> None:
    """What the database knows after a while."""
    names = [Alert._meta.db_table, "pipeline_opportunity", *tables]
    write(*(f"ANALYZE {name}" for name in names))
