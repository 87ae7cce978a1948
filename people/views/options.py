"""People to choose from while a name is being typed."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from people.forms.fields import CHOSEN_AMONG, SEEN, texts_of
from people.signed_in import signed_in

OPTIONS = 20


@require_safe
def options(request: HttpRequest) -> HttpResponse:
    """`?among=assignable&owner=ros`: the names, at most twenty, of people whom one may choose."""
    asked = request.GET.copy()
    among = asked.pop("among", [SEEN])[-1]
    text = str(next(iter(asked.values()), "")).strip()[:200]
    seen = CHOSEN_AMONG.get(among, CHOSEN_AMONG[SEEN])(signed_in(request))
    found = list(seen.search(text).select_related("team")[:OPTIONS]) if text else []
    people = texts_of(found, seen) if found else []
    return HttpResponse(render_to_string("people/_person_options.html", {"people": people}))
