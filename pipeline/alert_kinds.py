"""What this app alerts to: stalled deals, an episode for each reason of each deal."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse

from alerts.kinds import MANY, Kind, Swept
from alerts.models import Alert, AlertRule
from people.models import Organisation
from pipeline.models import Opportunity, OwnerChange
from pipeline.stall_reason import REASONS, StallReason
from pipeline.stalls import BITS, StallCheck

AT_ONCE = 1_000  # deals that changed, a round
Change = tuple[int, int, int]  # a deal's id, its reasons and those alerted to, as BITS


class StalledDeal(Kind):
    """Which reasons a deal was last alerted to stands on the deal itself (`alerted`): one pass over
    the open deals finds those for which it is another matter by now.
    """

    name: ClassVar = "stalled_deal"
    label: ClassVar = "Stalled deal"
    explains: ClassVar = (
        "A deal is stalled while one of the organisation's stall reasons is true of it. "
        "What is done about it ends the alert by itself."
    )
    action: ClassVar = "Open the deal"
    one: ClassVar = "stalled deal"
    many: ClassVar = "stalled deals"
    subject: ClassVar = "opportunity"
    rules: ClassVar = REASONS
    has_money: ClassVar = True
    woken_by: ClassVar = {
        "opportunity": "pk",
        "call": "opportunity_id",
        "hold": "opportunity_id",
        "proposal": "opportunity_id",
        "buyer_action": "opportunity_id",
    }

    def path(self, alert: Alert) -> str:
        return reverse("opportunity", args=[alert.subject_id])

    def sweep(self, rule: AlertRule, now: datetime, only: Collection[int] | None = None) -> Swept:
        check = StallCheck.on(now)
        _hand_over(now, only)
        watched = Watched(check, rule, Organisation.current().currency)
        rows = watched.changed() if only is None else watched.changed_of(only)
        opened, closed = 0, _end_of_gone(now, only)
        while some := list(islice(rows, AT_ONCE)):
            swept = settle(some, check, now)
            opened, closed = opened + swept.opened, closed + swept.closed
        return Swept(opened, closed)


@dataclass(frozen=True)
class Watched:
    """Which deals are alerted to, and their reasons: as rows, and of a few deals one by one."""

    check: StallCheck
    rule: AlertRule
    currency: str  # of the minimum; deals in others are not held against it

    def changed(self) -> Iterator[Change]:
        """All deals whose reasons are others than those alerted to; one statement."""
        flags: Any = Value(0)
        if self.rule.is_on:
            watched = Q(status=Opportunity.OPEN)
            if self.rule.minimum_money:
                others = ~Q(currency=self.currency) & ~Q(amount=None)
                watched &= Q(amount__gte=self.rule.minimum_money) | others
            flags = Case(When(watched, then=self.check.flags()), default=Value(0))
        rows = Opportunity.objects.filter(Q(status=Opportunity.OPEN) | Q(alerted__gt=0))
        changed = rows.order_by().annotate(flags=flags).exclude(flags=F("alerted"))
        yield from changed.values_list("pk", "flags", "alerted").iterator(chunk_size=2_000)

    def changed_of(self, only: Collection[int]) -> Iterator[Change]:
        """Of these deals: no team's median is read but theirs."""
        deals = list(Opportunity.objects.filter(pk__in=only).select_related("owner", "stage"))
        self.check.prepare(deals)
        for deal in deals:
            reasons = self.check.reasons(deal) if self._is_watched(deal) else []
            flags = sum(BITS[reason.name] for reason in reasons)
            if flags != deal.alerted:
                yield deal.pk, flags, deal.alerted

    def _is_watched(self, deal: Opportunity) -> bool:
        least = self.rule.minimum_money
        if not self.rule.is_on or not least:
            return self.rule.is_on
        return deal.amount is not None and (deal.currency != self.currency or deal.amount >= least)


