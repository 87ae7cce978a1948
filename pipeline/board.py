"""The board: open deals in columns by stage, what a card says of each, and no more of a long
column than its first cards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import EmptyResultSet
from django.db.models.expressions import RawSQL
from django.template.loader import render_to_string
from django.urls import reverse

from lib.calendar import in_short
from lib.keyset import cursor_after, ordered
from lib.money import money, money_in_short
from lib.sql_for_one import ANY, for_one
from pipeline.came_from import came_from
from pipeline.forms.filters import BOARD, FilterForm
from pipeline.models import Opportunity, Stage
from pipeline.models.opportunity import OpportunityQuerySet
from pipeline.stall_facts import carrying_order
from pipeline.stalls import StallCheck
from pipeline.summary import Total

ORDER = ("close_date", "pk")
FIRST, MOST = 25, 500  # cards of a column at once
WAITS = "idle"


@dataclass(frozen=True, slots=True)
class Card:
    """What a card shows of one deal. `kind` and `words` are those of its worst stall reason."""

    pk: int
    version: int
    name: str
    amount: str
    owner: str
    initials: str
    kind: str
    words: str
    why: str
    hold: str
    step: str
    step_on: str
    days: int | None
    url: str
    move_url: str
    loss_url: str

    @property
    def shape(self) -> str:
        return shape(self.kind)

    @property
    def hold_shape(self) -> str:
        return shape(WAITS)


@dataclass
class Column:
    """A stage: the total of all its deals, the first cards, where the next ones are."""

    stage: Stage
    total: Total
    cards: list[Card] = field(default_factory=list)
    more_url: str = ""
    more: int = 0
    moves: str = ""

    @property
    def pk(self) -> int:
        return self.stage.pk

    @property
    def count(self) -> str:
        return f"{self.total.count:,}"

    @property
    def sum(self) -> str:
        return in_brief(self.total)

    @property
    def weighted(self) -> str:
        return weighted_in_brief(self.total)


@dataclass
class Board:
    """The deals that `form` finds, in columns."""

    form: FilterForm
    columns: list[Column] = field(default_factory=list)

    @property
    def stages(self) -> list[Stage]:
        return self.form.check.stages

    @cached_property
    def rows(self) -> OpportunityQuerySet:
        return self.form.rows()

    def fill(self, shown: Mapping[int, int] | None = None, moved: int | None = None) -> "Board":
        """All columns. `shown` are how many cards of a stage are on the page already; `moved` is
        a deal that is shown even when it comes later in its column."""
        only = self.form.cleaned_data.get("stage")
        stages = [stage for stage in self.stages if only in (None, stage.pk)]
        sizes = {stage.pk: size_of(stage.pk, shown or {}) for stage in stages}
        first = first_of_each(self.rows, {stage: size + 1 for stage, size in sizes.items()})
        deals = list(self.for_cards(first))
        here = {pk: [deal for deal in deals if deal.stage_id == pk] for pk in sizes}
        on_it = {deal.pk for pk, size in sizes.items() for deal in here[pk][:size]}
        late = self._late(moved) if moved is not None and moved not in on_it else []
        self.form.check.prepare([*deals, *late], worst_only=True)
        for stage in stages:
            column = self.column(stage)
            late_here = [deal for deal in late if deal.stage_id == stage.pk]
            without = late_here[0].pk if late_here else 0
            self.show(column, here[stage.pk], sizes[stage.pk], late_here, without=without)
            self.columns.append(column)
        return self

    def _late(self, moved: int) -> list[Opportunity]:
        return list(self.for_cards(self.rows.filter(pk=moved)))

    def for_cards(self, deals: OpportunityQuerySet) -> OpportunityQuerySet:
        """With what their cards show."""
        return carrying_order(deals.select_related("owner"), self.form.check.compared.moment)

    def column(self, stage: Stage) -> Column:
        """One without cards yet, with its menu's buttons, the same on each card."""
        total = self.form.totals.get(stage.pk, Total())
        stages = [other for other in self.stages if other != stage]
        moves = render_to_string("pipeline/_moves.html", {"stages": stages})
        return Column(stage, total, moves=moves)

    def show(
        self,
        column: Column,
        deals: Sequence[Opportunity],
        size: int,
        late: Sequence[Opportunity] = (),
        *,
        before: int = 0,
        without: int = 0,
    ) -> None:
        """The first `size` of the deals, and where the next are when there are more of them.

        `late` belong further down and are shown all the same; `before` so many are on the page
        already, and so is the deal `without` which the next are.
        """
        addresses = Addresses.of(self.form.query)
        first = deals[:size]
        column.cards = [card(deal, self.form.check, addresses) for deal in [*first, *late]]
        shown = before + len(column.cards)
        left = column.total.count - shown
        if len(deals) > size and left > 0:
            column.more = min(left, FIRST)
            said = {"page": cursor_after(self.rows, ORDER, first[-1]), "shown": str(shown)}
            if without:
                said["without"] = str(without)
            where = reverse("board_column", args=[column.pk])
            column.more_url = f"{where}?{joined(self.form.query, urlencode(said))}"

    def shows(self, pk: int) -> bool:
        return any(card.pk == pk for column in self.columns for card in column.cards)

    @property
    def count(self) -> str:
        return f"{self.form.total.count:,}"

    @property
    def sum(self) -> str:
        return in_brief(self.form.total)

    @property
    def weighted(self) -> str:
        return weighted_in_brief(self.form.total)

    @property
    def whose(self) -> str:
        """In the sentence of what is shown."""
        said, user = self.form.cleaned_data, self.form.user
        if owner := said.get("owner"):
            return str(owner)
        if user.is_administrator:
            return "Everybody"
        return "My team" if user.leads_people else "My deals"


