"""The page of one verb: its form, and what was typed and what is saved when it is refused."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from pipeline.forms.facts import FactsForm


def answer(request: HttpRequest, form: FactsForm, back: str, **context: Any) -> HttpResponse:
    """Carry out a posted form and go `back`, or show it (again).

    htmx gets the bare form, to be opened in its place on a page.
    """
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, form.done)
        return redirect(back)
    template = "pipeline/verb.html"
    if request.headers.get("HX-Request"):
        template += "#form"
    return render(request, template, {"form": form, "back": back, **context}, status=form.status)


def posted(request: HttpRequest) -> Any:
    """The data of a form: None when it was only opened."""
    return request.POST if request.method == "POST" else None
