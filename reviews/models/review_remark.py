"""What is added to a 1-on-1 after it was closed."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models, transaction

from lib.events import publish
from people.models import User
from reviews.models.review import Review
from reviews.models.review_rows import OfReviewQuerySet

REMARK_LENGTH = 5_000


class ReviewRemark(models.Model):
    """With name and time; never changed."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="remarks")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", editable=False)
    text = models.TextField(max_length=REMARK_LENGTH)
    at = models.DateTimeField(editable=False)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text

    @classmethod
    def add(cls, review: Review, text: str, *, by: User, at: datetime) -> "ReviewRemark":
        """Append it. By one of the two; ValidationError until the review is closed."""
        review.require_one_of_two(by)
        if not review.is_closed:
            raise ValidationError("Remarks are for a closed 1-on-1. Write in its parts.")
        remark = cls(review=review, author=by, at=at, text=text.replace("\r\n", "\n").strip())
        remark.full_clean()
        with transaction.atomic():
            remark.save()
            publish("added", remark, by, at)
        return remark
