"""Pages that truly mix apps."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from coaching.models import CallPlan
from coaching.own_coaching import own_coaching
from lib.calendar import day_span, start_of_week
from metrics.call_discipline import call_discipline
from metrics.scorecard import precursors
from metrics.words import shown
from pages import health
from pages.agenda import agenda
from pages.sample import organisation
from pages.sample.forms import RemoveSampleForm
from pages.scorecards import rows_url
from people.calendar import Calendar
from people.models import User
from people.permissions import administrators_only
from people.signed_in import signed_in
from playbook.models.priority import MOST_SHOWN
from playbook.priorities import calendar_and_priorities

PLANS_SHOWN = 5


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    calendar, priorities = calendar_and_priorities(user, now)
    monday = start_of_week(user.today(now), calendar.week_start)
    week = day_span(monday, user.zone, days=7)
    own = own_coaching(user)
    plans = CallPlan.objects.visible_to(user).of_reports(user).awaiting_inspection(now)
    context = {
        "now": now,
        "agenda": agenda(user, now, calendar.holidays),
        "week": call_discipline(user, *week, now),
        "week_ends": week[1] - timedelta(seconds=1),
        "focus": own.focus,
        "feedback": own.feedback,
        "plans": plans.for_list()[:PLANS_SHOWN] if user.leads_people else [],
        "priorities": priorities[:MOST_SHOWN],
    }
    return render(request, "pages/today.html", context)


@require_safe
def today_precursors(request: HttpRequest) -> HttpResponse:
    """One's own of this week, with where the rows are. Today asks for them once it is shown."""
    return _precursors(request, signed_in(request))


@require_safe
def person_precursors(request: HttpRequest, pk: int) -> HttpResponse:
    """The same of somebody whose coaching one reads."""
    return _precursors(request, get_object_or_404(User.objects.led_by(signed_in(request)), pk=pk))


def _precursors(request: HttpRequest, person: User) -> HttpResponse:
    calendar = Calendar.current()
    frame, links = precursors(person, calendar.today(timezone.now()), calendar)
    found = [(shown(link, frame), rows_url(person, link)) for link in links]
    return render(request, "pages/_precursors.html", {"precursors": found, "person": person})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def sample(request: HttpRequest) -> HttpResponse:
    """Remove the sample organisation; its own administrator is signed out with it."""
    form = RemoveSampleForm(request.POST if request.method == "POST" else None)
    was_sample = signed_in(request).is_sample
    if request.method == "POST" and form.is_valid() and form.remove():
        if was_sample:
            logout(request)
        messages.success(request, "The sample data is gone.")
        return redirect("today")
    context = {"form": form, "is_loaded": organisation.is_loaded()}
    return render(request, "pages/sample.html", context, status=form.status)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the web process reaches its database; with `deep=1`, when all of it works."""
    if request.GET.get("deep") == "1":
        said = health.deep(timezone.now())
        return JsonResponse(said, status=200 if said["status"] == health.OK else 503)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
