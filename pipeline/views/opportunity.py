"""The verbs of one deal. Each has a page of its own, which is also where a refusal is shown."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from people.signed_in import signed_in
from pipeline.forms import opportunity as forms
from pipeline.forms.facts import DealForm
from pipeline.models import Opportunity
from pipeline.views.undo import undo_url
from pipeline.views.verb import UNDO_OF_FORM, Undo, answer, posted

readable = require_http_methods(["GET", "HEAD", "POST"])


def visible_deal(request: HttpRequest, pk: int) -> Opportunity:
    """The deal, or 404."""
    deals = Opportunity.objects.visible_to(signed_in(request)).for_list()
    return get_object_or_404(deals, pk=pk)


def on_deal(
    request: HttpRequest,
    pk: int,
    form: type[DealForm],
    anchor: str = "",
    undo: Undo = UNDO_OF_FORM,
    **options: Any,
) -> HttpResponse:
    """One verb's form on one deal; afterwards the deal's page, at the place it is about."""
    deal = visible_deal(request, pk)
    back = reverse("opportunity", args=[pk]) + anchor
    part = options.pop("part", "")  # several forms of one kind may stand on one page
    options["auto_id"] = f"{form.__name__}_{part}%s"
    bound = form(deal, signed_in(request), posted(request), **options)
    return answer(request, bound, back, undo=undo, about=deal)


@readable
def stage_changes(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.StageForm, undo=_back_again)


def _back_again(form: Any) -> str:
    """The address that undoes a move; "" when nothing moved."""
    to = form.deal.stage_id
    past = {"from": form.came_from, "to": to}
    return undo_url("stage", form.deal.pk, past) if form.came_from != to else ""


@readable
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """`?outcome=won` or `?outcome=lost` asks only what that outcome needs."""
    return on_deal(request, pk, forms.ClosureForm, outcome=request.GET.get("outcome", ""))


@readable
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.ReopeningForm)


@readable
def close_date(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.CloseDateForm)


@readable
def amount(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.AmountForm)


@readable
def next_step(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.NextStepForm)


@readable
def owner(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.OwnerForm)


@readable
def forecast(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.ForecastForm)


@readable
def description(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.DescriptionForm)
