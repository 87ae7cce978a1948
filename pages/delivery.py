"""How delivery runs, for administrators: what is late, what waits and what went wrong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from alerts import health
from lib import doorbell
from pages.health import last_tally_check
from people.permissions import administrators_only


@require_safe
@administrators_only
def delivery(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    queues = health.queues(now)
    context = {
        "now": now,
        "parts": health.parts(now),
        "queues": queues,
        "jobs": doorbell.rung(),
        "failures": health.failures(),
        "failed": sum(queue.failed for queue in queues),
        "retries": health.retries(),
        "retried": sum(queue.retried for queue in queues),
        "searches": health.searches(now),
        "mail_is_set_up": settings.EMAIL_IS_CONFIGURED,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "tally_check": last_tally_check(),
    }
    return render(request, "pages/delivery.html", context)
