"""A 1-on-1 as a file for calendar programs. Nothing of what is said in it is in there."""

from datetime import UTC, datetime
from typing import Any

from people.models import User
from reviews.models import Review


def invitation(review: Review, *, url: str, host: str, at: datetime) -> bytes:
    """RFC 5545 text: a request, or, when it was excused, its cancellation.

    The same meeting has the same id on the same host, whenever it is asked for; a later state of
    it has a higher number, so that programs replace the earlier one.
    """
    from icalendar import Calendar, Event  # slow to load, and seldom asked for

    off = review.excused_at is not None
    event = Event.new(
        uid=f"review-{review.pk}@{host}",
        sequence=review.version,
        stamp=at.astimezone(UTC),
        start=review.scheduled_for.astimezone(UTC),
        end=review.ends_at.astimezone(UTC),
        summary=f"1-on-1: {review.manager.first_name} and {review.rep.first_name}",
        organizer=_address(review.manager),
        attendees=[each for each in [_address(review.rep, role="REQ-PARTICIPANT")] if each],
        url=url,
    )
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    calendar = Calendar.new(
        prodid="-//Touchline//1-on-1//EN",
        method="CANCEL" if off else "REQUEST",
        subcomponents=[event],
    )
    return bytes(calendar.to_ical())


def _address(person: User, **parameters: Any) -> Any:
    """Name and address; None while no address is known."""
    from icalendar import vCalAddress

    if not person.email:
        return None
    return vCalAddress.new(person.email, cn=person.name, **parameters)
