"""An import of a CSV file, from the upload to the report, and what was wrong with its rows."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models, transaction
from django.db.models import F, Q

from lib import doorbell
from lib.versions import Versioned
from people.models import User
from pipeline.imports.kinds import KINDS, choices

LEASE = timedelta(seconds=60)  # without a sign of life for so long a run counts as dead
MOST_ATTEMPTS = 5  # starts without any progress before an import counts as failed


def random_name(upload: "Import", filename: str) -> str:
    """Where the file is kept; its own name stays in `original_name`."""
    return f"imports/{uuid.uuid4().hex}.csv"


class LeaseLost(Exception):  # noqa: N818 - it says what happened
    """Another worker took this import over."""


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: User) -> Self:
        """Administrators see all imports, others none."""
        return self if user.is_administrator else self.none()

    def abandoned(self, now: datetime) -> Self:
        """To be run, but without a sign of life for the time of a lease."""
        running = self.filter(state__in=Import.RUNNING)
        return running.filter(Q(leased_at=None) | Q(leased_at__lt=now - LEASE))


class Import(Versioned):
    """Counts are rows of the file. `also_created` counts by noun what was made on the way.

    `mapping` is column -> field name or "". `values` is column -> {value of the file: action};
    an action is {"do": "use", "with": other value}, or {"do": …} of empty, create, won, lost. The
    value "*" stands for all unknown ones of that column. `format` has encoding, delimiter,
    decimal and date_order; "" for what could be read in two ways and has not been said.
    """

    UPLOADED, MAPPED, CHECKING, CHECKED = "uploaded", "mapped", "checking", "checked"
    COMMITTING, DONE, FAILED, DISCARDED = "committing", "done", "failed", "discarded"
    STATES: ClassVar = [
        (UPLOADED, "Uploaded"),
        (MAPPED, "Mapped"),
        (CHECKING, "Being checked"),
        (CHECKED, "Checked"),
        (COMMITTING, "Being imported"),
        (DONE, "Imported"),
        (FAILED, "Failed"),
        (DISCARDED, "Discarded"),
    ]
    RUNNING = (CHECKING, COMMITTING)
    EDITABLE = (UPLOADED, MAPPED, CHECKED, FAILED)

    kind = models.CharField(max_length=20, choices=choices)
    state = models.CharField(max_length=10, choices=STATES, default=UPLOADED, editable=False)
    file = models.FileField(upload_to=random_name)
    original_name = models.CharField(max_length=255, editable=False)
    survey = models.JSONField(default=dict, editable=False)
    format = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    closed_stage = models.CharField(max_length=100, blank=True)
    header_key = models.CharField(max_length=64, editable=False)
    rows = models.PositiveIntegerField(default=0, editable=False)
    rows_done = models.PositiveIntegerField(default=0, editable=False)
    created = models.PositiveIntegerField(default=0, editable=False)
    changed = models.PositiveIntegerField(default=0, editable=False)
    unchanged = models.PositiveIntegerField(default=0, editable=False)
    rejected = models.PositiveIntegerField(default=0, editable=False)
    also_created = models.JSONField(default=dict, editable=False)
    error = models.CharField(max_length=500, blank=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    lease = models.UUIDField(null=True, editable=False)
    leased_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["state", "leased_at"], name="import_by_state"),
            models.Index(fields=["kind", "header_key", "state"], name="import_by_header"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.original_name}"

    # What one may ask.

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def columns(self) -> list[str]:
        """The header, in the order of the file."""
        return [column["name"] for column in self.survey["columns"]]

    @property
    def accepted(self) -> int:
        """Rows that are, or will be, in the database as the file has them."""
        return self.created + self.changed + self.unchanged

    # Verbs.

    @classmethod
    def upload(
        cls, kind: str, file: "File[bytes]", *, name: str, by: User | None, at: datetime
    ) -> "Import":
        """Look at the whole file, keep it and guess its mapping.

        Raises ValidationError on `kind` or `file` when it is none we can import.
        """
        from pipeline.imports.intake import first_mapping, look_at

        if kind not in KINDS:
            raise ValidationError({"kind": "Choose what the file holds."})
        if (file.size or 0) > settings.IMPORT_MAX_BYTES:
            most = settings.IMPORT_MAX_BYTES // 1_000_000
            raise ValidationError({"file": f"This file is larger than {most} MB. Split it."})
        made = cls(kind=kind, original_name=name[-255:], created_by=by, created_at=at)
        look_at(made, file)
        first_mapping(made)
        made.file.save(name, file, save=False)
        made.save()
        return made

    def arrange(self, *, version: int | None = None, **choices: Any) -> None:
        """Say how to read the file: `mapping`, `values`, `format`, `closed_stage`.

        What is not given stays. Raises ValidationError with the wrong one's name.
        """
        from pipeline.imports.intake import arrange

        with self.editing(version):
            self._require(self.EDITABLE, "mapped")
            arrange(self, **choices)
            self.state = self.MAPPED
            self.save()

    def start_check(self, *, at: datetime, version: int | None = None, ring: bool = True) -> None:
        """Hand all rows to a job that says what a commit would do; it changes nothing.

        With `ring` False nobody is called: the caller runs the job.
        """
        from pipeline.imports.intake import require_complete

        with self.editing(version):
            self._require(self.EDITABLE, "checked")
            require_complete(self)
            self._start(self.CHECKING, at, ring=ring)

    def start_commit(self, *, at: datetime, version: int | None = None, ring: bool = True) -> None:
        """Hand the checked rows to a job that writes them."""
        with self.editing(version):
            self._require((self.CHECKED,), "imported before it is checked")
            if not self.accepted:
                raise ValidationError("No row of this file can be imported as it is mapped now.")
            self._start(self.COMMITTING, at, ring=ring)

    def discard(self, *, version: int | None = None) -> None:
        """Forget the file of an import that was not committed."""
        with self.editing(version):
            self._require(self.EDITABLE, "discarded")
            self.problems.all().delete()
            name, storage = str(self.file.name), self.file.storage
            transaction.on_commit(lambda: storage.delete(name))  # not before it is forgotten
            self.state, self.file = self.DISCARDED, ""
            self.save()

    def _require(self, states: tuple[str, ...], verb: str) -> None:
        if self.state not in states:
            state = self.get_state_display().lower()
            raise ValidationError(f"This import is {state}: it cannot be {verb}.")

    def _start(self, state: str, at: datetime, *, ring: bool) -> None:
        self.problems.all().delete()
        self.state, self.started_at, self.finished_at = state, at, None
        self.rows_done = self.created = self.changed = self.unchanged = self.rejected = 0
        self.also_created, self.error = {}, ""
        self.lease, self.leased_at, self.attempts = None, None, 0
        self.save()
        if ring:
            self._ring()

    def _ring(self) -> None:
        from pipeline.tasks import run_import

        doorbell.ring(run_import, self.pk)

    # The job's side: whoever holds the lease runs it.

    @classmethod
    def claim(cls, pk: int, now: datetime) -> "Import | None":
        """Take the lease of an import that waits or was abandoned; None when there is nothing."""
        lease = uuid.uuid4()
        free = cls.objects.abandoned(now).filter(pk=pk)
        taken = free.update(lease=lease, leased_at=now, attempts=F("attempts") + 1)
        if not taken:
            return None
        claimed = cls.objects.get(pk=pk, lease=lease)
        if claimed.attempts > MOST_ATTEMPTS:
            claimed.fail("It stopped without progress several times.", at=now)
            return None
        return claimed

    def hold(self, now: datetime) -> None:
        """Keep the lease; locks the row until the transaction ends. Raises LeaseLost."""
        mine = Import.objects.filter(pk=self.pk, lease=self.lease, state=self.state)
        if not mine.update(leased_at=now):
            raise LeaseLost

    def save_progress(self) -> None:
        """Write what a batch did; call inside the batch's transaction after `hold`."""
        self.attempts = 0
        counts = ["rows_done", "created", "changed", "unchanged", "rejected", "also_created"]
        self.save(update_fields=[*counts, "attempts"])

    def finish(self, at: datetime) -> None:
        """The run is over: checked or done."""
        self.state = self.CHECKED if self.state == self.CHECKING else self.DONE
        self.finished_at, self.lease = at, None
        self.save(update_fields=["state", "finished_at", "lease"])
        Import.objects.filter(pk=self.pk).update(version=F("version") + 1)

    def fail(self, error: str, *, at: datetime) -> None:
        """The run cannot go on; the reason is for the administrator to read."""
        self.state, self.error, self.finished_at, self.lease = self.FAILED, error[:500], at, None
        self.save(update_fields=["state", "error", "finished_at", "lease"])
        Import.objects.filter(pk=self.pk).update(version=F("version") + 1)

    @property
    def is_kept(self) -> bool:
        """Whether the uploaded file is still there to be read."""
        return bool(self.file) and self.file.storage.exists(str(self.file.name))

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The uploaded file, for reading."""
        with self.file.storage.open(str(self.file.name), "rb") as stored:
            assert stored.file is not None
            yield stored.file


class ImportProblemQuerySet(models.QuerySet["ImportProblem"]):
    def visible_to(self, user: User) -> Self:
        """Administrators see all, others none."""
        return self if user.is_administrator else self.none()


class ImportProblem(models.Model):
    """A row that is not imported as it is. `line` counts from 1, the header included."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300)

    objects = ImportProblemQuerySet.as_manager()

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["source", "line", "id"], name="import_problem_by_line")]

    def __str__(self) -> str:
        return f"Line {self.line}, {self.column}: {self.reason}"
