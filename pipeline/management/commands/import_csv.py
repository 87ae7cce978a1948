"""`manage.py import_csv KIND FILE`: the import of the pages, without pages and queue."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from people.models import User
from pipeline.imports import engine
from pipeline.imports.cells import ORDERS
from pipeline.imports.intake import ANY, column_of
from pipeline.imports.kinds import KINDS
from pipeline.imports.report import as_text
from pipeline.models import Import

OUTCOMES = {"": "empty", "won": "won", "lost": "lost"}


class Command(BaseCommand):
    help = "Import a CSV file of people, accounts, products, opportunities, targets or counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=FIELD", help="FIELD may be empty"
        )
        parser.add_argument(
            "--create", action="append", default=[], metavar="FIELD", help="make unknown ones"
        )
        parser.add_argument(
            "--value",
            action="append",
            default=[],
            metavar="FIELD:VALUE=OTHER",
            help="read VALUE as OTHER; an empty OTHER is a missing value",
        )
        parser.add_argument("--closed-stage", metavar="STAGE", help="where closed deals came from")
        parser.add_argument("--date-order", choices=dict(ORDERS), default="")
        parser.add_argument("--decimal", choices=[".", ","], default="")
        parser.add_argument("--encoding", default="")
        parser.add_argument("--delimiter", default="")
        parser.add_argument("--by", metavar="EMAIL", help="who imports; noted in the history")
        parser.add_argument("--check", action="store_true", help="only say what would happen")

    def handle(self, **options: Any) -> None:
        try:
            source = self._prepared(options)
            self._run(source, only_check=options["check"])
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None

    def _prepared(self, options: dict[str, Any]) -> Import:
        by = _importer(options["by"])
        try:
            with options["file"].open("rb") as raw:
                file = File(raw, name=options["file"].name)
                source = Import.upload(
                    options["kind"], file, name=file.name or "", by=by, at=timezone.now()
                )
        except OSError as wrong:
            raise CommandError(f"{options['file']} cannot be read: {wrong.strerror}.") from None
        format = {name: options[name] for name in ("encoding", "delimiter", "decimal")}  # noqa: A001
        format["date_order"] = options["date_order"]
        source.arrange(format={name: value for name, value in format.items() if value})
        source.arrange(mapping=dict(_pair(text) for text in options["map"]))
        source.arrange(values=_actions(source, options), closed_stage=options["closed_stage"])
        return source

    def _run(self, source: Import, *, only_check: bool) -> None:
        source.start_check(at=timezone.now(), ring=False)
        engine.run(source.pk, timezone.now)
        source.refresh_from_db()
        if source.state == Import.CHECKED and source.accepted and not only_check:
            source.start_commit(at=timezone.now(), ring=False)
            engine.run(source.pk, timezone.now)
            source.refresh_from_db()
        self.stdout.write(as_text(source))
        if source.state == Import.FAILED or not source.accepted:
            raise CommandError(source.error or "Nothing could be imported.")


def _importer(email: str | None) -> User | None:
    people = User.objects.get_queryset().active().filter(is_administrator=True)
    if not email:
        return people.order_by("pk").first()
    found = people.filter(email=User.objects.normalise(email)).first()
    if found is None:
        raise CommandError(f"No active administrator has the e-mail {email}.")
    return found


def _pair(text: str) -> tuple[str, str]:
    if "=" not in text:
        raise CommandError(f"“{text}” lacks its “=”.")
    name, value = text.split("=", 1)
    return name, value


def _actions(source: Import, options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """--create and --value as actions by column; a field may be named by its column too."""
    actions: dict[str, dict[str, Any]] = {}
    for name in options["create"]:
        actions.setdefault(_column(source, name), {})[ANY] = {"do": "create"}
    for text in options["value"]:
        where, other = _pair(text)
        name, colon, value = where.partition(":")
        if not colon:
            raise CommandError(f"“{text}” must be FIELD:VALUE=OTHER.")
        other = other.strip("\"'")
        do = OUTCOMES.get(other, "use") if name == "stage" or not other else "use"
        action = {"do": do, "with": other} if do == "use" else {"do": do}
        actions.setdefault(_column(source, name), {})[value.strip("\"'")] = action
    return actions


def _column(source: Import, name: str) -> str:
    column = name if name in source.mapping else column_of(source, name)
    if not column:
        raise CommandError(f"No column of this file is mapped to “{name}”.")
    return column
