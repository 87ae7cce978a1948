"""When 1-on-1s are held: the rhythm, one beside it, another time, excused, and the invitation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from lib.calendar import local_date
from people.models import Organisation, User
from people.signed_in import signed_in
from reviews.forms.review_schedules import (
    ExcuseForm,
    RescheduleForm,
    ReviewNewForm,
    ReviewScheduleForm,
)
from reviews.models import Review, ReviewSchedule
from reviews.review_invitation import invitation


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def review_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """The rhythm with somebody who reports to this person. For htmx the dates it would give."""
    schedule = _schedule(request, pk)
    asks = bool(request.htmx) and "rhythm" in request.GET  # type: ignore[attr-defined]
    form = ReviewScheduleForm(schedule, request.GET if asks else request.POST or None)
    if request.method == "POST" and form.keep(by=schedule.manager, at=timezone.now()):
        messages.success(request, f"Saved. {form.schedule.rep.first_name} sees the dates as well.")
        return redirect("reviews")
    context = {"form": form, "rep": schedule.rep, "dates": form.dates(timezone.now())}
    if asks:
        return render(request, "reviews/review_schedule.html#dates", context)
    return render(request, "reviews/review_schedule.html", context, status=form.status)


def _schedule(request: HttpRequest, pk: int) -> ReviewSchedule:
    """That of this manager and rep; a new one, not saved, while there is none."""
    user = signed_in(request)
    people = User.objects.led_by(user).active().filter(reports_to=user)
    rep = get_object_or_404(people, pk=pk)
    rows = ReviewSchedule.objects.visible_to(user).filter(manager=user, rep=rep)
    today = local_date(timezone.now(), Organisation.current().zone)
    found = rows.first() or ReviewSchedule(starts_on=today)
    found.manager, found.rep = user, rep
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def review_new(request: HttpRequest) -> HttpResponse:
    """One beside the rhythm."""
    user = signed_in(request)
    if not user.leads_people:
        raise Http404
    form = ReviewNewForm(user, request.GET.get("rep", ""), request.POST or None)
    made = form.arrange(by=user, at=timezone.now()) if request.method == "POST" else None
    if made:
        messages.success(request, f"Arranged for {when(made)}.")
        return redirect("reviews")
    return render(request, "reviews/review_new.html", {"form": form}, status=form.status)


def when(review: Review) -> str:
    """ "Tue 1 Dec, 10:00" on the person's own clock."""
    return date_format(timezone.localtime(review.scheduled_for), "D j M, H:i")


def _own(request: HttpRequest, pk: int) -> Review:
    """One of this person's own; 404 for whoever only reads it."""
    user = signed_in(request)
    rows = Review.objects.visible_to(user).filter(Q(manager=user) | Q(rep=user))
    return get_object_or_404(rows.select_related("manager", "rep"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def review_time(request: HttpRequest, pk: int) -> HttpResponse:
    """Another time, by either of the two."""
    review, user = _own(request, pk), signed_in(request)
    form = RescheduleForm(review, request.POST or None)
    if request.method == "POST" and form.keep(by=user, at=timezone.now()):
        messages.success(request, f"Now on {when(review)}.")
        return redirect("reviews")
    context = {"form": form, "review": review, "other": review.other(user)}
    return render(request, "reviews/review_time.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def review_excuse(request: HttpRequest, pk: int) -> HttpResponse:
    """That it is not held, and why; by the manager."""
    review, user = _own(request, pk), signed_in(request)
    review.require_manager(user)
    form = ExcuseForm(review, request.POST or None)
    if request.method == "POST" and form.keep(by=user, at=timezone.now()):
        undo = reverse("review_restoration", args=[pk])
        messages.success(request, "Excused.", extra_tags=f"undo:{undo}")
        return redirect("reviews")
    context = {"form": form, "review": review, "other": review.other(user)}
    return render(request, "reviews/review_excuse.html", context, status=form.status)


@require_POST
def review_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """It is held after all."""
    review = _own(request, pk)
    try:
        review.restore(by=signed_in(request))
        messages.success(request, f"Held after all, on {when(review)}.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("reviews")


@require_safe
def review_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Its time as a file for a calendar program."""
    review = _own(request, pk)
    url = request.build_absolute_uri(reverse("review", args=[pk]))
    host = request.get_host().rpartition(":")[0] or request.get_host()
    text = invitation(review, url=url, host=host, at=timezone.now())
    day = timezone.localtime(review.scheduled_for).date()
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="1-on-1-{day:%Y-%m-%d}.ics"'},
    )
