"""Part 1 of a 1-on-1: the rep's results beside the goal and the team, and what led to them.

A report is plain data, the same live, frozen in `Review.status`, on the page and in the API.
Money is text in major units of the report's one currency; dates are ISO.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Avg, Count, Q

from coaching.models import Debrief, HelpRequest
from lib.calendar import local_date, month_of
from metrics.call_discipline import call_discipline
from metrics.results import (
    CENT,
    LEAST_SHOWN,
    Period,
    Results,
    goal_of,
    periods,
    results,
    team_of,
)
from people.calendar import Calendar
from people.models import Organisation
from reviews.models.review import Review

Report = dict[str, Any]
Fact = dict[str, Any]


def status_report(review: Review, now: datetime) -> Report:
    """As it stands at a moment. `team` says how many people it is of, and, from three on, what a
    person won on average; `months` are the last twelve; `facts` have a label, a number, and of how
    many (None where that makes no sense).
    """
    organisation, holidays = review.organisation, Calendar.current().holidays
    day = local_date(now, organisation.zone)
    since = review.baseline(now).since
    goal, currency = _goal(review, organisation)
    people = set(team_of(review.manager).values_list("pk", flat=True)) | {review.rep_id}
    start = organisation.fiscal_year_start
    found = results(review.manager, people, currency, day, start)
    month = goal_of(goal, _whole_month(day), holidays)
    return {
        "currency": currency,
        "periods": [
            _period(review, period, found, people, goal_of(goal, period, holidays))
            for period in periods(day, start)
        ],
        "months": [
            {"month": month.isoformat(), "won": _text(won)}
            for month, won in found.months(review.rep_id, day)
        ],
        "month_goal": _text(month),
        "facts": [fact for source in FACTS for fact in source(review, since, now)],
    }


def _goal(review: Review, organisation: Organisation) -> tuple[Decimal | None, str]:
    """A quarter's, and its currency; targets of the metrics take its place once there are any."""
    schedule = review.schedule
    if schedule is None or schedule.quarterly_goal is None:
        return None, organisation.currency
    return schedule.quarterly_goal, schedule.currency


def _whole_month(day: date) -> Period:
    return Period("month", "Month", *month_of(day))


def _period(
    review: Review, period: Period, found: Results, people: set[int], goal: Decimal | None
) -> dict[str, Any]:
    own = found.of({review.rep_id}, period.begin, period.end)
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
        "team": {"people": len(people), "won": _average(found, people, period)},
    }


def _average(found: Results, people: set[int], period: Period) -> str | None:
    """What a person of the team won; None for fewer than three."""
    if len(people) < LEAST_SHOWN:
        return None
    return _text(found.of(people, period.begin, period.end).won / len(people))


def _percent(won: Decimal, goal: Decimal | None) -> int | None:
    """Of the goal, rounded; None without one, or while its period has no working day."""
    return int((won * 100 / goal).to_integral_value(ROUND_HALF_UP)) if goal else None


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount.quantize(CENT, ROUND_HALF_UP))


# What led to the results, since the last review. One function a source, given that moment
# and now; metrics and behaviours join by adding theirs.


def _calls(review: Review, since: datetime, now: datetime) -> list[Fact]:
    week = call_discipline(review.rep, since, now, now)
    return [
        _fact("calls", "Calls over", week.took_place),
        _fact("planned", "Planned on time", week.planned_on_time, week.took_place),
        _fact("debriefed", "Debriefed in 24 h", week.debriefed_in_time, week.took_place),
    ]


def _scores(review: Review, since: datetime, now: datetime) -> list[Fact]:
    """The average of the rep's own scores and of the manager's, over scored calls."""
    between = Q(call__starts_at__gt=since, call__starts_at__lte=now)
    scored = Debrief.objects.visible_to(review.manager).of_rep(review.rep).filed()
    found = (
        scored.filter(between)
        .exclude(score=None)
        .aggregate(
            own=Avg("score"),
            n=Count("pk"),
            given=Avg("review__score"),
            reviewed=Count("review__score"),
        )
    )
    facts = []
    if found["n"]:
        facts.append(_fact("own_score", "Own score, average", round(found["own"], 1), found["n"]))
    if found["reviewed"]:
        given = round(found["given"], 1)
        facts.append(_fact("given_score", "Manager's score, average", given, found["reviewed"]))
    return facts


def _help(review: Review, since: datetime, now: datetime) -> list[Fact]:
    asked = HelpRequest.objects.visible_to(review.manager).of_rep(review.rep)
    found = asked.aggregate(
        asked=Count("pk", filter=Q(asked_at__gt=since, asked_at__lte=now)),
        waiting=Count("pk", filter=Q(state__in=HelpRequest.OPEN_STATES)),
    )
    return [
        _fact("help_asked", "Help asked for", found["asked"]),
        _fact("help_waiting", "Help still waited for", found["waiting"]),
    ]


def _fact(name: str, label: str, number: float, of: int | None = None) -> Fact:
    return {"name": name, "label": label, "number": number, "of": of}


FACTS: tuple[Callable[[Review, datetime, datetime], list[Fact]], ...] = (_calls, _scores, _help)
