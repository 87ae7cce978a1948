"""The one behaviour a rep works on: chosen, taken step by step, left."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching.forms.focuses import EndingForm, FocusForm, StepForm
from coaching.models import Behaviour, Focus
from coaching.models.focus import STEPS
from coaching.visibility import require_coach
from lib.keyset import Page
from people.models import User
from people.signed_in import signed_in

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def person_focus(request: HttpRequest, pk: int) -> HttpResponse:
    """What a rep works on and worked on; a manager above starts the next."""
    user = signed_in(request)
    rep = get_object_or_404(User.objects.led_by(user), pk=pk)
    form = None
    if user != rep:
        expected = Behaviour.objects.visible_to(user).expected_of(rep)
        form = FocusForm(expected, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require_coach(rep, user)
        if form and form.is_valid() and form.carry_out(lambda: _start(form, rep, user)):
            messages.success(request, f"Started. {rep.first_name} sees it on Today.")
            return redirect("person_focus", pk)
    return _person_page(request, rep, form)


def _start(form: FocusForm, rep: User, user: User) -> None:
    goal = form.cleaned_data["goal"]
    Focus.start(rep, form.chosen, by=user, at=timezone.now(), goal=goal)


def _person_page(request: HttpRequest, rep: User, form: FocusForm | None) -> HttpResponse:
    user = signed_in(request)
    visible = Focus.objects.visible_to(user).filter(rep=rep).for_list()
    page = Page.of(visible.exclude(ended_on=None), ["-started_on"], request.GET, size=SHOWN)
    context = {"rep": rep, "focus": Focus.of(rep, user), "page": page, "form": form}
    status = form.status if form else 200
    return render(request, "coaching/person_focus.html", context, status=status)


@require_safe
def focus(request: HttpRequest, pk: int) -> HttpResponse:
    """Its steps, and for a manager above what comes next."""
    return _page(request, _focus(request, pk))


@require_POST
def focus_steps(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a step."""
    user, found, form = signed_in(request), _focus(request, pk), StepForm(request.POST)
    require_coach(found.rep, user)
    done: dict[str, Any] = {"by": user, "at": timezone.now()}
    if form.is_valid() and form.carry_out(lambda: found.take_step(**form.cleaned_data, **done)):
        words = "Proficient: the focus has ended." if not found.is_running else "Step recorded."
        messages.success(request, words)
        return redirect("focus", pk)
    return _page(request, _focus(request, pk), step_form=form)


@require_POST
def focus_ending(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave it before the rep is proficient."""
    user, found, form = signed_in(request), _focus(request, pk), EndingForm(request.POST)
    require_coach(found.rep, user)
    done: dict[str, Any] = {"by": user, "at": timezone.now()}
    if form.is_valid() and form.carry_out(lambda: found.leave(**form.cleaned_data, **done)):
        messages.success(request, f"Ended. {found.rep.first_name} reads why.")
        return redirect("person_focus", found.rep_id)
    return _page(request, _focus(request, pk), ending_form=form)


def _focus(request: HttpRequest, pk: int) -> Focus:
    rows = Focus.objects.visible_to(signed_in(request)).for_list()
    found: Focus = get_object_or_404(rows.select_related("started_by", "ended_by"), pk=pk)
    return found


def _page(request: HttpRequest, found: Focus, **forms: Any) -> HttpResponse:
    """The page of a focus; `forms` were refused: step_form, ending_form."""
    user = signed_in(request)
    taken = list(found.steps.select_related("by"))
    done = {each.step for each in taken}
    context = {
        "focus": found,
        "taken": taken[::-1],
        "stages": [
            (label, "now" if step == found.step else "done" if step in done else "")
            for step, label in STEPS
        ],
        "step_form": StepForm.fresh(found, user.today(timezone.now())),
        "ending_form": EndingForm(initial={"version": found.version}),
        "may_write": found.is_running and user.pk != found.rep_id,
        **forms,
    }
    status = next((form.status for form in forms.values()), 200)
    return render(request, "coaching/focus.html", context, status=status)
