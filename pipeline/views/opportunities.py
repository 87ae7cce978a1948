"""The list of deals, and a new one."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lib import csv_out
from lib.calendar import local_date
from lib.keyset import Page, ordered
from lib.sorting import Column, headings, order_of
from people.models import Organisation
from people.signed_in import signed_in
from pipeline.forms.filters import FilterForm
from pipeline.forms.opportunities import NewOpportunityForm
from pipeline.models import Opportunity
from pipeline.views.accounts import chosen_account
from pipeline.views.verb import posted

COLUMNS = [
    Column("name", "Name", ("search_text",)),
    Column("account", "Account", ("account__name_key",)),
    Column("stage", "Stage", ("stage__order", "stage_since")),
    Column("amount", "Amount", ("amount",), numeric=True),
    Column("close_date", "Close date", ("close_date",)),
    Column("next_step", "Next step", ("next_step_on",)),
    Column("owner", "Owner", ("owner__name",)),
]
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
]


def filters_of(request: HttpRequest) -> FilterForm:
    today = local_date(timezone.now(), Organisation.current().zone)
    return FilterForm(signed_in(request), request.GET, today)


@require_safe
def opportunities(request: HttpRequest) -> HttpResponse:
    form = filters_of(request)
    order, keys = order_of(COLUMNS, request.GET.get("order", ""), default="close_date")
    page = Page.of(form.rows().for_list(), keys, request.GET)
    return render(
        request,
        "pipeline/opportunities.html",
        {
            "form": form,
            "order": order,
            "page": page,
            "headings": headings(COLUMNS, order, request.GET),
            "today": timezone.localdate(),
            "has_any": bool(page.rows) or _has_any(request),
        },
    )


def _has_any(request: HttpRequest) -> bool:
    return Opportunity.objects.visible_to(signed_in(request)).exists()


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is filtered and sorted, all pages of it."""
    form = filters_of(request)
    _, keys = order_of(COLUMNS, request.GET.get("order", ""), default="close_date")
    rows = ordered(form.rows().for_list(), keys)
    name = f"opportunities-{timezone.localdate()}.csv"
    return csv_out.stream(name, CSV_HEADER, _cells(rows.iterator(chunk_size=2_000)))


def _cells(deals: Iterator[Opportunity]) -> Iterator[list[Any]]:
    """A row a deal: its key in the system it came from, or one of ours; the rest as named."""
    for deal in deals:
        values = (getattr(deal, name) for name in CSV_HEADER[1:])
        texts = (str(value) if isinstance(value, Model) else value for value in values)
        yield [deal.external_id or f"T{deal.pk}", *texts]


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
