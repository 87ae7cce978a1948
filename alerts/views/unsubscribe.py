"""Ending the mails of a kind, or the digest, by the link in one of them; nobody need sign in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alerts.addresses import read_unsubscribe
from alerts.unsubscribing import Subscription


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET says what would end, POST ends it: by the page's button, or as RFC 8058 has it, by a
    mail program. The token is the permission, so no session and no form token is asked for.
    """
    known = read_unsubscribe(token)
    subscription = Subscription.of(*known) if known else None
    if subscription is None:
        raise Http404
    if request.method == "POST":
        subscription.end(timezone.now())
    context = {"subscription": subscription, "is_over": subscription.is_over}
    return render(request, "alerts/unsubscribe.html", context)
