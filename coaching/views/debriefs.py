"""A rep's debrief of a call, and the manager's review of it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.forms.behaviour_scores import Scorable, Scorings
from coaching.forms.debrief_reviews import DebriefReviewForm
from coaching.forms.debriefs import DebriefForm
from coaching.models import Behaviour, BehaviourScore, Debrief, DebriefReview, Focus, PlanLine
from coaching.models.plan_content import LINE_PARTS
from coaching.scores import last_by_manager, last_own
from coaching.visibility import coached_calls, require_author
from lib.calendar import next_working_day, start_of_week
from lib.durations import rough
from lib.keyset import Page
from people.models import Holiday, User
from people.signed_in import signed_in
from pipeline.models import Call

EVERYBODY = "everybody"  # ?scope=
TO_REVIEW, REVIEWED, MINE = "to-review", "reviewed", "mine"  # ?show=
NEIGHBOURS = 200


@require_http_methods(["GET", "HEAD", "POST"])
def call_debrief(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a call's debrief; POST saves it as a draft."""
    user, now = signed_in(request), timezone.now()
    call, debrief = _call(user, pk)
    if request.method != "POST" and debrief and debrief.is_filed:
        return redirect("debrief", debrief.pk)
    require_author(call, user)
    if request.method != "POST":
        return _form_page(request, call, _form(call, debrief, None), now)
    form = _form(call, debrief, request.POST)
    if not _save(form, call, user, now):
        return _form_page(request, call, form, now)
    if request.accepts("text/html"):
        messages.success(request, "Draft saved.")
        return redirect("call_debrief", call.pk)
    saved = Debrief.objects.visible_to(user).get(call=call)
    saved_at = date_format(timezone.localtime(now), "H:i")
    return JsonResponse({"version": saved.version, "saved_at": saved_at})


@require_POST
def call_debrief_filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was sent, then hand it in."""
    user, now = signed_in(request), timezone.now()
    call, debrief = _call(user, pk)
    require_author(call, user)
    form = _form(call, debrief, request.POST)
    filed = _save(form, call, user, now) and form.carry_out(lambda: _file(call, user, now))
    if filed or (_is_filed(form.stale) and not form.differences()):
        messages.success(request, "Debrief filed.")
        return redirect("debrief", Debrief.objects.visible_to(user).get(call=call).pk)
    return _form_page(request, call, form, now)


@require_safe
def debrief(request: HttpRequest, pk: int) -> HttpResponse:
    """A filed debrief with both scores. Drafts are for their author, on the form."""
    found = _debrief(signed_in(request), pk)
    if found.is_filed:
        return _read_page(request, found, None)
    if found.call.owner_id == signed_in(request).pk:
        return redirect("call_debrief", found.call_id)
    raise Http404


@require_POST
def debrief_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a debrief the manager's score and words."""
    user, found = signed_in(request), _debrief(signed_in(request), pk)
    if not found.is_filed:
        raise Http404
    rows = list(found.behaviour_scores.with_words())
    form = DebriefReviewForm(request.POST, behaviours=_scorable(found, rows))
    if form.is_valid() and form.carry_out(
        lambda: DebriefReview.give(found, by=user, at=timezone.now(), **form.said())
    ):
        messages.success(request, f"Reviewed. {found.call.owner} sees both scores.")
        return redirect("debrief", pk)
    return _read_page(request, found, form)


@require_safe
def debriefs(request: HttpRequest) -> HttpResponse:
    """For managers those to review and those reviewed; for everybody their own."""
    user = signed_in(request)
    show, everybody = request.GET.get("show", ""), request.GET.get("scope") == EVERYBODY
    if not user.leads_people or show not in (REVIEWED, MINE):
        show = TO_REVIEW if user.leads_people else MINE
    rows, order = _listed(user, show, everybody=everybody)
    page = Page.of(rows, order, request.GET)
    context = {"page": page, "show": show, "everybody": everybody}
    return render(request, "coaching/debriefs.html", context)


def _call(user: User, pk: int) -> tuple[Call, Debrief | None]:
    call = get_object_or_404(coached_calls(user).for_list(), pk=pk)
    return call, Debrief.objects.visible_to(user).filter(call=call).first()


def _debrief(user: User, pk: int) -> Debrief:
    found: Debrief = get_object_or_404(Debrief.objects.visible_to(user).for_list(), pk=pk)
    return found


def _lines(call: Call) -> list[PlanLine]:
    """The lines of the call's plan, part by part as on the plan."""
    parts = [part for part, _ in LINE_PARTS]
    lines = PlanLine.objects.filter(plan__call=call)
    return sorted(lines, key=lambda line: (parts.index(line.part), line.order))


def _form(call: Call, debrief: Debrief | None, data: Any) -> DebriefForm:
    expected = Behaviour.objects.all().expected_of(call.owner)
    return DebriefForm(data, call=call, debrief=debrief, lines=_lines(call), behaviours=expected)


