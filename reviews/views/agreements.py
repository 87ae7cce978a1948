"""Agreements: what is open, what was kept."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lib.keyset import Page
from people.signed_in import signed_in
from reviews.forms.agreements import AgreementDropForm, AgreementForm
from reviews.models import Agreement, Review
from reviews.models.review_clock import PARTS


@require_http_methods(["GET", "HEAD", "POST"])
def agreements(request: HttpRequest) -> HttpResponse:
    """The list, and the form that adds one."""
    user = signed_in(request)
    form = AgreementForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.make(by=user):
        messages.success(request, "Agreed.")
        return redirect("agreements")
    rows = Agreement.objects.visible_to(user).in_view(request.GET.get("view", "")).for_list()
    page = Page.of(rows.select_related("review"), ["due_on"], request.GET)
    context = {"form": form, "page": page, "today": user.today(timezone.now())}
    return render(request, "reviews/agreements.html", context, status=form.status)


def _agreement(request: HttpRequest, pk: int) -> Agreement:
    return get_object_or_404(Agreement.objects.visible_to(signed_in(request)), pk=pk)


def _onward(request: HttpRequest) -> HttpResponse:
    """Back to the 1-on-1 or to Today, whichever this came from; else to the list."""
    if "today" in request.POST:
        return redirect("today")
    asked = request.POST.get("review") or request.GET.get("review", "")
    pk = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else 0
    review = Review.objects.visible_to(signed_in(request)).filter(pk=pk).first()
    if review is None:
        return redirect("agreements")
    last = f"?part={max(PARTS)}" if review.is_running else ""
    return redirect(reverse("review", args=[pk]) + last)


@require_POST
def completion(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _agreement(request, pk)
    try:
        agreement.complete(by=signed_in(request), at=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return _onward(request)
    undo = reverse("agreement_restoration", args=[pk])
    messages.success(request, f"Done: {agreement.text}", extra_tags=f"undo:{undo}")
    return _onward(request)


@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = _agreement(request, pk)
    form = AgreementDropForm(request.POST or None, initial={"version": agreement.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"by": signed_in(request), "at": timezone.now()}
        if form.carry_out(lambda: agreement.drop(**data)):
            undo = reverse("agreement_restoration", args=[pk])
            messages.success(request, "Dropped.", extra_tags=f"undo:{undo}")
            return _onward(request)
    context = {"form": form, "agreement": agreement}
    return render(request, "reviews/agreement_drop.html", context, status=form.status)


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    _agreement(request, pk).restore(by=signed_in(request))
    messages.success(request, "Open again.")
    return _onward(request)
