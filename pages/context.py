"""What base.html needs on every page: the rail with its counts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from alerts.inbox import unread
from alerts.models import Heartbeat
from coaching.help_queue import answers_unread, waiting_for
from coaching.models import CallPlan, Debrief
from people.models import User


@dataclass(frozen=True)
class RailItem:
    """A destination. `count` is what waits there for this person, 0 shows nothing."""

    url: str
    label: str
    icon: str
    current: bool
    count: int = 0
    is_bell: bool = False  # whose count is kept true while the page is open


BELL = "alerts"
PLACES = [
    ("today", "Today", "sun"),
    (BELL, "Alerts", "bell"),
    ("board", "Pipeline", "kanban"),
    ("calls", "Calls", "phone-call"),
    ("inspections", "Inspection", "clipboard-check"),
    ("debriefs", "Debriefs", "message-square-text"),
    ("ride_alongs", "Ride-alongs", "car"),
    ("accounts", "Accounts", "building-2"),
    ("contacts", "Contacts", "users"),
    ("agreements", "Agreements", "handshake"),
    ("reviews", "1-on-1s", "messages-square"),
    ("metrics", "Metrics", "chart-line"),
    ("coaching", "Coaching", "target"),
    ("coverage", "Coverage", "footprints"),
    ("help_requests", "Help", "life-buoy"),
    ("pipeline_calls", "Pipeline call", "presentation"),
    ("playbook", "Playbook", "book-open"),
    ("settings", "Settings", "settings"),
]
FOR_MANAGERS = {"inspections", "coverage"}
FOR_TEAMS = {"pipeline_calls"}  # managers and whoever is in a team
FOR_PAIRS = {"reviews"}  # managers and whoever reports to somebody
ON_PHONES = ["today", "board", BELL]
LATE = "late"  # no place: how many parts are late that keep alerts running
WHOLE = {"board": "opportunities"}  # current on all pages under that one
BELONGS = {  # pages that belong to a place under which they do not stand
    "coaching": {
        "person",
        "inspection_level",
        "person_focus",
        "focus",
        "person_diagnoses",
        "diagnosis_new",
    }
}


def rail(request: HttpRequest) -> dict[str, Any]:
    """`rail.items_list` for the side, `rail.bar` and `rail.more` for phones; {} when signed out."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    counts = _counts(user)
    items = {
        name: RailItem(reverse(name), label, icon, is_current, counts.get(name, 0), name == BELL)
        for name, label, icon in PLACES
        for is_current in [_is_current(request, name)]
        if user.leads_people or _is_for(user, name)
    }
    more = [item for name, item in items.items() if name not in ON_PHONES]
    bar = [items[name] for name in ON_PHONES]
    return {
        "rail": {
            "items_list": list(items.values()),
            "bar": bar,
            "more": more,
            "more_count": sum(item.count for item in more),
            "unread": counts.get(BELL, 0),
            "sample": user.is_sample,
            "is_late": bool(counts.get(LATE)),
        }
    }


def _is_for(user: User, name: str) -> bool:
    """Whether somebody who leads nobody goes there."""
    if name in FOR_TEAMS:
        return user.team_id is not None
    if name in FOR_PAIRS:
        return user.reports_to_id is not None
    return name not in FOR_MANAGERS


def _counts(user: User) -> dict[str, int]:
    """What waits at each place, in one statement."""
    now = timezone.now()
    late = Heartbeat.objects.late_for(user, now)
    waiting: dict[str, QuerySet[Any, Any]] = {BELL: unread(user, now), LATE: late}
    if user.leads_people:
        plans = CallPlan.objects.visible_to(user).of_reports(user)
        waiting["inspections"] = plans.awaiting_inspection(now)
        waiting["debriefs"] = Debrief.objects.visible_to(user).of_reports(user).awaiting_review()
        waiting["help_requests"] = waiting_for(user)
    else:
        waiting["help_requests"] = answers_unread(user)
    first, *others = [
        rows.order_by()
        .values(place=Value(place, CharField()))
        .annotate(count=Count("pk"))
        .values_list("place", "count")
        for place, rows in waiting.items()
    ]
    return dict(first.union(*others, all=True))


def _is_current(request: HttpRequest, name: str) -> bool:
    here, url = request.resolver_match, reverse(WHOLE.get(name, name))
    if here is not None and here.url_name in BELONGS.get(name, ()):
        return True
    return request.path == url if url == "/" else request.path.startswith(url)
