"""Differentiators, questions, ideal customer and priorities: all read, administrators change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.keyset import Page
from lib.verb_form import VersionedVerbForm
from people.models import Organisation
from people.permissions import administrators_only
from people.signed_in import signed_in
from pipeline.views.verb import posted
from playbook.imports.export import export
from playbook.material_pages import KINDS, Kind, groups

RETIRED_SHOWN = 50


@require_safe
def playbook(request: HttpRequest) -> HttpResponse:
    """Where it begins."""
    return redirect("differentiators")


@require_safe
def material(request: HttpRequest, kind: str) -> HttpResponse:
    """One kind, under what each piece is for."""
    user, of, text = signed_in(request), KINDS[kind], request.GET.get("q", "").strip()[:200]
    rows: Any = of.model._default_manager
    seen = rows.visible_to(user)
    shown = seen.active().search(text) if text else seen.active()
    page = Page.of(shown.select_related(*of.related), of.order, request.GET)
    today = Organisation.current().today(timezone.now())
    retired = seen.exclude(retired_at=None).order_by("-retired_at", "pk")[:RETIRED_SHOWN]
    context = {
        **_pages(of),
        "q": text,
        "page": page,
        "groups": groups(of, page.rows, today),
        "retired": retired if user.is_administrator else [],
    }
    return render(request, "playbook/material.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def new(request: HttpRequest, kind: str) -> HttpResponse:
    of = KINDS[kind]
    form = of.form(None, signed_in(request), posted(request))
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, "Added to the playbook.")
        return redirect(of.name)
    return _form_page(request, of, form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def piece(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change a piece; its page has its end as well."""
    of, known = KINDS[kind], find(request, kind, pk)
    form = of.form(known, signed_in(request), posted(request))
    form.heading = f"Edit this {of.noun}"
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, "Saved.")
        return redirect(of.name)
    return _form_page(request, of, form, known)


@require_safe
def download(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The active ones as a file that an import takes back."""
    return export(kind, signed_in(request))


@require_POST
@administrators_only
def position(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Move a piece to `position` among those that are for the same, counted from 1."""
    place, known = request.POST.get("position", ""), find(request, kind, pk)
    if known.is_active and place.isdecimal() and len(place) < 6:
        known.change(place=int(place), by=signed_in(request), at=timezone.now())
    else:
        messages.error(request, "Say to which place it moves: 1, 2, 3 …")
    return redirect(kind)


@require_POST
@administrators_only
def retirement(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    of, known, form = KINDS[kind], find(request, kind, pk), VersionedVerbForm(request.POST)
    said: dict[str, Any] = {"by": signed_in(request), "at": timezone.now()}
    said["version"] = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: known.retire(**said)):
        undo = reverse(f"{of.one}_restoration", args=[pk])
        messages.success(request, f"The {of.noun} is retired.", extra_tags=f"undo:{undo}")
        return redirect(of.name)
    now_saved = find(request, kind, pk)
    page_form = of.form(now_saved, signed_in(request))
    page_form.heading = f"Edit this {of.noun}"
    return _form_page(request, of, page_form, now_saved, refused=form)


@require_POST
@administrators_only
def restoration(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    of, known = KINDS[kind], find(request, kind, pk)
    try:
        known.restore(by=signed_in(request), at=timezone.now())
        messages.success(request, f"The {of.noun} is offered again.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(of.name)


def find(request: HttpRequest, kind: str, pk: int) -> Any:
    """The piece, or 404."""
    rows: Any = KINDS[kind].model._default_manager
    return get_object_or_404(rows.visible_to(signed_in(request)), pk=pk)


def _form_page(
    request: HttpRequest, of: Kind, form: Any, known: Any = None, refused: Any = None
) -> HttpResponse:
    """The form, and for a piece that is there its end. `refused` is a retirement that was stale."""
    context = {**_pages(of), "form": form, "piece": known, "refused": refused}
    return render(request, "playbook/piece.html", context, status=(refused or form).status)


def _pages(of: Kind) -> dict[str, Any]:
    """Where the pages of the kind are."""
    return {
        "kind": of,
        "url": reverse(of.name),
        "new_url": reverse(f"{of.one}_new"),
        "export_url": reverse(f"{of.name}_export"),
        "import_url": f"{reverse('import_new')}?kind={of.name}",
    }
