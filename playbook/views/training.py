"""The modules of training: everybody reads them, administrators change them."""

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
from people.models import User
from people.permissions import administrators_only
from people.signed_in import signed_in
from pipeline.views.verb import answer, posted
from playbook.forms.training import TrainingModuleForm
from playbook.imports.export import export
from playbook.models import TrainingAssignment, TrainingModule

RETIRED_SHOWN = 50


@require_safe
def training_modules(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    seen = TrainingModule.objects.visible_to(user)
    page = Page.of(seen.active(), ["place"], request.GET)
    own = own_of(user, page.rows)
    retired = seen.exclude(retired_at=None).order_by("-retired_at", "pk")[:RETIRED_SHOWN]
    context = {
        "page": page,
        "modules": [(module, own.get(module.pk)) for module in page.rows],
        "retired": retired if user.is_administrator else [],
        "today": user.today(timezone.now()),
    }
    return render(request, "playbook/training_modules.html", context)


def own_of(user: User, modules: list[Any]) -> dict[int, TrainingAssignment]:
    """By module, what of these this person is to take or has taken: the latest, open ones first."""
    visible = TrainingAssignment.objects.visible_to(user)
    own = visible.filter(person=user, module__in=modules, withdrawn_at=None)
    known: dict[int, TrainingAssignment] = {}
    for each in own.order_by("done_at", "pk"):
        if each.module_id not in known or known[each.module_id].done_at:
            known[each.module_id] = each
    return known


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def training_module_new(request: HttpRequest) -> HttpResponse:
    form = TrainingModuleForm(None, signed_in(request), posted(request))
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, f"{form.thing} added.")
        return redirect("training_module", form.thing.pk)
    context = {"form": form, "back": reverse("training_modules"), "about": "Training"}
    return render(request, "pipeline/verb.html", context, status=form.status)


@require_safe
def training_modules_export(request: HttpRequest) -> StreamingHttpResponse:
    """The modules as a file that an import takes back."""
    return export("training_modules", signed_in(request))


@require_safe
def training_module(request: HttpRequest, pk: int) -> HttpResponse:
    """What there is to learn, with what one has to do with it oneself."""
    user, module = signed_in(request), find(request, pk)
    context = {
        "module": module,
        "own": own_of(user, [module]).get(pk),
        "today": user.today(timezone.now()),
    }
    return render(request, "playbook/training_module.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def training_module_description(request: HttpRequest, pk: int) -> HttpResponse:
    module = find(request, pk)
    form = TrainingModuleForm(module, signed_in(request), posted(request))
    form.heading = f"Edit {module}"
    return answer(request, form, reverse("training_module", args=[pk]), about=module)


@require_POST
@administrators_only
def training_module_position(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a module to `position`, counted from 1."""
    position = request.POST.get("position", "")
    module = find(request, pk)
    if not (module.is_active and position.isdecimal() and len(position) < 6):
        messages.error(request, "Say to which place the module moves: 1, 2, 3 …")
    else:
        module.change(place=int(position), by=signed_in(request), at=timezone.now())
    return redirect("training_modules")


@require_POST
@administrators_only
def training_module_retirement(request: HttpRequest, pk: int) -> HttpResponse:
    module, form = find(request, pk), VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    said: dict[str, Any] = {"by": signed_in(request), "at": timezone.now()}
    if form.is_valid() and form.carry_out(lambda: module.retire(version=version, **said)):
        undo = reverse("training_module_restoration", args=[pk])
        messages.success(request, f"{module} retired.", extra_tags=f"undo:{undo}")
        return redirect("training_modules")
    messages.error(request, "Not retired: somebody else changed it. Look again.")
    return redirect("training_module", pk)


@require_POST
@administrators_only
def training_module_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    module = find(request, pk)
    try:
        module.restore(by=signed_in(request), at=timezone.now())
        messages.success(request, f"{module} is offered again.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("training_modules")


def find(request: HttpRequest, pk: int) -> TrainingModule:
    """The module, or 404."""
    seen = TrainingModule.objects.visible_to(signed_in(request))
    module: TrainingModule = get_object_or_404(seen, pk=pk)
    return module
