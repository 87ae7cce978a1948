"""A person's alerts: the list, the bell, and reading them all at once."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alerts.inbox import (
    ORDERS,
    SHOWS,
    SNOOZED,
    TO_DO,
    Filters,
    Moment,
    bell,
    cards,
    listed,
    muted,
    unread,
    waking_days,
)
from alerts.kinds import KINDS
from alerts.models.notification import NotificationQuerySet
from lib.keyset import Page
from people.calendar import Calendar
from people.models import User
from people.signed_in import signed_in


@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """What waits for this person, what they snoozed, and what is done."""
    moment = Moment(signed_in(request), timezone.now(), Calendar.current())
    show = request.GET.get("show", TO_DO)
    show = show if show in SHOWS else TO_DO
    rows = listed(moment.user, moment.now, show)
    filters = _filters(request, moment.user, rows)
    page = Page.of(filters.narrow(rows), ORDERS[show], request.GET)
    context = {
        "page": page,
        "groups": cards(page.rows, moment, by_day=show != SNOOZED),
        "moment": moment,
        "show": show,
        "shows": SHOWS,
        "filters": filters,
        "kinds": KINDS,
        "muted": muted(moment.user),
        "waking_days": waking_days(moment.today),
    }
    return render(request, "alerts/inbox.html", context)


def _filters(request: HttpRequest, user: User, rows: NotificationQuerySet) -> Filters:
    try:
        return Filters.of(rows, user, request.GET)
    except User.DoesNotExist:
        raise Http404 from None


@require_safe
@never_cache
def alerts_bell(request: HttpRequest) -> HttpResponse:
    """How many are unread, the newest one's time, and how many came after `?since=`."""
    now = timezone.now()
    return JsonResponse(bell(signed_in(request), now, _moment(request.GET.get("since")) or now))


@require_POST
def readings(request: HttpRequest) -> HttpResponse:
    """All that were told until `seen` are read: what came after the page was made is not."""
    now = timezone.now()
    until = _moment(request.POST.get("seen")) or now
    unread(signed_in(request), now).filter(app_at__lte=until).mark_read(now)
    messages.success(request, "All alerts are marked as read.")
    return redirect("alerts")


def _moment(text: str | None) -> datetime | None:
    """An instant as it stands in an address; None for what is none."""
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
