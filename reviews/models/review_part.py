"""One of the five parts of a 1-on-1: what the two write, and how long it took."""

from datetime import datetime

from django.db import models

from lib.versions import Versioned
from people.models import User
from reviews.models.review import Review
from reviews.models.review_clock import PARTS, PLANNED_MINUTES
from reviews.models.review_rows import OfReviewQuerySet

NOTES_LENGTH = 20_000


class ReviewPart(Versioned):
    """Made when the review starts. Both write in it at once: each save carries its version."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField(choices=list(PARTS.items()))
    notes = models.TextField(blank=True, max_length=NOTES_LENGTH)
    saved_at = models.DateTimeField(null=True, editable=False)
    saved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    seconds = models.PositiveIntegerField(default=0, editable=False)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["review", "number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="one_part_a_number")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return PARTS[self.number]

    @property
    def planned_minutes(self) -> int:
        return PLANNED_MINUTES[self.number]

    def write(self, notes: str, *, by: User, at: datetime, version: int | None = None) -> None:
        """Keep what is written. The same text again is no change and raises no version.

        Raises `Stale` when somebody else saved another text first, ValidationError when the
        review does not run, PermissionDenied for all but the two.
        """
        review = self.review
        review.require_one_of_two(by)
        notes = notes.replace("\r\n", "\n").strip()
        if self.says_already(notes):
            return
        with self.editing(version):
            self.notes, self.saved_at, self.saved_by = notes, at, by
            self.clean_fields(exclude=[f.name for f in self._meta.fields if f.name != "notes"])
            self.save(update_fields=["notes", "saved_at", "saved_by"])
            review.note_change()

    def says_already(self, notes: str) -> bool:
        """Whether that is what is saved: an answer to an earlier save may have been lost."""
        self.refresh_from_db(fields=["version", "notes", "saved_at", "saved_by", "seconds"])
        return self.review.is_running and self.notes == notes

    def seconds_at(self, elapsed: int) -> int:
        """Spent on it so many seconds after the start of the review."""
        current = self.review.is_running and self.review.current_part == self.number
        return self.seconds + (max(elapsed - self.review.part_began, 0) if current else 0)

    def leave(self, elapsed: int) -> None:
        """The meeting goes on from here, so many seconds after its start. The caller locks."""
        self.seconds = self.seconds_at(elapsed)
        self.save(update_fields=["seconds"])
