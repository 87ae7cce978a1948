"""Next steps agreed in a 1-on-1."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from people.signed_in import signed_in
from reviews.forms.reviews import NextStepForm, SplitForm
from reviews.models import Agreement
from reviews.review_page import ReviewPage
from reviews.views.review import find_review, part_of, show, side_of


@require_POST
def review_agreements(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down one more. For htmx, the side of the page with an empty form."""
    review, user, now = find_review(request, pk), signed_in(request), timezone.now()
    review.require_one_of_two(user)
    page = ReviewPage(review, user, now)
    form = NextStepForm(review, page.window.day, request.POST)
    part = part_of(page, request.POST.get("part", ""))
    made = form.make(by=user, at=now)
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if htmx:
        shown = NextStepForm(review, page.window.day) if made else form
        page = ReviewPage(review, user, now)
        context = {"page": page, "review": review, "part": part, "other": review.other(user)}
        context |= {"agreement_form": shown, **side_of(page, part)}
        return render(request, "reviews/_review_agreed_swap.html", context, status=form.status)
    if not made:
        return show(request, page, part, agreement=form)
    return redirect(reverse("review", args=[pk]) + f"?part={part}")


@require_POST
def review_agreement_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one out that was just agreed; `pk` is the agreement's."""
    user = signed_in(request)
    rows = Agreement.objects.visible_to(user).exclude(review=None)
    agreement = get_object_or_404(rows.select_related("review"), pk=pk)
    assert agreement.review
    try:
        agreement.remove(by=user)
        messages.success(request, f"Taken out: {agreement.text}")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(reverse("review", args=[agreement.review.pk]) + "?part=5")


@require_http_methods(["GET", "HEAD", "POST"])
def review_agreement_split(request: HttpRequest, pk: int, agreement_pk: int) -> HttpResponse:
    """Two or three smaller ones for one that was carried."""
    review, user, now = find_review(request, pk), signed_in(request), timezone.now()
    review.require_one_of_two(user)
    pair = Agreement.objects.visible_to(user).between(review.manager_id, review.rep_id)
    agreement = get_object_or_404(pair.for_list(), pk=agreement_pk)
    today = review.window(now).day
    form = SplitForm(agreement, review, today, request.POST or None)
    if request.method == "POST" and form.split(by=user, at=now):
        messages.success(request, "Split.")
        return redirect(reverse("review", args=[pk]) + "?part=5")
    context = {"form": form, "review": review, "agreement": agreement}
    return render(request, "reviews/review_agreement_split.html", context, status=form.status)