def first_of_each(rows: OpportunityQuerySet, sizes: Mapping[int, int]) -> OpportunityQuerySet:
    """The first so many deals of each stage, by close date; one statement.

    Each stage is a query of its own with its own limit, so an index ends it after a few rows,
    where a window over all of them would read and sort every deal. The text of that query is made
    once for each size and not once for each stage.
    """
    parts, parameters = [], []
    try:
        texts = {size: _first_of_any(rows, size) for size in set(sizes.values())}
    except EmptyResultSet:  # nothing can match
        return Opportunity.objects.none()
    for stage, size in sizes.items():
        sql, values = texts[size]
        parts.append(f"SELECT * FROM ({sql}) first_ones")  # noqa: S608 - the ORM wrote it
        parameters += for_one(values, stage)
    keys = RawSQL(" UNION ALL ".join(parts), parameters)  # noqa: S611 - likewise
    firsts: OpportunityQuerySet = Opportunity.objects.filter(pk__in=keys if parts else [])
    return cast(OpportunityQuerySet, ordered(firsts, ORDER))


def _first_of_any(rows: OpportunityQuerySet, size: int) -> tuple[str, tuple[Any, ...]]:
    """The query for the keys of the first so many deals of the stage with the id ANY."""
    first = ordered(rows.filter(stage=ANY), ORDER).values("pk")[:size]
    return first.query.sql_with_params()


def size_of(stage: int, shown: Mapping[int, int]) -> int:
    return min(max(shown.get(stage, FIRST), FIRST), MOST)


def joined(*queries: str) -> str:
    """Several query strings in one."""
    return "&".join(filter(None, queries))


@dataclass(frozen=True)
class Addresses:
    """Of a deal by its key, without asking the router for each card."""

    deal: Callable[[int], str]
    move: Callable[[int], str]
    loss: Callable[[int], str]

    @classmethod
    def of(cls, query: str) -> "Addresses":
        return cls(
            _address("opportunity", came_from(query, BOARD)),
            _address("board_card", query),
            _address("opportunity_closure", "outcome=lost"),
        )


def _address(name: str, query: str = "") -> Callable[[int], str]:
    before, after = reverse(name, args=[987654321]).split("987654321")
    after += f"?{query}" if query else ""
    return lambda pk: f"{before}{pk}{after}"


def card(deal: Opportunity, check: StallCheck, addresses: Addresses) -> Card:
    worst = check.worst(deal)
    held = deal.is_held(check.day)
    plain = worst is None and not held and bool(deal.next_step)
    owner = deal.owner.name
    return Card(
        pk=deal.pk,
        version=deal.version,
        name=deal.name,
        amount=money(deal.amount, deal.currency) or "No amount",
        owner=owner,
        initials=initials(owner),
        kind=worst.kind if worst else "",
        words=worst.short if worst else "",
        why=worst.sentence if worst else "",
        hold=f"On hold until {in_short(deal.held_until, check.day)}" if held else "",
        step=deal.next_step if plain else "",
        step_on=in_short(deal.next_step_on, check.day) if plain else "",
        days=_days(deal.stage_since, check.day),
        url=addresses.deal(deal.pk),
        move_url=addresses.move(deal.pk),
        loss_url=addresses.loss(deal.pk),
    )


def _days(since: date | None, day: date) -> int | None:
    return max((day - since).days, 0) if since else None


def initials(name: str) -> str:
    """ "Rosa van Rep" is "RR"."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@lru_cache(maxsize=10)
def shape(kind: str) -> str:
    """A status' glyph, drawn once and not once a card."""
    return render_to_string("_shape.html", {"kind": kind})


def in_brief(total: Total) -> str:
    """ "€1.24 M", "2 currencies" or ""."""
    return money_in_short(total.amount, total.currency) if total.currency else total.in_words


def weighted_in_brief(total: Total) -> str:
    return money_in_short(total.weighted, total.currency) if total.currency else ""
