"""A person's own notifications: what they hear of, by which way and at which hours."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from alerts.forms.preferences import Group, HoursForm, KindsForm
from alerts.line import days_off
from alerts.models import AlertPreference, DeliveryHours
from people.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """One group for the kinds of each app; each saves itself, by the `group` it says."""
    if request.method != "POST":
        return _page(request)
    user = signed_in(request)
    group = next((g for g in Group.all() if g.name == request.POST.get("group")), None)
    if group is None:
        raise Http404
    form = KindsForm(group, user, AlertPreference.of([user.pk]), request.POST)
    if form.save():
        messages.success(request, f"{group.label}: saved.")
        return redirect(reverse("alert_preferences") + f"#{group.name}")
    return _page(request, refused=form)


@require_POST
def hours(request: HttpRequest) -> HttpResponse:
    """When the digest comes, and when nothing does."""
    now = timezone.now()
    form = HoursForm(request.POST)
    if form.save(DeliveryHours.of(signed_in(request), now), now):
        messages.success(request, "Hours: saved.")
        return redirect(reverse("alert_preferences") + "#hours")
    return _page(request, hours=form)


def _page(
    request: HttpRequest, refused: KindsForm | None = None, hours: HoursForm | None = None
) -> HttpResponse:
    user = signed_in(request)
    known = AlertPreference.of([user.pk])
    forms = [KindsForm(group, user, known) for group in Group.all()]
    found = DeliveryHours.objects.visible_to(user).select_related("person").first()
    own = found or DeliveryHours(person=user)
    context = {
        "forms": [
            refused if refused and refused.group.name == form.group.name else form for form in forms
        ],
        "refused": refused,
        "hours": hours or HoursForm(initial=_as_they_are(own)),
        "next_digest": _next_digest(own),
    }
    status = (refused or hours or HoursForm()).status
    return render(request, "alerts/preferences.html", context, status=status)


def _as_they_are(own: DeliveryHours) -> dict[str, Any]:
    return {name: getattr(own, name) for name in (*own.CHANGEABLE, "version")}


def _next_digest(own: DeliveryHours) -> object:
    """When it comes, days off left out; None when there is none."""
    now = timezone.now()
    off = days_off([own.person_id], now)[own.person_id]
    return own.hours(off).next_digest(now) if own.has_digest else None
