"""The database itself notes what changed of what is counted: no way of writing escapes it.

Not verbs, imports in bulk, the shell, nor deleting with all that hangs on a row. Triggers are taken
away before migrations and made anew after them (`apps.py`): on SQLite a table that is altered is
made anew, and would lose them silently.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from coaching.models import CallPlan, Debrief, DebriefReview
from coaching.models.plan import PlanLine
from metrics.models.metric_count import MetricCount
from metrics.models.touch import Touch
from people.models import Organisation, Team, TeamMembership
from pipeline.models import Call, CallAttendee, Opportunity, Proposal

TABLE = Touch._meta.db_table
PREFIX = "tallies_of_"


@dataclass(frozen=True)
class Note:
    """What is written down of a row: the source, and from which of its columns."""

    source: str
    ref: str = ""
    day: str = ""
    until: str = ""
    at: str = ""

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Column of the note, column of the row."""
        each = (("ref", self.ref), ("day", self.day), ("until", self.until), ("at", self.at))
        return [(name, column) for name, column in each if column]

    def sql(self, row: str) -> str:
        """For the row before ("OLD") or after ("NEW"); nothing when one of its columns is empty."""
        names = ", ".join(["source", *(name for name, _ in self.columns)])
        values = ", ".join([f"'{self.source}'", *(f"{row}.{c}" for _, c in self.columns)])
        there = " AND ".join(f"{row}.{column} IS NOT NULL" for _, column in self.columns)
        where = f" WHERE {there}" if there else ""
        return f"INSERT INTO {TABLE} ({names}) SELECT {values}{where};"


@dataclass(frozen=True)
class Watched:
    """A table, what is written down of its rows, and the columns whose change counts as well."""

    model: type[Model]
    notes: tuple[Note, ...]
    also: tuple[str, ...] = ()
    made_or_deleted: bool = True

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.table}"

    @property
    def columns(self) -> list[str]:
        named = [column for note in self.notes for _, column in note.columns]
        return sorted({*named, *self.also} - {"id"})

    def sql(self, row: str) -> str:
        return " ".join(note.sql(row) for note in self.notes)


WATCHED = (
    Watched(
        Call,
        (Note(Touch.PERSON_MOMENT, ref="owner_id", at="starts_at"),),
        also=("status", "kind", "planned_minutes", "actual_minutes", "account_id"),
    ),
    Watched(CallAttendee, (Note(Touch.CALL, ref="call_id"),)),
    Watched(
        CallPlan,
        (Note(Touch.PERSON_MOMENT, ref="rep_id", at="filed_at"), Note(Touch.CALL, ref="call_id")),
        also=("timeliness",),
    ),
    Watched(PlanLine, (Note(Touch.PLAN, ref="plan_id"),), also=("outcome", "part")),
    Watched(Debrief, (Note(Touch.CALL, ref="call_id"),), also=("filed_at", "score")),
    Watched(DebriefReview, (Note(Touch.DEBRIEF, ref="debrief_id"),), also=("score",)),
    Watched(Proposal, (Note(Touch.PERSON_DAY, ref="owner_id", day="sent_on"),)),
    Watched(
        Opportunity,
        (
            Note(Touch.PERSON_DAY, ref="opening_owner_id", day="opened_on"),
            Note(Touch.PERSON_DAY, ref="closing_owner_id", day="closed_on"),
        ),
        also=("status", "amount", "currency"),
    ),
    Watched(
        MetricCount,
        (Note(Touch.PERSON_DAY, ref="person_id", day="day"),),
        also=("count", "measure_id"),
    ),
    Watched(
        TeamMembership,
        (Note(Touch.MEMBERSHIP, ref="team_id", day="first_day", until="last_day"),),
        also=("person_id",),
    ),
    Watched(Team, (Note(Touch.TEAM, ref="parent_id"),)),
    Watched(Organisation, (Note(Touch.EVERYTHING),), also=("time_zone",), made_or_deleted=False),
)


def install(connection: Any) -> None:
    """Make all triggers; those there are already are made anew."""
    make = _for_postgresql if connection.vendor == "postgresql" else _for_sqlite
    with connection.cursor() as cursor:
        for watched in WATCHED:
            for statement in make(watched):
                cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take all triggers away, those of former versions among them."""
    with connection.cursor() as cursor:
        for name, table in _installed(cursor, connection.vendor):
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def are_installed(connection: Any) -> bool:
    """Whether every watched table has its own."""
    with connection.cursor() as cursor:
        tables = {table for _, table in _installed(cursor, connection.vendor)}
    return tables == {watched.table for watched in WATCHED}


def _installed(cursor: Any, vendor: str) -> list[tuple[str, str]]:
    """Names and tables of the triggers of ours there are."""
    if vendor == "postgresql":
        cursor.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE t.tgname LIKE %s AND n.nspname = current_schema()",
            [f"{PREFIX}%"],
        )
    else:
        cursor.execute(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
            [f"{PREFIX}%"],
        )
    return [(str(name), str(table)) for name, table in cursor.fetchall()]


def _for_postgresql(watched: Watched) -> Iterator[str]:
    old, new = (", ".join(f"{row}.{c}" for c in watched.columns) for row in ("OLD", "NEW"))
    yield f"""
        CREATE OR REPLACE FUNCTION {watched.name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF ROW({old}) IS NOT DISTINCT FROM ROW({new}) THEN RETURN NULL; END IF;
            END IF;
            IF TG_OP <> 'INSERT' THEN {watched.sql("OLD")} END IF;
            IF TG_OP <> 'DELETE' THEN {watched.sql("NEW")} END IF;
            RETURN NULL;
        END $$
    """
    when = f"UPDATE OF {', '.join(watched.columns)}"
    events = f"INSERT OR DELETE OR {when}" if watched.made_or_deleted else when
    yield (
        f"CREATE OR REPLACE TRIGGER {watched.name} AFTER {events} ON {watched.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {watched.name}()"
    )


def _for_sqlite(watched: Watched) -> Iterator[str]:
    changed = " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in watched.columns)
    update = f"UPDATE OF {', '.join(watched.columns)}"
    events = {
        "insert": ("INSERT", "", watched.sql("NEW")),
        "delete": ("DELETE", "", watched.sql("OLD")),
        "update": (update, f"WHEN {changed}", f"{watched.sql('OLD')} {watched.sql('NEW')}"),
    }
    for event, (on, when, body) in events.items():
        if event == "update" or watched.made_or_deleted:
            name = f"{watched.name}_{event}"
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} AFTER {on} ON {watched.table} FOR EACH ROW {when} "
                f"BEGIN {body} END"
            )
