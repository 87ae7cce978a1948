"""What the rep brings to a 1-on-1: at most three answers."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from lib.versions import Versioned
from people.models import User
from reviews.models.review import Review
from reviews.models.review_rows import OfReviewQuerySet

ANSWER_LENGTH = 5_000
QUESTIONS = {
    "in_the_way": "What is in the way?",
    "doing": "What am I doing about it, and by when?",
    "help_needed": "Where do I need you?",
}


class ReviewPreparation(Versioned):
    """Written by the rep from the day before until the start; the manager reads it beside each
    part.
    """

    review = models.OneToOneField(Review, models.CASCADE, related_name="preparation")
    in_the_way = models.TextField(QUESTIONS["in_the_way"], blank=True, max_length=ANSWER_LENGTH)
    doing = models.TextField(QUESTIONS["doing"], blank=True, max_length=ANSWER_LENGTH)
    help_needed = models.TextField(QUESTIONS["help_needed"], blank=True, max_length=ANSWER_LENGTH)
    saved_at = models.DateTimeField(null=True, editable=False)

    objects = OfReviewQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Preparation of {self.review}"

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Question and answer, of those that were answered."""
        return [
            (words, getattr(self, name)) for name, words in QUESTIONS.items() if getattr(self, name)
        ]

    @classmethod
    def of(cls, review: Review) -> "ReviewPreparation":
        """The review's; one that is not saved yet when nothing was written."""
        try:
            return review.preparation
        except cls.DoesNotExist:
            return cls(review=review)

    @classmethod
    @transaction.atomic
    def write(
        cls,
        review: Review,
        answers: dict[str, str],
        *,
        by: User,
        at: datetime,
        version: int | None = None,
    ) -> "ReviewPreparation":
        """Keep some of the answers to `QUESTIONS`. By the rep, once it is open, until it starts.

        Raises `Stale`, PermissionDenied, and ValidationError before it opens and after it started.
        """
        if by.pk != review.rep_id:
            raise PermissionDenied("Only the rep prepares their 1-on-1.")
        if unknown := answers.keys() - QUESTIONS.keys():
            raise TypeError(f"{sorted(unknown)} are no questions")
        said = {name: text.replace("\r\n", "\n").strip() for name, text in answers.items()}
        prepared = cls.objects.get_or_create(review=review)[0]
        if all(getattr(prepared, name) == text for name, text in said.items()):
            return prepared
        with prepared.editing(version):
            prepared.require_open(at)
            for name, text in said.items():
                setattr(prepared, name, text)
            prepared.saved_at = at
            prepared.full_clean(exclude=["review"])
            prepared.save()
        return prepared

    def require_open(self, at: datetime) -> None:
        """Raise ValidationError before it opens, and once it has started or was excused."""
        self.review.refresh_from_db()
        if self.review.started_at:
            raise ValidationError("The 1-on-1 has begun: write in its parts.")
        if not self.review.is_open(at):
            raise ValidationError("This 1-on-1 is not open for preparing.")
