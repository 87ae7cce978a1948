"""Each time the manager's manager read a 1-on-1; both of the two see it."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from people.models import User
from reviews.models.review import Review
from reviews.models.review_rows import OfReviewQuerySet


class ReviewRead(models.Model):
    """Written before the text is shown."""

    PAGE, API = "page", "api"
    HOW: ClassVar = [(PAGE, "On its page"), (API, "By the API")]

    review = models.ForeignKey(Review, models.CASCADE, related_name="reads")
    reader = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    how = models.CharField(max_length=4, choices=HOW)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.reader} read {self.review}"

    @classmethod
    def note(cls, reviews: "list[Review]", reader: User, how: str, at: datetime) -> None:
        """One row for each review that is not the reader's own."""
        others = [review for review in reviews if not review.is_of(reader)]
        made: Any = [cls(review=each, reader=reader, how=how, at=at) for each in others]
        cls.objects.bulk_create(made)
