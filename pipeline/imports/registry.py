"""Kinds of imports that live in the apps above: they make themselves known when they are ready."""

from collections.abc import Mapping
from typing import Any

from pipeline.imports.engine import WRITERS
from pipeline.imports.kinds import KINDS, REFERENCES, Kind
from pipeline.imports.references import TABLES, Table
from pipeline.imports.writer import Writer


def register(
    kind: Kind, writer: type[Writer[Any]], tables: Mapping[str, type[Table[Any]]] | None = None
) -> None:
    """Let files of this kind be imported.

    `tables` finds what the kind names and this app does not know, by type of field; a name of
    these that is not known is refused, never made.
    """
    KINDS[kind.name] = kind
    WRITERS[kind.name] = writer
    TABLES.update(tables or {})
    REFERENCES.update(tables or {})
