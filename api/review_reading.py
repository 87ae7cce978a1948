"""Who else read a 1-on-1: noted before the text is answered, and shown to its two people."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from api.resource import Readable, Resource, find
from people.models import User
from reviews.models import Review, ReviewRead


def note_reading(reviews: Iterable[Review | None], reader: User) -> None:
    """One row a review that is not the reader's own, all in one statement; None are passed over."""
    each_once = {review.pk: review for review in reviews if review}
    ReviewRead.note(list(each_once.values()), reader, ReviewRead.API, timezone.now())


class TextsOfReviews(Readable):
    """Rows with a `review` whose text they hold."""

    def get_queryset(self) -> QuerySet[Any]:
        return with_review(super().get_queryset())

    def reading(self, rows: Sequence[Any]) -> None:
        note_reading((row.review for row in rows), self.asker)


class BelowReview(Resource):
    """What stands below the address of one review."""

    lookup_field, lookup_url_kwarg = "id", "review_pk"

    def review(self) -> Review:
        """The one in the address; Http404 where the asker may not see it."""
        found: Review = find(
            Review.objects.visible_to(self.asker).for_page(), self.kwargs["review_pk"]
        )
        return found


def with_review(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Each beside its review, without what that froze."""
    return rows.select_related("review").defer("review__status", "review__brought")
