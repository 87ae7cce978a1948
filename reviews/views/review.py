"""The page of a 1-on-1: before it opens, while it is prepared, while it runs, and closed."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from people.signed_in import signed_in
from reviews.forms.deal_decisions import forms_of
from reviews.forms.reviews import (
    NextStepForm,
    NoteForm,
    OddsForm,
    PartForm,
    PreparationForm,
    RemarkForm,
    SeenForm,
)
from reviews.models import Review, ReviewRead
from reviews.models.deal_decision import CLOSE, DECISIONS
from reviews.models.review_clock import PARTS, PLANNED_MINUTES
from reviews.review_page import ReviewPage, Shown
from reviews.review_questions import to_ask

ALL_SHOWN, SHOWN, READ = 1_000, 12, 40  # deals under one head
FORECAST = 4
VERBS = dict(DECISIONS) | {CLOSE: "Won or lost"}


def find_review(request: HttpRequest, pk: int) -> Review:
    """One that this person sees, for a verb."""
    rows = Review.objects.visible_to(signed_in(request)).select_related("manager", "rep")
    return get_object_or_404(rows, pk=pk)


def read_review(request: HttpRequest, pk: int) -> Review:
    """One that this person reads on its page. Whoever is not of the two leaves a trace."""
    user = signed_in(request)
    review = get_object_or_404(Review.objects.visible_to(user).for_page(), pk=pk)
    ReviewRead.note([review], user, ReviewRead.PAGE, timezone.now())
    return review


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Closed, what was agreed; otherwise one of its parts (`?part=3`), or the preparing."""
    page = ReviewPage(read_review(request, pk), signed_in(request), timezone.now())
    if page.review.is_closed:
        return show_closed(request, page)
    return show(request, page, part_of(page, request.GET.get("part", "")))


def part_of(page: ReviewPage, asked: str) -> int:
    """The part that is asked for; otherwise where the meeting is, or 0: the preparing."""
    if asked in {str(number) for number in PARTS} and page.review.is_open(page.now):
        return int(asked)
    return page.review.current_part if page.review.is_running else 0


def show(request: HttpRequest, page: ReviewPage, part: int, /, **forms: Any) -> HttpResponse:
    """One part, and beside it what is always in sight. `forms` were refused: part, preparation,
    note, agreement, decision, odds.
    """
    context = {
        **_always(page, part),
        "limit": ALL_SHOWN if "all" in request.GET else SHOWN,
        **in_place(page, part, page.forecast if part == FORECAST else [], **forms),
        **{f"{name}_form": form for name, form in forms.items() if form},
    }
    status = next((form.status for form in forms.values() if form), 200)
    return render(request, "reviews/review.html", context, status=status)


def _always(page: ReviewPage, part: int) -> dict[str, Any]:
    """The list of parts, the empty forms and the side."""
    review, shown = page.review, {each.number: each for each in page.parts}
    return {
        "page": page,
        "review": review,
        "part": part,
        "parts": parts_of(page),
        "other": review.other(page.user),
        "part_form": PartForm(shown[part]) if part in shown else None,
        "preparation_form": _preparation_form(page, part),
        "note_form": NoteForm(page.note),
        "questions": to_ask(page, part),
        "agreement_form": NextStepForm(review, page.window.day) if review.is_running else None,
        **side_of(page, part),
    }


def _preparation_form(page: ReviewPage, part: int) -> PreparationForm | None:
    writes = page.user.pk == page.review.rep_id and page.review.is_open(page.now)
    return PreparationForm(page.preparation) if writes and not part else None


def in_place(
    page: ReviewPage, part: int, shown: Sequence[Shown], /, **forms: Any
) -> dict[str, Any]:
    """What can be done to a deal in its row, and the forms that were refused or asked for."""
    if not (page.review.is_running and page.review.is_of(page.user)):
        return {}
    refused = forms.pop("odds", None)
    for each in shown if part == FORECAST else []:
        same = refused and refused.deal.pk == each.line.pk
        each.odds = refused if same else OddsForm(each.line)
    unasked = [each for each in shown if part == FORECAST and not each.line.is_answered]
    for each in unasked[:1]:
        each.is_next = len(shown) > 1
    kinds = forms_of(page.user.pk == page.review.rep_id)
    return {
        "kinds": {kind: VERBS[kind] for kind in kinds},
        **{f"{name}_form": form for name, form in forms.items() if form},
    }


