"""What somebody notes for themselves about a 1-on-1."""

from datetime import datetime
from typing import Self

from django.db import models, transaction

from lib.versions import Versioned
from people.models import User
from reviews.models.review import Review

NOTE_LENGTH = 20_000


class ReviewNoteQuerySet(models.QuerySet["ReviewNote"]):
    def visible_to(self, user: User) -> Self:
        """One's own; nobody else ever reads it, whatever the organisation opens."""
        return self.filter(author=user)


class ReviewNote(Versioned):
    """One a person and review; no part of the review, so it may be changed when that is closed."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="private_notes")
    author = models.ForeignKey(User, models.CASCADE, related_name="review_notes", editable=False)
    text = models.TextField(blank=True, max_length=NOTE_LENGTH)
    saved_at = models.DateTimeField(null=True, editable=False)

    objects = ReviewNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "author"], name="one_private_note_a_person")
        ]

    def __str__(self) -> str:
        return f"Note of {self.author_id} on {self.review_id}"

    @classmethod
    def of(cls, review: Review, author: User) -> "ReviewNote":
        """This person's; one that is not saved yet when nothing was written."""
        found = cls.objects.visible_to(author).filter(review=review).first()
        return found or cls(review=review, author=author)

    @classmethod
    @transaction.atomic
    def write(
        cls, review: Review, text: str, *, by: User, at: datetime, version: int | None = None
    ) -> "ReviewNote":
        """Keep one's own note. Raises `Stale`, and PermissionDenied for all but the two."""
        review.require_one_of_two(by)
        note = cls.objects.get_or_create(review=review, author=by)[0]
        text = text.replace("\r\n", "\n").strip()
        if note.text == text:
            return note
        with note.editing(version):
            note.text, note.saved_at = text, at
            note.full_clean(exclude=["review", "author"])
            note.save()
        return note
