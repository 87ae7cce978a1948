"""How delivery runs: what administrators do about it, and what managers are told of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from alerts.channels.trial import send_trial
from alerts.health import try_again
from alerts.models import Heartbeat
from alerts.models.outbox import Refused, TryLater
from alerts.sending import OUTBOXES, rows_of
from people.permissions import administrators_only
from people.signed_in import signed_in


@require_safe
def lateness(request: HttpRequest) -> HttpResponse:
    """Which part is late, and since when. The banner asks for it once the page is shown."""
    user, now = signed_in(request), timezone.now()
    if not (user.leads_people or user.is_administrator):
        raise PermissionDenied("Managers are told of this.")
    late = list(Heartbeat.objects.late_for(user, now).order_by("at"))
    is_old = bool(late) and (now - late[0].at).days > 0
    return render(request, "alerts/_lateness.html", {"late": late, "is_old": is_old})


@require_POST
@administrators_only
def retry(request: HttpRequest, outbox: str, pk: int) -> HttpResponse:
    if outbox not in OUTBOXES:
        raise Http404
    row = get_object_or_404(rows_of(OUTBOXES[outbox]), pk=pk)
    if try_again(timezone.now(), type(row), pk=pk):
        messages.success(request, "It is sent again now.")
    else:
        messages.info(request, "Nothing to send again: it is on its way, or it arrived.")
    return redirect("settings_delivery")


@require_POST
@administrators_only
def retry_all(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    again = sum(try_again(now, outbox) for outbox in OUTBOXES.values())
    messages.success(request, f"{again} of them are sent again now." if again else "None is left.")
    return redirect("settings_delivery")


@require_POST
@administrators_only
def test_mail(request: HttpRequest) -> HttpResponse:
    """Send whoever asks a mail, over the connection that all mails go."""
    user = signed_in(request)
    try:
        send_trial(user)
    except (TryLater, Refused) as trouble:
        messages.error(request, f"The mail was not sent. {trouble}")
    else:
        messages.success(request, f"The mail server took it. Look for it at {user.email}.")
    return redirect("settings_delivery")
