"""Customer companies."""

from django.contrib import messages
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lib.keyset import Page
from lib.sorting import Column, headings, order_of
from people.models import User
from people.signed_in import signed_in
from pipeline.forms.accounts import AccountForm
from pipeline.models import Account, Call, Contact, Opportunity
from pipeline.models.account import AccountQuerySet
from pipeline.views.verb import answer, posted

COLUMNS = [
    Column("name", "Name", ("name_key",)),
    Column("sector", "Sector", ("sector", "name_key")),
    Column("location", "Location", ("location", "name_key")),
    Column("owner", "Owner", ("owner__name", "name_key")),
    Column("open_deals", "Open deals", numeric=True),
]
SHOWN = 50
OPTIONS = 12


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    seen = Account.objects.visible_to(signed_in(request))
    rows = seen.search(text) if text else seen
    order, keys = order_of(COLUMNS, request.GET.get("order", ""), default="name")
    context = {
        "q": text,
        "order": order,
        "page": Page.of(_with_open_deals(rows, signed_in(request)), keys, request.GET),
        "headings": headings(COLUMNS, order, request.GET),
    }
    return render(request, "pipeline/accounts.html", context)


def _with_open_deals(rows: AccountQuerySet, user: User) -> AccountQuerySet:
    """Each with the number of its open deals that this person sees."""
    deals = Opportunity.objects.visible_to(user).open().filter(account=OuterRef("pk")).order_by()
    count = deals.values("account").annotate(n=Count("pk")).values("n")
    return rows.select_related("owner").annotate(open_deals=Coalesce(Subquery(count), 0))


@require_safe
def options(request: HttpRequest) -> HttpResponse:
    """Accounts to choose from while a name is being typed."""
    text = str(next(iter(request.GET.values()), "")).strip()[:200]
    seen = Account.objects.visible_to(signed_in(request)).order_by("name_key")
    found = seen.search(text)[:OPTIONS] if text else seen.none()
    return render(request, "pipeline/_account_options.html", {"accounts": found})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    initial = {"name": request.GET.get("name", "")[:200]}
    form = AccountForm(None, signed_in(request), posted(request), initial=initial)
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, f"{form.thing} added.")
        return redirect("account", form.thing.pk)
    context = {"form": form, "back": reverse("accounts"), "about": "Accounts"}
    return render(request, "pipeline/verb.html", context, status=form.status)


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    seen = Account.objects.visible_to(user)
    found = get_object_or_404(seen.select_related("owner"), pk=pk)
    deals = Opportunity.objects.visible_to(user).for_list().filter(account=found)
    calls = Call.objects.visible_to(user).for_list().filter(account=found)
    context = {
        "account": found,
        "parent": seen.filter(pk=found.parent_id).first() if found.parent_id else None,
        "subsidiaries": seen.filter(parent=found)[:SHOWN],
        "contacts": Contact.objects.visible_to(user).filter(account=found)[: SHOWN + 1],
        "deals": deals.order_by(F("closed_on").desc(nulls_first=True), "close_date")[: SHOWN + 1],
        "calls": calls.order_by("-starts_at")[:10],
        "today": timezone.localdate(),
        "shown": SHOWN,
    }
    return render(request, "pipeline/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def description(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an account."""
    found = get_object_or_404(Account.objects.visible_to(signed_in(request)), pk=pk)
    form = AccountForm(found, signed_in(request), posted(request))
    form.heading = f"Edit {found}"
    return answer(request, form, reverse("account", args=[pk]), about=found)


def chosen_account(request: HttpRequest) -> Account | None:
    """The account a new deal or contact is begun from."""
    wanted = request.GET.get("account", "")
    seen = Account.objects.visible_to(signed_in(request))
    return seen.filter(pk=wanted).first() if wanted.isdecimal() else None
