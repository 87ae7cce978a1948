"""Deals in a 1-on-1: what the verbs do to them in place, and how likely the rep thinks they are."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people.signed_in import signed_in
from pipeline.models import Opportunity
from reviews.forms.deal_decisions import DecisionForm, forms_of
from reviews.forms.reviews import OddsForm
from reviews.models import ReviewDeal
from reviews.review_page import ReviewPage
from reviews.views.review import in_place, part_of, read_review, show


def _page(request: HttpRequest, pk: int) -> ReviewPage:
    review, user = read_review(request, pk), signed_in(request)
    review.require_one_of_two(user)
    return ReviewPage(review, user, timezone.now())


def _frozen(page: ReviewPage, deal: int) -> ReviewDeal:
    """The deal as it stood when the meeting began."""
    if not page.review.is_running:
        raise Http404
    found = next((line for line in page.lines if line.opportunity_id == deal), None)
    if found is None:
        raise Http404
    found.review = page.review
    return found  # type: ignore[no-any-return]


def _form(page: ReviewPage, deal: int, kind: str, data: Any = None) -> DecisionForm | None:
    kinds = forms_of(page.review.rep_id == page.user.pk)
    now = Opportunity.objects.visible_to(page.user).filter(pk=deal).first()
    if kind not in kinds or now is None or not now.is_open:
        return None
    return kinds[kind](now, page.window.day, data)


@require_safe
def review_deal(request: HttpRequest, pk: int, deal: int) -> HttpResponse:
    """A deal with a verb's form open (`?decide=step`)."""
    page = _page(request, pk)
    _frozen(page, deal)
    return _show(request, page, deal, decision=_form(page, deal, request.GET.get("decide", "")))


@require_POST
def review_deal_decisions(request: HttpRequest, pk: int, deal: int) -> HttpResponse:
    """Decide, and do it."""
    page = _page(request, pk)
    _frozen(page, deal)
    form = _form(page, deal, request.POST.get("kind", ""), request.POST)
    if form and not form.decide(page.review, by=page.user, at=page.now):
        return _show(request, _page(request, pk), deal, decision=form)
    return _show(request, _page(request, pk), deal, done=True)


@require_POST
def review_deal_answer(request: HttpRequest, pk: int, deal: int) -> HttpResponse:
    """The rep's own probability, before that of the stage is revealed."""
    page = _page(request, pk)
    form = OddsForm(_frozen(page, deal), request.POST)
    if not form.answer(by=page.user, at=page.now):
        return _show(request, _page(request, pk), deal, odds=form)
    return _show(request, _page(request, pk), deal, done=True)


def _show(
    request: HttpRequest, page: ReviewPage, deal: int, *, done: bool = False, **forms: Any
) -> HttpResponse:
    """For htmx the deal's own row, otherwise the part it is in."""
    asked = request.POST.get("part", "") or request.GET.get("part", "")
    part, htmx = part_of(page, asked), request.htmx  # type: ignore[attr-defined]
    if not htmx and done:
        return redirect(reverse("review", args=[page.review.pk]) + f"?part={part}#deal-{deal}")
    if not htmx:
        return show(request, page, part, **forms)
    shown = page.shown(_frozen(page, deal))
    context = {"page": page, "review": page.review, "shown": shown, "part": part}
    context |= in_place(page, part, [shown], **forms)
    status = next((form.status for form in forms.values() if form), 200)
    return render(request, "reviews/_review_deal.html", context, status=status)
