"""How many 1-on-1s were held, late, excused or not held: numbers for the reporting line, no text.

The one place where that is counted; pages and the API show the same.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from people.models import User
from reviews.models import Review

HELD = Q(closed_at__isnull=False)
EXCUSED = Q(closed_at=None, excused_at__isnull=False)
LEFT = Q(closed_at=None, excused_at=None)
KINDS = {
    "held": HELD,
    "late": HELD & Q(not_held_at__isnull=False),
    "excused": EXCUSED,
    "not_held": LEFT & Q(not_held_at__isnull=False),
    "scheduled": LEFT & Q(not_held_at=None),
}


@dataclass(frozen=True)
class ReviewCount:
    """Of one manager. `late` ones are among the `held`: they began after their month's end.

    `not_held` ones were recorded as such and are not closed; `scheduled` ones may run already.
    Each review stands in one of the four.
    """

    manager_id: int
    manager_name: str
    held: int
    late: int
    excused: int
    not_held: int
    scheduled: int


def counts(user: User, begin: date | None = None, end: date | None = None) -> list[ReviewCount]:
    """By the managers' names, of those this person may count, whose month ended from `begin` to
    `end`, both included; without one of them, there is no such limit. One statement.
    """
    rows = Review.objects.counted_for(user)
    if begin:
        rows = rows.filter(due_by__gte=begin)
    if end:
        rows = rows.filter(due_by__lte=end)
    grouped = rows.order_by("manager__name", "manager").values("manager", "manager__name")
    kinds: dict[str, Any] = {name: Count("pk", filter=kind) for name, kind in KINDS.items()}
    counted: Any = grouped.annotate(**kinds)
    return [
        ReviewCount(row["manager"], row["manager__name"], **{name: row[name] for name in KINDS})
        for row in counted
    ]
