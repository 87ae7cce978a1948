"""What outside systems may post counts of: for administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from metrics.forms.posted_measures import NewPostedMeasureForm, PostedMeasureForm
from metrics.models import PostedMeasure
from people.permissions import administrators_only
from people.signed_in import signed_in


@require_safe
@administrators_only
def posted_measures(request: HttpRequest) -> HttpResponse:
    context = {"measures": PostedMeasure.objects.visible_to(signed_in(request))}
    return render(request, "metrics/settings_posted_measures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def posted_measure_new(request: HttpRequest) -> HttpResponse:
    form = NewPostedMeasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(request, f"{form.cleaned_data['label']} can be posted now.")
        return redirect("settings_posted_measures")
    context = {"form": form}
    return render(request, "metrics/settings_posted_measure.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def posted_measure(request: HttpRequest, pk: int) -> HttpResponse:
    known = get_object_or_404(PostedMeasure.objects.visible_to(signed_in(request)), pk=pk)
    label, form = known.label, PostedMeasureForm(request.POST or None, initial=vars(known))
    if request.method == "POST" and form.is_valid() and form.save(known):
        messages.success(request, f"{known} saved.")
        return redirect("settings_posted_measures")
    context = {"form": form, "label": label, "name": known.name}
    return render(request, "metrics/settings_posted_measure.html", context, status=form.status)
