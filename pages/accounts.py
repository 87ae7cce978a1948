"""The pages of customer companies: their deals, people and calls, and how well they fit."""

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lib.keyset import Page
from lib.sorting import Column, headings, order_of
from people.models import User
from people.signed_in import signed_in
from pipeline.models import Account, Call, Contact, Opportunity
from pipeline.models.account import AccountQuerySet
from playbook.fit import fit_of
from playbook.models import IcpCriterion
from playbook.strategy_page import strategy_of

COLUMNS = [
    Column("name", "Name", ("name_key",)),
    Column("sector", "Sector", ("sector", "name_key")),
    Column("location", "Location", ("location", "name_key")),
    Column("owner", "Owner", ("owner__name", "name_key")),
    Column("open_deals", "Open deals", numeric=True),
]
FIT = Column("fit", "Fit", numeric=True)
SHOWN = 50


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    seen = Account.objects.visible_to(signed_in(request))
    rows = seen.search(text) if text else seen
    order, keys = order_of(COLUMNS, request.GET.get("order", ""), default="name")
    page = Page.of(_with_open_deals(rows, signed_in(request)), keys, request.GET)
    criteria = _profile(signed_in(request))
    context = {
        "q": text,
        "order": order,
        "page": page,
        "rows": [(account, fit_of(account, criteria)) for account in page.rows],
        "headings": headings([*COLUMNS, *([FIT] if criteria else [])], order, request.GET),
    }
    return render(request, "pipeline/accounts.html", context)


def _with_open_deals(rows: AccountQuerySet, user: User) -> AccountQuerySet:
    """Each with the number of its open deals that this person sees."""
    deals = Opportunity.objects.visible_to(user).open().filter(account=OuterRef("pk")).order_by()
    count = deals.values("account").annotate(n=Count("pk")).values("n")
    return rows.select_related("owner").annotate(open_deals=Coalesce(Subquery(count), 0))


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    seen = Account.objects.visible_to(user)
    found = get_object_or_404(seen.select_related("owner", "strategy"), pk=pk)
    deals = Opportunity.objects.visible_to(user).for_list().filter(account=found)
    calls = Call.objects.visible_to(user).for_list().filter(account=found)
    context = {
        "account": found,
        "fit": fit_of(found, _profile(user)),
        "parent": seen.filter(pk=found.parent_id).first() if found.parent_id else None,
        "subsidiaries": seen.filter(parent=found)[:SHOWN],
        "contacts": Contact.objects.visible_to(user).filter(account=found)[: SHOWN + 1],
        "deals": deals.order_by(F("closed_on").desc(nulls_first=True), "close_date")[: SHOWN + 1],
        "calls": calls.order_by("-starts_at")[:10],
        "today": timezone.localdate(),
        "shown": SHOWN,
        **strategy_of(found, user),
    }
    return render(request, "pipeline/account.html", context)


def _profile(user: User) -> list[IcpCriterion]:
    """The criteria of the ideal customer, the heaviest first."""
    return list(IcpCriterion.objects.visible_to(user).active())
