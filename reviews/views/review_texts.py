"""Texts of a 1-on-1 that save themselves: of a part, of the preparing, and one's own note."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from people.signed_in import signed_in
from reviews.forms.reviews import NoteForm, PartForm, PreparationForm, TextForm
from reviews.models import Review, ReviewPart
from reviews.review_page import ReviewPage
from reviews.views.review import find_review, part_of, show, show_closed


@require_http_methods(["GET", "HEAD", "POST"])
def review_part(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What the two write in a part; GET leads to it."""
    review = find_review(request, pk)
    if request.method != "POST":
        return redirect(reverse("review", args=[pk]) + f"?part={number}")
    review.require_one_of_two(signed_in(request))
    rows = ReviewPart.objects.visible_to(signed_in(request))
    part = get_object_or_404(rows, review=review, number=number)
    part.review = review
    return _keep(request, review, "part", PartForm(part, request.POST), number)


@require_http_methods(["GET", "HEAD", "POST"])
def review_preparation(request: HttpRequest, pk: int) -> HttpResponse:
    """The rep's three answers; GET leads to the review."""
    review = find_review(request, pk)
    if request.method != "POST":
        return redirect("review", pk)
    review.require_one_of_two(signed_in(request))
    page = ReviewPage(review, signed_in(request), timezone.now())
    form = PreparationForm(page.preparation, request.POST)
    return _keep(request, review, "preparation", form, 0)


@require_http_methods(["GET", "HEAD", "POST"])
def review_note(request: HttpRequest, pk: int) -> HttpResponse:
    """What this person notes for themselves; GET leads to the review."""
    review = find_review(request, pk)
    if request.method != "POST":
        return redirect("review", pk)
    review.require_one_of_two(signed_in(request))
    page = ReviewPage(review, signed_in(request), timezone.now())
    part = part_of(page, request.POST.get("part", ""))
    return _keep(request, review, "note", NoteForm(page.note, request.POST), part)


def _keep(
    request: HttpRequest, review: Review, name: str, form: TextForm, part: int
) -> HttpResponse:
    """Answer what saves itself with its version; a plain form with its page."""
    user, now = signed_in(request), timezone.now()
    if not form.keep(by=user, at=now):
        return _again(request, review, name, form, part)
    if request.accepts("text/html"):
        messages.success(request, "Saved.")
        return redirect(reverse("review", args=[review.pk]) + (f"?part={part}" if part else ""))
    saved_at = date_format(timezone.localtime(form.row.saved_at or now), "H:i")
    return JsonResponse({"version": form.row.version, "saved_at": saved_at})


def _again(
    request: HttpRequest, review: Review, name: str, form: TextForm, part: int
) -> HttpResponse:
    """With what was typed; a review that was closed meanwhile shows it as well."""
    review.refresh_from_db()
    page = ReviewPage(review, signed_in(request), timezone.now())
    if review.is_closed:
        return show_closed(request, page, form)
    return show(request, page, part, **{name: form})
