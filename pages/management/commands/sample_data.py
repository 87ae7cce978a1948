"""The sample organisation from the command line."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.utils import timezone

from pages.sample import organisation
from pages.sample.people import LOGINS, PASSWORD, email_of


class Command(BaseCommand):
    help = "Load or remove the sample organisation, or print its logins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["load", "remove", "logins"])
        parser.add_argument(
            "--first-start", action="store_true", help="load only when nobody was ever added"
        )

    def handle(self, *args: Any, action: str, first_start: bool, **options: Any) -> None:
        try:
            getattr(self, action)(first_start=first_start)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused

    def load(self, *, first_start: bool) -> None:
        if first_start and not organisation.is_untouched():
            return
        organisation.load(timezone.now())
        self.stdout.write("Sample organisation loaded.")

    def remove(self, **options: bool) -> None:
        organisation.remove()
        self.stdout.write("Sample organisation removed.")

    def logins(self, **options: bool) -> None:
        if not organisation.is_loaded():
            return
        for role, name in LOGINS:
            self.stdout.write(f"{role:<14} {email_of(name):<24} {PASSWORD}")
