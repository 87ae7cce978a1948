"""Writing deals and their history; known again by the id they have in the other system.

Dates are those of the file: nothing looks fresh because it was imported today.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from lib.calendar import local_date, noon
from people.models import Organisation, User
from pipeline import clocks, credit
from pipeline.imports.drafts import Draft, Name
from pipeline.imports.intake import ANY, column_of
from pipeline.imports.kinds import plain
from pipeline.imports.references import in_order
from pipeline.imports.writer import Writer, overwrite
from pipeline.models.catalogue import Stage
from pipeline.models.changes import (
    AmountChange,
    Change,
    CloseDateChange,
    OutcomeChange,
    OwnerChange,
    StageChange,
)
from pipeline.models.imports import Import
from pipeline.models.opportunity import Opportunity
from pipeline.models.stall_rules import StallRules

WHY = "Import"
OUTCOMES = {
    "won": Opportunity.WON,
    "closedwon": Opportunity.WON,
    "lost": Opportunity.LOST,
    "closedlost": Opportunity.LOST,
}
ATTRIBUTES = [
    "name",
    "account",
    "owner",
    "product",
    "stage",
    "stage_since",
    "status",
    "amount",
    "currency",
    "close_date",
    "forecast_category",
    "opened_on",
    "closed_on",
    "opening_owner",
    "closing_owner",
    "lost_reason",
    "search_text",
]


class OpportunityWriter(Writer[Opportunity]):
    model = Opportunity

    def __init__(self, source: Import, *, write: bool) -> None:
        super().__init__(source, write=write)
        organisation = Organisation.current()
        self.zone, self.currency = organisation.zone, organisation.currency
        assert source.started_at is not None
        self.at: datetime = source.started_at
        self.today = local_date(self.at, self.zone)
        self.by: User | None = source.created_by

    # Stages and outcomes.

    def prepare(self) -> Counter[str]:
        """Make the stages that were asked for, early ones first, and find the closed deals' one."""
        column = column_of(self.source, "stage")
        actions = self.source.values.get(column, {})
        asked = [value for value, action in actions.items() if action["do"] == "create"]
        if ANY in asked:
            asked = [value for value in self._stage_values(column) if value not in actions]
        stages = self.tables["stage"]
        for name in in_order(asked):
            if self._outcome(name, "") is None and stages.find(name) is None:
                stages.add(name)
        made = self.save_new()
        self.closed_stage = self._closed_stage(column)
        return made

    def _stage_values(self, column: str) -> list[str]:
        columns = {c["name"]: c["values"] or {} for c in self.source.survey["columns"]}
        return list(columns[column])

    def _outcome(self, text: str, do: str) -> str | None:
        return do if do in (Opportunity.WON, Opportunity.LOST) else OUTCOMES.get(plain(text))

    def _closed_stage(self, column: str) -> Stage | None:
        """The stage closed deals came from: the one named, else the last of the open ones."""
        stages = self.tables["stage"]
        named: Stage | None = stages.find(self.source.closed_stage)
        if named is not None:
            return named
        actions = self.source.values.get(column, {})
        texts = (
            actions.get(value, {}).get("with") or value for value in self._stage_values(column)
        )
        used = [stage for text in texts if (stage := stages.find(text))]
        return max(used or stages.known.values(), key=lambda stage: stage.order, default=None)

    def find(self, draft: Draft, field_name: str, name: Name) -> None:
        if field_name == "stage":
            outcome = self._outcome(name.text, name.do)
            draft.values["status"] = outcome or Opportunity.OPEN
            if outcome:
                return
        super().find(draft, field_name, name)

    # One row.

    def key(self, draft: Draft) -> str:
        return str(draft.values["external_id"])

    def judge(self, draft: Draft) -> None:
        """A closed deal needs its date, and one that can be."""
        values = draft.values
        if values["status"] == Opportunity.OPEN:
            return
        column = self.reader.column_names.get("close_date", "")
        closed: date | None = values.get("close_date")
        if closed is None:
            draft.refuse(column, "", f"A {values['status']} deal needs the date it was closed.")
        elif closed > self.today:
            draft.refuse(column, str(closed), "A closed deal cannot close on a day to come.")
        elif closed < values.get("opened_on", closed):
            draft.refuse(column, str(closed), "This deal closes before it was opened.")
        if self.closed_stage is None:
            draft.refuse(column, "", "There is no stage from which this deal was closed.")

    def existing(self, keys: Sequence[str]) -> dict[str, Opportunity]:
        rows = Opportunity.objects.filter(external_id__in=keys).select_related("account")
        if self.write:
            rows = rows.select_for_update(of=("self",))
        return {str(deal.external_id): deal for deal in rows}

    def target(self, draft: Draft, thing: Opportunity | None) -> dict[str, Any]:
        wanted = super().target(draft, thing)
        if wanted["status"] == Opportunity.OPEN:
            wanted |= {"closed_on": None, "lost_reason": ""}
        else:
            wanted["closed_on"] = wanted["close_date"]
            wanted.pop("stage_since", None)
        if thing is None:
            self._complete(wanted)
        elif "stage" in wanted and differs_stage(thing, wanted["stage"]):
            wanted.setdefault("stage_since", self.today)
        return wanted

    def _complete(self, wanted: dict[str, Any]) -> None:
        """What a new deal has though the row does not say it."""
        about = wanted.get("account") or wanted.get("product")
        words = [about.name] if about else []
        wanted.setdefault("name", " · ".join([*words, wanted["external_id"]])[:200])
        wanted.setdefault("currency", self.currency)
        wanted.setdefault("stage", self.closed_stage)
        wanted.setdefault("stage_since", wanted.get("opened_on"))

    # A batch.

    def create(self, wanted: list[dict[str, Any]]) -> None:
        deals = [Opportunity(**values) for values in wanted]
        for deal in deals:
            deal.set_keys()
            credit.note(deal)
        Opportunity.objects.bulk_create(deals)
        history: list[Change] = []
        for deal in deals:
            if deal.stage_since or deal.opened_on:
                day = deal.opened_on or deal.stage_since
                history.append(self._event(StageChange, deal, day, to_stage=deal.stage))
            if deal.closed_on:
                history.append(self._closing(deal, Opportunity.OPEN))
        _save(history)
        self._reset_clocks(deals)

    def update(self, wanted: list[tuple[Opportunity, dict[str, Any]]]) -> None:
        history: list[Change] = []
        redated = []
        for deal, values in wanted:
            history += self._changes(deal, values)
            if "closed_on" in values and values["closed_on"] and "status" not in values:
                redated.append(deal)
            for name, value in values.items():
                setattr(deal, name, value)
            if deal.closed_on and "owner" in values:
                deal.closing_owner = deal.owner  # the file corrects whose it was
            deal.set_keys()
            credit.note(deal)
        overwrite([deal for deal, _ in wanted], ATTRIBUTES)
        _save(history)
        self._redate(redated)
        self._reset_clocks([deal for deal, _ in wanted])

    def _reset_clocks(self, deals: list[Opportunity]) -> None:
        ids = [deal.pk for deal in deals]
        clocks.refresh(Opportunity.objects.filter(pk__in=ids), self.zone)
        StallRules.past_changed()

    def _changes(self, deal: Opportunity, new: dict[str, Any]) -> list[Change]:
        """The events between what the deal is and what the row says."""
        made: list[Change] = []
        if "stage" in new:
            stages = {"from_stage_id": deal.stage_id, "to_stage": new["stage"]}
            day = new.get("stage_since") if new.get("stage_since") != self.today else None
            made.append(self._event(StageChange, deal, day, **stages))
        if "close_date" in new:
            dates = {"from_date": deal.close_date, "to_date": new["close_date"]}
            made.append(self._event(CloseDateChange, deal, None, **dates))
        if {"amount", "currency"} & new.keys():
            amounts = {
                "from_amount": deal.amount,
                "to_amount": new.get("amount", deal.amount),
                "currency": new.get("currency", deal.currency),
            }
            made.append(self._event(AmountChange, deal, None, **amounts))
        if "owner" in new:
            owners = {"from_owner_id": deal.owner_id, "to_owner": new["owner"]}
            made.append(self._event(OwnerChange, deal, None, **owners))
        if "status" in new:
            on = new.get("closed_on", deal.closed_on) or self.today
            day = on if new["status"] != Opportunity.OPEN else None
            ends = {"from_status": deal.status, "to_status": new["status"], "on": on}
            made.append(self._event(OutcomeChange, deal, day, **ends))
        return made

    def _closing(self, deal: Opportunity, before: str) -> Change:
        ends = {"from_status": before, "to_status": deal.status, "on": deal.closed_on}
        return self._event(OutcomeChange, deal, deal.closed_on, **ends)

    def _event(
        self, kind: type[Change], deal: Opportunity, day: date | None, **what: Any
    ) -> Change:
        """An event at noon of its day, or now when the file does not tell the day."""
        at = noon(day, self.zone) if day else self.at
        return kind(opportunity=deal, at=at, by=self.by, why=WHY, **what)

    def _redate(self, deals: list[Opportunity]) -> None:
        """The day of an outcome was corrected: its event follows."""
        if not deals:
            return
        ends = OutcomeChange.objects.filter(opportunity__in=deals).order_by("at", "pk")
        last = {(event.opportunity_id, event.to_status): event for event in ends}
        moved = []
        for deal in deals:
            event = last.get((deal.pk, deal.status))
            if event is not None and deal.closed_on is not None:
                event.on, event.at = deal.closed_on, noon(deal.closed_on, self.zone)
                moved.append(event)
        OutcomeChange.objects.bulk_update(moved, ["on", "at"], batch_size=200)


def differs_stage(deal: Opportunity, stage: Stage) -> bool:
    """Whether the deal stands in another stage; one not saved yet is always another."""
    return stage.pk is None or deal.stage_id != stage.pk


def _save(history: list[Change]) -> None:
    by_kind: dict[type[Model], list[Change]] = defaultdict(list)
    for event in history:
        by_kind[type(event)].append(event)
    for kind, events in by_kind.items():
        kind._base_manager.bulk_create(events)
