"""Alerts flow while everything around them fails; then it is counted what was lost or came twice.

Workers are killed with -9 at random moments, Valkey is killed for a minute, comes back and is
flushed, the database is ended and started again (SQLite: locked), a mail server answers 30 % of
all mails with 4xx, hangs at 10 % and takes 5 % only to hang up; webhooks are answered with 500 or
not at all. Meanwhile pages are asked for each second. The exit code is 1 when anything was lost,
came twice in the app or came again under another id, and when a page failed. KEEP_DRILL=1 keeps
the logs.
"""

import argparse
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING

from drill.place import Postgres, Queue, SQLite, folder
from tests.support.process import free_port

if TYPE_CHECKING:
    from drill.hooks import HookServer
    from drill.smtp import MailServer
    from drill.storm import Plan

SHORT_PACE = 12
STARTUP = 60.0  # seconds until the web must answer


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/drill", description=__doc__)
    parser.add_argument("--alerts", type=int, help="how many deals stall (500)")
    parser.add_argument("--kills", type=int, help="how many workers are killed (50)")
    parser.add_argument("--workers", type=int, help="how many run (4)")
    parser.add_argument("--beats", type=int, default=2, help="how many schedulers run (2)")
    parser.add_argument("--outage", type=float, help="for how many seconds Valkey is gone (60)")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--seed", type=int, help="of all that happens at random")
    parser.add_argument(
        "--short", action="store_true", help="little of everything, waits shortened"
    )
    parser.add_argument("--tables", default="", help="a SQLite file with all tables, to be copied")
    asked = parser.parse_args()
    usual = (40, 4, 2, 5.0) if asked.short else (500, 50, 4, 60.0)
    for name, value in zip(("alerts", "kills", "workers", "outage"), usual, strict=True):
        if getattr(asked, name) is None:
            setattr(asked, name, value)
    if asked.seed is None:
        asked.seed = SystemRandom().randrange(10_000)
    return asked


def main() -> int:
    asked = arguments()
    print(f"Seed {asked.seed}", flush=True)
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        return drill(asked, place, stack)


def drill(asked: argparse.Namespace, place: Path, stack: ExitStack) -> int:
    """Sets everything up, lets the storm rage, counts; the exit code."""
    started = time.monotonic()
    mail_port, port = free_port(), free_port()
    surround(asked, port, mail_port)
    queue = Queue(place)
    queue.start()
    stack.callback(queue.stop)
    database = Postgres(stack) if asked.database == "postgres" else SQLite(place, asked.tables)
    import django

    django.setup()
    from django.core.management import call_command

    if not asked.tables:
        call_command("migrate", interactive=False, verbosity=0)
    from drill.parts import Fleet
    from drill.report import show
    from drill.storm import Storm
    from drill.web import Rep, Visitor
    from drill.world import World, cookie_of

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    mails, hooks = receivers(asked, place, stack, mail_port)
    world = World.made(asked.alerts, hooks.url)
    hooks.secrets.update({each.path: each.secret for each in world.endpoints if each.is_signed})
    say(f"{len(world.emails)} people, {len(world.deals)} deals, {len(world.endpoints)} endpoints")
    fleet = Fleet.of(place, asked.workers, asked.beats)
    stack.callback(fleet.stop)
    fleet.start()
    answers(port)
    visitor = Visitor(port, {"/auth/login/": "", "/opportunities/": cookie_of(world.reader)})
    visitor.start()
    rep = Rep(port, world.token)
    storm = Storm(plan(asked), world, fleet, queue, database, visitor, rep, say)
    say("It begins")
    storm.rage()
    mails.faults.end()
    hooks.faults.end()
    say("The storm is over, mail server and receivers are in order")
    drained = storm.drain()
    visitor.stop()
    fleet.stop()
    say("Drained" if drained is not None else "Not drained in time")
    return show(asked, storm, place, mails.answers, drained)


def surround(asked: argparse.Namespace, port: int, mail_port: int) -> None:
    """The environment of this process and of all that it starts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.update(
        PORT=str(port),
        BIND="127.0.0.1",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=str(mail_port),
        EMAIL_TIMEOUT="2" if asked.short else "10",
        OUTGOING_ALLOWED="127.0.0.1/32",
        DRILL_PACE=str(SHORT_PACE if asked.short else 1),
    )


def receivers(
    asked: argparse.Namespace, place: Path, stack: ExitStack, mail_port: int
) -> "tuple[MailServer, HookServer]":
    """Both sulk from the beginning; silent longer than anybody waits for them."""
    from drill import hooks, smtp

    sulking = smtp.Faults(silence=3.0 if asked.short else 15.0)
    failing = hooks.Faults(silent=0.0) if asked.short else hooks.Faults()
    mail_server = smtp.MailServer(mail_port, place / "mails.log", sulking, asked.seed)
    stack.callback(mail_server.close)
    hook_server = hooks.HookServer(place / "hooks.log", failing, asked.seed)
    stack.callback(hook_server.close)
    return mail_server, hook_server


def plan(asked: argparse.Namespace) -> "Plan":
    """In seconds, but for the counts."""
    from drill.storm import Plan

    return Plan(
        alerts=asked.alerts,
        kills=asked.kills,
        outage=asked.outage,
        away=2.0 if asked.short else 10.0 if asked.database == "postgres" else 25.0,
        gap=(0.5, 3.5) if asked.short else (2.0, 10.0),
        wave=5 if asked.short else 20,
        limit=90.0 if asked.short else 2_400.0,
        seed=asked.seed,
    )


def answers(port: int) -> None:
    """Returns as soon as the web server works."""
    from bench.place import answers as works

    limit = time.monotonic() + STARTUP
    while not works(port):
        if time.monotonic() > limit:
            raise RuntimeError("The web server did not come up.")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
