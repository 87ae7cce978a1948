"""A person's webhooks: which programs are told what, and what they were sent."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.forms.webhooks import EndpointForm, NewEndpointForm
from alerts.models import WebhookDelivery, WebhookEndpoint
from lib.keyset import Page
from lib.verb_form import VersionedVerbForm
from people.signed_in import signed_in

AT_ONCE = 25  # deliveries on a page


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    known = list(WebhookEndpoint.objects.visible_to(user).select_related("owner"))
    context = {
        "own": [each for each in known if each.owner_id == user.pk],
        "others": [each for each in known if each.owner_id != user.pk],
    }
    return render(request, "alerts/webhooks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_new(request: HttpRequest) -> HttpResponse:
    """A form; the secret is in the very answer to its making and nowhere else."""
    form = NewEndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.add(signed_in(request), timezone.now())
        if made:
            secret = made.secret if made.is_signed else ""
            return endpoint_page(request, made, secret=secret, status=201)
    return render(request, "alerts/webhook_new.html", {"form": form}, status=form.status)


@require_safe
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    return endpoint_page(request, find(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def webhook_description(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint, user = find(request, pk), signed_in(request)
    endpoint.require_owner(user)
    form = EndpointForm(request.POST or None, initial=vars(endpoint))
    if request.method == "POST" and form.is_valid() and form.save(endpoint, user):
        messages.success(request, f"{endpoint} saved.")
        return redirect("settings_webhook", pk)
    context = {"form": form, "endpoint": find(request, pk)}
    return render(request, "alerts/webhook_edit.html", context, status=form.status)


@never_cache
@require_POST
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, in the answer to this and nowhere else."""
    endpoint, user, form = find(request, pk), signed_in(request), VersionedVerbForm(request.POST)
    endpoint.require_owner(user)
    said: dict[str, Any] = {"by": user, "at": timezone.now()}
    if form.is_valid() and form.carry_out(
        lambda: endpoint.rotate_secret(**said, version=form.cleaned_data["version"])
    ):
        return endpoint_page(request, endpoint, secret=endpoint.secret)
    return endpoint_page(request, find(request, pk), refused=form, status=form.status)


@require_POST
def webhook_test(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = find(request, pk)
    try:
        endpoint.ping(by=signed_in(request), at=timezone.now())
        messages.success(request, "A test is on its way. It is in the list below.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("settings_webhook", pk)


@require_POST
def webhook_deactivation(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = find(request, pk)
    endpoint.switch_off(by=signed_in(request), at=timezone.now())
    messages.success(request, f"{endpoint} is switched off.")
    return redirect("settings_webhook", pk)


@require_POST
def webhook_activation(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = find(request, pk)
    endpoint.switch_on(by=signed_in(request), at=timezone.now())
    messages.success(request, f"{endpoint} is switched on: what happens from now on is sent.")
    return redirect("settings_webhook", pk)


@require_POST
def webhook_removal(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = find(request, pk)
    endpoint.remove(by=signed_in(request))
    messages.success(request, f"{endpoint} removed.")
    return redirect("settings_webhooks")


@require_POST
def webhook_resend(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    rows = WebhookDelivery.objects.visible_to(user).select_related("endpoint")
    delivery: WebhookDelivery = get_object_or_404(rows, pk=pk)
    try:
        delivery.resend(by=user, at=timezone.now())
        messages.success(request, f"{delivery} is on its way once more, under the same id.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("settings_webhook", delivery.endpoint_id)


def find(request: HttpRequest, pk: int) -> WebhookEndpoint:
    """The endpoint, or 404."""
    rows = WebhookEndpoint.objects.visible_to(signed_in(request)).select_related("owner")
    return get_object_or_404(rows, pk=pk)


def endpoint_page(
    request: HttpRequest,
    endpoint: WebhookEndpoint,
    *,
    secret: str = "",
    refused: VersionedVerbForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """What it is told, how it goes, and the deliveries to its owner's eyes."""
    user = signed_in(request)
    sent = WebhookDelivery.objects.visible_to(user).filter(endpoint=endpoint)
    page = Page.of(sent, ["-id"], request.GET, size=AT_ONCE)
    context = {
        "endpoint": endpoint,
        "is_own": endpoint.owner_id == user.pk,
        "shown_url": endpoint.url_for(user),
        "former_signs": len(endpoint.secrets(timezone.now())) > 1,
    }
    context |= {"secret": secret, "refused": refused, "page": page}
    return render(request, "alerts/webhook_endpoint.html", context, status=status)