def _save(form: DebriefForm, call: Call, user: User, now: datetime) -> bool:
    return form.is_valid() and form.carry_out(
        lambda: Debrief.write_for(
            call, form.content(), by=user, at=now, version=form.cleaned_data["version"]
        )
    )


def _file(call: Call, user: User, now: datetime) -> None:
    draft = Debrief.objects.visible_to(user).get(call=call)
    draft.file(by=user, at=now, version=draft.version)


def _is_filed(stale: object) -> bool:
    return isinstance(stale, Debrief) and stale.is_filed


def _form_page(request: HttpRequest, call: Call, form: DebriefForm, now: datetime) -> HttpResponse:
    """The form with the version it now builds on; or why there is nothing to debrief."""
    user = signed_in(request)
    begun, off = call.starts_at <= now, call.status in (call.MISSED, call.CANCELLED)
    previous = last_own(call.owner, user, [each.pk for each in form.behaviours])
    focus = Focus.of(call.owner, user)
    context = {
        "call": call,
        "form": form,
        "focus": focus,
        "scorings": form.scorings(previous, focus.behaviour_id if focus else None),
        "debrief": Debrief.objects.visible_to(user).filter(call=call).first(),
        "begun": begun,
        "begins_in": rough(call.starts_at - now),
        "ended_ago": rough(now - call.ends_at) if now >= call.ends_at else "",
        "days": _quick_days(user.today(now)),
    }
    asks_in_vain = request.method != "POST" and (off or not begun)
    template = "debrief_not_now" if asks_in_vain else "debrief_form"
    return render(request, f"coaching/{template}.html", context, status=form.status)


def _quick_days(today: date) -> list[tuple[str, date]]:
    """Usual days for a next step, each a working day."""
    off = set(
        Holiday.objects.filter(day__range=(today, today + timedelta(60))).values_list(
            "day", flat=True
        )
    )
    monday = start_of_week(today) + timedelta(7)
    wanted = [
        ("Tomorrow", today + timedelta(1)),
        ("In 3 days", today + timedelta(3)),
        ("Next week", monday),
        ("In 2 weeks", today + timedelta(14)),
    ]
    days: dict[date, str] = {}
    for words, day in wanted:
        days.setdefault(next_working_day(day, off), words)
    return [(words, day) for day, words in days.items()]


def _read_page(
    request: HttpRequest, found: Debrief, refused: DebriefReviewForm | None
) -> HttpResponse:
    user = signed_in(request)
    review = getattr(found, "review", None)
    rows = list(found.behaviour_scores.with_words())
    before, after = _neighbours(user, found) if user.leads_people else (None, None)
    context = {
        "debrief": found,
        "review": review,
        "lines": _lines(found.call),
        "behaviours": rows,
        "before": before,
        "after": after,
    }
    if found.call.owner_id != user.pk and (not review or refused):
        context |= _asked_for(found, rows, refused, user)
    status = refused.status if refused else 200
    return render(request, "coaching/debrief.html", context, status=status)


def _asked_for(
    found: Debrief, rows: list[BehaviourScore], refused: DebriefReviewForm | None, user: User
) -> dict[str, Any]:
    """The form of the review, with what stands beside each behaviour."""
    form = refused or DebriefReviewForm(behaviours=_scorable(found, rows))
    previous = last_by_manager(found.call.owner, user, [each.pk for each in form.behaviours])
    focus = Focus.of(found.call.owner, user)
    in_focus = focus.behaviour_id if focus else None
    return {"form": form, "scorings": Scorings(form, "seen", form.behaviours, previous, in_focus)}


def _scorable(found: Debrief, rows: list[BehaviourScore]) -> list[Scorable]:
    """What the rep scored, by the words of that day, and what else is expected of them now."""
    own = {row.behaviour_id: Scorable.as_scored(row) for row in rows}
    expected = Behaviour.objects.all().expected_of(found.call.owner)
    now = [own.pop(each.pk, Scorable.today(each)) for each in expected]
    return [*now, *own.values()]


def _neighbours(user: User, found: Debrief) -> tuple[int | None, int | None]:
    """Ids of the debriefs to review before and after this one."""
    waiting = Debrief.objects.visible_to(user).of_reports(user).awaiting_review()
    keys = list(waiting.values_list("filed_at", "pk")[:NEIGHBOURS])
    here = (found.filed_at, found.pk)
    before = [pk for filed_at, pk in keys if (filed_at, pk) < here]
    after = [pk for filed_at, pk in keys if (filed_at, pk) > here]
    return before[-1] if before else None, after[0] if after else None


def _listed(
    user: User, show: str, *, everybody: bool
) -> tuple[QuerySet[Debrief, Debrief], list[str]]:
    """The rows of a list and the order in which it is paged."""
    rows = Debrief.objects.visible_to(user).for_list()
    if show == MINE:
        return rows.of_rep(user).filed(), ["-filed_at"]
    theirs = rows.under(user) if everybody else rows.of_reports(user)
    if show == TO_REVIEW:
        return theirs.awaiting_review(), ["filed_at"]
    return theirs.filed().exclude(review=None), ["-review__at"]
