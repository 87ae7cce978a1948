"""Filters kept under a name: tabs above board and list."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from people.models import User
from people.signed_in import signed_in
from pipeline.forms.saved_views import SavedViewForm
from pipeline.models import SavedView
from pipeline.views.verb import posted

MOST = 30


def views_for(user: User) -> list[SavedView]:
    """What stands above board and list: one's own first, then those shared; one statement.

    `is_own` says whose they are. At most thirty.
    """
    own = ExpressionWrapper(Q(owner=user), BooleanField())
    seen = SavedView.objects.visible_to(user).annotate(is_own=own)
    return list(seen.select_related("owner").order_by("-is_own", "name", "pk")[:MOST])


@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """Keep a view. Opened as a page, it asks for the name of the filters in its own query."""
    layout = request.GET.get("layout") or SavedView.LIST
    initial = {"layout": layout, "query": request.GET.urlencode()}
    form = SavedViewForm(None, signed_in(request), posted(request), initial=initial)
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, form.done)
        return redirect(form.thing)
    context = {"form": form, "views": views_for(signed_in(request))}
    return render(request, "pipeline/saved_view.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename it, share it, or have it show the filters that are sent along."""
    view = _own(request, pk)
    form = SavedViewForm(view, signed_in(request), posted(request))
    if request.method == "POST" and form.run(at=timezone.now()):
        messages.success(request, form.done)
        return redirect(view)
    context = {"form": form, "view": view}
    return render(request, "pipeline/saved_view.html", context, status=form.status)


@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    view = _own(request, pk)
    back = view.get_absolute_url()
    view.remove(by=signed_in(request))
    messages.success(request, f"View “{view.name}” removed. Its deals are still here.")
    return redirect(back)


def _own(request: HttpRequest, pk: int) -> SavedView:
    """404 for a view one does not see, 403 for one that somebody else shares."""
    seen = SavedView.objects.visible_to(signed_in(request)).select_related("team")
    view = get_object_or_404(seen, pk=pk)
    if view.owner_id != signed_in(request).pk:
        raise PermissionDenied("Only whoever made this view changes it.")
    return view
