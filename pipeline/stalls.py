"""When a deal is stalled, and why. The one place where this is decided.

Each reason stands here twice: as a condition on rows (`StallCheck.condition`) and as a judgement
of one deal that says its number and limit (`StallCheck.reasons`). They agree for every deal; a
test holds them to it. Both are given the date, on the organisation's calendar; deals are judged
as they stand, their clocks read on that date. Reasons and first limits are product.md 5's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, reduce
from operator import add, or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce

from lib.calendar import (
    in_words,
    local_date,
    working_days_before,
    working_days_between,
)
from people.calendar import Calendar
from people.models import User
from pipeline import stall_facts
from pipeline.models import Opportunity, Stage, StallRules
from pipeline.stage_medians import stage_medians
from pipeline.stall_reason import NUMBER, RISK, WARN, StageLimit, StallReason, so_many
from pipeline.stall_reason import REASONS as REASONS

LEAST = "single_threaded"  # never the worst of several
QUIETED = {"stage_age", "silent", "buyer_silent", "no_next_step", "overdue_step"}  # by a hold


@dataclass
class StallCheck:
    """The organisation's rules on one date, for whom: `user` None is a job that sees all."""

    day: date
    rules: StallRules
    holidays: frozenset[date]
    limits: dict[int, StageLimit]
    zone: ZoneInfo
    user: User | None = None
    orders: dict[int, int] = field(default_factory=dict)  # of stages
    stages: list[Stage] = field(default_factory=list)

    @classmethod
    def on(
        cls,
        day: date | datetime,
        user: User | None = None,
        stages: Iterable[Stage] | None = None,
        calendar: Calendar | None = None,
    ) -> "StallCheck":
        """On a date, or on that of a moment. Reads rules and, unless given, calendar and stages."""
        rules, own = StallRules.current(), calendar or Calendar.current()
        zone, off = own.zone, own.holidays
        day = local_date(day, zone) if isinstance(day, datetime) else day
        medians = stage_medians(day, zone, off, rules.history_era) if rules.stage_age else {}
        known = list(Stage.objects.all() if stages is None else stages)
        limits = {stage.pk: StageLimit.of(stage, medians, rules) for stage in known}
        return cls(day, rules, off, limits, zone, user, {s.pk: s.order for s in known}, known)

    # Rows.

    @cached_property
    def names(self) -> list[str]:
        """The reasons that are switched on."""
        return [name for name in _CONDITIONS if getattr(self.rules, name)]

    def _true_of(self, name: str) -> Q:
        """Which open deals have this reason."""
        found = _CONDITIONS[name](self)
        return found & ~Q(held_until__gt=self.day) if name in QUIETED else found

    def condition(self, *names: str) -> Q:
        """True of the open deals with any of these reasons; with any at all when none is named."""
        wanted = (self._true_of(name) for name in self.names if not names or name in names)
        return Q(status=Opportunity.OPEN) & reduce(or_, wanted, Q(pk__in=[]))

    def sweep(self) -> Iterator[tuple[int, list[str]]]:
        """Every stalled deal, by its id, with the names of its reasons; memory stays flat.

        All that the user sees; without a user, all there are. One statement reads the deals.
        """
        rows = Opportunity.objects.visible_to(self.user) if self.user else Opportunity.objects
        found = rows.open().order_by().annotate(flags=self.flags())
        for deal, flags in found.values_list("pk", "flags").iterator(chunk_size=5_000):
            if flags:
                yield deal, self.flagged(flags)

    def flags(self) -> Any:
        """The reasons of a row, as a number: the BITS of those that it has."""
        bits = ((self._true_of(name), BITS[name]) for name in self.names)
        return reduce(add, (Case(When(q, then=bit), default=0) for q, bit in bits), Value(0))

    def flagged(self, flags: int) -> list[str]:
        """The names of the reasons in such a number."""
        return [name for name in self.names if flags & BITS[name]]

    # One deal.

    def prepare(self, deals: Sequence[Opportunity], *, worst_only: bool = False) -> None:
        """Read at once what the reasons (or the worst) of these deals need beyond their columns."""
        self.compared.read_orders([d for d in deals if self.may_have_gone_back(d)])
        few = (d for d in deals if self.may_be_single_threaded(d))
        need = (d for d in few if not (worst_only and self.reasons(d, but=LEAST)))
        self.compared.read_medians(need)

    def reasons(self, deal: Opportunity, but: str = "") -> list[StallReason]:
        """Why this deal is stalled, the worst first; [] when it is not. `but` is left out."""
        if not deal.is_open:
            return []
        held = deal.is_held(self.day)
        found = [
            judge(self, deal)
            for name, judge in _JUDGES.items()
            if getattr(self.rules, name) and name != but and not (held and name in QUIETED)
        ]
        return sorted(filter(None, found), key=lambda reason: reason.kind != RISK)

    def worst(self, deal: Opportunity) -> StallReason | None:
        return next(iter(self.reasons(deal, but=LEAST) or self.reasons(deal)), None)

    # What the rules come to on this date.

    def days_ago(self, days: int) -> date:
        return self.day - timedelta(days=days)

    def days_since(self, day: date) -> int:
        return (self.day - day).days

    @cached_property
    def compared(self) -> stall_facts.Compared:
        """What deals are compared with."""
        return stall_facts.Compared(self.days_ago(self.rules.backwards_days), self.zone, self.user)

    def closes_soon(self, deal: Opportunity) -> bool:
        return deal.close_date is not None and deal.close_date <= self.soon

    @property
    def soon(self) -> date:
        """Until when a close date is near; one that has passed is nearer still."""
        return self.day + timedelta(days=self.rules.closing_days)

    def silent_limit(self, deal: Opportunity) -> int:
        return self.rules.silent_days_closing if self.closes_soon(deal) else self.rules.silent_days

    def may_have_gone_back(self, deal: Opportunity) -> bool:
        return deal.moved_back_on is not None and deal.moved_back_on >= self.compared.since(deal)

    def may_be_single_threaded(self, deal: Opportunity) -> bool:
        few = deal.people_engaged < self.rules.people_needed
        return self.rules.single_threaded and few and deal.is_open and deal.amount is not None


