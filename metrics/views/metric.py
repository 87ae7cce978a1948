"""A metric's own page: what it counts, and whether it foretells the ultimate one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from metrics.foretelling_words import foretelling_shown
from metrics.models import Foretelling, Metric, Target
from people.signed_in import signed_in

TARGETS_SHOWN = 50


@require_safe
def metric(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    shown = get_object_or_404(Metric.objects.visible_to(user), pk=pk)
    told = Foretelling.objects.visible_to(user).filter(precursor=shown)
    targets = Target.objects.visible_to(user).in_force().filter(metric=shown).for_list()
    context = {
        "metric": shown,
        "measure": shown.of_measure,
        "foretelling": foretelling_shown(shown, list(told.select_related("ultimate"))),
        "targets": targets.order_by("person__name", "team__name", "first_day")[:TARGETS_SHOWN],
    }
    return render(request, "metrics/metric.html", context)
