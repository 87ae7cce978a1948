"""Ride-alongs: who is due, planning one, what the manager saw, and the rep's signature."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.forms.ride_alongs import (
    CancellationForm,
    ObservationForm,
    PlanForm,
    SignatureForm,
    opens_on,
)
from coaching.models import BehaviourScore, RideAlong
from coaching.models.ride_along import RideAlongQuerySet
from coaching.ride_along_roster import ORDER, PER_YEAR, STATES, Roster
from lib import csv_out
from lib.keyset import Page
from lib.verb_form import VerbForm, VersionedVerbForm
from people.models import User
from people.signed_in import signed_in
from pipeline.models import Call

EVERYBODY = "everybody"  # ?scope=
ROSTER, RIDES, MINE = "roster", "all", "mine"  # ?show=
OFFERED = 30
HEADER = [
    "Rep", "Due on", "State", "Held this year", "Of", "Last held on", "Last held by", "Planned for",
]  # fmt: skip

Forms = dict[str, VerbForm]


@require_safe
def ride_alongs(request: HttpRequest) -> HttpResponse:
    """For managers who is due and what was arranged; for everybody those about themselves."""
    user, now = signed_in(request), timezone.now()
    show, everybody = request.GET.get("show", ""), request.GET.get("scope") == EVERYBODY
    if not user.leads_people or show not in (RIDES, MINE):
        show = ROSTER if user.leads_people else MINE
    context: dict[str, Any] = {"show": show, "everybody": everybody, "per_year": PER_YEAR}
    if show == ROSTER:
        roster = Roster.of(user, now)
        context["page"] = Page.of(roster.reps(everybody=everybody), ORDER, request.GET)
        context["rows"] = roster.rows(context["page"].rows)
    else:
        rows = _listed(user, show, everybody=everybody)
        context["page"] = Page.of(rows, ["-starts_at"], request.GET)
        context["now"] = now
    return render(request, "coaching/ride_alongs.html", context)


def _listed(user: User, show: str, *, everybody: bool) -> RideAlongQuerySet:
    rows = RideAlong.objects.visible_to(user).for_list()
    if show == MINE:
        return rows.of_rep(user)
    return rows.under(user) if everybody else rows.filter(manager=user)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The roster as a file, all pages of it."""
    user, now = signed_in(request), timezone.now()
    if not user.leads_people:
        raise PermissionDenied("Managers keep a roster of ride-alongs.")
    roster = Roster.of(user, now)
    everybody = request.GET.get("scope") == EVERYBODY
    name = f"ride-alongs-{roster.today.isoformat()}.csv"
    return csv_out.stream(name, HEADER, _cells(roster, everybody=everybody))


