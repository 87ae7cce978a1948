"""Millions of rows at once: nothing looks at each of them while they are written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model

from bench.fill import finish, is_postgres
from metrics import triggers

INDEXES = (
    "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index "
    "WHERE indrelid = %s::regclass AND NOT indisunique"
)


@contextmanager
def untouched() -> Iterator[None]:
    """What is written meanwhile is noted nowhere: it is to be counted from scratch."""
    triggers.remove(connection)
    yield
    triggers.install(connection)


@contextmanager
def unguarded(models: Sequence[type[Model]]) -> Iterator[None]:
    """On PostgreSQL also without checks of foreign keys, and with indexes made in the end."""
    if not is_postgres():
        yield
        finish(models)
        return
    with connection.cursor() as cursor:
        made = []
        for model in models:
            cursor.execute(INDEXES, [model._meta.db_table])
            for name, definition in cursor.fetchall():
                made.append(definition)
                cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition in made:
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")
    finish(models)
