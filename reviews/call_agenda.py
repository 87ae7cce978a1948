"""In which order a pipeline call goes through the deals."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from coaching.models import HelpRequest
from people.models import User
from pipeline.models import Opportunity
from pipeline.stalls import StallCheck
from reviews import call_people
from reviews.since_last_call import compared
from reviews.window import Window, changed, strip_of

if TYPE_CHECKING:
    from reviews.models import PipelineCall

STUCK, ASKED, CHANGED, DECIDED, QUIET = range(5)
SECTIONS = {
    STUCK: "Stuck, and nobody asked",
    ASKED: "Help is asked for",
    CHANGED: "Changed",
    DECIDED: "Decided",
}
LISTED = 50  # lines of a page
BY_RISK = ("section", F("amount").desc(nulls_last=True), "pk")


def live_rows(call: "PipelineCall", user: User | None, check: StallCheck) -> "QuerySet[Any]":
    """The deals of a running call with their `section`, for one person or, without one, all.

    Stuck is a deal that is stalled and neither on hold nor waiting for help; decided on comes last,
    so that a walk through the list finds its way forward.
    """
    members = call_people.members_of(call.team_id)
    rows = call.deals(user) if user else Opportunity.objects.filter(owner_id__in=members)
    window = call.window(check.day)
    held = Q(held_until__gt=check.day)
    asked = HelpRequest.objects.visible_to(user) if user else HelpRequest.objects.all()
    decided = call.decisions.visible_to(user) if user else call.decisions.all()
    section = Case(
        When(Exists(decided.filter(opportunity=OuterRef("pk"))), then=Value(DECIDED)),
        When(Exists(asked.open().filter(opportunity=OuterRef("pk"))), then=Value(ASKED)),
        When(check.condition() & ~held, then=Value(STUCK)),
        When(changed(window), then=Value(CHANGED)),
        default=Value(QUIET),
        output_field=IntegerField(),
    )
    found: QuerySet[Any] = compared(rows, call, window).annotate(section=section)
    return found


def frozen_rows(call: "PipelineCall", user: User) -> "QuerySet[Any]":
    """The same of a closed call, as it was then.

    Who leads the team sees all of it, whoever has left since; others what was theirs.
    """
    rows = call.frozen_deals.all()
    return rows if call.may_run else rows.visible_to(user)


@dataclass(frozen=True)
class Line:
    """A deal on the agenda, running or frozen. `deal` is None when it is gone."""

    row: Any
    deal: int | None
    account: str
    kinds: list[str]
    strip: list[str]
    reasons: Sequence[Any]

    @property
    def moved(self) -> bool:
        """Whether the strip says more than that all is as it was, or that it has ended."""
        return any(not part.endswith("=") and part != self.row.status for part in self.strip)

    @property
    def worst(self) -> Any:
        return self.reasons[0] if self.reasons else None


@dataclass
class Section:
    """One part of the agenda; `count` deals, of which the first are in `lines`."""

    name: str
    count: int
    lines: list[Line] = field(default_factory=list)

    @property
    def more(self) -> int:
        return max(self.count - len(self.lines), 0)


def live_lines(rows: "QuerySet[Any]", check: StallCheck, window: Window) -> list[Line]:
    """Reads the rows, and what their reasons need, in a fixed number of statements."""
    deals = list(rows.select_related("account", "owner"))
    check.prepare(deals)
    return [
        Line(
            row=deal,
            deal=deal.pk,
            account=deal.account.name if deal.account else "",
            kinds=window.kinds_of(deal),
            strip=strip_of(deal),
            reasons=check.reasons(deal),
        )
        for deal in deals
    ]


def frozen_lines(rows: "QuerySet[Any]", window: Window) -> list[Line]:
    return [
        Line(
            row=row,
            deal=row.opportunity_id,
            account=row.account_name,
            kinds=window.kinds_of(row),
            strip=strip_of(row),
            reasons=row.reasons,
        )
        for row in rows
    ]
