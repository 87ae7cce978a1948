"""Calls: the list, the calendar week, a new one, and one with what may happen to it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching import prefill
from coaching.call_subject import NAMES, CallSubject, Choices
from coaching.call_week import CallWeek
from coaching.forms.calls import (
    FIRST_DAY,
    LAST_DAY,
    PAST,
    UPCOMING,
    CallFilterForm,
    CancellationForm,
    DetailsForm,
    NewCallForm,
    ReasonForm,
    TimeForm,
)
from coaching.models import Inspection, RideAlong
from coaching.next_action import CallRow, with_coaching
from lib.calendar import instant_at
from lib.keyset import Page
from lib.verb_form import VerbForm
from people.models import User
from people.signed_in import signed_in
from pipeline.models import Call
from pipeline.models.call import CallQuerySet

ORDERS = {UPCOMING: ["starts_at"], PAST: ["-starts_at"]}

Refused = tuple[str, VerbForm]  # a form of the call's page by its name, as it was sent


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """Upcoming calls, soonest first, or past ones, latest first."""
    user, now = signed_in(request), timezone.now()
    when = PAST if request.GET.get("when") == PAST else UPCOMING
    filters = CallFilterForm(request.GET, user=user)
    rows = _filtered(with_coaching(Call.objects.visible_to(user), user), filters)
    rows = rows.past(now) if when == PAST else rows.upcoming(now)
    page = Page.of(rows, ORDERS[when], request.GET)
    context = {
        "when": when,
        "filters": filters,
        "page": page,
        "rows": [CallRow.of(call, user, now) for call in page.rows],
        "labels": {UPCOMING: ("Sooner", "Later"), PAST: ("Newer", "Older")}[when],
    }
    return render(request, "coaching/calls.html", context)


def _filtered(rows: CallQuerySet, filters: CallFilterForm) -> CallQuerySet:
    chosen = filters.chosen
    if person := chosen.get("person"):
        rows = rows.filter(owner=person)
    if text := chosen.get("q"):
        rows = rows.search(text)
    return rows.filter(**{name: chosen[name] for name in ("status", "kind") if name in chosen})


@require_safe
def calls_week(request: HttpRequest) -> HttpResponse:
    """Seven days of one person's calls; of everybody's for `?person=everybody`."""
    user, now = signed_in(request), timezone.now()
    on = _day(request.GET.get("on", "")) or user.today(now)
    week = CallWeek.of(user, on, now, person=request.GET.get("person", ""))
    return render(request, "coaching/week.html", {"week": week})


@require_http_methods(["GET", "HEAD", "POST"])
def call_new(request: HttpRequest) -> HttpResponse:
    """ "Plan this call": who it is with, then when; its plan page comes next."""
    user = signed_in(request)
    named = any(name in request.GET for name in NAMES)
    subject = CallSubject.of(user, request.GET if named else request.POST)
    if subject is None:
        return _choose_subject(request, user)
    starts = _next_start(request, user)
    form = NewCallForm(request.POST or None, subject=subject, user=user, starts=starts)
    scheduled: list[Call] = []
    if form.is_valid() and form.carry_out(lambda: scheduled.append(form.schedule(user))):
        return redirect("call_plan", scheduled[0].pk)
    context = {"form": form, "subject": subject}
    return render(request, "coaching/call_new.html", context, status=form.status)


def _choose_subject(request: HttpRequest, user: User) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    context = {
        "q": text,
        "choices": Choices.matching(user, text),
        "on": _day(request.GET.get("on", "")),
        "refused": request.method == "POST",
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "coaching/call_new_subject.html", context, status=status)


def _day(text: str) -> date | None:
    """A day out of an address; None for anything else."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def _next_start(request: HttpRequest, user: User) -> datetime:
    """The next full hour; on another day asked for, nine in the morning there."""
    now = timezone.now()
    day = _day(request.GET.get("on", ""))
    if day and day != user.today(now):
        return instant_at(day, time(9), user.zone) or now
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call: facts, plan, inspection and debrief, and its verbs."""
    found = _call(signed_in(request), pk)
    return _call_page(request, found, prefill.people_for(found, signed_in(request)))


@require_POST
def call_time(request: HttpRequest, pk: int) -> HttpResponse:
    """Move to another time."""
    user, found = signed_in(request), _call(signed_in(request), pk)
    form = TimeForm(request.POST)
    return _carry_out(request, found, "time", form, lambda: _move(found, form, user), "Call moved.")


def _move(found: Call, form: TimeForm, user: User) -> None:
    said = form.cleaned_data
    found.reschedule(
        said["starts_at"],
        by=user,
        at=timezone.now(),
        why=said["why"],
        planned_minutes=said["minutes"],
        version=said["version"],
    )


@require_POST
def call_details(request: HttpRequest, pk: int) -> HttpResponse:
    """Change kind, channel and attendees."""
    found = _call(signed_in(request), pk)
    people = prefill.people_for(found, signed_in(request))
    form = DetailsForm(request.POST, call=found, people=people)
    return _carry_out(
        request, found, "details", form, lambda: form.describe(found), "Call changed."
    )


@require_POST
def call_cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off, with a reason."""
    user, found = signed_in(request), _call(signed_in(request), pk)
    form = CancellationForm(request.POST)
    return _carry_out(
        request,
        found,
        "cancellation",
        form,
        lambda: found.cancel(by=user, at=timezone.now(), **form.cleaned_data),
        "Call cancelled.",
        undo=True,
    )


