"""Taking back what was written down by mistake, and undoing that.

What was removed travels, signed, in the address of its undo button: nothing is kept.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from people.models import User
from people.signed_in import signed_in
from pipeline.models import BuyerAction, BuyingRole, Contact, Opportunity, Proposal, Stage
from pipeline.views.opportunity import visible_deal
from pipeline.views.undo import read_undo, undo_url


@require_POST
def buying_role(request: HttpRequest, pk: int) -> HttpResponse:
    role = _visible(request, BuyingRole, pk)
    what = {"contact": role.contact_id, "role": role.role, "criteria": role.criteria}
    role.remove()
    return _removed(request, role.opportunity_id, "Taken off this deal.", "role", what)


@require_POST
def buyer_action(request: HttpRequest, pk: int) -> HttpResponse:
    action = _visible(request, BuyerAction, pk)
    what = {"what": action.what, "on": action.on.isoformat(), "contact": action.contact_id}
    action.remove()
    said = {**what, "by": action.by_id}
    return _removed(request, action.opportunity_id, "Buyer action removed.", "action", said)


@require_POST
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    offer = _visible(request, Proposal, pk)
    what = {
        "title": offer.title,
        "sent_on": offer.sent_on.isoformat(),
        "amount": str(offer.amount) if offer.amount is not None else None,
        "currency": offer.currency,
        "by": offer.by_id,
    }
    offer.remove()
    return _removed(request, offer.opportunity_id, "Proposal removed.", "proposal", what)


@require_POST
def restoration(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Undo a removal on this deal, or its last move."""
    deal = visible_deal(request, pk)
    kind, what = read_undo(token, deal.pk)
    try:
        _RESTORE[kind](deal, what, signed_in(request))
        messages.success(request, "It is back.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("opportunity", deal.pk)


def _visible(request: HttpRequest, model: Any, pk: int) -> Any:
    rows = model.objects.visible_to(signed_in(request)).select_related("opportunity")
    return get_object_or_404(rows, pk=pk)


def _removed(
    request: HttpRequest, deal: int, text: str, kind: str, what: dict[str, Any]
) -> HttpResponse:
    messages.success(request, text, extra_tags=f"undo:{undo_url(kind, deal, what)}")
    return redirect("opportunity", deal)


def _contact(pk: int | None, user: User) -> Contact | None:
    return Contact.objects.visible_to(user).filter(pk=pk).first() if pk else None


def _restore_role(deal: Opportunity, what: dict[str, Any], user: User) -> None:
    contact = get_object_or_404(Contact.objects.visible_to(user), pk=what["contact"])
    BuyingRole.add(deal, contact, what["role"], criteria=what["criteria"])


def _restore_action(deal: Opportunity, what: dict[str, Any], user: User) -> None:
    on = date.fromisoformat(what["on"])
    if deal.buyer_actions.filter(on=on, what=what["what"]).exists():
        return  # the button was pressed twice
    by = User.objects.filter(pk=what["by"]).first()
    contact = _contact(what["contact"], user)
    BuyerAction.record(deal, what["what"], on, by=by, at=timezone.now(), contact=contact)


def _restore_proposal(deal: Opportunity, what: dict[str, Any], user: User) -> None:
    on = date.fromisoformat(what["sent_on"])
    if deal.proposals.filter(sent_on=on, title=what["title"]).exists():
        return
    Proposal.record(
        deal,
        what["title"],
        on,
        by=User.objects.filter(pk=what["by"]).first(),
        at=timezone.now(),
        amount=Decimal(what["amount"]) if what["amount"] else None,
        currency=what["currency"],
    )


def _move_back(deal: Opportunity, what: dict[str, Any], user: User) -> None:
    """The same verb, the other way; nothing when the deal has gone elsewhere since."""
    if deal.stage_id == what["to"]:
        stage = get_object_or_404(Stage.objects.visible_to(user), pk=what["from"])
        deal.move_to(stage, by=user, at=timezone.now(), why="Undone")


_RESTORE: dict[str, Callable[[Opportunity, dict[str, Any], User], None]] = {
    "role": _restore_role,
    "action": _restore_action,
    "proposal": _restore_proposal,
    "stage": _move_back,
}
