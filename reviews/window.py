"""What changed on deals between one meeting and the next.

Every row that is compared has two sets of columns: what the deal is, and, with `was_` before the
name, what it was: open, stage_order, stage_name, close_date, amount, currency. The rule stands
here twice, as conditions on rows and as a judgement of one; they agree for every row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from lib.calendar import in_words
from lib.money import money
from pipeline.models import Opportunity

OPEN, WON, LOST = Opportunity.OPEN, Opportunity.WON, Opportunity.LOST
KINDS = {
    "new": "New",
    "moved_forward": "Moved forward",
    "pulled_in": "Pulled in",
    "pushed": "Pushed",
    "slipped": "Slipped",
    "moved_back": "Moved back",
    "won": "Won",
    "lost": "Lost",
}


@dataclass(frozen=True)
class Window:
    """From the moment compared with to the day on which the deals stand as they do.

    Days are those of the organisation's zone; `since_day` is that of the moment.
    """

    since: datetime
    since_day: date
    day: date

    def conditions(self) -> dict[str, Q]:
        """Of each kind of change: which compared rows it is true of."""
        stayed = Q(status=OPEN, was_open=True)
        return {
            "new": Q(was_open=False),
            "moved_forward": stayed & Q(stage_order__gt=F("was_stage_order")),
            "pulled_in": stayed & Q(close_date__lt=F("was_close_date")),
            "pushed": stayed & Q(close_date__gt=F("was_close_date")),
            "slipped": stayed & Q(close_date__lt=self.day, close_date__gte=self.since_day),
            "moved_back": stayed & Q(stage_order__lt=F("was_stage_order")),
            "won": Q(status=WON),
            "lost": Q(status=LOST),
        }

    def kinds_of(self, row: Any) -> list[str]:
        """The same, of one row."""
        return [name for name, judge in _JUDGES.items() if judge(self, row)]


Judge = Callable[[Window, Any], bool]


def _stayed(row: Any) -> bool:
    return bool(row.status == OPEN and row.was_open)


def _dates(row: Any) -> bool:
    return bool(_stayed(row) and row.close_date and row.was_close_date)


_JUDGES: dict[str, Judge] = {
    "new": lambda window, row: not row.was_open,
    "moved_forward": lambda window, row: _stayed(row) and row.stage_order > row.was_stage_order,
    "pulled_in": lambda window, row: _dates(row) and row.close_date < row.was_close_date,
    "pushed": lambda window, row: _dates(row) and row.close_date > row.was_close_date,
    "slipped": lambda window, row: (
        _stayed(row)
        and row.close_date is not None
        and window.since_day <= row.close_date < window.day
    ),
    "moved_back": lambda window, row: _stayed(row) and row.stage_order < row.was_stage_order,
    "won": lambda window, row: row.status == WON,
    "lost": lambda window, row: row.status == LOST,
}


def strip_of(row: Any) -> list[str]:
    """What changed on one row, in a few words each: "amount -€8,000", "close +14 d", "stage ="."""
    if not row.was_open:
        return ["new", f"stage {row.stage_name}"]
    if row.status != OPEN:
        return [row.status, *([_amount(row)] if _amount(row) != "amount =" else [])]
    return [_amount(row), _close(row), _stage(row)]


def _amount(row: Any) -> str:
    now, was = row.amount, row.was_amount
    if (now, row.currency) == (was, row.was_currency) or (now is None and was is None):
        return "amount ="
    if now is None:
        return "amount taken away"
    if was is None or row.currency != row.was_currency:
        return f"amount {money(now, row.currency)}"
    change = now - was
    return f"amount {'+' if change > 0 else '−'}{money(abs(change), row.currency)}"


def _close(row: Any) -> str:
    now, was = row.close_date, row.was_close_date
    if now == was:
        return "close ="
    if now is None or was is None:
        return f"close {in_words(now)}" if now else "close taken away"
    days = (now - was).days
    return f"close {'+' if days > 0 else '−'}{abs(days)} d"


def _stage(row: Any) -> str:
    if row.stage_order == row.was_stage_order:
        return "stage ="
    return f"stage {row.was_stage_name} → {row.stage_name}"


def changed(window: Window) -> Q:
    """True of the rows with a change of any kind."""
    found = Q(pk__in=[])
    for condition in window.conditions().values():
        found |= condition
    return found
