"""What stall reasons compare a deal with: its team's median amount, and its stage some time ago."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    CharField,
    Count,
    DecimalField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Cast, Coalesce, Concat, RowNumber

from lib.calendar import start_of_day
from people import reporting_line
from people.models import User
from pipeline.models import Opportunity, StageChange
from pipeline.models.opportunity import OpportunityQuerySet

Medians = Mapping[tuple[int | None, str], Decimal]


@dataclass
class Compared:
    """Where deals stood at their last review, and their teams' medians; read for many at once.

    A deal that was in no review is compared with where it stood when `day` began.
    """

    day: date
    zone: ZoneInfo
    user: User | None
    _orders: dict[int, int] = field(default_factory=dict)  # of deals
    _teams: set[int | None] = field(default_factory=set)  # whose medians are known
    _medians: dict[tuple[int | None, str], Decimal] = field(default_factory=dict)

    @cached_property
    def moment(self) -> datetime:
        """When that day began."""
        return start_of_day(self.day, self.zone)

    def read_orders(self, deals: Sequence[Opportunity]) -> None:
        """Where each stood, in one statement for those that did not bring it along."""
        carried = ((deal.pk, vars(deal).get("order_before", -1)) for deal in deals)
        self._orders |= {pk: order or 0 for pk, order in carried if order != -1}
        unknown = [deal.pk for deal in deals if deal.pk not in self._orders]
        if unknown:
            self._orders |= dict.fromkeys(unknown, 0) | orders_before(unknown, self.moment)

    def since(self, deal: Opportunity) -> date:
        """The day it is compared with."""
        return deal.reviewed_on or self.day

    def order_of(self, deal: Opportunity) -> int:
        """That of the stage in which it stood."""
        if deal.pk not in self._orders:
            self.read_orders([deal])
        return self._orders[deal.pk]

    def read_medians(self, deals: Iterable[Opportunity]) -> None:
        """Those of the teams of these deals, in one statement."""
        teams = {deal.owner.team_id for deal in deals} - self._teams
        if teams and "all_medians" not in vars(self):
            self._medians |= medians_of_teams(teams)
            self._teams |= teams

    def median_of(self, deal: Opportunity) -> Decimal | None:
        """That of the open deals of its team in its currency."""
        self.read_medians([deal])
        known: Medians = vars(self).get("all_medians", self._medians)
        return known.get((deal.owner.team_id, deal.currency))

    @cached_property
    def all_medians(self) -> Medians:
        """Those of all teams whose people the user answers for; of all teams without a user."""
        if self.user is None or self.user.is_administrator:
            return _medians(_with_amount())
        teams = User.objects.led_by(self.user).exclude(team=None).values("team")
        return _medians(_of_people(Q(team__in=teams) | Q(team=None)))


def medians_of_teams(teams: Collection[int | None]) -> Medians:
    """The median amount of each team's open deals in each currency, by team id and currency.

    It is over all the team's deals, whoever asks. People without a team (None) are compared with
    one another. One statement.
    """
    nobodys = Q(team=None) if None in teams else Q()
    return _medians(_of_people(Q(team__in=[team for team in teams if team]) | nobodys))


def _with_amount() -> OpportunityQuerySet:
    return Opportunity.objects.open().exclude(amount=None)


def _of_people(condition: Q) -> OpportunityQuerySet:
    return _with_amount().filter(owner__in=reporting_line.Few.of(User.objects.filter(condition)))


def _medians(deals: OpportunityQuerySet) -> Medians:
    group = [F("owner__team"), F("currency")]
    ranked = deals.order_by().annotate(
        place=Window(RowNumber(), partition_by=group, order_by=F("amount").asc()),
        size=Window(Count("*"), partition_by=group),
    )
    doubled = ranked.annotate(double=F("place") * 2)
    middle = doubled.filter(double__gte=F("size"), double__lte=F("size") + 2)
    found: dict[tuple[int | None, str], list[Decimal]] = defaultdict(list)
    for team, currency, amount in middle.values_list("owner__team", "currency", "amount"):
        found[team, currency].append(amount or Decimal())
    return {key: sum(amounts, Decimal()) / len(amounts) for key, amounts in found.items()}


class TeamMedian(Func):
    """The median of the row's team and currency, out of those already known; NULL when none is."""

    output_field = DecimalField(max_digits=15, decimal_places=3)
    template = "CAST(json_extract(%(expressions)s) AS NUMERIC)"

    def __init__(self, medians: Medians) -> None:
        known = {_key(*group): str(median) for group, median in medians.items()}
        team = Coalesce(Cast(F("owner__team"), CharField()), Value(""))
        group = Concat(team, Value(":"), F("currency"), output_field=CharField())
        super().__init__(Value(json.dumps(known)), group)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="CAST(json_extract(%(expressions)s || '\"') AS NUMERIC)",
            arg_joiner=", '$.\"' || ",
            **context,
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="CAST(%(expressions)s AS NUMERIC)",
            arg_joiner="::jsonb ->> ",
            **context,
        )


def _key(team: int | None, currency: str) -> str:
    return f"{'' if team is None else team}:{currency}"


def orders_before(deals: Collection[int], moment: datetime) -> dict[int, int]:
    """The order of the stage in which each deal stood at its last review, or else at a moment, for
    those that moved since.

    Of a deal that was opened since, the stage in which it was opened.
    """
    orders: dict[int, int] = {}
    reviewed_at = F("opportunity__reviewed_at")
    moves = _moves_since(Coalesce(reviewed_at, moment)).filter(opportunity__in=deals)
    for deal, order in moves.values_list("opportunity", "was"):
        orders.setdefault(deal, order)
    return orders


def order_before(moment: datetime) -> Subquery:
    """The same, for the rows of a query on deals; NULL for those that did not move since."""
    since = Coalesce(OuterRef("reviewed_at"), moment)
    moves = _moves_since(since).filter(opportunity=OuterRef("pk"))
    return Subquery(moves.values("was")[:1])


def carrying_order(deals: OpportunityQuerySet, moment: datetime) -> OpportunityQuerySet:
    """Rows that bring along where they stood then, for the judgement of one deal."""
    return deals.annotate(order_before=order_before(moment))


def _moves_since(moment: Any) -> QuerySet[Any, Any]:
    """Each with the order of the stage it moved from, the earliest first."""
    was = Coalesce(F("from_stage__order"), F("to_stage__order"))
    moves: QuerySet[Any, Any] = StageChange.objects.filter(at__gte=moment).annotate(was=was)
    return moves.order_by("at", "pk")
