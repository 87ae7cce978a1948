"""The buyer's side of a deal: answers, people, what they did, and what was offered to them."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from lib.verb_form import VerbForm
from people.models import User
from pipeline.forms import buyer as forms
from pipeline.models import BuyerAction, BuyingRole, Contact, Opportunity, Proposal
from pipeline.models.buyer import BUYER_QUESTIONS
from pipeline.views.opportunity import on_deal, readable, visible_deal
from pipeline.views.verb import answer, posted

UNDO_SECONDS = 60 * 60


@readable
def buyer_answers(request: HttpRequest, pk: int, question: str) -> HttpResponse:
    if question not in dict(BUYER_QUESTIONS):
        raise Http404
    return on_deal(request, pk, forms.BuyerAnswerForm, "#questions", question=question)


@readable
def buying_roles(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.NewBuyingRoleForm, "#people")


@readable
def buyer_actions(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.BuyerActionForm, "#buyer-actions")


@readable
def proposals(request: HttpRequest, pk: int) -> HttpResponse:
    return on_deal(request, pk, forms.ProposalForm, "#proposals")


@readable
def buying_role(request: HttpRequest, pk: int) -> HttpResponse:
    roles = BuyingRole.objects.visible_to(request.user).select_related("opportunity", "contact")
    role = get_object_or_404(roles, pk=pk)
    form = forms.BuyingRoleForm(role, request.user, posted(request))  # type: ignore[arg-type]
    return answer(request, form, _page(role.opportunity_id, "#people"), about=role)
