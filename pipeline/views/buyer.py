"""The buyer's side of a deal: answers, people, what they did, and what was offered to them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from people.signed_in import signed_in
from pipeline.forms import buyer as forms
from pipeline.models import BuyingRole
from pipeline.models.buyer import BUYER_QUESTIONS
from pipeline.views.opportunity import on_deal, readable
from pipeline.views.verb import answer, posted


@readable
def buyer_answers(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    if question not in dict(BUYER_QUESTIONS):
        raise Http404
    return on_deal(
        request, pk, forms.BuyerAnswerForm, "#questions", question=question, part=question
    )


@readable
def buying_roles(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.NewBuyingRoleForm, "#people")


@readable
def buyer_actions(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.BuyerActionForm, "#timeline")


@readable
def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.ProposalForm, "#timeline")


@readable
def buying_role(request: HttpRequest, pk: int) -> HttpResponse:
    roles = BuyingRole.objects.visible_to(signed_in(request)).select_related(
        "opportunity", "contact"
    )
    role = get_object_or_404(roles, pk=pk)
    form = forms.BuyingRoleForm(role, signed_in(request), posted(request), auto_id=f"role_{pk}_%s")
    back = reverse("opportunity", args=[role.opportunity_id]) + "#people"
    return answer(request, form, back, about=role)
