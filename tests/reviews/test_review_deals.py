"""Which deals a 1-on-1 talks about, where what happened was written down late."""

from datetime import timedelta

import pytest

from people.models import User
from pipeline.models import Opportunity, OutcomeChange
from reviews.models import Review
from reviews.review_page import ReviewPage
from tests.factories import NOW, a_deal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_deal_written_down_as_won_before_the_last_review_is_still_talked_about(
    rosa: User, mia: User
) -> None:
    """It was open on that review's page; an import said later that it had been won before."""
    deal = a_deal(rosa, at=NOW - 90 * DAY)
    before = Review.arrange(rosa, NOW - 30 * DAY, by=mia, at=NOW - 30 * DAY)
    before.start(by=mia, at=NOW - 30 * DAY)
    before.close(by=mia, at=NOW - 30 * DAY)
    won_on = (NOW - 40 * DAY).date()
    OutcomeChange.objects.create(
        opportunity=deal, at=NOW - 40 * DAY, on=won_on, from_status="open", to_status="won"
    )
    Opportunity.objects.update(status="won", closed_on=won_on)
    page = ReviewPage(Review.arrange(rosa, NOW, by=mia, at=NOW), mia, NOW)
    assert [(each.name, [shown.line.name for shown in each.lines]) for each in page.moves] == [
        ("won", ["Acme rollout"])
    ]
    assert page.changes["won"] == 1
