"""Optimistic locking for what two people may edit at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models, transaction
from django.db.models import F


class Stale(Exception):  # noqa: N818 - a state of affairs, not a fault
    """Somebody else saved first. `current` is the object as it is saved now."""

    def __init__(self, current: "Versioned") -> None:
        super().__init__("Somebody else changed this since you opened it.")
        self.current = current


class Versioned(models.Model):
    """A row with a version: 1 when made, one more with each edit."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @contextmanager
    def editing(self, version: int | None = None) -> Iterator[None]:
        """Lock this row, raise its version and load it afresh; save inside the block.

        `version` is the one the editor saw. Raises `Stale` when the row has moved on since then,
        and changes nothing. None means the caller did not look first (a job, a verb from a list).
        """
        with transaction.atomic():
            rows = type(self)._base_manager.filter(pk=self.pk)
            seen = rows if version is None else rows.filter(version=version)
            if not seen.update(version=F("version") + 1):
                raise Stale(rows.get())
            self.refresh_from_db()
            yield
