"""Targets: for administrators, and for managers over the people and teams under them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lib.keyset import Page
from metrics.amounts import PER, in_unit
from metrics.forms.targets import TargetEndForm, TargetFilterForm, TargetForm
from metrics.measures import all_measures
from metrics.models import Target
from metrics.models.target import TargetQuerySet, require_may_set
from people.calendar import Calendar
from people.models import Organisation, Team, User
from people.signed_in import signed_in

REACH = Case(
    When(person__isnull=False, then=Value(2)),
    When(team__isnull=False, then=Value(1)),
    default=Value(0),
    output_field=IntegerField(),
)
ORDER = [
    "metric__place",
    "metric__pk",
    "reach",
    "team__name",
    "person__name",
    "person__pk",
    "first_day",
]


@dataclass(frozen=True)
class Row:
    """A target as the list shows it. `state` is "", "Replaced", "Over" or "To come"."""

    target: Target
    amount: str
    per: str
    state: str
    may_end: bool

    @property
    def metric(self) -> Any:
        return self.target.metric


def for_setters(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a page with 403 to whoever sets no targets."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if not (user.is_administrator or user.leads_people):
            raise PermissionDenied("Administrators and managers set targets.")
        return view(request, *args, **kwargs)

    return wrapped


@require_safe
@for_setters
def targets(request: HttpRequest) -> HttpResponse:
    user, calendar = signed_in(request), Calendar.current()
    form = TargetFilterForm(request.GET or None, by=user)
    today = calendar.today(timezone.now())
    page = Page.of(_chosen(user, form, today), ORDER, request.GET)
    context = {
        "form": form,
        "page": page,
        "rows": list(_rows(page.rows, user, today, calendar.currency)),
        "asked": form.asked if form.is_bound else {},
    }
    return render(request, "metrics/settings_targets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_setters
def target_new(request: HttpRequest) -> HttpResponse:
    """`?metric=` chooses that one to begin with."""
    initial = {"metric": request.GET.get("metric", "")}
    form = TargetForm(request.POST or None, by=signed_in(request), initial=initial)
    if request.method == "POST" and form.is_valid() and form.save(at=timezone.now()):
        messages.success(request, f"Target for {form.cleaned_data['metric']} set.")
        return redirect("settings_targets")
    return render(request, "metrics/settings_target_new.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_setters
def target_end(request: HttpRequest, pk: int) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    target = get_object_or_404(Target.objects.visible_to(user).for_list(), pk=pk)
    require_may_set(user, team=target.team, person=target.person)
    organisation = Organisation.current()
    form = TargetEndForm(request.POST or None, initial={"last_day": organisation.today(now)})
    if request.method == "POST" and form.is_valid() and form.save(target, by=user, at=now):
        messages.success(request, f"The target for {target.scope} ends.")
        return redirect("settings_targets")
    amount = in_unit(target.amount, target.metric.of_measure, organisation.currency)
    context = {"target": target, "amount": amount, "per": PER[target.metric.period], "form": form}
    return render(request, "metrics/settings_target_end.html", context, status=form.status)


def _chosen(user: User, form: TargetFilterForm, today: date) -> TargetQuerySet:
    """Those that hold today or later; with their history all of them.

    None while the filter is not understood: others than were asked for would mislead.
    """
    asked = form.asked if form.is_bound else {}
    if form.errors:
        return Target.objects.none().for_list().annotate(reach=REACH)
    rows = Target.objects.visible_to(user).for_list().annotate(reach=REACH)
    if not asked.pop("history", False):
        rows = rows.in_force().filter(last_day__gte=today)
    if "metric" not in asked:
        rows = rows.filter(metric__retired_on=None)
    chosen: TargetQuerySet = rows.filter(**asked)
    return chosen


def _rows(targets: list[Target], user: User, today: date, currency: str) -> Iterator[Row]:
    measures = {measure.name: measure for measure in all_measures()}
    may_set = _may_set(targets, user)
    for target in targets:
        yield Row(
            target,
            in_unit(target.amount, measures[target.metric.measure], currency),
            PER[target.metric.period],
            state := _state(target, today),
            may_set(target) and state not in ("Replaced", "Over"),
        )


def _state(target: Target, today: date) -> str:
    if target.replaced_at is not None:
        return "Replaced"
    if target.last_day < today:
        return "Over"
    return "To come" if target.first_day > today else ""


def _may_set(targets: list[Target], user: User) -> Callable[[Target], bool]:
    """As `require_may_set`, for many at once."""
    if user.is_administrator:
        return lambda target: True
    people = User.objects.led_by(user).filter(
        pk__in=[each.person_id for each in targets if each.person_id]
    )
    teams = Team.objects.led_by(user).filter(
        pk__in=[each.team_id for each in targets if each.team_id]
    )
    led = set(people.exclude(pk=user.pk).values_list("pk", flat=True))
    own = set(teams.values_list("pk", flat=True))
    return lambda target: target.person_id in led or target.team_id in own
