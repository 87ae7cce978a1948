"""The shares of a target that fall on days, and how they add up to an aim.

They are kept as whole numbers, percent of a day's share, as long as can be: a team of ten thousand
adds up integers, and the exact fraction is made once for each amount.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from lib.calendar import add_months
from metrics.models import Target
from metrics.pace import Aim


class Share(NamedTuple):
    """Of a target that is shared out over the weekdays of its period: so many percent of so many
    days' shares, in all and by the day of judgement.
    """

    amount: Decimal
    weekdays: int
    whole: int
    due: int


class Part(NamedTuple):
    """What a stint adds to an aim; no shares without a target."""

    days: int
    gone: int
    shares: tuple[Share, ...] | None


def aim_of(parts: Iterable[tuple[Part, int]]) -> Aim:
    """All of them together, in whole numbers as long as can be."""
    parts = list(parts)
    days = sum(count * part.days for part, count in parts)
    gone = sum(count * part.gone for part, count in parts)
    sums: dict[tuple[Decimal, int], list[int]] = {}
    aimed = False
    for part, count in parts:
        # Where anybody works, a target of days on which nobody does is none.
        if part.shares is None or (days and not part.days):
            continue
        aimed = True
        for share in part.shares:
            both = sums.setdefault((share.amount, share.weekdays), [0, 0])
            both[0] += count * share.whole
            both[1] += count * share.due
    whole = due = Fraction()
    for (amount, weekdays), (all_of_it, by_then) in sums.items():
        a_percent = Fraction(amount) / (100 * weekdays)
        whole, due = whole + a_percent * all_of_it, due + a_percent * by_then
    return Aim(whole if aimed else None, due, gone, days)


def percents(target: Target, joined_on: date | None, days: Sequence[date]) -> int:
    """Of the full share of each of these days in order, added up."""
    ramp = target.ramp
    if ramp is None or joined_on is None:
        return 100 * len(days)
    months = (add_months(joined_on, n) for n in range(len(ramp.percents) + 1))
    edges = [0, *(bisect_left(days, month) for month in months), len(days)]
    return sum(
        (end - begin) * ramp.percent(joined_on, days[begin])
        for begin, end in pairwise(edges)
        if begin < end
    )
