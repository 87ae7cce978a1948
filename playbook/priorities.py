"""What is to be pushed today, for pages that have no statement to spare for it."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import F, TextField
from django.db.models.functions import Cast, JSONObject

from people.calendar import Calendar
from people.models import User
from playbook.models import Priority
from playbook.models.priority import IN_FORCE, standing

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pushed:
    """A priority in force. `product` is "" for whatever we sell."""

    place: int
    pk: int
    title: str
    reason: str
    product: str
    product_id: int | None
    first_day: date
    last_day: date | None

    def is_served_by(self, product_id: int | None) -> bool:
        """Whether a deal for that product is one of those to be pushed."""
        return self.product_id is None or self.product_id == product_id


def calendar_and_priorities(user: User, now: datetime) -> tuple[Calendar, list[Pushed]]:
    """The calendar of the organisation, and what is in force today by it, in one statement."""
    today = now.astimezone(UTC).date()
    near = Priority.objects.visible_to(user).between(today - DAY, today + DAY)
    calendar, read = Calendar.beside(near, _AS_JSON)
    day = calendar.today(now)
    found = sorted(map(_pushed, read), key=lambda each: (each.place, each.pk))
    return calendar, [
        each for each in found if standing(each.first_day, each.last_day, day) == IN_FORCE
    ]


_AS_JSON = JSONObject(
    place="place",
    pk="pk",
    title="title",
    reason="reason",
    product=F("product__name"),
    product_id="product_id",
    first_day=Cast("first_day", TextField()),
    last_day=Cast("last_day", TextField()),
)


def _pushed(text: str) -> Pushed:
    said = json.loads(text)
    last = said["last_day"]
    return Pushed(
        **said
        | {
            "product": said["product"] or "",
            "first_day": date.fromisoformat(said["first_day"]),
            "last_day": date.fromisoformat(last) if last else None,
        }
    )
