"""Proves that what is kept equals what happened: counts all of it again and compares."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from metrics import rollups
from metrics.models import DailyTally, TeamTally

SHOWN = 20
KEPT = {DailyTally: "person_id", TeamTally: "team_id"}


@dataclass
class Comparison:
    """How many tallies there should be, how many were not right, and some of these in words."""

    counted: int = 0
    differed: int = 0
    examples: list[str] = field(default_factory=list)


@transaction.atomic
def rebuild(zone: ZoneInfo, *, keep: bool = True) -> Comparison:
    """Count everything from scratch; without `keep` the tallies stay as they were.

    The comparison is made by the database: memory does not grow with what is compared.
    """
    comparison = Comparison()
    rollups.one_at_a_time()  # nobody brings them up to date between the copy and the count
    with connection.cursor() as cursor:
        for model, whose in KEPT.items():
            table = model._meta.db_table
            cursor.execute(
                f"CREATE TEMPORARY TABLE former_{table} AS "
                f"SELECT {whose}, tally, day, currency, number FROM {table}"
            )
        rollups.count_all(zone)
        for model, whose in KEPT.items():
            _compare(cursor, model._meta.db_table, whose, comparison)
            cursor.execute(f"DROP TABLE former_{model._meta.db_table}")
    if not keep:
        transaction.set_rollback(True)
    return comparison


def _compare(cursor: Any, table: str, whose: str, comparison: Comparison) -> None:
    """Whatever is in one of them and not in the other, by its key."""
    columns = f"{whose}, tally, day, currency"
    right = f"SELECT {columns}, number FROM {table}"
    kept = f"SELECT {columns}, number FROM former_{table}"
    differing = (
        f"SELECT DISTINCT {columns} FROM (SELECT * FROM ({right} EXCEPT {kept}) missing "
        f"UNION ALL SELECT * FROM ({kept} EXCEPT {right}) wrong) each_one"
    )
    cursor.execute(f"SELECT count(*) FROM {table}")
    comparison.counted += cursor.fetchone()[0]
    cursor.execute(f"SELECT count(*) FROM ({differing}) d")
    comparison.differed += cursor.fetchone()[0]
    cursor.execute(f"{differing} ORDER BY day DESC LIMIT {SHOWN}")
    who = whose.removesuffix("_id")
    for pk, tally, day, currency in cursor.fetchall():
        money = f" in {currency}" if currency else ""
        comparison.examples.append(f"{tally}{money} of {who} {pk} on {day}")
