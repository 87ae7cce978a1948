"""The list of deals, and a new one."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lib import csv_out
from lib.keyset import Page, ordered
from lib.sorting import headings
from people.signed_in import signed_in
from pipeline.came_from import came_from
from pipeline.forms.filters import LIST, FilterForm
from pipeline.forms.opportunities import NewOpportunityForm
from pipeline.listing import COLUMNS
from pipeline.models import Opportunity
from pipeline.stall_facts import carrying_order
from pipeline.stall_reason import StallReason
from pipeline.stalls import StallCheck
from pipeline.views.accounts import chosen_account
from pipeline.views.saved_views import views_for
from pipeline.views.verb import posted

CSV_HEADER = [
    "opportunity_id",
    "name",
    "account",
    "product",
    "owner",
    "stage",
    "status",
    "amount",
    "currency",
    "opened_on",
    "close_date",
    "closed_on",
    "stage_since",
    "forecast_category",
    "own_probability",
    "next_step",
    "next_step_on",
    "lost_reason",
    "held_until",
    "last_activity_on",
    "last_buyer_action_on",
]
JUDGED = "stall_reasons"
CHUNK = 2_000


def filters_of(request: HttpRequest, layout: str = LIST) -> FilterForm:
    return FilterForm(signed_in(request), request.GET, timezone.now(), layout=layout)


@require_safe
def opportunities(request: HttpRequest) -> HttpResponse:
    form = filters_of(request)
    if form.has_typed_name:
        return redirect(f"{request.path}?{form.query}")
    rows = carrying_order(form.rows().for_list(), form.check.compared.moment)
    page = Page.of(rows, form.keys, request.GET)
    form.count_reasons()
    context = {
        "form": form,
        "order": form.order,
        "page": page,
        "deals": _judged(page.rows, form.check),
        "headings": headings(COLUMNS, form.order, request.GET),
        "today": form.check.day,
        "came_from": came_from(form.query, LIST),
        "has_any": bool(page.rows) or _has_any(request),
        "views": views_for(signed_in(request)),
    }
    return render(request, "pipeline/opportunities.html", context)


def _judged(
    deals: list[Opportunity], check: StallCheck
) -> list[tuple[Opportunity, list[StallReason]]]:
    """Each deal with its stall reasons, the worst first."""
    check.prepare(deals)
    return [(deal, check.reasons(deal)) for deal in deals]


def _has_any(request: HttpRequest) -> bool:
    return Opportunity.objects.visible_to(signed_in(request)).exists()


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is filtered and sorted, all pages of it."""
    form = filters_of(request)
    rows = ordered(form.rows().for_list(), form.keys)
    name = f"opportunities-{form.check.day}.csv"
    cells = _cells(rows.iterator(chunk_size=CHUNK), form.check)
    return csv_out.stream(name, [*CSV_HEADER, JUDGED], cells)


def _cells(deals: Iterable[Opportunity], check: StallCheck) -> Iterator[list[Any]]:
    """A row a deal: its key in the system it came from, or one of ours; the rest as named."""
    rest = iter(deals)
    while chunk := list(islice(rest, CHUNK)):
        for deal, reasons in _judged(chunk, check):
            values = (getattr(deal, name) for name in CSV_HEADER[1:])
            texts = [str(value) if isinstance(value, Model) else value for value in values]
            names = ";".join(reason.name for reason in reasons)
            yield [deal.external_id or f"T{deal.pk}", *texts, names]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    chosen = chosen_account(request)
    form = NewOpportunityForm(
        None,
        signed_in(request),
        posted(request),
        initial={"account": chosen.name if chosen else ""},
    )
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, form.done)
        return redirect("opportunity", form.thing.pk)
    return render(request, "pipeline/opportunity_new.html", {"form": form}, status=form.status)