def parts_of(page: ReviewPage) -> list[dict[str, Any]]:
    """For the list of parts: number, name, planned minutes, seconds spent."""
    elapsed = page.review.elapsed(page.now)
    spent = {each.number: each.seconds_at(elapsed) for each in page.parts}
    return [
        {"number": n, "name": name, "minutes": PLANNED_MINUTES[n], "seconds": spent.get(n, 0)}
        for n, name in PARTS.items()
    ]


def side_of(page: ReviewPage, part: int) -> dict[str, Any]:
    """The clock, where the meeting is, what is agreed so far; `stamp` tells one from another."""
    review = page.review
    running = next((each for each in page.parts if each.number == review.current_part), None)
    stamp = [review.version, review.current_part, bool(review.paused_at), review.state]
    stamp += [bool(review.manager_agreed_at), bool(review.rep_agreed_at)]
    stamp += [page.preparation.version, sum(each.version for each in page.agreed)]
    return {
        "elapsed": review.elapsed(page.now),
        "part_elapsed": running.seconds_at(review.elapsed(page.now)) if running else 0,
        "part_minutes": PLANNED_MINUTES[review.current_part],
        "current_name": PARTS[review.current_part],
        "shown_part": next((each for each in page.parts if each.number == part), None),
        "other_agreed": review.has_agreed(review.other(page.user)),
        "stamp": "-".join(str(each) for each in stamp),
    }


@require_safe
def review_news(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked every few seconds: the side of the page, 204 when nothing is new."""
    user = signed_in(request)
    review = get_object_or_404(Review.objects.visible_to(user).for_page(), pk=pk)
    page = ReviewPage(review, user, timezone.now())
    asked = request.GET.get("part", "")
    part = int(asked) if asked in {str(number) for number in PARTS} else 0
    side = side_of(page, part)
    if not review.is_of(user) or side["stamp"] == request.GET.get("seen"):
        return HttpResponse(status=204)
    context = {"page": page, "review": review, "part": part, "other": review.other(user), **side}
    # Without a request: what every page has in its frame is not asked for again.
    return HttpResponse(render_to_string("reviews/_review_side.html", context))


@require_safe
def review_read_through(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, to agree to."""
    page = ReviewPage(read_review(request, pk), signed_in(request), timezone.now())
    if not page.review.is_running:
        return redirect("review", pk)
    return show_read_through(request, page)


def show_read_through(
    request: HttpRequest, page: ReviewPage, form: SeenForm | None = None
) -> HttpResponse:
    review = page.review
    context = {
        "page": page,
        "review": review,
        "parts": parts_of(page),
        "other": review.other(page.user),
        "form": form or SeenForm(initial={"version": review.version}),
        "agreed": review.has_agreed(page.user),
        "limit": READ,
        **side_of(page, 0),
    }
    status = form.status if form else 200
    return render(request, "reviews/review_read_through.html", context, status=status)


def show_closed(request: HttpRequest, page: ReviewPage, form: Any = None) -> HttpResponse:
    review = page.review
    context = {
        "page": page,
        "review": review,
        "parts": parts_of(page),
        "other": review.other(page.user),
        "is_of": review.is_of(page.user),
        "remarks": review.remarks.select_related("author"),
        "reads": review.reads.select_related("reader")[:50],
        "limit": READ,
        "remark_form": form if isinstance(form, RemarkForm) else RemarkForm(),
        "note_form": _note_form(page, form),
    }
    status = form.status if form else 200
    return render(request, "reviews/review_closed.html", context, status=status)


def _note_form(page: ReviewPage, refused: Any) -> NoteForm | None:
    """Of one of the two: as it was refused, or as it is saved."""
    if not page.review.is_of(page.user):
        return None
    return refused if isinstance(refused, NoteForm) else NoteForm(page.note)
