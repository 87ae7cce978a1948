"""Running a check or a commit: batch by batch, each in a transaction that notes the progress.

It may be killed at any moment, run twice or at once with itself: whoever holds the lease goes on
after the last batch that was committed.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from pipeline.imports.accounts import AccountWriter
from pipeline.imports.opportunities import OpportunityWriter
from pipeline.imports.people import PeopleWriter
from pipeline.imports.products import ProductWriter
from pipeline.imports.reading import Row, decoded, records
from pipeline.imports.writer import Tally, Writer
from pipeline.models.imports import Import, ImportProblem, LeaseLost

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
WRITERS: dict[str, type[Writer[Any]]] = {
    "people": PeopleWriter,
    "accounts": AccountWriter,
    "products": ProductWriter,
    "opportunities": OpportunityWriter,
}


def run(import_id: int, clock: Clock) -> None:
    """Carry on with the check or commit of this import, unless somebody else does."""
    source = Import.claim(import_id, clock())
    if source is None:
        return
    try:
        _run(source, clock)
    except LeaseLost:
        log.warning("Import %s was taken over by another worker.", import_id)
    except FileNotFoundError:
        source.fail("The uploaded file is gone. Upload it again.", at=clock())
    except ValidationError as refused:
        source.fail(" ".join(refused.messages), at=clock())


def _run(source: Import, clock: Clock) -> None:
    writer = WRITERS[source.kind](source, write=source.state == Import.COMMITTING)
    with transaction.atomic():
        source.hold(clock())
        _add(source, Tally(also=writer.prepare()), rows=0)
    with source.opened() as file:
        text = decoded(file, source.format["encoding"])
        rows = islice(records(text, source.format["delimiter"]), 1, None)
        for row in islice(rows, source.rows_done):
            writer.skim(row)
        for batch in _batches(rows, writer.batch_rows):
            with transaction.atomic():
                source.hold(clock())
                _add(source, writer.take(batch), rows=len(batch))
    with transaction.atomic():
        source.hold(clock())
        ImportProblem.objects.bulk_create(writer.finish())
        source.finish(clock())


def _add(source: Import, tally: Tally, *, rows: int) -> None:
    ImportProblem.objects.bulk_create(tally.problems, batch_size=1_000)
    source.rows_done += rows
    source.created += tally.created
    source.changed += tally.changed
    source.unchanged += tally.unchanged
    source.rejected += tally.rejected
    also = Counter(source.also_created) + tally.also
    source.also_created = {noun: number for noun, number in also.items() if number}
    source.save_progress()


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch
