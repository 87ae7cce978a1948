"""A status report as a page shows it: money in words, bars and a line."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lib.calendar import in_words
from lib.money import money, money_in_short
from metrics.measures import MONEY, PERCENT
from metrics.results import LEAST_SHOWN
from reviews.status_report import Report

TWICE = 2
Bar = tuple[str, Decimal | None, str, str]


@dataclass(frozen=True)
class PeriodShown:
    """One period of part 1. `bars` are the rep, the goal and the team, as `lib/charts.py` has them;
    `team` says of how many, or why nothing is said.
    """

    label: str
    span: str
    won: str
    deals: str
    goal: str
    percent: int | None
    team: str
    bars: list[Bar]
    sentence: str


@dataclass(frozen=True)
class MonthsShown:
    """Won in each of the last twelve months, beside a month's goal."""

    points: list[Decimal]
    goal: Decimal | None
    last: str
    sentence: str


def periods_shown(report: Report, name: str) -> list[PeriodShown]:
    """`name` is the rep's, for the bars."""
    return [_shown(period, report["currency"], name) for period in report["periods"]]


def _shown(period: dict[str, Any], currency: str, name: str) -> PeriodShown:
    won, goal = Decimal(period["won"]), _decimal(period["goal"])
    team = _decimal(period["team"]["won"])
    people = period["team"]["people"]
    words = {"won": money(won, currency), "goal": money_in_short(goal, currency)}
    average = money_in_short(team, currency)
    bars: list[Bar] = [(name, won, words["won"], "rep")]
    bars += [("Goal", goal, words["goal"], "goal")] if goal is not None else []
    bars += [(f"Team, a person (n = {people})", team, average, "team")] if team is not None else []
    percent = "" if period["percent"] is None else f", {period['percent']} % of {words['goal']}"
    sentence = f"{period['label']}: {name} won {words['won']}{percent}; "
    return PeriodShown(
        label=period["label"],
        span=f"{_day(period['begin'])} to {_day(period['end'])}",
        won=words["won"],
        deals=_deals(period),
        goal=words["goal"],
        percent=period["percent"],
        team=_team(average, people),
        bars=bars,
        sentence=f"{sentence}team: {_team(average, people)}.",
    )


def _deals(period: dict[str, Any]) -> str:
    """ "4 won, 2 lost, 1 won in another currency"."""
    words = [f"{period['deals']} won", f"{period['lost']} lost"]
    if other := period["elsewhere"]:
        words.append(f"{other} won in another currency")
    return ", ".join(words)


def _team(average: str, people: int) -> str:
    if average:
        return f"{average} a person (n = {people})"
    return f"not shown for fewer than {LEAST_SHOWN} people (n = {people})"


def months_shown(report: Report) -> MonthsShown:
    points = [Decimal(each["won"]) for each in report["months"]]
    goal, currency = _decimal(report["month_goal"]), report["currency"]
    first, last = (money(each, currency) for each in (points[0], points[-1]))
    aim = f", goal {money_in_short(goal, currency)} a month" if goal else ""
    month = date.fromisoformat(report["months"][-1]["month"])
    sentence = f"Won a month: {last} so far in {month:%B}, {first} eleven months before{aim}."
    return MonthsShown(points, goal, last, sentence)


def missed_shown(report: Report) -> list[tuple[str, str]]:
    """ "Missed twice in a row", "Interviews, 2 of 5 in week 47 and 3 of 5 in week 46"."""
    return [_missed(each, report["currency"]) for each in report.get("missed", [])]


def _missed(missed: dict[str, Any], currency: str) -> tuple[str, str]:
    often = "twice" if missed["streak"] == TWICE else f"{missed['streak']} times"
    periods = " and ".join(
        f"{_amount(each['value'], missed, currency)} of {_amount(each['target'], missed, currency)}"
        f" in {each['name']}"
        for each in missed["periods"]
    )
    return f"Missed {often} in a row", f"{missed['metric']}, {periods}"


def _amount(number: float | None, missed: dict[str, Any], currency: str) -> str:
    if number is None:
        return "none"
    if missed["unit"] == MONEY:
        return money_in_short(Decimal(str(number)), currency)
    return f"{number} %" if missed["unit"] == PERCENT else f"{number}"


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(iso: str) -> str:
    return in_words(date.fromisoformat(iso))
