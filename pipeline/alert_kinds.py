"""What this app alerts to: stalled deals, an episode for each reason of each deal."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, ClassVar

from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.urls import reverse

from alerts.kinds import MANY, Kind, Swept
from alerts.models import Alert, AlertRule
from people.models import Organisation
from pipeline.models import Opportunity
from pipeline.stall_reason import REASONS, StallReason
from pipeline.stalls import BITS, StallCheck

AT_ONCE = 1_000  # deals that changed, a round


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
    rules: ClassVar = REASONS
    has_money: ClassVar = True

    def path(self, alert: Alert) -> str:
        return reverse("opportunity", args=[alert.subject_id])

    def sweep(
        self, rule: AlertRule, now: datetime, only: Collection[int] | None = None
    ) -> Swept:
        check = StallCheck.on(now)
        changed = _changed(check, rule, only).values_list("pk", "flags", "alerted")
        rows = changed.iterator(chunk_size=2_000)
        opened = closed = 0
        if only is None:
            _hand_over(now)
        while some := list(islice(rows, AT_ONCE)):
            closed += _close(some, now)
            opened += Alert.begin(_begun(some, check), now)
            _note(some)
        return Swept(opened, closed)


def _changed(
    check: StallCheck, rule: AlertRule, only: Collection[int] | None
) -> Any:
    """Deals whose reasons are others than those alerted to, with both as numbers of BITS."""
    flags: Any = Value(0)
    if rule.is_on:
        watched = Q(status=Opportunity.OPEN)
        if rule.minimum_money:
            other = ~Q(currency=Organisation.current().currency)
            watched &= Q(amount__gte=rule.minimum_money) | (other & ~Q(amount=None))
        flags = Case(When(watched, then=check.flags()), default=Value(0))
    rows = Opportunity.objects.filter(Q(status=Opportunity.OPEN) | Q(alerted__gt=0))
    if only is not None:
        rows = rows.filter(pk__in=only)
    return rows.order_by().annotate(flags=flags).exclude(flags=F("alerted"))


def _hand_over(now: datetime) -> None:
    """A deal that somebody else owns by now is their alert, and their managers hear of it."""
    owner = Opportunity.objects.filter(pk=OuterRef("subject_id")).values("owner")
    rows = Alert.objects.open_of(StalledDeal.name).exclude(rule=MANY)
    rows.annotate(owner=Subquery(owner)).exclude(about_id=F("owner")).exclude(owner=None).update(
        about_id=Subquery(owner), climbs_at=now
    )


def _close(some: Sequence[tuple[int, int, int]], now: datetime) -> int:
    closed = 0
    for name, bit in BITS.items():
        over = [pk for pk, flags, alerted in some if alerted & bit and not flags & bit]
        if over:
            rows = Alert.objects.open_of(StalledDeal.name, name).filter(subject_id__in=over)
            closed += rows.update(closed_at=now, climbs_at=None)
    return closed


def _begun(some: Sequence[tuple[int, int, int]], check: StallCheck) -> Iterator[Alert]:
    fresh = {pk: flags & ~alerted for pk, flags, alerted in some if flags & ~alerted}
    found = Opportunity.objects.filter(pk__in=fresh).select_related("owner", "stage")
    deals = list(found.order_by("pk"))
    check.prepare(deals)
    for deal in deals:
        for reason in check.reasons(deal):
            if fresh[deal.pk] & BITS[reason.name]:
                yield _episode(deal, reason)


def _note(some: Sequence[tuple[int, int, int]]) -> None:
    """Write on the deals what they are alerted to; not an edit of theirs."""
    deals = [Opportunity(pk=pk, alerted=flags) for pk, flags, _ in some]
    Opportunity.objects.bulk_update(deals, ["alerted"])


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
