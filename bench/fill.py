"""Writing very many rows by one statement, on PostgreSQL and SQLite alike.

Values are SQL expressions; columns that are not named get the default of their field, so that a new
column with a default needs no change here.
"""

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import Model


def fill(model: type[Model], source: str, **columns: object) -> None:
    """`INSERT INTO model SELECT columns FROM source`, one row for each row of the source."""
    fields = [f for f in model._meta.concrete_fields if f.column in columns or not f.primary_key]
    unknown = columns.keys() - {field.column for field in fields}
    if unknown:
        raise TypeError(f"{model.__name__} has no {sorted(unknown)}")
    values = [
        str(columns[f.column]).replace("%", "%%") if f.column in columns else "%s" for f in fields
    ]
    defaults = [
        f.get_db_prep_save(f.get_default(), connection) for f in fields if f.column not in columns
    ]
    names = ", ".join(f'"{field.column}"' for field in fields)
    source = source.replace("%", "%%")
    sql = f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(values)} FROM {source}'
    with connection.cursor() as cursor:
        cursor.execute(sql, defaults)


def numbers(count: int) -> str:
    """A source of rows `n.i`, from 0 on."""
    return (
        "(WITH RECURSIVE c(i) AS "
        f"(SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < {count - 1}) SELECT i FROM c) n"
    )


def pick(count: int, key: str, salt: int = 0) -> str:
    """A number from 0 up to but not including `count` that looks drawn by lot, always the same."""
    return f"((({key} + {salt}) * 2654435761 / 65536) % {count})"


def one_of(words: Sequence[str], key: str, salt: int = 0) -> str:
    """One of the words, in the same way."""
    cases = " ".join(f"WHEN {n} THEN {text(word)}" for n, word in enumerate(words))
    return f"CASE {pick(len(words), key, salt)} {cases} END"


def text(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def json(value: str) -> str:
    """JSON as SQL, from a text that is JSON."""
    return f"CAST({text(value)} AS jsonb)" if is_postgres() else text(value)


def day(base: date | str, days: str = "0") -> str:
    """So many days after a date or a column of dates."""
    start = text(base.isoformat()) if isinstance(base, date) else base
    if is_postgres():
        return f"(CAST({start} AS date) + CAST({days} AS integer))"
    return f"date({start}, ({days}) || ' days')"


def moment(on: str, minutes: str = "540") -> str:
    """So many minutes after midnight (UTC) of a date."""
    if is_postgres():
        return f"((CAST({on} AS timestamp) + ({minutes}) * interval '1 minute') AT TIME ZONE 'UTC')"
    return f"datetime({on}, ({minutes}) || ' minutes')"


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def finish(models: Sequence[type[Model]]) -> None:
    """After ids were given by hand: new rows come after them, and the planner knows the tables."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)
        cursor.execute("VACUUM ANALYZE" if is_postgres() else "ANALYZE")
