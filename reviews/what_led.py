"""What led to the results of a 1-on-1: facts since the last one, and what was missed again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    Count,
    DecimalField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast

from coaching.models import Debrief, HelpRequest
from metrics.call_discipline import COUNTS, calls_over
from metrics.figures import figures_of_people, tallies_of
from metrics.measures import MEASURES
from metrics.models import Checkpoint, Metric
from metrics.periods import END, WEEK, Periods, Span
from people.calendar import Calendar
from reviews.goals import Goals
from reviews.models.review import Review

Fact = dict[str, Any]
Missed = dict[str, Any]
CALLS, SCORES, HELP, MISSED = "calls", "scores", "help", "missed"
NUMBERS = tuple(f"number_{n}" for n in range(5))
TEXTS = tuple(f"text_{n}" for n in range(5))
DECIMAL = DecimalField(max_digits=18, decimal_places=4)
TEXT = CharField(max_length=60)


class Row(NamedTuple):
    """What one source says, in columns that all have in common."""

    source: str
    numbers: tuple[Decimal | None, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Led:
    """`facts` have a label, a number, and of how many (None where that makes no sense).

    `missed` are metrics that were missed for at least two periods in a row, the latest period
    first; what was reached and aimed at is in the unit of the measure.
    """

    facts: list[Fact]
    missed: list[Missed]

    @classmethod
    def since(cls, review: Review, since: datetime, now: datetime, calendar: Calendar) -> "Led":
        """The last review, in one statement."""
        sources = [
            _calls(review, since, now),
            _scores(review, since, now),
            _help(review, since, now),
            _missed_again(review, calendar.today(since)),
        ]
        found: dict[str, list[Row]] = {}
        for source, *cells in sources[0].union(*sources[1:], all=True):
            row = Row(source, tuple(cells[:5]), tuple(cells[5:]))
            found.setdefault(source, []).append(row)
        facts = [
            *_facts_of_calls(*map(int, _numbers(found[CALLS][0], 3))),
            *_facts_of_scores(*map(int, _numbers(found[SCORES][0], 4))),
            *_facts_of_help(*map(int, _numbers(found[HELP][0], 2))),
        ]
        periods = Periods(calendar.week_start, calendar.year_start)
        return cls(facts, list(_told(found.get(MISSED, []), periods)))


def _columns(rows: QuerySet[Any], source: str, numbers: list[Any], texts: list[Any]) -> Any:
    """In the columns of `Row`. Aggregates make one row: what a source does not say is a constant,
    by which nothing is grouped.
    """
    cells = {name: Cast(each, DECIMAL) for name, each in zip(NUMBERS, numbers, strict=False)}
    cells |= {name: Cast(each, TEXT) for name, each in zip(TEXTS, texts, strict=False)}
    nothing = dict.fromkeys(NUMBERS, Value(0, DECIMAL)) | dict.fromkeys(TEXTS, Value("", TEXT))
    named = rows.order_by().annotate(source=Value(source, TEXT)).values("source")
    return named.annotate(**nothing | cells).values_list("source", *NUMBERS, *TEXTS)


def _numbers(row: Row, count: int) -> Iterator[Decimal]:
    return (number or Decimal() for number in row.numbers[:count])


# The sources.


def _calls(review: Review, since: datetime, now: datetime) -> Any:
    return _columns(calls_over(review.rep, since, now, now), CALLS, list(COUNTS.values()), [])


def _scores(review: Review, since: datetime, now: datetime) -> Any:
    """The rep's own scores and those of the manager, over scored calls."""
    scored = Debrief.objects.visible_to(review.manager).of_rep(review.rep).filed()
    between = Q(call__starts_at__gt=since, call__starts_at__lte=now)
    rows = scored.filter(between).exclude(score=None)
    numbers = [Sum("score"), Count("pk"), Sum("review__score"), Count("review__score")]
    return _columns(rows, SCORES, numbers, [])


def _help(review: Review, since: datetime, now: datetime) -> Any:
    asked = Q(asked_at__gt=since, asked_at__lte=now)
    waiting = Q(state__in=HelpRequest.OPEN_STATES)
    numbers = [Count("pk", filter=asked), Count("pk", filter=waiting)]
    rows = HelpRequest.objects.visible_to(review.manager).of_rep(review.rep)
    return _columns(rows, HELP, numbers, [])


