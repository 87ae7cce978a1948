"""One run of a job beside its floor: how long it takes, in how many statements, in what memory."""

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from bench.measure import FRAME, Result

RATIO = 5
STATM, PAGE = Path("/proc/self/statm"), resource.getpagesize()


@dataclass
class Watch:
    """Statements are counted and forgotten: what they say would be most of the memory."""

    statements: int = 0
    milliseconds: float = 0
    memory: int = 0  # the most there was beyond what there was at first, in bytes

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        self.statements += not FRAME.match(sql)
        done = execute(sql, params, many, context)
        self.memory = max(self.memory, memory())
        return done


@contextmanager
def watched() -> Iterator[Watch]:
    watch, before = Watch(), memory()
    with connection.execute_wrapper(watch):
        start = time.perf_counter()
        yield watch
        watch.milliseconds = (time.perf_counter() - start) * 1000
    watch.memory = max(watch.memory, memory()) - before


def memory() -> int:
    """Of this process now; where that cannot be known, the most it ever had. Bytes."""
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * PAGE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def took(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def row(name: str, watch: Watch, floor: float) -> Result:
    """`floor` in ms."""
    ratio = watch.milliseconds / floor
    return Result(
        name=f"{name} (+{max(watch.memory, 0) / 1_000_000:.0f} MB)",
        p50=watch.milliseconds,
        p95=watch.milliseconds,
        queries=watch.statements,
        bytes=0,
        floor=floor,
        ratio=ratio,
        orm=None,
        orm_ratio=None,
        promise=f"{RATIO} x scan",
        kept=ratio <= RATIO,
        requests=1,
    )


def read(sql: str, values: dict[str, Any] | None = None) -> int:
    """All rows of it, thrown away; how many they were."""
    rows = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        while some := cursor.fetchmany(5_000):
            rows += len(some)
    return rows


def write(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
