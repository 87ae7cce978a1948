"""Stages and products: for administrators."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.verb_form import VersionedVerbForm
from people.models import Organisation
from people.permissions import administrators_only
from people.signed_in import signed_in
from pipeline.forms.catalogue import NewProductForm, NewStageForm, ProductForm, StageForm
from pipeline.models import Product, Stage


@require_safe
@administrators_only
def stages(request: HttpRequest) -> HttpResponse:
    known = Stage.objects.visible_to(signed_in(request)).prefetch_related("exit_criteria")
    counted = known.annotate(deals=Count("opportunities")).order_by("order", "pk")
    return render(request, "settings/stages.html", {"stages": counted})


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def stage_new(request: HttpRequest) -> HttpResponse:
    form = NewStageForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"{form.cleaned_data['name']} added as the last stage.")
        return redirect("settings_stages")
    return render(request, "settings/stage_new.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def stage(request: HttpRequest, pk: int) -> HttpResponse:
    known = find_stage(request, pk)
    form = StageForm(request.POST or None, initial=initial_of(known))
    if request.method == "POST" and form.is_valid() and form.save(known):
        messages.success(request, f"{known} saved.")
        return redirect("settings_stages")
    return stage_page(request, pk, form)


@require_POST
@administrators_only
def stage_position(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the stage to `position`, counted from 1."""
    known = find_stage(request, pk)
    position = request.POST.get("position", "")
    if position.isdecimal() and len(position) < 6:
        known.place(int(position))
    else:
        messages.error(request, "Say to which place the stage moves: 1, 2, 3 …")
    return redirect("settings_stages")


@require_POST
@administrators_only
def stage_removal(request: HttpRequest, pk: int) -> HttpResponse:
    known, form = find_stage(request, pk), VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    if form.is_valid() and form.carry_out(lambda: known.remove(version=version)):
        messages.success(request, f"{known} removed.")
        return redirect("settings_stages")
    return stage_page(request, pk, StageForm(initial=initial_of(known)), refused=form)


@require_safe
@administrators_only
def products(request: HttpRequest) -> HttpResponse:
    context = {
        "products": Product.objects.visible_to(signed_in(request)).order_by("-is_active", "name"),
        "currency": Organisation.current().currency,
    }
    return render(request, "settings/products.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def product_new(request: HttpRequest) -> HttpResponse:
    form = NewProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"{form.cleaned_data['name']} added.")
        return redirect("settings_products")
    return render(request, "settings/product.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def product(request: HttpRequest, pk: int) -> HttpResponse:
    known = get_object_or_404(Product.objects.visible_to(signed_in(request)), pk=pk)
    name, form = known.name, ProductForm(request.POST or None, initial=vars(known))
    if request.method == "POST" and form.is_valid() and form.save(known):
        messages.success(request, f"{known} saved.")
        return redirect("settings_products")
    context = {"form": form, "name": name}
    return render(request, "settings/product.html", context, status=form.status)


def find_stage(request: HttpRequest, pk: int) -> Stage:
    """The stage, or 404."""
    known: Stage = get_object_or_404(Stage.objects.visible_to(signed_in(request)), pk=pk)
    return known


def initial_of(known: Stage) -> dict[str, Any]:
    """What the form of this stage shows at first."""
    return {**vars(known), "criteria": "\n".join(map(str, known.exit_criteria.all()))}


def stage_page(
    request: HttpRequest, pk: int, form: StageForm, refused: VersionedVerbForm | None = None
) -> HttpResponse:
    """The page of a stage, with the form that was refused if there is one."""
    context = {"stage": find_stage(request, pk), "form": form, "refused": refused}
    return render(request, "settings/stage.html", context, status=(refused or form).status)