def _missed_again(review: Review, day: date) -> Any:
    """Since a day: periods that were missed like the one before, with what that one came to."""
    ends = Checkpoint.objects.visible_to(review.manager).filter(person=review.rep_id, team=None)
    before = (
        Checkpoint.objects.visible_to(review.manager)
        .filter(person=review.rep_id, metric=OuterRef("metric"), kind=END, day__lt=OuterRef("day"))
        .order_by("-day")
    )
    value, target, first_day = (
        Subquery(before.values(name)[:1]) for name in ("value", "target", "first_day")
    )
    numbers = ["streak", "value", "target", value, target]
    texts = ["metric__label", "metric__measure", "metric__period", "first_day", first_day]
    return _columns(ends.missed_again().filter(day__gte=day), MISSED, numbers, texts)


# What they say.


def _facts_of_calls(over: int, planned: int, debriefed: int) -> list[Fact]:
    return [
        _fact("calls", "Calls over", over),
        _fact("planned", "Planned on time", planned, over),
        _fact("debriefed", "Debriefed in 24 h", debriefed, over),
    ]


def _facts_of_scores(own: int, scored: int, given: int, reviewed: int) -> list[Fact]:
    facts = []
    if scored:
        facts.append(_fact("own_score", "Own score, average", round(own / scored, 1), scored))
    if reviewed:
        average = round(given / reviewed, 1)
        facts.append(_fact("given_score", "Manager's score, average", average, reviewed))
    return facts


def _facts_of_help(asked: int, waiting: int) -> list[Fact]:
    return [
        _fact("help_asked", "Help asked for", asked),
        _fact("help_waiting", "Help still waited for", waiting),
    ]


def _fact(name: str, label: str, number: float, of: float | None = None) -> Fact:
    return {"name": name, "label": label, "number": number, "of": of}


def _told(rows: list[Row], periods: Periods) -> Iterator[Missed]:
    """Of each metric the latest, which names the others by its streak."""
    latest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.texts[3]):
        latest[row.texts[0]] = row
    for label, (_, numbers, texts) in sorted(latest.items()):
        _, measure, kind, *days = texts
        pairs = zip(days, (numbers[1:3], numbers[3:5]), strict=True)
        yield {
            "metric": label,
            "unit": MEASURES[measure].unit if measure in MEASURES else "",
            "streak": int(numbers[0] or 0),
            "periods": [
                {
                    "name": period_in_words(periods, kind, date.fromisoformat(day)),
                    "value": _short(value),
                    "target": _short(target),
                }
                for day, (value, target) in pairs
                if day
            ],
        }


def metric_facts(review: Review, goals: Goals, calendar: Calendar, day: date) -> list[Fact]:
    """Of each precursor in its last completed period what the rep reached, and of how much.

    `goals` are of the rep and reach back that far. In two statements.
    """
    metrics = [metric for metric in Metric.objects.chain() if not metric.is_ultimate]
    periods = Periods(calendar.week_start, calendar.year_start)
    spans = {metric: periods.previous(metric.period, day) for metric in metrics}
    if not spans:
        return []
    rep, names = review.rep_id, tallies_of(metrics)
    figures = figures_of_people([rep], names, list(set(spans.values())), calendar, day)
    facts = []
    for metric, span in spans.items():
        value = figures.actual(rep, metric, span).value
        if value is not None:
            aim = goals.aims.of_person(rep, metric, span, span.last).whole
            label = f"{metric.label}, {period_in_words(periods, metric.period, span.first)}"
            facts.append(_fact(f"metric_{metric.pk}", label, _short(value) or 0, _short(aim)))
    return facts


def reach(calendar: Calendar, days: Collection[date], day: date) -> Span:
    """From the first of these days, and of all periods completed by a day, to the last."""
    periods = Periods(calendar.week_start, calendar.year_start)
    kinds = ("week", "month", "quarter", "fiscal_year")
    firsts = [periods.previous(kind, day).first for kind in kinds]
    return Span(min(*firsts, *days), max(days))


def period_in_words(periods: Periods, kind: str, first_day: date) -> str:
    """ "week 47", "October 2026", "Q3 2026"; within a sentence, of a week that is not long ago."""
    name = periods.name(kind, periods.of(kind, first_day))
    return name.split(",")[0].replace("Week", "week") if kind == WEEK else name


def _short(number: Any) -> float | None:
    """To one place; whole where it is."""
    if number is None:
        return None
    rounded = round(float(number), 1)
    return int(rounded) if rounded == int(rounded) else rounded
