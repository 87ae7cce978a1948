"""That a 1-on-1 was rescheduled by hand."""

from django.db import models

from people.models import User
from reviews.models.review import Review
from reviews.models.review_rows import OfReviewQuerySet


class ReviewTimeChange(models.Model):
    review = models.ForeignKey(Review, models.CASCADE, related_name="time_changes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    from_time = models.DateTimeField()
    to_time = models.DateTimeField()

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"From {self.from_time:%Y-%m-%d %H:%M} to {self.to_time:%Y-%m-%d %H:%M}"
