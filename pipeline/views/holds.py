"""Holds of a deal, and the exit criteria it has met."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from people.signed_in import signed_in
from pipeline.forms.holds import CriterionForm, HoldEndForm, HoldForm
from pipeline.models import ExitCriterion, Hold
from pipeline.views.opportunity import on_deal, readable
from pipeline.views.verb import answer


@readable
def holds(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, HoldForm)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Hold.objects.visible_to(signed_in(request)).select_related("opportunity__owner")
    hold = get_object_or_404(visible, pk=pk)
    form = HoldEndForm(hold, signed_in(request), request.POST)
    back = reverse("opportunity", args=[hold.opportunity_id])
    return answer(request, form, back, about=hold.opportunity)


@readable
def criterion(request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
    """Whether the deal has met one exit criterion."""
    wanted = get_object_or_404(ExitCriterion.objects.visible_to(signed_in(request)), pk=criterion)
    return on_deal(request, pk, CriterionForm, "#stage", criterion=wanted)
