"""A scorecard in words: figures with units, standings with shapes, misses in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lib.calendar import in_short
from lib.money import money_in_short
from metrics.cost import Cost
from metrics.measures import ATTAINMENT, MONEY, PERCENT, Measure
from metrics.models import Checkpoint, Metric
from metrics.pace import (
    AWAY,
    BEHIND,
    MISSED,
    NO_TARGET,
    NOT_ENOUGH,
    ON_TARGET,
    TOO_EARLY,
)
from metrics.periods import Span
from metrics.scorecard import Frame, Link, Scorecard
from people.models import User

KINDS = {MISSED: "risk", BEHIND: "warn", ON_TARGET: "ok"}
WORDS = {
    ON_TARGET: "On target",
    TOO_EARLY: "Too early to tell",
    NOT_ENOUGH: "Not enough yet",
    AWAY: "Away",
    NO_TARGET: "No target",
}
TENTH = Decimal("0.1")


def in_units(value: Fraction | None, measure: Measure, currency: str) -> str:
    """ "€38,000", "62 %", "3", "4.5"; an en dash for None."""
    if value is None:
        return "–"
    number = decimal(value)
    if measure.unit == MONEY:
        return money_in_short(number, currency)
    return f"{plain(number)} %" if measure.unit == PERCENT else plain(number)


def plain(number: Decimal) -> str:
    """With one decimal where it is not a whole number."""
    rounded = number.quantize(TENTH, ROUND_HALF_UP)
    whole = rounded.to_integral_value()
    return f"{whole:,}" if rounded == whole else f"{rounded:,}"


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


@dataclass(frozen=True)
class Shown:
    """A link as a page shows it. `points` and `band` are for its sparkline."""

    link: Link
    period: str
    value: str
    target: str
    kind: str
    words: str
    sentence: str
    points: Sequence[Decimal | None]
    band: Decimal | None

    @property
    def label(self) -> str:
        return self.link.metric.label

    @property
    def is_due(self) -> bool:
        """Whether its shape says more than that nothing is wrong yet."""
        return self.kind != "idle"


def shown(link: Link, frame: Frame) -> Shown:
    """With the period's name, and what its sparkline says."""
    measure, currency = link.metric.of_measure, frame.calendar.currency
    value, target = _value(link, currency), _target(link, currency)
    now, then = (in_units(week, measure, currency) for week in (link.weeks[-1], link.weeks[0]))
    band = _band(link)
    aim = "" if band is None else f", target {in_units(link.aim.whole, measure, currency)}"
    when = "this week" if frame.today in frame.weeks[-1] else "in the week looked at"
    return Shown(
        link=link,
        period=frame.periods.name(frame.kind(link.metric), link.span),
        value=value,
        target=target,
        kind=KINDS.get(link.standing.state, "idle"),
        words=standing_words(link, currency),
        sentence=f"{link.metric.label}: {now} {when}, {then} eleven weeks before{aim}.",
        points=[None if week is None else decimal(week) for week in link.weeks],
        band=band,
    )


def all_shown(card: Scorecard, frame: Frame) -> list[Shown]:
    return [shown(link, frame) for link in card.links]


def _value(link: Link, currency: str) -> str:
    whole = link.aim.whole
    if link.metric.of_measure.kind == ATTAINMENT and whole and link.value is not None:
        return f"{plain(decimal(link.value * 100 / whole))} %"
    return in_units(link.value, link.metric.of_measure, currency)


def _target(link: Link, currency: str) -> str:
    return in_units(link.aim.whole, link.metric.of_measure, currency) if link.aim.whole else ""


def _band(link: Link) -> Decimal | None:
    """A week's target, where the figure shown is a week's or a ratio."""
    is_week = (link.span.last - link.span.first).days == 6
    same = is_week or link.metric.of_measure.is_ratio
    return decimal(link.aim.whole) if same and link.aim.whole else None


def standing_words(link: Link, currency: str) -> str:
    """ "On target", "1.5 short", "€12,000 short", "0.7 over"."""
    if link.standing.state in WORDS:
        return WORDS[link.standing.state]
    measure = link.metric.of_measure
    more = "over" if measure.lower_is_better else "short"
    return f"{in_units(link.standing.short, measure, currency)} {more}"


@dataclass(frozen=True)
class Miss:
    """The first broken link of a chain in sentences: what, what it will cost, when it will show."""

    what: str
    cost: str
    when: str


def miss(card: Scorecard, frame: Frame, weeks: int | None = None) -> Miss | None:
    """None while nothing is missed. `weeks` is after how many the ultimate metric feels it."""
    broken, ultimate = card.broken, frame.ultimate
    if broken is None:
        return None
    currency = frame.calendar.currency
    day = in_short(frame.judged_on(broken.span), frame.today)
    what = (
        f"{broken.metric.label}: {_value(broken, currency)} of {_target(broken, currency)}, "
        f"{standing_words(broken, currency)} by {day}."
    )
    price = cost_words(card.cost, frame, card.whose) if ultimate else ""
    when = ""
    if ultimate is not None and weeks and ultimate.pk != broken.metric.pk:
        when = f"{ultimate.label} will feel it in about {weeks} week{'s' if weeks > 1 else ''}."
    return Miss(what, price, when)


def cost_words(price: Cost | None, frame: Frame, whose: object) -> str:
    """ "At Dana's own conversion that is about €38,000 of money won."; "" if it cannot be told."""
    ultimate = frame.ultimate
    if price is None or ultimate is None or not price.amount:
        return ""
    return cost_sentence(price, ultimate, frame.calendar.currency, whose)


def cost_sentence(price: Cost, ultimate: Metric, currency: str, whose: object) -> str:
    """The same, when it is known to cost something of this metric."""
    amount = in_units(price.amount, ultimate.of_measure, currency)
    conversion = "its own conversion"
    if isinstance(whose, User):
        first = whose.first_name
        conversion = f"{first}'s own conversion"
        if price.basis == Checkpoint.TEAM:
            conversion = f"the team's conversion ({first} has done too few to tell)"
    return f"At {conversion} that is about {amount} of {ultimate.label.lower()}."


@dataclass(frozen=True)
class Tab:
    label: str
    query: str
    is_current: bool


@dataclass(frozen=True)
class Picker:
    """Which period is looked at: by what it is cut, the one before and the one after."""

    tabs: list[Tab]
    label: str
    earlier: str
    later: str


def picker(frame: Frame, grains: Sequence[tuple[str, str]]) -> Picker:
    """`later` is "" when the period after has not begun."""
    grain = frame.grain or "week"
    now = frame.periods.of(grain, frame.day)
    before = frame.periods.previous(grain, frame.day)
    after = frame.periods.next(grain, frame.day)
    is_now = frame.today in now
    tabs = [
        Tab(label, _query(name, None if is_now else frame.day), name == frame.grain)
        for name, label in grains
    ]
    later = "" if after.first > frame.today else _query(frame.grain, _last(after, frame.today))
    return Picker(tabs, _label(frame, grain, now), _query(frame.grain, before.last), later)


def _label(frame: Frame, grain: str, span: Span) -> str:
    name = frame.periods.name(grain, span)
    return name if frame.grain else f"Each by its own period, as of {name[0].lower()}{name[1:]}"


def _last(span: Span, today: date) -> date | None:
    return None if today in span else span.last


def _query(grain: str, day: date | None) -> str:
    parts = [f"grain={grain}" if grain else "", f"on={day.isoformat()}" if day else ""]
    return "?" + "&".join(filter(None, parts))
