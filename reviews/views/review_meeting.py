"""Running a 1-on-1: its clock, going from part to part, agreeing, closing, remarks."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from people.signed_in import signed_in
from reviews.forms.reviews import RemarkForm, SeenForm
from reviews.models import Review
from reviews.review_page import ReviewPage
from reviews.views.review import find_review, show_closed, show_read_through


def _try(request: HttpRequest, verb: Callable[..., Any], *args: Any, done: str = "") -> bool:
    """Carry out a verb; whether it went through. What is refused is said."""
    try:
        verb(*args, by=signed_in(request), at=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return False
    if done:
        messages.success(request, done)
    return True


@require_POST
def review_start(request: HttpRequest, pk: int) -> HttpResponse:
    """What the parts show is frozen, and the clock runs."""
    _try(request, find_review(request, pk).start)
    return redirect("review", pk)


@require_POST
def review_current_part(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting goes on to a part."""
    asked = request.POST.get("part", "")
    part = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0
    if not _try(request, find_review(request, pk).turn_to, part):
        return redirect("review", pk)
    return redirect(reverse("review", args=[pk]) + f"?part={part}")


@require_POST
def review_pause(request: HttpRequest, pk: int) -> HttpResponse:
    _try(request, find_review(request, pk).pause)
    return _back(request, pk)


@require_POST
def review_resumption(request: HttpRequest, pk: int) -> HttpResponse:
    _try(request, find_review(request, pk).resume)
    return _back(request, pk)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """To the part from which it was asked."""
    part = request.POST.get("part", "")
    return redirect(reverse("review", args=[pk]) + (f"?part={part}" if part.isdecimal() else ""))


@require_POST
def review_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """This person agrees to what they read; the second of the two closes it."""
    review = find_review(request, pk)
    return _settle(request, review, review.agree, "You agreed.")


@require_POST
def review_closing(request: HttpRequest, pk: int) -> HttpResponse:
    """The manager closes it without the rep's word."""
    review = find_review(request, pk)
    return _settle(request, review, review.close, "")


def _settle(
    request: HttpRequest, review: Review, verb: Callable[..., None], done: str
) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    form = SeenForm(request.POST)
    if not form.do(verb, by=user, at=now):
        review.refresh_from_db()
        if review.is_closed:
            messages.error(request, " ".join(str(each) for each in form.non_field_errors()))
            return redirect("review", review.pk)
        return show_read_through(request, ReviewPage(review, user, now), form)
    messages.success(request, "Closed. It stays as it is now." if review.is_closed else done)
    return redirect("review" if review.is_closed else "review_read_through", review.pk)


@require_POST
def review_consent_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """This person takes their word back."""
    try:
        find_review(request, pk).take_back(by=signed_in(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("review_read_through", pk)


@require_POST
def review_remarks(request: HttpRequest, pk: int) -> HttpResponse:
    """Append one to a closed review."""
    review, user, now = find_review(request, pk), signed_in(request), timezone.now()
    form = RemarkForm(request.POST)
    if form.add(review, by=user, at=now):
        messages.success(request, "Added.")
        return redirect("review", pk)
    if not review.is_closed:
        messages.error(request, "Remarks are for a closed 1-on-1.")
        return redirect("review", pk)
    return show_closed(request, ReviewPage(review, user, now), form)
