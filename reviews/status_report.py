"""Part 1 of a 1-on-1: the rep's results beside the goal and the team, and what led to them.

A report is plain data, the same live, frozen in `Review.status`, on the page and in the API.
Money is text in major units of the report's one currency; dates are ISO.
"""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lib.calendar import month_of
from metrics.periods import Span
from metrics.results import CENT, LEAST_SHOWN, Period, Results, compared, periods
from people.calendar import Calendar
from reviews.goals import Goals
from reviews.models.review import Review
from reviews.what_led import Led, metric_facts, reach

Report = dict[str, Any]


def status_report(review: Review, now: datetime, *, starts: bool = False) -> Report:
    """As it stands at a moment. `team` says how many people it is of, and, from three on, what a
    person won on average; `months` are the last twelve; `facts` and `missed` are as in
    `what_led.py`. When the meeting starts, the facts of the metrics are among them.
    """
    calendar = Calendar.current()
    day, currency, start = calendar.today(now), calendar.currency, calendar.year_start
    led = Led.since(review, review.baseline(now).since, now, calendar)
    month, spans = Span(*month_of(day)), periods(day, start)
    whole = reach(calendar, [month.last, *(period.begin for period in spans)], day)
    goals = Goals.load([review.rep_id], whole, calendar)
    found = Results(compared(review.manager, review.rep_id), currency, day, start)
    return {
        "currency": currency,
        "periods": [_period(review.rep_id, period, found, goals) for period in spans],
        "months": [
            {"month": month.isoformat(), "won": _text(won)}
            for month, won in found.months(review.rep_id, day)
        ],
        "month_goal": _text(goals.of_person(review.rep_id, month)),
        "facts": led.facts + (metric_facts(review, goals, calendar, day) if starts else []),
        "missed": led.missed,
    }


def _period(rep: int, period: Period, found: Results, goals: Goals) -> dict[str, Any]:
    own = found.of({rep}, period.begin, period.end)
    goal = goals.of_person(rep, Span(period.begin, period.end))
    return {
        "name": period.name,
        "label": period.label,
        "begin": period.begin.isoformat(),
        "end": period.end.isoformat(),
        "won": _text(own.won),
        "deals": own.deals,
        "elsewhere": own.elsewhere,
        "lost": own.lost,
        "goal": _text(goal),
        "percent": _percent(own.won, goal),
        "team": {"people": len(found.people), "won": _average(found, period)},
    }


def _average(found: Results, period: Period) -> str | None:
    """What a person of the team won; None for fewer than three."""
    if len(found.people) < LEAST_SHOWN:
        return None
    return _text(found.of(found.people, period.begin, period.end).won / len(found.people))


def _percent(won: Decimal, goal: Decimal | None) -> int | None:
    """Of the goal, rounded; None without one, or while its period has no working day."""
    return int((won * 100 / goal).to_integral_value(ROUND_HALF_UP)) if goal else None


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount.quantize(CENT, ROUND_HALF_UP))