# Each reason as a judgement of one deal.

Judge = Callable[[StallCheck, Opportunity], StallReason | None]


def _past_close(check: StallCheck, deal: Opportunity) -> StallReason | None:
    if deal.close_date is None or deal.close_date >= check.day:
        return None
    days = check.days_since(deal.close_date)
    return StallReason(
        "past_close",
        RISK,
        number=days,
        limit=0,
        unit="days",
        clock=deal.close_date,
        short=f"{days} d past close",
        said=f"The close date passed {NUMBER} ago, on {in_words(deal.close_date)}.",
    )


def _stage_age(check: StallCheck, deal: Opportunity) -> StallReason | None:
    limit = check.limits.get(deal.stage_id)
    if limit is None or deal.stage_since is None:
        return None
    days = working_days_between(deal.stage_since, check.day, check.holidays)
    if days <= limit.days:
        return None
    return StallReason(
        "stage_age",
        RISK,
        number=days,
        limit=limit.days,
        unit="working days",
        clock=deal.stage_since,
        short=f"Stalled {days} d",
        said=f"{NUMBER} in this stage; the limit is {limit.days:g}, {limit.source}.",
    )


def _silent(check: StallCheck, deal: Opportunity) -> StallReason | None:
    clock, limit = deal.last_activity_on or deal.opened_on, check.silent_limit(deal)
    if clock is None or check.days_since(clock) < limit:
        return None
    days = check.days_since(clock)
    why = " while the close date is near" if check.closes_soon(deal) else ""
    return StallReason(
        "silent",
        RISK,
        number=days,
        limit=limit,
        unit="days",
        clock=clock,
        short=f"Silent {days} d",
        said=f"No activity for {NUMBER}; the limit is {limit}{why}.",
    )


def _pushed(check: StallCheck, deal: Opportunity) -> StallReason | None:
    rules = check.rules
    if deal.pushes < rules.pushes_warning:
        return None
    critical = deal.pushes >= rules.pushes_critical
    limit = rules.pushes_critical if critical else rules.pushes_warning
    times = "once" if deal.pushes == 1 else f"{deal.pushes} times"
    return StallReason(
        "pushed",
        RISK if critical else WARN,
        number=deal.pushes,
        limit=limit,
        unit="pushes",
        clock=deal.pushed_on,
        short=f"Pushed {deal.pushes}×",
        said=f"The close date was moved later {times}; the limit is {limit}.",
    )


def _overdue_step(check: StallCheck, deal: Opportunity) -> StallReason | None:
    if not deal.next_step or deal.next_step_on is None or deal.next_step_on >= check.day:
        return None
    days = check.days_since(deal.next_step_on)
    return StallReason(
        "overdue_step",
        WARN,
        number=days,
        limit=0,
        unit="days",
        clock=deal.next_step_on,
        short=f"Step {days} d late",
        said=f"The next step was due {NUMBER} ago, on {in_words(deal.next_step_on)}.",
    )


def _no_next_step(check: StallCheck, deal: Opportunity) -> StallReason | None:
    if deal.next_step:
        return None
    return StallReason(
        "no_next_step",
        WARN,
        number=0,
        limit=1,
        unit="next steps",
        clock=deal.next_step_said_on or deal.opened_on,
        short="No next step",
        said="No next step is planned.",
    )


