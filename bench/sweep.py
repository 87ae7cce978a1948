"""The sweep over all open deals, beside the bare scan that it cannot do without."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bench.jobs import RATIO, read, took
from bench.measure import FRAME, Result, Timing
from pipeline.models import Opportunity
from pipeline.stalls import StallCheck

ROUNDS = 5
COLUMNS = (
    "id, owner_id, stage_id, stage_since, close_date, next_step, next_step_on, opened_on, amount, "
    "currency, last_activity_on, last_buyer_action_on, pushes, people_engaged, moved_back_on, "
    "held_until"
)


def measure_sweep(today: date) -> Result:
    """Every deal is open for it, for once; both read each row of it in pieces, in turns."""
    sweep, scan = Timing(), Timing()
    with all_open():
        deals = bare_scan()
        for _ in range(ROUNDS):
            scan.samples.append(took(bare_scan))
            sweep.samples.append(took(lambda: stalled(today)))
        with CaptureQueriesContext(connection) as queries:
            stalled(today)
    ratio = sweep.p50 / scan.p50
    return Result(
        name=f"Sweep of {deals:,} open deals",
        p50=sweep.p50,
        p95=sweep.p95,
        queries=sum(not FRAME.match(query["sql"]) for query in queries),
        bytes=0,
        floor=scan.p50,
        ratio=ratio,
        orm=None,
        orm_ratio=None,
        promise=f"{RATIO} x scan",
        kept=ratio <= RATIO,
        requests=ROUNDS,
    )


@contextmanager
def all_open() -> Iterator[None]:
    """Every deal is open, until the end of the block."""
    with transaction.atomic():
        Opportunity.objects.update(status=Opportunity.OPEN)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE pipeline_opportunity")
        yield
        transaction.set_rollback(True)


def stalled(today: date) -> int:
    return sum(1 for _ in StallCheck.on(today).sweep())


def bare_scan() -> int:
    """The columns of all open deals, read and thrown away."""
    return read(f"SELECT {COLUMNS} FROM pipeline_opportunity WHERE status = 'open'")
