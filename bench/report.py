"""What the benchmark says in the end."""

import json
import os
import platform
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.measure import Result

HEAD = ("", "p50", "p95", "queries", "kB gz", "floor", "x floor", "ORM", "x ORM", "promise", "")


@dataclass(frozen=True)
class Run:
    """What was measured where."""

    size: int
    database: str
    generated_in: float
    results: list[Result]
    missing: list[str]
    weight: dict[str, int]


def table(results: list[Result]) -> str:
    """One line a scenario; times in ms."""
    lines = [HEAD, *(cells(result) for result in results)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n in (0, len(HEAD) - 2) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def cells(result: Result) -> tuple[str, ...]:
    return (
        result.name,
        f"{result.p50:.1f}",
        f"{result.p95:.1f}",
        str(result.queries),
        f"{result.bytes / 1000:.1f}",
        f"{result.floor:.1f}",
        f"{result.ratio:.1f}",
        "" if result.orm is None else f"{result.orm:.1f}",
        "" if result.orm_ratio is None else f"{result.orm_ratio:.1f}",
        result.promise,
        "ok" if result.kept else "OVER",
    )


def show(run: Run) -> None:
    print()
    print(table(run.results))
    kept = sum(result.kept for result in run.results)
    print(f"\n{kept} of {len(run.results)} within their promise. Times in ms, one client.")
    js, css = run.weight["js"], run.weight["css"]
    print(f"Scripts {js / 1000:.1f} kB, styles {css / 1000:.1f} kB, gzipped, all pages together.")
    for line in run.missing:
        print(f"Not measured: {line}")


def save(run: Run, folder: Path, now: datetime) -> Path:
    """All figures as JSON, for comparison with later runs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{now:%Y%m%d-%H%M%S}-{run.database}-{run.size}.json"
    content: dict[str, Any] = {
        "at": now.isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "size": run.size,
        "database": run.database,
        "generated_in_seconds": round(run.generated_in, 1),
        "weight": run.weight,
        "missing": run.missing,
        "results": [result.as_dict() for result in run.results],
    }
    path.write_text(json.dumps(content, indent=1))
    return path
