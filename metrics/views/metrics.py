"""The chain of metrics: for administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.verb_form import VersionedVerbForm
from metrics.amounts import PER
from metrics.forms.metrics import MetricForm, NewMetricForm
from metrics.measures import Measure, all_measures
from metrics.models import Metric
from people.models import Organisation
from people.permissions import administrators_only
from people.signed_in import signed_in


@require_safe
@administrators_only
def metrics(request: HttpRequest) -> HttpResponse:
    known = Metric.objects.visible_to(signed_in(request))
    measures = {measure.name: measure for measure in all_measures()}
    chain = [(metric, measures[metric.measure], PER[metric.period]) for metric in known.chain()]
    context = {
        "precursors": [row for row in chain if not row[0].is_ultimate],
        "ultimate": next((row for row in chain if row[0].is_ultimate), None),
        "retired": known.exclude(retired_on=None).order_by("-retired_on", "label", "pk"),
    }
    return render(request, "metrics/settings_metrics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def metric_new(request: HttpRequest) -> HttpResponse:
    form = NewMetricForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"{form.cleaned_data['label']} added.")
        return redirect("settings_metrics")
    return render(request, "metrics/settings_metric_new.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def metric(request: HttpRequest, pk: int) -> HttpResponse:
    known = find(request, pk)
    form = MetricForm(request.POST or None, initial=vars(known))
    if request.method == "POST" and form.is_valid() and form.save(known):
        messages.success(request, f"{known} saved.")
        return redirect("settings_metrics")
    return metric_page(request, pk, form)


@require_POST
@administrators_only
def metric_position(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a precursor to `position`, counted from 1."""
    known, position = find(request, pk), request.POST.get("position", "")
    if known.is_ultimate or not known.is_active:
        messages.error(request, f"{known} does not stand among the precursors.")
    elif position.isdecimal() and len(position) < 6:
        known.move(int(position))
    else:
        messages.error(request, "Say to which place the metric moves: 1, 2, 3 …")
    return redirect("settings_metrics")


@require_POST
@administrators_only
def metric_retirement(request: HttpRequest, pk: int) -> HttpResponse:
    known, form = find(request, pk), VersionedVerbForm(request.POST)
    version = form.is_valid() and form.cleaned_data["version"]
    today = Organisation.current().today(timezone.now())
    if form.is_valid() and form.carry_out(lambda: known.retire(on=today, version=version)):
        undo = reverse("settings_metric_restoration", args=[pk])
        place = f"?position={known.place}"
        messages.success(request, f"{known} retired.", extra_tags=f"undo:{undo}{place}")
        return redirect("settings_metrics")
    return metric_page(request, pk, MetricForm(initial=vars(known)), refused=form)


@require_POST
@administrators_only
def metric_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """Go by it again; at `?position=` when that is said, else at the end."""
    known, position = find(request, pk), request.GET.get("position", "")
    try:
        known.restore()
        if position.isdecimal() and len(position) < 6 and not known.is_ultimate:
            known.move(int(position))
        messages.success(request, f"{known} is in the chain again.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("settings_metrics")


def find(request: HttpRequest, pk: int) -> Metric:
    """The metric, or 404."""
    known: Metric = get_object_or_404(Metric.objects.visible_to(signed_in(request)), pk=pk)
    return known


def metric_page(
    request: HttpRequest, pk: int, form: MetricForm, refused: VersionedVerbForm | None = None
) -> HttpResponse:
    """The page of a metric, with the form that was refused if there is one."""
    known = find(request, pk)
    measure: Measure = known.of_measure
    context = {
        "metric": known,
        "measure": measure,
        "per": PER[known.period],
        "form": form,
        "refused": refused,
    }
    status = (refused or form).status
    return render(request, "metrics/settings_metric.html", context, status=status)
