"""Asking a manager for help with a deal, their queue, and the answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.forms.help_requests import AnswerForm, DeclineForm, HelpForm, OutcomeForm
from coaching.help_queue import HelpFigures, HelpRow
from coaching.models import HelpRequest
from coaching.visibility import coached_deals
from lib.calendar import in_words, local_date
from lib.keyset import Page
from people.models import Organisation, User
from people.signed_in import signed_in

EVERYBODY = "everybody"  # ?scope=
WAITING, SETTLED, MINE = "waiting", "settled", "mine"  # ?show=
LATELY = 5
BACK = {"help_requests", "today"}  # where a posted form may ask to go back to


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_help_requests(request: HttpRequest, pk: int) -> HttpResponse:
    """The form by which a rep asks for help with a deal, or a manager steps in."""
    user = signed_in(request)
    deals = coached_deals(user).select_related("account", "owner__reports_to")
    deal = get_object_or_404(deals, pk=pk)
    data = request.POST if request.method == "POST" else None
    form = HelpForm(deal, user, timezone.now(), data)
    made = form.send() if data is not None else None
    if made:
        _tell(request, made)
        return redirect("opportunity", deal.pk)
    context = {"deal": deal, "form": form}
    return render(request, "coaching/help_new.html", context, status=form.status)


def _tell(request: HttpRequest, made: HelpRequest) -> None:
    if made.origin == HelpRequest.STEPPED_IN:
        said = f"{made.opportunity.owner.first_name} sees that you stepped in."
    else:
        said = f"{made.asked_of.first_name} is asked, by {in_words(made.wanted_on)}."
    undo = reverse("help_request_withdrawal", args=[made.pk])
    messages.success(request, said, extra_tags=f"undo:{undo}?version={made.version}")


@require_safe
def help_requests(request: HttpRequest) -> HttpResponse:
    """What waits for a manager, soonest wanted first; for everybody what they asked for."""
    user, now = signed_in(request), timezone.now()
    show, everybody = request.GET.get("show", ""), request.GET.get("scope") == EVERYBODY
    if not user.leads_people or show not in (SETTLED, MINE):
        show = WAITING if user.leads_people else MINE
    today = local_date(now, Organisation.current().zone)
    rows, order = _listed(user, show, everybody=everybody)
    page = Page.of(rows, order, request.GET)
    lately = _lately(user) if show == WAITING and not everybody else []
    HelpRequest.name_people([*page.rows, *lately])
    context = {
        "page": page,
        "rows": [HelpRow.of(row, today) for row in page.rows],
        "lately": [HelpRow.of(row, today) for row in lately],
        "figures": HelpFigures(user, now) if user.leads_people else None,
        "show": show,
        "everybody": everybody,
    }
    return render(request, "coaching/help_requests.html", context)


def _listed(
    user: User, show: str, *, everybody: bool
) -> tuple[QuerySet[HelpRequest, HelpRequest], list[str]]:
    """The rows of a list and the order in which it is paged."""
    rows = HelpRequest.objects.visible_to(user).for_list()
    if show == MINE:
        return rows.of_rep(user), ["-asked_at"]
    asked = rows.asked_of_anybody_under(user) if everybody else rows.filter(asked_of=user)
    if show == WAITING:
        return asked.open(), ["wanted_on"]
    return asked.settled(), ["-answered_at"]


def _lately(user: User) -> list[HelpRequest]:
    rows, _ = _listed(user, SETTLED, everybody=False)
    return list(rows.order_by("-answered_at", "-pk")[:LATELY])


@require_safe
def help_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its synopsis, its draft and its answer."""
    return _page(request, _found(signed_in(request), pk), {})


@require_POST
def acceptance(request: HttpRequest, pk: int) -> HttpResponse:
    """The manager will do it."""
    return _carry_out(request, pk, "acceptance")


@require_POST
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """It is done; what happened."""
    return _carry_out(request, pk, "outcome")


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """The manager will not do it, and why."""
    return _carry_out(request, pk, "decline")