@require_POST
def call_no_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that it did not take place."""
    user, found = signed_in(request), _call(signed_in(request), pk)
    form = ReasonForm(request.POST)
    return _carry_out(
        request,
        found,
        "no_show",
        form,
        lambda: found.miss(by=user, at=timezone.now(), **form.cleaned_data),
        "Call marked as missed.",
        undo=True,
    )


@require_POST
def call_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a cancellation or a miss."""
    user, found = signed_in(request), _call(signed_in(request), pk)
    form = VerbForm(request.POST)
    return _carry_out(
        request,
        found,
        "restoration",
        form,
        lambda: found.restore(by=user, at=timezone.now()),
        "The call is planned again.",
    )


def _call(user: User, pk: int) -> Call:
    return get_object_or_404(with_coaching(Call.objects.visible_to(user), user), pk=pk)


def _carry_out(
    request: HttpRequest,
    found: Call,
    name: str,
    form: VerbForm,
    verb: Callable[[], Any],
    done: str,
    *,
    undo: bool = False,
) -> HttpResponse:
    """Do it and show the call, or show the form again with what was typed."""
    if form.is_valid() and form.carry_out(verb):
        url = reverse("call_restoration", args=[found.pk])
        messages.success(request, done, extra_tags=f"undo:{url}" if undo else "")
        return redirect("call", found.pk)
    found = _call(signed_in(request), found.pk)
    people = prefill.people_for(found, signed_in(request))
    return _call_page(request, found, people, refused=(name, form))


def _call_forms(found: Call, people: list[Any], refused: Refused | None) -> dict[str, VerbForm]:
    """A form a verb; the refused one as it was sent."""
    local, version = timezone.localtime(found.starts_at), {"version": found.version}
    when = {"on": local.date(), "time": local.time(), "minutes": found.planned_minutes}
    forms: dict[str, VerbForm] = {
        "time": TimeForm(initial={**version, **when}),
        "details": DetailsForm(call=found, people=people),
        "cancellation": CancellationForm(initial=version),
        "no_show": ReasonForm(initial=version),
    }
    forms |= dict([refused] if refused else [])
    for name, form in forms.items():
        form.auto_id = f"{name}_%s"  # several forms with the same fields on one page
    return forms


def _call_page(
    request: HttpRequest, found: Call, people: list[Any], refused: Refused | None = None
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    context = {
        "call": found,
        "row": CallRow.of(found, user, now),
        "people": [person for person in people if person.attends],
        "answers": Inspection.objects.visible_to(user).on(found),
        "reschedules": found.reschedules.select_related("by"),
        "forms": _call_forms(found, people, refused),
        "open": refused[0] if refused else "",
        "refused": refused[1] if refused else None,
        "has_begun": found.starts_at <= now,
        "is_mine": found.owner_id == user.pk,
        "ride": RideAlong.objects.visible_to(user).for_call(found),
        "may_ride": found.is_planned and found.ends_at > now and _may_ride(found, user),
    }
    status = refused[1].status if refused else 200
    return render(request, "coaching/call.html", context, status=status)


def _may_ride(found: Call, user: User) -> bool:
    """Whether this is a manager above: besides them only administrators see calls of others."""
    if not user.leads_people or found.owner_id == user.pk:
        return False
    return not user.is_administrator or user.leads(found.owner)
