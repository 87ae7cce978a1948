"""What base.html needs on every page: the rail with its counts."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from coaching.models import CallPlan, Debrief


@dataclass(frozen=True)
class RailItem:
    """A destination. `count` is what waits there for this person, 0 shows nothing."""

    url: str
    label: str
    icon: str
    current: bool
    count: int = 0


PLACES = [
    ("today", "Today", "sun"),
    ("opportunities", "Pipeline", "kanban"),
    ("calls", "Calls", "phone-call"),
    ("inspections", "Inspection", "clipboard-check"),
    ("debriefs", "Debriefs", "message-square-text"),
    ("accounts", "Accounts", "building-2"),
    ("contacts", "Contacts", "users"),
    ("agreements", "Agreements", "handshake"),
    ("settings", "Settings", "settings"),
]
FOR_MANAGERS = {"inspections"}
ON_PHONES = {"today", "opportunities", "calls"}


def rail(request: HttpRequest) -> dict[str, Any]:
    """`rail.items_list` for the side, `rail.bar` and `rail.more` for phones; {} when signed out."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    counts = _counts(user) if user.leads_people else {}
    items = {
        name: RailItem(url, label, icon, _is_current(request.path, url), counts.get(name, 0))
        for name, label, icon in PLACES
        for url in [reverse(name)]
        if user.leads_people or name not in FOR_MANAGERS
    }
    more = [item for name, item in items.items() if name not in ON_PHONES]
    bar = [item for name, item in items.items() if name in ON_PHONES]
    return {
        "rail": {
            "items_list": list(items.values()),
            "bar": bar,
            "more": more,
            "more_count": sum(item.count for item in more),
            "sample": user.is_sample,
        }
    }


def _counts(user: Any) -> dict[str, int]:
    plans = CallPlan.objects.visible_to(user).of_reports(user)
    debriefs = Debrief.objects.visible_to(user).of_reports(user)
    return {
        "inspections": plans.awaiting_inspection(timezone.now()).count(),
        "debriefs": debriefs.awaiting_review().count(),
    }


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