def _hand_over(now: datetime, only: Collection[int] | None) -> None:
    """A deal that somebody else owns by now is their alert, and their managers hear of it.

    Looked for among the deals that ever changed hands: the alerts of all others are not read.
    """
    moved: Any = OwnerChange.objects.order_by().values("opportunity") if only is None else only
    owner = Opportunity.objects.filter(pk=OuterRef("subject_id")).values("owner")
    rows = Alert.objects.open_of(StalledDeal.name).exclude(rule=MANY).filter(subject_id__in=moved)
    rows.annotate(owner=Subquery(owner)).exclude(about_id=F("owner")).exclude(owner=None).update(
        about_id=Subquery(owner), climbs_at=now
    )


def settle(some: Sequence[Change], check: StallCheck, now: datetime) -> Swept:
    """End and begin the episodes of deals that changed, as they stand when they are read anew."""
    closed, begun = _close(some, now), list(_begun(some, check))
    opened = Alert.begin(iter(begun), now)
    _note(some, begun)
    return Swept(opened, closed)


def _end_of_gone(now: datetime, only: Collection[int] | None) -> int:
    """Deals that are no longer there are stalled no longer."""
    rows = Alert.objects.open_of(StalledDeal.name).exclude(rule=MANY)
    if only is not None:
        rows = rows.filter(subject_id__in=only)
    deal = Opportunity.objects.order_by().filter(pk=OuterRef("subject_id"))
    return Alert.end(rows.filter(~Exists(deal)), now)


def _close(some: Sequence[Change], now: datetime) -> int:
    closed = 0
    for name, bit in BITS.items():
        over = [pk for pk, flags, alerted in some if alerted & bit and not flags & bit]
        if over:
            rows = Alert.objects.open_of(StalledDeal.name, name).filter(subject_id__in=over)
            closed += Alert.end(rows, now)
    return closed


def _begun(some: Sequence[Change], check: StallCheck) -> Iterator[Alert]:
    fresh = {pk: flags & ~alerted for pk, flags, alerted in some if flags & ~alerted}
    found = Opportunity.objects.filter(pk__in=fresh).select_related("owner", "stage")
    deals = list(found.order_by("pk"))
    check.prepare(deals)
    for deal in deals:
        for reason in check.reasons(deal):
            if fresh[deal.pk] & BITS[reason.name]:
                yield _episode(deal, reason)


def _note(some: Sequence[Change], begun: Sequence[Alert]) -> None:
    """Write on the deals what they are alerted to; not an edit of theirs.

    A reason that was gone again when its deal was read is not among them: it may come back.
    """
    bits: dict[int, int] = defaultdict(int)
    for alert in begun:
        bits[alert.subject_id] |= BITS[alert.rule]
    noted: dict[int, list[int]] = defaultdict(list)
    for pk, flags, alerted in some:
        noted[(flags & alerted) | bits[pk]].append(pk)
    each = Case(*(When(pk__in=deals, then=alerted) for alerted, deals in noted.items()))
    Opportunity.objects.filter(pk__in=[pk for pk, _, _ in some]).update(alerted=each)


def _episode(deal: Opportunity, reason: StallReason) -> Alert:
    return Alert(
        kind=StalledDeal.name,
        rule=reason.name,
        subject_id=deal.pk,
        about_id=deal.owner_id,
        title=deal.name,
        said=reason.said,
        severity=reason.kind,
        value=Decimal(reason.number),
        limit=Decimal(str(reason.limit)),
        unit=reason.unit,
        clock_on=reason.clock,
        clock_event=_event(deal, reason),
        money=deal.amount,
        currency=deal.currency if deal.amount is not None else "",
    )


def _event(deal: Opportunity, reason: StallReason) -> str:
    """What happened on the day on which the clock started."""
    ran = {
        "silent": deal.last_activity_on,
        "buyer_silent": deal.last_buyer_action_on,
        "no_next_step": deal.next_step_said_on,
        "single_threaded": None,
    }
    if reason.name in ran and ran[reason.name] is None:
        return "The deal was opened"
    return {
        "past_close": "It was expected to close",
        "stage_age": f"It entered {deal.stage}",
        "silent": "The last activity",
        "pushed": "The close date was last pushed",
        "overdue_step": "The next step was due",
        "no_next_step": "The next step was done or taken away",
        "buyer_silent": "The buyer's last action",
        "went_backwards": "It went back a stage",
    }[reason.name]