@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """It is no longer needed."""
    return _carry_out(request, pk, "withdrawal")


@require_POST
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """A decline or a withdrawal is undone."""
    return _carry_out(request, pk, "restoration")


@require_POST
def acknowledgement(request: HttpRequest, pk: int) -> HttpResponse:
    """The rep has read the answer."""
    return _carry_out(request, pk, "acknowledgement")


Said = dict[str, Any]


@dataclass(frozen=True)
class Verb:
    """A verb's form, what it does, the words when it went through, and whether they undo it."""

    form: type[AnswerForm]
    run: Callable[[HelpRequest, Said], None]
    words: Callable[[HelpRequest], str]
    undo: bool = False


VERBS = {
    "acceptance": Verb(
        AnswerForm,
        lambda row, said: row.accept(**said),
        lambda row: f"Accepted. {row.asked_by.first_name} sees it.",
    ),
    "outcome": Verb(
        OutcomeForm,
        lambda row, said: row.do(said.pop("outcome"), **said),
        lambda row: f"Done. {row.opportunity.owner.first_name} is told, and the deal shows it.",
    ),
    "decline": Verb(
        DeclineForm,
        lambda row, said: row.decline(said.pop("reason"), **said),
        lambda row: f"Declined. {row.opportunity.owner.first_name} is told why.",
        undo=True,
    ),
    "withdrawal": Verb(
        AnswerForm,
        lambda row, said: row.withdraw(**said),
        lambda row: "Withdrawn.",
        undo=True,
    ),
    "restoration": Verb(
        AnswerForm, lambda row, said: row.restore(**said), lambda row: "Open again."
    ),
    "acknowledgement": Verb(
        AnswerForm, lambda row, said: row.acknowledge(**said), lambda row: "Read."
    ),
}


def _found(user: User, pk: int) -> HelpRequest:
    rows = HelpRequest.objects.visible_to(user).for_list()
    found = cast(HelpRequest, get_object_or_404(rows, pk=pk))
    HelpRequest.name_people([found])
    return found


def _carry_out(request: HttpRequest, pk: int, noun: str) -> HttpResponse:
    user, verb = signed_in(request), VERBS[noun]
    found = _found(user, pk)
    form = verb.form(_sent(request))
    if form.is_valid():
        said = {**form.cleaned_data, "by": user, "at": timezone.now()}
        if form.carry_out(lambda: verb.run(found, said)):
            undo = f"undo:{reverse('help_request_restoration', args=[pk])}?version={found.version}"
            messages.success(request, verb.words(found), extra_tags=undo if verb.undo else "")
            return _back(request, found)
    return _page(request, _found(user, pk), {noun: form})


def _sent(request: HttpRequest) -> Any:
    """What was posted; a toast's button carries its version in the address."""
    sent = request.POST.copy()
    if "version" in request.GET:
        sent.setdefault("version", request.GET["version"])
    return sent


def _back(request: HttpRequest, found: HelpRequest) -> HttpResponse:
    back = "today" if "today" in request.POST else request.POST.get("back", "")
    return redirect(back) if back in BACK else redirect("help_request", found.pk)


def _page(request: HttpRequest, found: HelpRequest, refused: dict[str, AnswerForm]) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    form = next(iter(refused.values()), None)
    context = {
        "row": HelpRow.of(found, local_date(now, Organisation.current().zone)),
        "help": found,
        "may_answer": found.is_open and found.may_answer(user),
        "may_restore": _may_restore(found, user),
        "refused": form,
        "outcome": refused.get("outcome") or OutcomeForm(initial={"version": found.version}),
        "decline": refused.get("decline") or DeclineForm(initial={"version": found.version}),
    }
    return render(request, "coaching/help_request.html", context, status=_status(form))


def _status(form: AnswerForm | None) -> int:
    return form.status if form else 200


def _may_restore(found: HelpRequest, user: User) -> bool:
    if found.seen_at:
        return False
    if found.state == HelpRequest.WITHDRAWN:
        return found.asked_by_id == user.pk
    return found.state == HelpRequest.DECLINED and found.may_answer(user)
