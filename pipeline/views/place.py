"""Where a deal stands in the board or list from which it was opened: "4 of 23"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from lib.keyset import Place
from people.signed_in import signed_in
from pipeline.came_from import came_from
from pipeline.forms.filters import BOARD, LIST
from pipeline.listing import BOARD_KEYS
from pipeline.models import Opportunity
from pipeline.views.opportunities import filters_of

MOST_COUNTED = 1_000


@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """The way to the deals beside it and back; its query is that of the board or list."""
    deal = get_object_or_404(Opportunity.objects.visible_to(signed_in(request)).for_list(), pk=pk)
    layout = BOARD if request.GET.get("layout") == BOARD else LIST
    form = filters_of(request, layout)
    keys = BOARD_KEYS if layout == BOARD else form.keys
    rows = form.rows()
    found = Place.of(rows, keys, deal, MOST_COUNTED)
    context = {
        "place": found,
        "words": in_words(found) if rows.filter(pk=pk).exists() else "",
        "layout": layout,
        "back": f"{reverse('board' if layout == BOARD else 'opportunities')}?{form.query}",
        "query": came_from(form.query, layout),
    }
    return HttpResponse(render_to_string("pipeline/place.html", context))


def in_words(place: Place) -> str:
    """ "4 of 23"; beyond a thousand it says that it stopped counting."""
    total = place.before + 1 + place.after
    many = f"{MOST_COUNTED:,}+"
    here = f"{place.before + 1:,}" if place.before < MOST_COUNTED else many
    return f"{here} of {total:,}" if total <= MOST_COUNTED else f"{here} of {many}"
