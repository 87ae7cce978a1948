"""The organisation, its calendar and its holidays: for administrators."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.verb_form import VerbForm
from people.forms.calendar import (
    HolidayForm,
    HolidaysForm,
    OrganisationForm,
    ReviewReadingForm,
)
from people.models import Holiday, Organisation
from people.models.organisation import MONTHS, quarters
from people.permissions import administrators_only
from people.signed_in import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def calendar(request: HttpRequest) -> HttpResponse:
    organisation = Organisation.current()
    form = OrganisationForm(request.POST or None, initial=vars(organisation))
    if request.method == "POST" and form.is_valid() and form.save(organisation):
        messages.success(request, "Calendar saved. All totals go by it.")
        return redirect("settings_calendar")
    return calendar_page(request, form=form)


@require_POST
@administrators_only
def review_reading(request: HttpRequest) -> HttpResponse:
    """Whether a manager's manager reads closed 1-on-1s."""
    organisation = Organisation.current()
    form = ReviewReadingForm(request.POST)
    if form.is_valid() and form.save(organisation):
        on = organisation.managers_manager_reads_reviews
        whose = "A manager's manager may" if on else "Only the two people"
        messages.success(request, f"{whose} read 1-on-1s{' held from now on' if on else ''}.")
        return redirect("settings_calendar")
    return calendar_page(request, reading=form)


@require_POST
@administrators_only
def holidays(request: HttpRequest) -> HttpResponse:
    """One more holiday."""
    form = HolidayForm(request.POST)
    if form.is_valid() and form.save():
        messages.success(request, f"{form.cleaned_data['name']} added.")
        return redirect("settings_calendar")
    return calendar_page(request, holiday=form)


@require_POST
@administrators_only
def holiday_lines(request: HttpRequest) -> HttpResponse:
    """Many holidays, pasted one a line; those known already are left as they are."""
    form = HolidaysForm(request.POST)
    if form.is_valid() and form.save():
        known = len(form.cleaned_data["days"]) - form.added
        messages.success(request, f"{form.added} added, {known} known already.")
        return redirect("settings_calendar")
    return calendar_page(request, many=form)


@require_POST
@administrators_only
def holiday_removal(request: HttpRequest, pk: int) -> HttpResponse:
    holiday = get_object_or_404(Holiday.objects.visible_to(signed_in(request)), pk=pk)
    holiday.delete()
    messages.success(request, f"{holiday.name} is a working day again.")
    return redirect("settings_calendar")


@require_safe
@administrators_only
def fiscal_preview(request: HttpRequest) -> HttpResponse:
    """The quarters of a fiscal year that begins in the month `?fiscal_year_start=`."""
    month = {str(number): number for number, _ in MONTHS}.get(
        request.GET.get("fiscal_year_start", "")
    )
    if month is None:
        raise Http404
    return render(request, "people/calendar.html#quarters", {"quarters": quarters(month)})


def calendar_page(request: HttpRequest, **refused: VerbForm) -> HttpResponse:
    """The page, with the one form that was refused in place of an empty one."""
    organisation = Organisation.current()
    context = {
        "form": OrganisationForm(initial=vars(organisation)),
        "holiday": HolidayForm(),
        "many": HolidaysForm(),
        "reading": ReviewReadingForm(initial=vars(organisation)),
        "holidays": Holiday.objects.visible_to(signed_in(request)),
        "quarters": quarters(organisation.fiscal_year_start),
        "today": timezone.now().astimezone(organisation.zone).date(),
        **refused,
    }
    status = next((form.status for form in refused.values()), 200)
    return render(request, "people/calendar.html", context, status=status)
