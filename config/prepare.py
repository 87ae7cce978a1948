"""What must be true before the servers start: tables, static files, the first sample data.

Run as `python -m config.prepare` by `config.up`, so that the supervisor itself stays small;
containers run `python -m config.prepare database`, because the rest stands in the image.
Progress goes to stderr; stdout carries only the sample logins.
"""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError
from kombu.exceptions import OperationalError as BrokerError


def queue() -> None:
    """Fails with `BrokerError` when the Redis of REDIS_URL does not answer."""
    from config.celery import app

    with app.connection_for_write() as connection:
        connection.ensure_connection(
            max_retries=1, interval_start=1, reraise_as_library_errors=True
        )


def database(verbosity: int = 0) -> None:
    """Migrates, and has all parts say from now on that they live."""
    from django.utils import timezone

    from alerts.models import Heartbeat

    call_command("migrate", interactive=False, verbosity=verbosity, stdout=sys.stderr)
    Heartbeat.expect(timezone.now())


def prepare() -> None:
    """Migrates, collects static files and, at the very first start, loads the sample data."""
    from django.conf import settings

    if os.environ.get("REDIS_URL"):
        queue()
    database()
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    if not settings.PRODUCTION:
        call_command("sample_data", "load", "--first-start", stdout=sys.stderr)
        call_command("sample_data", "logins", stdout=sys.stdout)


def main() -> int:
    """0 when everything is ready; else 1, with a sentence that says what to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        if sys.argv[1:] == ["database"]:
            database(verbosity=1)
        else:
            prepare()
    except (ImproperlyConfigured, CommandError) as error:
        return complain(str(error))
    except OperationalError as error:
        return complain(f"The database cannot be used: {error}", "Is DATABASE_URL right?")
    except DatabaseError as error:
        return complain(f"The database refused a change: {error}")
    except BrokerError as error:
        return complain(f"Redis does not answer: {error}", "Is REDIS_URL right?")
    except KeyboardInterrupt:
        return 130
    return 0


def complain(*lines: str) -> int:
    """Says it on stderr; always 1."""
    print(*(line.strip() for line in lines), sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
