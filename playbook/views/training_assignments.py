"""What one is to learn, and what those one leads are to."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.keyset import Page
from people.models import User
from people.signed_in import signed_in
from pipeline.forms.facts import FactsForm
from pipeline.views.verb import answer, posted
from playbook.forms.training import (
    AssignTrainingForm,
    FinishTrainingForm,
    RescheduleTrainingForm,
)
from playbook.models import TrainingAssignment

PEOPLE_SHOWN = DUE_SHOWN = 50


@require_safe
def training(request: HttpRequest) -> HttpResponse:
    """One's own, or with `?person=` that of somebody under one."""
    user = signed_in(request)
    person = whose(user, request.GET.get("person", ""))
    rows = TrainingAssignment.objects.visible_to(user).filter(person=person).for_list()
    today = person.today(timezone.now())
    context = {
        "person": person,
        "today": today,
        "due": [(each, (today - each.due_on).days) for each in rows.open()[:DUE_SHOWN]],
        "page": Page.of(rows.done(), ["-done_at"], request.GET),
        "people": _people(user, today) if person == user and user.leads_people else [],
        "decides": person != user,
    }
    return render(request, "playbook/training.html", context)


def whose(user: User, asked: str) -> User:
    """Whose training is asked for: one's own, or 404 unless they are under one."""
    if not asked or asked == str(user.pk):
        return user
    pk = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else 0
    return get_object_or_404(User.objects.led_by(user), pk=pk)


def _people(user: User, today: date) -> Iterable[Any]:
    """Those under one who are to take something, with how much: who is late comes first."""
    open_ones = TrainingAssignment.objects.visible_to(user).open().exclude(person=user).order_by()
    late = Count("pk", filter=Q(due_on__lt=today))
    of_each = open_ones.values("person_id", "person__name")
    counted = of_each.annotate(open=Count("pk"), late=late, first=Min("due_on"))
    return counted.order_by("-late", "first", "person__name")[:PEOPLE_SHOWN]


@require_http_methods(["GET", "HEAD", "POST"])
def training_new(request: HttpRequest) -> HttpResponse:
    """Assign a module; `?person=` and `?module=` are chosen beforehand."""
    user = signed_in(request)
    chosen = {name: request.GET[name][:12] for name in ("person", "module") if name in request.GET}
    form = AssignTrainingForm(None, user, posted(request), initial=chosen)
    back = reverse("training")
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, form.done)
        return redirect(address_of(form.thing, user))
    context = {"form": form, "back": back, "about": "Training"}
    return render(request, "pipeline/verb.html", context, status=form.status)


def address_of(assignment: TrainingAssignment, user: User) -> str:
    """The page on which this person finds it."""
    own = assignment.person_id == user.pk
    return reverse("training") + ("" if own else f"?person={assignment.person_id}")


@require_http_methods(["GET", "HEAD", "POST"])
def training_completion(request: HttpRequest, pk: int) -> HttpResponse:
    """Finish a module, with what one takes from it."""
    return _answer(request, pk, FinishTrainingForm, undo="training_reopening")


@require_http_methods(["GET", "HEAD", "POST"])
def training_due_date(request: HttpRequest, pk: int) -> HttpResponse:
    return _answer(request, pk, RescheduleTrainingForm)


@require_POST
def training_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    assignment, user = find(request, pk), signed_in(request)
    try:
        assignment.withdraw(by=user, at=timezone.now())
        undo = reverse("training_reopening", args=[pk])
        messages.success(request, f"{assignment.module} withdrawn.", extra_tags=f"undo:{undo}")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(address_of(assignment, user))


@require_POST
def training_reopening(request: HttpRequest, pk: int) -> HttpResponse:
    assignment, user = find(request, pk), signed_in(request)
    try:
        assignment.reopen(by=user, at=timezone.now())
        messages.success(request, f"{assignment.module} is to be taken again.")
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(address_of(assignment, user))


def _answer(
    request: HttpRequest, pk: int, form_class: type[FactsForm], undo: str = ""
) -> HttpResponse:
    assignment, user = find(request, pk), signed_in(request)
    form = form_class(assignment, user, posted(request), auto_id=f"training_{pk}_%s")
    form.undo = undo and reverse(undo, args=[pk])
    return answer(request, form, address_of(assignment, user), about=assignment.module)


def find(request: HttpRequest, pk: int) -> TrainingAssignment:
    """The assignment, or 404."""
    seen = TrainingAssignment.objects.visible_to(signed_in(request)).for_list()
    return get_object_or_404(seen, pk=pk)
