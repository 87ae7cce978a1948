"""What is written down when a 1-on-1 begins: from then on it shows what it showed then."""

from datetime import datetime

from reviews.models.agreement import Agreement
from reviews.models.review import Review
from reviews.models.review_clock import PARTS
from reviews.models.review_deal import ReviewDeal
from reviews.models.review_part import ReviewPart
from reviews.review_deals import live_lines
from reviews.status_report import status_report


def freeze(review: Review, at: datetime) -> None:
    """The figures, the deals and an empty text for each part. Agreements that are due and not
    done are carried. A fixed number of statements for each thousand deals.
    """
    review.status = status_report(review, at, starts=True)
    ReviewDeal.freeze(review, live_lines(review, at))
    ReviewPart.objects.bulk_create(ReviewPart(review=review, number=number) for number in PARTS)
    review.brought = Agreement.carry(review)
