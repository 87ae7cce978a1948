"""The pages of what is behind a figure."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from lib.csv_out import stream
from lib.keyset import Page
from metrics import rows
from metrics.forms.rows import RowsForm
from metrics.models import Metric
from metrics.periods import Span
from metrics.tallies import Tally, tally_of
from people.calendar import Calendar
from people.models import Team, User
from people.signed_in import signed_in

MOST_EXPORTED = 50_000


@dataclass(frozen=True)
class Asked:
    """What rows are asked for."""

    metric: Metric
    tally: Tally
    name: str
    span: Span
    team: Team | None
    calendar: Calendar

    @property
    def query(self) -> str:
        """The address, but for which of its tallies."""
        days = {"first": self.span.first.isoformat(), "last": self.span.last.isoformat()}
        team = {"team": str(self.team.pk)} if self.team else {}
        return "?" + urlencode({"metric": str(self.metric.pk), **days, **team})

    @property
    def tabs(self) -> list[tuple[str, str]]:
        """Both sides of a ratio, by name and label; none where there is only one."""
        names = self.metric.of_measure.tallies
        return [(name, rows.label_of(name)) for name in names] if len(names) > 1 else []


def _asked(request: HttpRequest, user: User) -> Asked:
    """Raises BadRequest for an address that does not say what it is about."""
    form = RowsForm(request.GET, user)
    if not form.is_valid():
        raise BadRequest("Open the rows from a figure.")
    metric: Metric = form.cleaned_data["metric"]
    name = form.cleaned_data["tally"] or metric.of_measure.total
    span = Span(form.cleaned_data["first"], form.cleaned_data["last"])
    return Asked(metric, tally_of(name), name, span, form.cleaned_data["team"], Calendar.current())


@require_safe
def person_rows(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    person = get_object_or_404(User.objects.with_work_seen_by(user), pk=pk)
    asked = _asked(request, user)
    there = asked.team.pk if asked.team else None
    found = rows.of_person(asked.name, person.pk, asked.span, asked.calendar, there)
    return _answer(request, asked, found, {"whose": person, "person": person})


@require_safe
def team_rows(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    team = get_object_or_404(Team.objects.led_by(user), pk=pk)
    asked = _asked(request, user)
    found = rows.of_teams(asked.name, team.ids_of_subtree(), asked.span, asked.calendar)
    return _answer(request, asked, found, {"whose": team, "team": team})


def _answer(
    request: HttpRequest, asked: Asked, found: Any, context: dict[str, Any]
) -> HttpResponseBase:
    own = rows.visible(asked.tally, found, signed_in(request))
    in_words = partial(rows.happened, asked.tally)
    named = rows.with_names(asked.tally, own)
    if request.GET.get("format") == "csv":
        return _download(named, in_words)
    page: Page[Any] = Page.of(named, rows.ORDER, request.GET)
    count, total = rows.summed(asked.tally, found, asked.calendar.currency)
    context |= {
        "asked": asked,
        "label": rows.label_of(asked.name),
        "page": page,
        "rows": [in_words(row) for row in page.rows],
        "count": count,
        "total": total,
        "hidden": count - own.count(),
    }
    return render(request, "metrics/rows.html", context)


def _download(named: Any, in_words: Any) -> HttpResponseBase:
    each = (in_words(row) for row in named.order_by(*rows.ORDER)[:MOST_EXPORTED])
    lines = ([row.on.isoformat(), row.person.name, row.title, row.more] for row in each)
    return stream("rows.csv", ["Day", "Person", "What", "More"], lines)
