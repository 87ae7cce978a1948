"""The board of open deals, the next cards of one column, and the move of a card."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lib.keyset import Stretch
from people.signed_in import signed_in
from pipeline.board import FIRST, ORDER, Board, Column, joined
from pipeline.forms.board import MoveForm
from pipeline.forms.filters import BOARD
from pipeline.models import Opportunity, Stage
from pipeline.views.opportunities import filters_of
from pipeline.views.saved_views import views_for

GONE = "This deal is no longer there, or no longer yours to see."


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    form = filters_of(request, BOARD)
    if form.has_typed_name:
        return redirect(f"{request.path}?{form.query}")
    form.count_reasons()
    context = {
        "form": form,
        "board": Board(form).fill(),
        "has_any": bool(form.total.count) or _has_any(request),
        "views": views_for(signed_in(request)),
    }
    return render(request, "pipeline/board.html", context)


@require_safe
def column(request: HttpRequest, pk: int) -> HttpResponse:
    """The cards that follow those shown; without scripts a page of their own."""
    stage = get_object_or_404(Stage.objects.visible_to(signed_in(request)), pk=pk)
    form = filters_of(request, BOARD)
    part = _next_of(Board(form), stage, request)
    template = "pipeline/board_column.html"
    if request.headers.get("HX-Request"):
        template += "#cards"
    back = f"{reverse('board')}?{form.query}".rstrip("?")
    return render(request, template, {"column": part, "back": back})


@require_POST
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a deal. A script gets the columns that changed; a form goes back to its board."""
    deals = Opportunity.objects.visible_to(signed_in(request)).select_related("owner", "stage")
    deal = deals.filter(pk=pk).first()
    if deal is None:
        return _gone(request, pk)
    before = deal.stage_id
    form = MoveForm(deal, signed_in(request), {**request.GET.dict(), **request.POST.dict()})
    done = form.run(at=timezone.now())
    drawn = _drawn_again(request, pk)
    _tell(request, form, drawn)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('board')}?{drawn.form.query}".rstrip("?") + f"#card-{pk}")
    if done:
        drawn.columns = [one for one in drawn.columns if one.pk in {before, deal.stage_id}]
    return _answer(request, drawn, form.status)


def _next_of(drawn: Board, stage: Stage, request: HttpRequest) -> Column:
    rows = drawn.for_cards(drawn.rows.filter(stage=stage))
    without = _number(request, "without")
    if without:
        rows = rows.exclude(pk=without)
    # One more than is shown says whether there are any left.
    found = Stretch.of(rows, ORDER, request.GET.get("page", ""), FIRST + 1).rows
    drawn.form.check.prepare(found, worst_only=True)
    part = drawn.column(stage)
    drawn.show(part, found, FIRST, before=_number(request, "shown"), without=without)
    return part


def _number(request: HttpRequest, name: str) -> int:
    return _int(request.GET.get(name, ""))


def _int(said: str) -> int:
    """0 for what is no count of ours."""
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _drawn_again(request: HttpRequest, pk: int) -> Board:
    form = filters_of(request, BOARD)
    parts = (said.partition(":") for said in request.POST.getlist("shown"))
    shown = {_int(stage): _int(count) for stage, _, count in parts}
    return Board(form).fill(shown, moved=pk)


def _tell(request: HttpRequest, form: MoveForm, drawn: Board) -> None:
    if form.errors:
        messages.error(request, form.refusal)
        return
    deal, tags, done = form.deal, "", form.done
    if form.undo_to:
        said = urlencode({"to": form.undo_to, "version": deal.version})
        undo = reverse("board_card", args=[deal.pk])
        tags = f"undo:{undo}?{joined(drawn.form.query, said)}"
    if deal.is_open and not drawn.shows(deal.pk):
        done += " The filters leave it out there."
    messages.success(request, done, extra_tags=tags)


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        raise Http404
    messages.error(request, GONE)
    return _answer(request, _drawn_again(request, pk), HTTPStatus.NOT_FOUND)


def _answer(request: HttpRequest, drawn: Board, status: int) -> HttpResponse:
    """These columns, the totals, and what is to be said."""
    return render(request, "pipeline/board_answer.html", {"board": drawn}, status=status)


def _has_any(request: HttpRequest) -> bool:
    return Opportunity.objects.visible_to(signed_in(request)).open().exists()
