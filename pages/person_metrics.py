"""A person's page of metrics: the chain against their own past, their targets and their team."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lib.calendar import in_short
from lib.charts import Series
from lib.csv_out import stream
from metrics.models import Checkpoint, Metric
from metrics.periods import WEEK, Span
from metrics.person_history import History, history_of
from metrics.scorecard import Frame
from metrics.words import decimal, in_units, picker
from pages.scorecards import GRAINS, cells, frame_of, miss_of, wants_csv
from people.models import User
from people.signed_in import signed_in

JUDGED_SHOWN = 12


@dataclass(frozen=True)
class Chart:
    """One metric over its last periods. `team` says of how many, or why it is not shown."""

    metric: Metric
    sentence: str
    labels: list[str]
    series: list[Series]
    texts: list[list[str]]
    team: str

    @property
    def key(self) -> str:
        """Two metrics may have one measure: their numbers differ."""
        return f"chart-{self.metric.pk}"

    @property
    def is_empty(self) -> bool:
        return all(value is None for one in self.series for value in one.values)


@require_safe
def person_metrics(request: HttpRequest, pk: int) -> HttpResponseBase:
    user = signed_in(request)
    people = User.objects.with_work_seen_by(user).select_related("team")
    person = get_object_or_404(people, pk=pk)
    frame = frame_of(request.GET)
    card, history = history_of(person, frame)
    if wants_csv(request):
        return _download(history, frame)
    judged = Checkpoint.objects.visible_to(user).filter(person=person).for_list()
    latest = _with_metrics(judged.order_by("-day", "metric__place")[:JUDGED_SHOWN], frame)
    context = {
        "person": person,
        "frame": frame,
        "picker": picker(frame, GRAINS),
        "chain": cells(card, frame),
        "miss": miss_of(card, frame),
        "charts": [_chart(metric, history, frame) for metric in frame.metrics],
        "judged": [
            (each, *(_text(each, value, frame) for value in (each.value, each.due)))
            for each in latest
        ],
    }
    return render(request, "pages/person_metrics.html", context)


def _with_metrics(judged: Iterable[Checkpoint], frame: Frame) -> list[Checkpoint]:
    """With the frame's own metrics, whose measures are known; those of retired ones are read."""
    known, found = {metric.pk: metric for metric in frame.metrics}, list(judged)
    for each in found:
        each.metric = known.get(each.metric_id, each.metric)
    Metric.read_measures([each.metric for each in found if each.metric_id not in known])
    return found


def _text(judged: Checkpoint, value: Decimal | None, frame: Frame) -> str:
    known = None if value is None else Fraction(value)
    return in_units(known, judged.metric.of_measure, frame.calendar.currency)


def _chart(metric: Metric, history: History, frame: Frame) -> Chart:
    past = history.of(metric)
    measure, currency = metric.of_measure, frame.calendar.currency
    labels = [_label(frame, metric, each.span) for each in past]
    series = [Series(history.person.first_name, [_decimal(e.value) for e in past], "own")]
    columns = [[in_units(e.value, measure, currency) for e in past]]
    if any(each.target is not None for each in past):
        series.append(Series("Target", [_decimal(e.target) for e in past], "goal"))
        columns.append([in_units(e.target, measure, currency) for e in past])
    if any(each.team is not None for each in past):
        series.append(Series("Team, a person", [_decimal(e.team) for e in past], "team"))
        columns.append([in_units(e.team, measure, currency) for e in past])
    first, last = (in_units(each.value, measure, currency) for each in (past[0], past[-1]))
    when = "the week of " if frame.kind(metric) == WEEK else ""
    sentence = (
        f"{metric.label} of {history.person}: {last} in {when}{labels[-1]}, "
        f"{first} in {when}{labels[0]}."
    )
    texts = [list(row) for row in zip(*columns, strict=True)]
    return Chart(metric, sentence, labels, series, texts, history.team_words)


def _label(frame: Frame, metric: Metric, span: Span) -> str:
    kind = frame.kind(metric)
    if kind == WEEK:
        return in_short(span.first, frame.today)
    return frame.periods.name(kind, span)


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else decimal(value)


def _download(history: History, frame: Frame) -> HttpResponseBase:
    header = ["Metric", "First day", "Last day", "Value", "Target", "Team, a person"]
    return stream(f"metrics-{frame.day.isoformat()}.csv", header, _lines(history, frame))


def _lines(history: History, frame: Frame) -> Iterator[list[str]]:
    for metric in frame.metrics:
        for each in history.of(metric):
            figures = (each.value, each.target, each.team)
            texts = ("" if value is None else f"{decimal(value):.2f}" for value in figures)
            yield [metric.label, each.span.first.isoformat(), each.span.last.isoformat(), *texts]
