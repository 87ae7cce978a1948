"""A person's own profile."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from people.forms.profile import ProfileForm
from people.models import User
from people.signed_in import signed_in
from people.zones import validate_zone


@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """Settings begin with one's own profile."""
    return redirect("settings_profile")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = User.objects.visible_to(signed_in(request)).get(pk=signed_in(request).pk)
    form = ProfileForm(request.POST or None, initial=vars(person))
    if request.method == "POST" and form.is_valid() and form.save(person):
        messages.success(request, "Profile saved.")
        return redirect("settings_profile")
    context = {"form": form, "now": timezone.now(), "zone": signed_in(request).zone}
    return render(request, "people/profile.html", context, status=form.status)


@require_safe
def local_time(request: HttpRequest) -> HttpResponse:
    """What the clock says in `?time_zone=`: the preview beside a time zone being chosen."""
    name = request.GET.get("time_zone", "")
    try:
        validate_zone(name)
    except ValidationError:
        raise Http404 from None
    context = {"now": timezone.now(), "zone": ZoneInfo(name)}
    return render(request, "people/profile.html#clock", context)
