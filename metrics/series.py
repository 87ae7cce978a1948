"""How metrics of one person or team went, bucket by bucket: what was counted, and its target."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from django.core.exceptions import ValidationError

from metrics.aims import Aims
from metrics.figures import Figures, figures_of_people, figures_of_teams, tallies_of
from metrics.models import Metric
from metrics.pace import Actual
from metrics.periods import DAY, PERIODS, Periods, Span
from metrics.scorecard import branch_of
from people.calendar import Calendar
from people.models import Team, User

EACH_DAY = "day"
GRAINS = (EACH_DAY, *dict(PERIODS))
MOST_BUCKETS = 400
LONGEST = timedelta(days=5 * 366)
MOST_SHARES = 150_000  # of people in targets and buckets: a second or two


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
    """Every metric in every span, in up to eight statements. Spans are in order, with no gaps.

    Raises ValidationError when so many people have too many targets in so many buckets.
    """
    whole = Span(spans[0].first, spans[-1].last)
    periods = Periods(calendar.week_start, calendar.year_start)
    below: set[int] = set()
    if isinstance(whose, Team):
        parents = dict(Team.objects.order_by().values_list("pk", "parent"))
        below = branch_of(whose.pk, parents)
        aims = Aims.load(None, whole, periods, calendar.holidays, below, parents)
    else:
        aims = Aims.load([whose.pk], whole, periods, calendar.holidays)
    aimed = {metric for metric, _, _ in aims.targets}
    _refuse_too_much(aims, len(aimed & {metric.pk for metric in metrics}) * len(spans))
    figures = _figures(whose, below, metrics, spans, calendar, today)

    def target(metric: Metric, span: Span) -> Fraction | None:
        if metric.pk not in aimed:
            return None
        if isinstance(whose, Team):
            return aims.of_team(whose.pk, below, metric, span, span.last).whole
        return aims.of_person(whose.pk, metric, span, span.last).whole

    return [
        Value(metric, span, figures.actual(whose.pk, metric, span), target(metric, span))
        for metric in metrics
        for span in spans
    ]


def _refuse_too_much(aims: Aims, targets: int) -> None:
    people = sum(len(stints) for stints in aims.stints.values())
    if people * targets > MOST_SHARES:
        text = "Too much at once for so many people: ask for fewer metrics, or a longer grain."
        raise ValidationError({"grain": text})


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