def _cells(roster: Roster, *, everybody: bool) -> Iterator[list[Any]]:
    for row in roster.all_rows(everybody=everybody):
        yield [
            row.rep.name,
            row.due_on,
            STATES[row.state],
            row.this_year,
            PER_YEAR,
            roster.day_of(row.last),
            row.last.manager.name if row.last else "",
            roster.day_of(row.next),
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def ride_along_new(request: HttpRequest) -> HttpResponse:
    """Whom to ride along with, then at which call or when."""
    user, now = signed_in(request), timezone.now()
    if not user.leads_people:
        raise PermissionDenied("Managers plan ride-alongs.")
    call = _call(user, request.GET.get("call", ""))
    rep = call.owner if call else _rep(user, request.GET.get("rep", ""))
    if rep is None or not user.leads(rep):
        return _choose_rep(request, user)
    form = PlanForm(request.POST or None, rep=rep, reader=user, now=now, call=call)
    made: list[RideAlong] = []
    if form.is_valid() and form.carry_out(lambda: made.append(_plan(form, user, now))):
        messages.success(request, f"Planned. {rep.first_name} sees it.")
        return redirect("ride_along", made[0].pk)
    context = {"form": form, "rep": rep}
    return render(request, "coaching/ride_along_new.html", context, status=form.status)


def _plan(form: PlanForm, user: User, now: datetime) -> RideAlong:
    return RideAlong.plan(form.rep, by=user, at=now, **form.arrangement())


def _call(user: User, pk: str) -> Call | None:
    calls = Call.objects.visible_to(user).for_list()
    return get_object_or_404(calls, pk=_number(pk)) if pk else None


def _rep(user: User, pk: str) -> User | None:
    below = User.objects.led_by(user).active()
    return get_object_or_404(below, pk=_number(pk)) if pk else None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def _choose_rep(request: HttpRequest, user: User) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    below = User.objects.led_by(user).active().exclude(pk=user.pk)
    found = below.search(text) if text else below.filter(reports_to=user)
    context = {"q": text, "people": found.order_by("name", "pk")[:OFFERED]}
    status = 400 if request.method == "POST" else 200
    return render(request, "coaching/ride_along_rep.html", context, status=status)


@require_safe
def ride_along(request: HttpRequest, pk: int) -> HttpResponse:
    """One: what is planned; for the manager what they see; then what was seen, to be signed."""
    return _page(request, _found(signed_in(request), pk), {})


@require_POST
def arrangement(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan it otherwise."""
    user, now, ride = signed_in(request), timezone.now(), _found(signed_in(request), pk)
    form = PlanForm(request.POST, rep=ride.rep, reader=user, now=now, ride=ride)
    return _carry_out(
        request,
        ride,
        ("arrangement", form),
        lambda: ride.change(
            by=user, at=now, version=form.cleaned_data["version"], **form.arrangement()
        ),
        "Changed.",
    )


@require_POST
def cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Call it off, with a reason."""
    user, now, ride = signed_in(request), timezone.now(), _found(signed_in(request), pk)
    form = CancellationForm(request.POST)
    undo = reverse("ride_along_restoration", args=[pk])
    return _carry_out(
        request,
        ride,
        ("cancellation", form),
        lambda: ride.cancel(by=user, at=now, **form.cleaned_data),
        "Called off.",
        undo=undo,
    )


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a cancellation."""
    user, now, ride = signed_in(request), timezone.now(), _found(signed_in(request), pk)
    form = VerbForm(request.POST)
    return _carry_out(
        request,
        ride,
        ("restoration", form),
        lambda: ride.restore(by=user, at=now),
        "It is planned again.",
    )


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was written so far; a page that saves itself is answered with the version."""
    user, now, ride = signed_in(request), timezone.now(), _written_by(request, pk)
    form = ObservationForm(request.POST, ride=ride, reader=user)
    saved = form.is_valid() and form.carry_out(
        lambda: ride.write(by=user, at=now, version=form.cleaned_data["version"], **form.said())
    )
    if not saved and not form.is_kept:
        return _page(request, _found(user, pk), {"observations": form})
    if request.accepts("text/html"):
        messages.success(request, "Draft saved.")
        return redirect("ride_along", pk)
    version = form.stale.version if form.stale else ride.version
    saved_at = date_format(timezone.localtime(now), "H:i")
    return JsonResponse({"version": version, "saved_at": saved_at})


@require_POST
def holding(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was sent and hand it in."""
    user, now, ride = signed_in(request), timezone.now(), _written_by(request, pk)
    form = ObservationForm(request.POST, ride=ride, reader=user)
    handed_in = form.is_valid() and form.carry_out(
        lambda: ride.hold(by=user, at=now, version=form.cleaned_data["version"], **form.said())
    )
    if handed_in or (form.is_kept and cast(RideAlong, form.stale).state == RideAlong.HELD):
        messages.success(request, f"Handed in. {ride.rep.first_name} reads and signs it.")
        return redirect("ride_along", pk)
    return _page(request, _found(user, pk), {"observations": form})


@require_POST
def signature(request: HttpRequest, pk: int) -> HttpResponse:
    """The rep has read it, and says what they take from it."""
    user, now, ride = signed_in(request), timezone.now(), _found(signed_in(request), pk)
    if user.pk != ride.rep_id:
        raise PermissionDenied("The rep signs their own ride-along.")
    form = SignatureForm(request.POST)
    signed = form.is_valid() and form.carry_out(
        lambda: ride.sign(by=user, at=now, **form.cleaned_data)
    )
    now_saved = _found(user, pk)
    if signed or (form.stale and _is_signed(now_saved, form)):
        messages.success(request, f"Signed. {ride.manager.first_name} sees it.")
        return redirect("ride_along", pk)
    return _page(request, now_saved, {"signature": form})


def _is_signed(ride: RideAlong, form: VersionedVerbForm) -> bool:
    """Whether it was signed with these words already: the form was sent twice."""
    return ride.signed_at is not None and ride.comment == form.cleaned_data["comment"]


def _found(user: User, pk: int) -> RideAlong:
    scores = BehaviourScore.objects.visible_to(user).select_related("version", "behaviour")
    rows = RideAlong.objects.visible_to(user).for_list()
    with_all = rows.prefetch_related("watch", Prefetch("behaviour_scores", scores.order_by("pk")))
    return cast(RideAlong, get_object_or_404(with_all, pk=pk))


def _written_by(request: HttpRequest, pk: int) -> RideAlong:
    """For whoever rides along only: nobody else learns what is in a draft."""
    user = signed_in(request)
    ride = _found(user, pk)
    if ride.manager_id != user.pk:
        raise PermissionDenied("Whoever rides along writes what they saw.")
    return ride


def _carry_out(
    request: HttpRequest,
    ride: RideAlong,
    sent: tuple[str, VerbForm],
    verb: Callable[[], Any],
    done: str,
    *,
    undo: str = "",
) -> HttpResponse:
    """Do it and show the ride-along, or show the form again with what was typed."""
    user, (name, form) = signed_in(request), sent
    if not user.leads(ride.rep):
        raise PermissionDenied("Only a manager of this rep may do that.")
    if form.is_valid() and form.carry_out(verb):
        messages.success(request, done, extra_tags=f"undo:{undo}" if undo else "")
        return redirect("ride_along", ride.pk)
    return _page(request, _found(user, ride.pk), {name: form})


def _page(request: HttpRequest, ride: RideAlong, refused: Forms) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    form = next(iter(refused.values()), None)
    forms = {**_forms(ride, user, now), **refused}
    for name in ("arrangement", "cancellation"):
        if name in forms:
            forms[name].auto_id = f"{name}_%s"  # two forms with a version on one page
    context = {
        "ride": ride,
        "refused": form,
        "open": next(iter(refused), ""),
        "is_rep": user.pk == ride.rep_id,
        "is_rider": user.pk == ride.manager_id,
        "has_begun": ride.starts_at <= now,
        **forms,
    }
    return render(request, "coaching/ride_along.html", context, status=form.status if form else 200)


def _forms(ride: RideAlong, user: User, now: datetime) -> Forms:
    """What this person may do now, a form each."""
    version = {"version": ride.version}
    if user.pk == ride.rep_id:
        to_sign = ride.state == RideAlong.HELD and ride.signed_at is None
        return {"signature": SignatureForm(initial=version)} if to_sign else {}
    if not ride.is_planned:
        return {}
    forms: Forms = {
        "arrangement": PlanForm(None, rep=ride.rep, reader=user, now=now, ride=ride),
        "cancellation": CancellationForm(initial=version),
    }
    if user.pk == ride.manager_id and opens_on(ride, user, now):
        forms["observations"] = ObservationForm(None, ride=ride, reader=user)
    return forms
