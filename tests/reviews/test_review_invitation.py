"""The calendar file of a 1-on-1, read back by a calendar library."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from icalendar import Calendar

from people.models import Organisation, User
from reviews.models import Review
from tests.conftest import As


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def review(rosa: User, mia: User, now: datetime) -> Review:
    mia.change(time_zone="Asia/Tokyo")
    when = (now + timedelta(days=9)).replace(hour=1, minute=30, second=0, microsecond=0)
    return Review.arrange(rosa, when, by=mia, at=now)


def fetched(who: User, review: Review, as_: type[As]) -> tuple[Any, Any]:
    """The calendar and its one event."""
    answer = as_.page(who).get(f"/reviews/{review.pk}/invitation.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert 'filename="1-on-1-' in answer["Content-Disposition"]
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_it_says_who_meets_whom_when_and_where_to_prepare(
    rosa: User, mia: User, review: Review, as_: type[As]
) -> None:
    for who in (rosa, mia):
        calendar, event = fetched(who, review, as_)
        assert calendar["METHOD"] == "REQUEST"
        assert event["SUMMARY"] == "1-on-1: Mia and Rosa"
        assert event["DTSTART"].dt == review.scheduled_for
        assert event.to_ical().count(b"Z\r\n") == 3  # begin, end and stamp are in UTC
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=30)
        assert event["ORGANIZER"] == "mailto:mia.manager@example.com"
        assert event["ORGANIZER"].params["CN"] == "Mia Manager"
        assert event["ATTENDEE"] == "mailto:rosa.rep@example.com"
        assert event["URL"] == f"http://testserver/reviews/{review.pk}/"


def test_its_id_stays_and_its_number_rises_when_it_is_moved(
    rosa: User, mia: User, review: Review, now: datetime, as_: type[As]
) -> None:
    _, before = fetched(rosa, review, as_)
    review.reschedule(review.scheduled_for + timedelta(hours=2), by=mia, at=now)
    _, after = fetched(rosa, review, as_)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt - before["DTSTART"].dt == timedelta(hours=2)


def test_excused_it_cancels_and_does_not_say_why(
    rosa: User, mia: User, review: Review, now: datetime, as_: type[As]
) -> None:
    review.excuse_it("A family matter", by=mia, at=now)
    calendar, event = fetched(rosa, review, as_)
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert b"family" not in calendar.to_ical()


def test_nothing_that_is_written_in_it_is_in_the_file(
    rosa: User, mia: User, review: Review, now: datetime, as_: type[As]
) -> None:
    review.start(by=mia, at=now)
    review.parts.get(number=1).write("Zanzibar", by=mia, at=now)
    calendar, _ = fetched(mia, review, as_)
    assert b"Zanzibar" not in calendar.to_ical()


def test_it_is_for_the_two_only_even_where_a_managers_manager_reads(
    rosa: User, mia: User, eva: User, pia: User, ada: User, now: datetime, as_: type[As]
) -> None:
    Organisation.current().change(managers_manager_reads_reviews=True)
    mia.refresh_from_db()
    review = Review.arrange(rosa, now + timedelta(days=1), by=mia, at=now)
    review.start(by=mia, at=now)
    review.close(by=mia, at=now)
    assert as_.page(eva).get(f"/reviews/{review.pk}/").status_code == 200
    for who in (eva, pia, ada):
        assert as_.page(who).get(f"/reviews/{review.pk}/invitation.ics").status_code == 404
