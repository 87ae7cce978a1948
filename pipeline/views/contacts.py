"""People at customers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lib.keyset import Page
from lib.sorting import Column, headings, order_of
from people.signed_in import signed_in
from pipeline.forms.contacts import ContactForm
from pipeline.models import BuyerAction, BuyingRole, Call, Contact
from pipeline.views.accounts import chosen_account
from pipeline.views.verb import answer, posted

COLUMNS = [
    Column("name", "Name", ("name",)),
    Column("account", "Account", ("account__name_key", "name")),
    Column("job_title", "Job title", ("job_title", "name")),
    Column("email", "E-mail"),
    Column("phone", "Phone"),
]


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    rows = Contact.objects.visible_to(signed_in(request)).select_related("account")
    account = chosen_account(request)
    rows = rows.filter(account=account) if account else rows
    rows = rows.search(text) if text else rows
    order, keys = order_of(COLUMNS, request.GET.get("order", ""), default="name")
    context = {
        "q": text,
        "account": account,
        "order": order,
        "page": Page.of(rows, keys, request.GET),
        "headings": headings(COLUMNS, order, request.GET),
    }
    return render(request, "pipeline/contacts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    account = chosen_account(request)
    initial = {"account": account.name if account else ""}
    form = ContactForm(None, signed_in(request), posted(request), initial=initial)
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, f"{form.thing} added.")
        return redirect("account", form.thing.account_id)
    context = {"form": form, "back": reverse("contacts"), "about": "Contacts"}
    return render(request, "pipeline/verb.html", context, status=form.status)


@require_safe
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    seen = Contact.objects.visible_to(user).select_related("account")
    found = get_object_or_404(seen, pk=pk)
    roles = BuyingRole.objects.visible_to(user).filter(contact=found)
    context = {
        "contact": found,
        "roles": roles.select_related("opportunity__stage", "opportunity__owner")[:50],
        "calls": Call.objects.visible_to(user)
        .for_list()
        .filter(attendees=found)
        .order_by("-starts_at")[:20],
        "buyer_actions": BuyerAction.objects.visible_to(user)
        .filter(contact=found)
        .select_related("opportunity")[:20],
    }
    return render(request, "pipeline/contact.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def description(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a contact."""
    found = get_object_or_404(Contact.objects.visible_to(signed_in(request)), pk=pk)
    form = ContactForm(found, signed_in(request), posted(request))
    form.heading = f"Edit {found}"
    return answer(request, form, reverse("contact", args=[pk]), about=found)
