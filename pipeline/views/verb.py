"""The page of one verb: its form, and what was typed and what is saved when it is refused."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from pipeline.came_from import kept_place
from pipeline.forms.facts import FactsForm

Undo = Callable[[Any], str]
UNDO_OF_FORM: Undo = attrgetter("undo")


def answer(
    request: HttpRequest, form: FactsForm, back: str, undo: Undo = UNDO_OF_FORM, **context: Any
) -> HttpResponse:
    """Carry out a posted form and go `back`, or show it (again).

    htmx gets the bare form, to be opened in its place on a page. `undo` gives the address that
    takes back what the form did; "" for none.
    """
    if request.method == "POST" and form.run(at=timezone.now()):
        address = undo(form)
        messages.success(request, form.done, extra_tags=address and f"undo:{address}")
        return redirect(kept_place(request, back))
    template = "pipeline/verb.html"
    if request.headers.get("HX-Request"):
        template += "#form"
    return render(request, template, {"form": form, "back": back, **context}, status=form.status)


def posted(request: HttpRequest) -> Any:
    """The data of a form: None when it was only opened."""
    return request.POST if request.method == "POST" else None
