"""Whether managers coach: their figures, whom they last met how, and the rows behind each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching.coverage import DAYS, FIGURES, TOUCHES, USUAL_DAYS, Frame
from coaching.coverage_people import QUIET_DAYS, LastTouches, quiet_sentence, touches_of
from coaching.coverage_reading import Coverage, Measured
from coaching.coverage_spread import TOUCHED
from lib.csv_out import stream
from lib.keyset import Page, ordered
from pages.scorecards import day_of, wants_csv
from people.calendar import Calendar
from people.models import User
from people.signed_in import signed_in

SIZE = 200  # people a page; so many managers are shown at most
AT_ONCE = 500  # people a statement of a file
DIRECT = "direct"  # ?scope=


@dataclass(frozen=True)
class Asked:
    """Whose coverage, of which days, over whom; and the links that change one of these."""

    reader: User
    manager: User
    frame: Frame
    days: int
    is_today: bool
    is_direct: bool

    @classmethod
    def of(cls, request: HttpRequest, reader: User, manager: User) -> "Asked":
        """By the address; nonsense is today, and the usual days."""
        zone, now, query = Calendar.current().zone, timezone.now(), request.GET
        text = query.get("days", "")
        days = int(text) if text in map(str, DAYS) else USUAL_DAYS
        frame = Frame.of(zone, now, day_of(query.get("on", "")), days)
        is_today = frame.last == now.astimezone(zone).date()
        is_direct = manager.levels_below > 1 and query.get("scope") == DIRECT
        return cls(reader, manager, frame, days, is_today, is_direct)

    @property
    def query(self) -> str:
        """What every link of the page carries."""
        return self._query(self.days, is_direct=self.is_direct)

    @property
    def spans(self) -> list[tuple[int, str]]:
        return [(days, self._query(days, is_direct=self.is_direct)) for days in DAYS]

    @property
    def scopes(self) -> list[tuple[str, str, bool]]:
        """Label, link, whether it is this one; [] where both are the same people."""
        if self.manager.levels_below < 2:
            return []
        return [
            (label, self._query(self.days, is_direct=direct), direct == self.is_direct)
            for label, direct in (("Whole line", False), ("Direct reports", True))
        ]

    def _query(self, days: int, *, is_direct: bool) -> str:
        said = [f"days={days}"]
        if not self.is_today:
            said.append(f"on={self.frame.last.isoformat()}")
        if is_direct:
            said.append(f"scope={DIRECT}")
        return "?" + "&".join(said)

    @cached_property
    def coverage(self) -> Coverage:
        return Coverage(self.manager, self.frame, is_direct=self.is_direct)


@require_safe
def coverage(request: HttpRequest) -> HttpResponseBase:
    """One's own."""
    user = signed_in(request)
    if not user.leads_people:
        return render(request, "pages/coverage_none.html")
    return _page(request, Asked.of(request, user, user))


@require_safe
def manager_coverage(request: HttpRequest, pk: int) -> HttpResponseBase:
    """That of a manager: seen by them and by whoever is above them."""
    user = signed_in(request)
    return _page(request, Asked.of(request, user, _manager(user, pk)))


def _manager(user: User, pk: int) -> User:
    led = User.objects.led_by(user).filter(levels_below__gt=0).select_related("reports_to")
    return get_object_or_404(led, pk=pk)


def _page(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    people = User.objects.led_by(asked.reader).filter(reports_to=asked.manager).active()
    if wants_csv(request):
        by_manager = request.GET.get("table") == "managers"
        return _download_managers(asked) if by_manager else _download(asked, people)
    page = Page.of(people, ["name"], request.GET, size=SIZE)
    touches = touches_of(page.rows, asked.frame)
    figures = asked.coverage.whole
    context = {
        "asked": asked,
        "manager": asked.manager,
        "above": _above(asked),
        "figures": figures,
        "page": page,
        "kinds": TOUCHES.values(),
        "rows": touches,
        "quiet": quiet_sentence(touches, asked.frame),
        "quiet_days": QUIET_DAYS,
        **_managers(asked),
    }
    return render(request, "pages/coverage.html", context)


def _above(asked: Asked) -> User | None:
    """To whom the manager reports, when the reader may see theirs too."""
    return asked.manager.reports_to if asked.manager.pk != asked.reader.pk else None


def _managers(asked: Asked) -> dict[str, Any]:
    """Those who report to the manager, each with their whole line; none for direct reports."""
    found = [] if asked.is_direct else asked.coverage.managers
    shown = [(pk, name, asked.coverage.of_branch(pk)) for pk, name in found[:SIZE]]
    return {"managers": shown, "more_managers": max(len(found) - SIZE, 0)}


def _download(asked: Asked, people: Any) -> HttpResponseBase:
    """When each person was last coached, how, and how often in these days."""
    day = asked.frame.last.isoformat()
    kinds = [kind.label for kind in TOUCHES.values()]
    heads = [head for kind in kinds for head in (f"Last: {kind}", f"In these days: {kind}")]
    return stream(f"coverage-{day}.csv", ["Name", *heads], _lines(asked, people))


def _download_managers(asked: Asked) -> HttpResponseBase:
    """Every figure of each manager's line, a row each."""
    header = ["Manager", "Figure", "Kept", "Of", "Median hours"]
    lines = (
        [name, each.figure.label, each.kept, each.of, _in_hours(each)]
        for pk, name in asked.coverage.managers
        for each in asked.coverage.of_branch(pk).values
    )
    return stream(f"coverage-managers-{asked.frame.last.isoformat()}.csv", header, lines)


def _in_hours(measured: Measured) -> str:
    return "" if measured.hours is None else f"{float(measured.hours):.2f}"


def _lines(asked: Asked, people: Any) -> Iterator[list[Any]]:
    everybody = people.order_by("name", "pk").iterator(chunk_size=AT_ONCE)
    while some := list(islice(everybody, AT_ONCE)):
        for row in touches_of(some, asked.frame):
            yield [row.person.name, *_cells(row)]


def _cells(row: LastTouches) -> Iterator[Any]:
    for touch in row.touches:
        yield touch.day.isoformat() if touch.day else ""
        yield touch.count


@require_safe
def rows(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """Of what a figure is made, what is owed first."""
    user = signed_in(request)
    figure = {**FIGURES, TOUCHED.name: TOUCHED}.get(name)
    if figure is None:
        raise Http404
    asked = Asked.of(request, user, _manager(user, pk))
    found = asked.coverage.line.of(figure.listed(asked.frame), figure.rep)
    if wants_csv(request):
        told = (figure.tell(row, asked.frame, user) for row in ordered(found, figure.order))
        return _download_rows(name, told)
    page = Page.of(found, figure.order, request.GET)
    context = {
        "asked": asked,
        "manager": asked.manager,
        "measured": asked.coverage.measured(figure),
        "figure": figure,
        "page": page,
        "rows": [figure.tell(row, asked.frame, user) for row in page.rows],
    }
    return render(request, "pages/coverage_rows.html", context)


def _download_rows(name: str, told: Iterable[Any]) -> HttpResponseBase:
    lines = ([str(each.rep), each.title, each.on, each.said, each.is_kept] for each in told)
    return stream(f"coverage-{name}.csv", ["Name", "What", "When", "Said", "Kept"], lines)
