"""Runs the benchmark from end to end; `bin/bench` ends here."""

import argparse
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.place import server, services

if TYPE_CHECKING:
    from bench.report import Run

ROOT = Path(__file__).resolve().parent.parent


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="how many deals")
    parser.add_argument(
        "--people", type=int, default=0, help="so many, instead of one for every 500 deals"
    )
    parser.add_argument(
        "--events", type=int, default=0, help="instead of deals: so many, for metrics alone"
    )
    parser.add_argument("--reps", type=int, default=10_000, help="of whom the events are")
    parser.add_argument(
        "--database", default="postgres", help="postgres, sqlite, or a postgres:// URL"
    )
    parser.add_argument("--seconds", type=float, default=10, help="at most so long each")
    parser.add_argument(
        "--only",
        default="",
        help="scenarios whose name contains one of these words, parted by commas",
    )
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    results = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "bench"
    with services(asked.database) as folder:
        import django

        django.setup()
        took = prepare(asked)
        from bench.report import save, show

        run = measured(asked, folder, took)
        show(run)
        print(f"Saved in {save(run, results, datetime.now(UTC))}")


def prepare(asked: argparse.Namespace) -> float:
    """Tables, static files and the organisation; the seconds that its rows took."""
    from django.core.management import call_command

    from bench.bulk import untouched
    from bench.crowd import generate_crowd
    from bench.data import analyse, generate
    from bench.shape import Shape
    from metrics import rollups
    from people.models import Organisation
    from pipeline.models import Opportunity

    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    start = time.monotonic()
    if not Opportunity.objects.exists():
        today = datetime.now(UTC).date()
        with untouched():
            if asked.events:
                print(f"Making {asked.events:,} events of {asked.reps:,} reps ...", flush=True)
                generate_crowd(asked.reps, asked.events, today)
            else:
                print(f"Making an organisation of {asked.size:,} deals ...", flush=True)
                generate(Shape(asked.size, asked.people), today)
        print(f"Counting them, after {time.monotonic() - start:.0f} s ...", flush=True)
        rollups.count_all(Organisation.current().zone)
        analyse()
    return time.monotonic() - start


def wanted(name: str, only: str) -> bool:
    """Whether the name contains one of the words, which commas part; all names for no words."""
    return any(word in name.lower() for word in only.lower().split(","))


def measured(asked: argparse.Namespace, folder: Path, took: float) -> "Run":
    from bench.alert_pages import alert_scenarios
    from bench.alerts import alert_jobs
    from bench.coaching_jobs import coaching_jobs
    from bench.coaching_pages import coaching_scenarios
    from bench.measure import Keys, NoAnswerError, measure
    from bench.metrics import jobs, metric_scenarios
    from bench.report import Run
    from bench.scenarios import ROLES, scenarios
    from bench.sweep import measure_sweep
    from bench.weight import page_weight
    from people.models import User
    from pipeline.models import Opportunity

    users = {role: User.objects.filter(email=email).first() for role, email in ROLES.items()}
    keys = {role: Keys.of(user) for role, user in users.items() if user}
    results, missing, pages = [], [], []
    size, now = asked.events or Opportunity.objects.count(), datetime.now(UTC)
    with server(folder) as port:
        usual = [] if asked.events else [*scenarios(now), *alert_scenarios(now)]
        usual += [] if asked.events else coaching_scenarios(now)
        for scenario in [*usual, *metric_scenarios(now)]:
            if not wanted(scenario.name, asked.only):
                continue
            print(f"{scenario.name} ...", flush=True)
            try:
                results.append(measure(scenario, keys[scenario.role], port, asked.seconds))
            except NoAnswerError as reason:
                missing.append(str(reason))
            else:
                pages += [scenario] if scenario.is_page else []
    if not asked.events and wanted("sweep", asked.only):
        print("Sweep ...", flush=True)
        results.append(measure_sweep(now.date()))
    for name, job in jobs(now):
        if wanted(name, asked.only):
            print(f"{name} ...", flush=True)
            results.append(job())
    for name, rows in [] if asked.events else [*alert_jobs(now), *coaching_jobs(now)]:
        if wanted(name, asked.only):
            print(f"{name} ...", flush=True)
            results += rows()
    kind = "sqlite" if asked.database == "sqlite" else "postgres"
    return Run(size, kind, took, results, missing, page_weight(pages, keys))


if __name__ == "__main__":
    main()
