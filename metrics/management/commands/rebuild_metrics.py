"""Count everything again from what happened."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from metrics import rollups, triggers
from metrics.rebuild import rebuild
from people.models import Organisation


class Command(BaseCommand):
    help = (
        "Count all tallies again from what happened and say which were not right. "
        "With --check, change nothing and end with 1 when any differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not triggers.are_installed(connection):
            self.stderr.write("The database does not note what changes: run `migrate`.")
        rollups.catch_up()
        found = rebuild(Organisation.current().zone, keep=not check)
        for example in found.examples:
            self.stdout.write(f"Not right: {example}")
        if check and found.differed:
            raise CommandError(f"{found.differed} of {found.counted} tallies differ.")
        self.stdout.write(f"{found.counted} tallies, {found.differed} differed.")