def _buyer_silent(check: StallCheck, deal: Opportunity) -> StallReason | None:
    clock, active = deal.last_buyer_action_on or deal.opened_on, deal.last_activity_on
    limit = check.rules.buyer_silent_days
    if clock is None or check.days_since(clock) < limit:
        return None
    if active is None or check.days_since(active) >= check.silent_limit(deal):
        return None
    days = check.days_since(clock)
    return StallReason(
        "buyer_silent",
        WARN,
        number=days,
        limit=limit,
        unit="days",
        clock=clock,
        short=f"Buyer silent {days} d",
        said=f"No buyer action for {NUMBER} though the rep is active; the limit is {limit}.",
    )


def _went_backwards(check: StallCheck, deal: Opportunity) -> StallReason | None:
    if not check.may_have_gone_back(deal):
        return None
    steps = check.compared.order_of(deal) - check.orders.get(deal.stage_id, 0)
    if steps <= 0:
        return None
    stages, since = so_many(steps, "stage"), in_words(check.compared.since(deal))
    return StallReason(
        "went_backwards",
        WARN,
        number=steps,
        limit=0,
        unit="stages",
        clock=deal.moved_back_on,
        short=f"Back {stages}",
        said=f"{stages.capitalize()} further back than on {since}.",
    )


def _single_threaded(check: StallCheck, deal: Opportunity) -> StallReason | None:
    needed = check.rules.people_needed
    if deal.amount is None or not check.may_be_single_threaded(deal):
        return None
    median = check.compared.median_of(deal)
    if median is None or deal.amount <= median:
        return None
    people = {0: "Nobody", 1: "1 person"}.get(deal.people_engaged, f"{deal.people_engaged} people")
    return StallReason(
        "single_threaded",
        WARN,
        number=deal.people_engaged,
        limit=needed,
        unit="people",
        clock=deal.opened_on,
        short=f"{people} engaged",
        said=f"{people} engaged; a deal above the team's median amount needs {needed}.",
    )


_JUDGES: dict[str, Judge] = {
    "past_close": _past_close,
    "stage_age": _stage_age,
    "silent": _silent,
    "pushed": _pushed,
    "overdue_step": _overdue_step,
    "no_next_step": _no_next_step,
    "buyer_silent": _buyer_silent,
    "went_backwards": _went_backwards,
    "single_threaded": _single_threaded,
}


# Each reason as a condition on rows, in the same order.


def _rows_stage_age(check: StallCheck) -> Q:
    """A limit in working days becomes, for each stage, the last day that lies beyond it."""
    stages = (
        Q(
            stage=stage,
            stage_since__lte=working_days_before(check.day, int(limit.days) + 1, check.holidays),
        )
        for stage, limit in check.limits.items()
    )
    return reduce(or_, stages, Q(pk__in=[]))


def _clock_until(column: str, day: date) -> Q:
    """The clock, or the opening where it never ran, shows that day or one before."""
    return Q(**{f"{column}__lte": day}) | Q(**{column: None, "opened_on__lte": day})


def _rows_silent(check: StallCheck) -> Q:
    days = check.rules.silent_days, check.rules.silent_days_closing
    long, short = (_clock_until("last_activity_on", check.days_ago(limit)) for limit in days)
    return long | (short & Q(close_date__lte=check.soon))


def _rows_buyer_silent(check: StallCheck) -> Q:
    rules = check.rules
    clock = _clock_until("last_buyer_action_on", check.days_ago(rules.buyer_silent_days))
    active = Q(last_activity_on__gt=check.days_ago(rules.silent_days_closing)) | Q(
        Q(close_date=None) | Q(close_date__gt=check.soon),
        last_activity_on__gt=check.days_ago(rules.silent_days),
    )
    return clock & active


_CONDITIONS: dict[str, Callable[[StallCheck], Q]] = {
    "past_close": lambda check: Q(close_date__lt=check.day),
    "stage_age": _rows_stage_age,
    "silent": _rows_silent,
    "pushed": lambda check: Q(pushes__gte=check.rules.pushes_warning),
    "overdue_step": lambda check: Q(next_step_on__lt=check.day) & ~Q(next_step=""),
    "no_next_step": lambda check: Q(next_step=""),
    "buyer_silent": _rows_buyer_silent,
    "went_backwards": lambda check: Q(
        moved_back_on__gte=Coalesce("reviewed_on", check.compared.day),
        stage__order__lt=stall_facts.order_before(check.compared.moment),
    ),
    "single_threaded": lambda check: Q(
        people_engaged__lt=check.rules.people_needed,
        amount__gt=stall_facts.TeamMedian(check.compared.all_medians),
    ),
}

BITS = {name: 1 << n for n, name in enumerate(_CONDITIONS)}  # kept on deals: they stay as they are
