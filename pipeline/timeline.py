"""A deal's whole timeline: its history and the calls one may see, for page and API alike.

`timeline(deal, user, now)` is what most want. A page that shows more of the calls reads them once
and puts the parts together itself: `newest_first([*History.of(...).entries, *entries_of(calls)])`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from lib.calendar import local_date
from people.models import User
from pipeline.history import Entry, History
from pipeline.models import Call, Opportunity
from pipeline.models.call import CallQuerySet


def timeline(deal: Opportunity, user: User, now: datetime) -> list[Entry]:
    """Everything that happened, newest first, in two statements at any length.

    Days are those of the person's zone. Without help requests: those belong to coaching.
    """
    history = History.of(deal, user.zone)
    calls = entries_of(happened(calls_of(deal, user), now), user.zone)
    return newest_first([*history.entries, *calls], user.zone)


def calls_of(deal: Opportunity, user: User) -> CallQuerySet:
    """The calls about a deal that this person may see, the latest first."""
    seen: CallQuerySet = Call.objects.visible_to(user).filter(opportunity=deal)
    return seen.select_related("owner").order_by("-starts_at", "-pk")


def happened(calls: CallQuerySet, now: datetime) -> CallQuerySet:
    """Calls to come have not happened yet, unless something became of them."""
    return calls.filter(Q(starts_at__lte=now) | ~Q(status=Call.PLANNED))


def entries_of(calls: Iterable[Call], zone: ZoneInfo) -> list[Entry]:
    """A line for each call; `of` is the call."""
    return [
        Entry(
            kind="call",
            at=call.starts_at,
            on=local_date(call.starts_at, zone),
            text=f"{call.get_kind_display()} ({call.get_status_display().lower()})",
            by=call.owner.name,
            why=call.status_reason,
            url=reverse("call", args=[call.pk]),
            pk=call.pk,
            mark="held" if call.status == Call.HELD else "",
            of=call,
        )
        for call in calls
    ]


def newest_first(entries: list[Entry], zone: ZoneInfo) -> list[Entry]:
    """Events of the same moment stand in the order in which they were read."""
    moments: dict[int, Any] = {id(entry): entry.moment(zone) for entry in entries}
    return sorted(entries, key=lambda entry: moments[id(entry)], reverse=True)
