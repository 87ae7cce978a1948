"""How metrics of one person or team went, bucket by bucket: what was counted, and its target."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from metrics.aims import Aims
from metrics.figures import Figures, figures_of_people, figures_of_teams, tallies_of
from metrics.models import Metric
from metrics.pace import Actual, Aim
from metrics.periods import DAY, PERIODS, Periods, Span
from people.calendar import Calendar
from people.models import Team, User

EACH_DAY = "day"
GRAINS = (EACH_DAY, *dict(PERIODS))
MOST_BUCKETS = 400
LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Value:
    """`target` is that of the whole bucket, None without one; parts are of ratios only."""

    metric: Metric
    span: Span
    actual: Actual
    target: Fraction | None

    @property
    def numerator(self) -> Decimal | None:
        return None if self.actual.of is None else self.actual.total


def buckets(grain: str, span: Span, periods: Periods) -> list[Span]:
    """The periods of that grain, the first and the last cut to the span; one more than
    `MOST_BUCKETS` at most.
    """
    whole = _days(span) if grain == EACH_DAY else periods.touching(grain, span)
    return [
        Span(max(each.first, span.first), min(each.last, span.last))
        for each in islice(whole, MOST_BUCKETS + 1)
    ]


def _days(span: Span) -> Iterator[Span]:
    day = span.first
    while day <= span.last:
        yield Span(day, day)
        day += DAY


def series(
    whose: User | Team,
    metrics: Sequence[Metric],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> list[Value]:
    """Every metric in every span, in up to eight statements. Spans are in order, with no gaps."""
    Metric.read_measures(metrics)
    whole = Span(spans[0].first, spans[-1].last)
    periods = Periods(calendar.week_start, calendar.year_start)
    below = whose.ids_of_subtree() if isinstance(whose, Team) else set()
    if isinstance(whose, Team):
        aims = Aims.load(None, whole, periods, calendar.holidays, below)
    else:
        aims = Aims.load([whose.pk], whole, periods, calendar.holidays)
    figures = _figures(whose, below, metrics, spans, calendar, today)

    def aim(metric: Metric, span: Span) -> Aim:
        if isinstance(whose, Team):
            return aims.of_team(whose.pk, below, metric, span, span.last)
        return aims.of_person(whose.pk, metric, span, span.last)

    return [
        Value(metric, span, figures.actual(whose.pk, metric, span), aim(metric, span).whole)
        for metric in metrics
        for span in spans
    ]


def _figures(
    whose: User | Team,
    below: set[int],
    metrics: Sequence[Metric],
    spans: Sequence[Span],
    calendar: Calendar,
    today: date,
) -> Figures:
    tallies = tallies_of(metrics)
    if isinstance(whose, Team):
        return figures_of_teams({whose.pk: below}, tallies, spans, calendar, today)
    return figures_of_people([whose.pk], tallies, spans, calendar, today)
