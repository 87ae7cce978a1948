"""Does a precursor foretell the ultimate metric? Told from the organisation's own weeks.

Spearman's rank correlation of a week's precursor with the ultimate metric so many weeks later; the
interval is Fisher's, of the correlation of ranks. Weeks before the first event are no data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, Sum, Value, When

from metrics.models import DailyTally, Foretelling, Metric
from metrics.periods import DAY, WEEK, Periods, Span
from people.calendar import Calendar

LAGS = range(13)
LEAST_POINTS = 30
WEEKS_READ = 3 * 52
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Lagged:
    """Over so many pairs of weeks; no correlation with too few, or where nothing varies."""

    points: int
    correlation: float | None = None
    low: float | None = None
    high: float | None = None


def lagged(
    precursor: Sequence[float | None], ultimate: Sequence[float | None], weeks: int
) -> Lagged:
    """Of two series of the same weeks; None is a week in which it could not be told."""
    from scipy.stats import pearsonr, rankdata  # takes a while to load: only jobs need it

    later = ultimate[weeks:]
    pairs = [
        (a, b) for a, b in zip(precursor, later, strict=False) if a is not None and b is not None
    ]
    if len(pairs) < LEAST_POINTS:
        return Lagged(len(pairs))
    before, after = (rankdata(side) for side in zip(*pairs, strict=True))
    if before.min() == before.max() or after.min() == after.max():
        return Lagged(len(pairs))
    found = pearsonr(before, after)
    interval = found.confidence_interval(CONFIDENCE)
    return Lagged(len(pairs), float(found.statistic), float(interval.low), float(interval.high))


@transaction.atomic
def work_out(now: datetime) -> int:
    """Anew for each precursor and lag; returns how many were written. Nothing without both ends."""
    calendar = Calendar.current()
    today = calendar.today(now)
    metrics = list(Metric.objects.chain())
    ultimate = next((metric for metric in metrics if metric.is_ultimate), None)
    Foretelling.objects.all().delete()
    if ultimate is None:
        return 0
    weeks = _weeks(today, calendar)
    sums = _sums(weeks, calendar)
    after = _series(ultimate, weeks, sums)
    made = [
        Foretelling(
            precursor=metric,
            ultimate=ultimate,
            weeks=lag,
            points=found.points,
            correlation=found.correlation,
            low=found.low,
            high=found.high,
            worked_out_on=today,
        )
        for metric in metrics
        if not metric.is_ultimate
        for lag in LAGS
        for found in [lagged(_series(metric, weeks, sums), after, lag)]
    ]
    return len(Foretelling.objects.bulk_create(made))


def _weeks(today: date, calendar: Calendar) -> list[Span]:
    """The whole weeks since the first day on which anything was counted, three years at most."""
    periods = Periods(calendar.week_start, calendar.year_start)
    last = periods.of(WEEK, today).first - DAY
    weeks = periods.back(WEEK, last, WEEKS_READ)
    first = DailyTally.objects.filter(day__gte=weeks[0].first).order_by("day")
    begun = first.values_list("day", flat=True).first()
    return [week for week in weeks if begun is not None and week.last >= begun]


Sums = dict[tuple[str, int], Any]


def _sums(weeks: list[Span], calendar: Calendar) -> Sums:
    """By tally and number of the week, over everybody, in one statement."""
    if not weeks:
        return {}
    cases = (
        When(day__gte=week.first, day__lte=week.last, then=Value(n)) for n, week in enumerate(weeks)
    )
    kept = DailyTally.objects.filter(day__gte=weeks[0].first, day__lte=weeks[-1].last)
    rows = (
        kept.filter(currency__in=["", calendar.currency])
        .annotate(week=Case(*cases, output_field=IntegerField()))
        .values_list("tally", "week")
        .annotate(number=Sum("number"))
        .order_by()
    )
    return {(tally, week): number for tally, week, number in rows}


def _series(metric: Metric, weeks: list[Span], sums: Sums) -> list[float | None]:
    """Week by week; None where a ratio has nothing to be divided by."""
    measure = metric.of_measure
    each = []
    for n in range(len(weeks)):
        total, of = sums.get((measure.total, n), 0), sums.get((measure.of, n), 0)
        value = measure.actual(total, of).value
        each.append(None if value is None else float(value))
    return each
