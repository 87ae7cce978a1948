"""Customer companies: their verbs. Their pages are in `pages/accounts.py`."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from people.signed_in import signed_in
from pipeline.forms.accounts import AccountForm
from pipeline.models import Account
from pipeline.views.verb import answer, posted

OPTIONS = 12


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
