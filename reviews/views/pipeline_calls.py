"""The weekly pipeline call: when it is, running it, and its summary."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from lib.keyset import Page
from people.models import Team, User
from people.signed_in import signed_in
from reviews import call_people
from reviews.call_calendar import upcoming
from reviews.call_page import Asked, PipelineCallPage, decisions_of
from reviews.forms.deal_decisions import DECISION_FORMS, DecisionForm
from reviews.forms.pipeline_calls import NotesForm, ScheduleForm
from reviews.models import PipelineCall, PipelineCallDecision, PipelineCallSchedule

DECISION_LABELS = {kind: form.button for kind, form in DECISION_FORMS.items()}


@require_http_methods(["GET", "HEAD", "POST"])
def pipeline_calls(request: HttpRequest) -> HttpResponse:
    """What is to come and what was; POST begins the call of a team."""
    user, now = signed_in(request), timezone.now()
    if request.method == "POST":
        return _start(request, user)
    past = PipelineCall.objects.visible_to(user).closed().select_related("team", "closed_by")
    context = {
        "upcoming": upcoming(user, now),
        "page": Page.of(past, ["-closed_at"], request.GET),
        "leads": user.leads_people,
    }
    return render(request, "reviews/pipeline_calls.html", context)


def _start(request: HttpRequest, user: User) -> HttpResponse:
    wanted = request.POST.get("team", "")
    around = Team.objects.filter(pk__in=call_people.teams_around(user))
    teams = Team.objects.visible_to(user) | around
    team = get_object_or_404(teams.distinct(), pk=wanted if wanted.isdecimal() else 0)
    call = PipelineCall.start(team, by=user, at=timezone.now())
    return redirect("pipeline_call", call.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def pipeline_call_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """When a team meets; by who runs its calls."""
    user = signed_in(request)
    rows = Team.objects.filter(pk__in=call_people.teams_run_by(user))
    team = get_object_or_404(rows.select_related("pipeline_call_schedule", "manager"), pk=pk)
    schedule = PipelineCallSchedule.objects.visible_to(user).filter(team=team).first()
    form = ScheduleForm(team, schedule, request.POST or None)
    if request.method == "POST" and form.keep(by=user):
        messages.success(request, "Saved.")
        return redirect("pipeline_calls")
    context = {"form": form, "team": team}
    return render(request, "reviews/pipeline_call_schedule.html", context, status=form.status)


@require_safe
@vary_on_headers("HX-Request")
def pipeline_call(request: HttpRequest, pk: int) -> HttpResponse:
    """While it runs: the agenda, or the deal that is walked to. Afterwards its summary."""
    page = _page(request, pk, request.GET)
    if page.call.is_closed:
        return render(request, "reviews/pipeline_call_summary.html", _summary(page))
    kind = request.GET.get("decide", "")
    return _desk(request, page, _form(page, kind) if kind in DECISION_FORMS else None)


def _page(request: HttpRequest, pk: int, said: Any) -> PipelineCallPage:
    user = signed_in(request)
    rows = PipelineCall.objects.visible_to(user).for_page(user)
    call = get_object_or_404(rows, pk=pk)
    return PipelineCallPage(call, user, timezone.now(), Asked.of(said))


def _form(page: PipelineCallPage, kind: str, data: Any = None) -> DecisionForm | None:
    if page.walked is None or not page.call.may_run:
        return None
    return DECISION_FORMS[kind](page.walked.row, page.check.day, data)


def _desk(
    request: HttpRequest,
    page: PipelineCallPage,
    form: DecisionForm | None = None,
    notes: NotesForm | None = None,
) -> HttpResponse:
    """The whole page, or for htmx what changes on it."""
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    swap = htmx and not htmx.history_restore_request
    status = (form or notes).status if form or notes else 200  # type: ignore[union-attr]
    context = {
        "page": page,
        "call": page.call,
        "form": form,
        "kinds": DECISION_LABELS if page.call.may_run else {},
        "notes": notes or NotesForm(page.call),
        "panel": _panel(page.call, page.decisions, ""),
    }
    name = "_pipeline_call_swap" if swap else "pipeline_call"
    return render(request, f"reviews/{name}.html", context, status=status)


def _summary(page: PipelineCallPage) -> dict[str, Any]:
    attendees = page.call.attendees.select_related("user").order_by("user__name", "user_id")
    people = list(attendees) if page.sees_coaching else []
    unread = any(each.user_id == page.user.pk and each.read_at is None for each in people)
    return {"page": page, "call": page.call, "people": people, "unread": unread}


@require_http_methods(["GET", "HEAD", "POST"])
def pipeline_call_decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """GET is asked every few seconds: what was decided, 204 when nothing is new. POST decides."""
    if request.method == "POST":
        return _decide(request, _page(request, pk, request.POST))
    user = signed_in(request)
    rows = PipelineCall.objects.visible_to(user).for_page(user)
    call = get_object_or_404(rows, pk=pk)
    panel = _panel(call, decisions_of(call, user), request.GET.get("seen", ""))
    if panel["stamp"] == request.GET.get("seen"):
        return HttpResponse(status=204)
    # Without a request: what every page has in its frame is not asked for again.
    return HttpResponse(render_to_string("reviews/_pipeline_call_decisions.html", panel))


def _panel(call: PipelineCall, decisions: list[PipelineCallDecision], seen: str) -> dict[str, Any]:
    """The decisions, latest first; those that are newer than what was seen are marked."""
    latest = decisions[0].at.isoformat() if decisions else "none"
    stamp = f"{latest}/{len(decisions)}/{'closed' if call.is_closed else 'open'}"
    known = seen.split("/")[0]
    new = {each.pk for each in decisions if seen and each.at.isoformat() > known != "none"}
    if known == "none":
        new = {each.pk for each in decisions}
    return {"call": call, "decisions": decisions, "stamp": stamp, "new": new}


def _decide(request: HttpRequest, page: PipelineCallPage) -> HttpResponse:
    page.call.require_runner(page.user)
    if page.call.is_closed:
        messages.error(request, "This call was closed meanwhile. Nothing was decided.")
        return redirect("pipeline_call", page.call.pk)
    kind = request.POST.get("kind", "")
    form = _form(page, kind, request.POST) if kind in DECISION_FORMS else None
    if form is None:
        messages.error(request, "Choose a deal of this call and what to decide.")
        return redirect("pipeline_call", page.call.pk)
    onward = page.onward
    if form.decide(page.call, by=page.user, at=timezone.now()):
        return redirect(_onward(page, onward))
    again = _page(request, page.call.pk, request.POST)
    return _desk(request, again, form)


def _onward(page: PipelineCallPage, deal: int | None) -> str:
    """The next deal of the walk; the agenda after the last."""
    query = [f"deal={deal}"] if deal else []
    query += [page.asked.query] if page.asked.query else []
    return reverse("pipeline_call", args=[page.call.pk]) + ("?" + "&".join(query) if query else "")


@require_http_methods(["GET", "HEAD", "POST"])
def pipeline_call_notes(request: HttpRequest, pk: int) -> HttpResponse:
    """Saved while one types; GET leads to the call."""
    page = _page(request, pk, {})
    if request.method != "POST":
        return redirect("pipeline_call", pk)
    page.call.require_runner(page.user)
    form = NotesForm(page.call, request.POST)
    if not form.keep(by=page.user, at=timezone.now()):
        return _desk(request, page, notes=form)
    if request.accepts("text/html"):
        messages.success(request, "Saved.")
        return redirect("pipeline_call", pk)
    saved_at = date_format(timezone.localtime(page.call.notes_saved_at or page.now), "H:i")
    return JsonResponse({"version": page.call.version, "saved_at": saved_at})


@require_POST
def pipeline_call_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze it, and send the summary."""
    call = _page(request, pk, {}).call
    try:
        call.close(by=signed_in(request), at=timezone.now())
        messages.success(request, "Closed. Everybody of the team finds the summary on their Today.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("pipeline_call", pk)


@require_POST
def pipeline_call_acknowledgement(request: HttpRequest, pk: int) -> HttpResponse:
    """This person has read the summary."""
    call = _page(request, pk, {}).call
    call.acknowledge(by=signed_in(request), at=timezone.now())
    messages.success(request, "Read.")
    return redirect("today" if "today" in request.POST else "pipeline_calls")
