"""What a pipeline call shows to one person: from the deals while it runs, then from its picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from coaching.models import Debrief, HelpRequest
from lib.calendar import local_date
from people.models import User
from pipeline.stalls import StallCheck
from reviews.call_agenda import (
    BY_RISK,
    DECIDED,
    LISTED,
    QUIET,
    SECTIONS,
    Line,
    Section,
    frozen_lines,
    frozen_rows,
    live_lines,
    live_rows,
)
from reviews.call_totals import Coverage, Figures, coverage, coverage_in_words, figures
from reviews.models import PipelineCall, PipelineCallDecision
from reviews.window import KINDS, Window

SHOWN_PEOPLE = 30
DECISIONS_SHOWN = 500


@dataclass(frozen=True)
class Asked:
    """What the address says: whose deals, which kind of change, which deal is walked to."""

    owner: int | None = None
    change: str = ""
    deal: int | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Asked":
        """Nonsense is not said."""
        change = said.get("change", "")
        return cls(
            owner=_number(said.get("owner", "")),
            change=change if change in KINDS else "",
            deal=_number(said.get("deal", "")),
        )

    @property
    def query(self) -> str:
        """The filters for an address: "owner=3&change=won"."""
        said = {"owner": self.owner, "change": self.change}
        return "&".join(f"{name}={value}" for name, value in said.items() if value)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class PipelineCallPage:
    """The call for one person; each part is read once, when it is asked for."""

    def __init__(self, call: PipelineCall, user: User, now: datetime, asked: Asked) -> None:
        self.call, self.user, self.now, self.asked = call, user, now, asked

    @cached_property
    def check(self) -> StallCheck:
        """Of a running call."""
        return StallCheck.on(local_date(self.now, ZoneInfo(self.call.time_zone)), self.user)

    @property
    def window(self) -> Window:
        return self.call.window(self.call.day or self.check.day)

    @cached_property
    def rows(self) -> "QuerySet[Any]":
        if self.call.is_closed:
            return frozen_rows(self.call, self.user)
        return live_rows(self.call, self.user, self.check)

    @property
    def sees_coaching(self) -> bool:
        """Decisions, notes and help are for the team and the managers above it."""
        return self.call.takes_part

    # Totals.

    @cached_property
    def figures(self) -> Figures:
        return figures(self.rows, self.window, self.asked.owner)

    @property
    def changes(self) -> list[dict[str, Any]]:
        """Each kind with its count and sum."""
        totals = self.figures.changes
        return [
            {"name": name, "label": label, "total": totals[name]} for name, label in KINDS.items()
        ]

    @property
    def people(self) -> list[Any]:
        return list(self.figures.people.values())[:SHOWN_PEOPLE]

    @cached_property
    def coverage(self) -> Coverage | None:
        """For those who see the whole team: what is left tells what was won."""
        if not (self.call.may_run or self.user.is_administrator):
            return None
        if self.call.is_closed:
            return self.call.coverage
        return coverage(self.call)

    @property
    def coverage_in_words(self) -> str:
        return coverage_in_words(self.coverage)

    # The agenda.

    @cached_property
    def lines(self) -> list[Line]:
        """The first LISTED, in the order of the walk."""
        return self._lines(self._narrowed().order_by(*BY_RISK)[:LISTED])

    def _narrowed(self) -> "QuerySet[Any]":
        rows = self.rows
        if self.asked.owner:
            rows = rows.filter(owner_id=self.asked.owner)
        if self.asked.change:
            return rows.filter(self.window.conditions()[self.asked.change])
        return rows.exclude(section=QUIET)

    def _lines(self, rows: "QuerySet[Any]") -> list[Line]:
        if self.call.is_closed:
            return frozen_lines(rows, self.window)
        return live_lines(rows, self.check, self.window)

    @property
    def sections(self) -> list[Section]:
        """The agenda in its parts; one list only when a kind of change is asked for."""
        if self.asked.change:
            count = self.figures.changes[self.asked.change].count
            return [Section(KINDS[self.asked.change], count, self.lines)]
        if not self.sees_coaching:
            count = sum(self.figures.sections.values())
            return [Section("Stalled or changed", count, self.lines)]
        counts = self.figures.sections
        parts = {place: Section(SECTIONS[place], counts[place]) for place in SECTIONS}
        for line in self.lines:
            parts[line.row.section].lines.append(line)
        return [part for part in parts.values() if part.count]

    # The walk.

    @cached_property
    def walked(self) -> Line | None:
        """The deal that is asked for; any of this call that the person sees."""
        if not self.asked.deal:
            return None
        known = [line for line in self.lines if line.deal == self.asked.deal]
        return known[0] if known else self._fetched(self.asked.deal)

    def _fetched(self, deal: int) -> Line | None:
        column = "opportunity_id" if self.call.is_closed else "pk"
        return next(iter(self._lines(self.rows.filter(**{column: deal}))), None)

    @cached_property
    def _place(self) -> int:
        """Of the walked deal among the lines; -1 when it is not on them."""
        deals = [line.deal for line in self.lines]
        return deals.index(self.asked.deal) if self.asked.deal in deals else -1

    @property
    def position(self) -> str:
        """ "4 of 23"."""
        return f"{self._place + 1} of {len(self.lines)}" if self._place >= 0 else ""

    @property
    def first(self) -> Line | None:
        return self.lines[0] if self.lines else None

    @property
    def after(self) -> Line | None:
        rest = self.lines[self._place + 1 :]
        return rest[0] if rest else None

    @property
    def before(self) -> Line | None:
        return self.lines[self._place - 1] if self._place > 0 else None

    @property
    def onward(self) -> int | None:
        """Where the walk goes after a decision: the next deal that is not decided on.

        Decided ones stand last: from one of these it goes to the first that is left.
        """
        here = self.walked
        again = here is not None and here.row.section == DECIDED
        rest = self.lines if again else self.lines[self._place + 1 :]
        return next((line.deal for line in rest if line.row.section != DECIDED), None)

    @cached_property
    def help_open(self) -> HelpRequest | None:
        """What is asked for on the walked deal."""
        visible = HelpRequest.objects.visible_to(self.user).open()
        found: HelpRequest | None = (
            visible.filter(opportunity=self.asked.deal).for_list().order_by("wanted_on").first()
        )
        return found

    @cached_property
    def last_debrief(self) -> Debrief | None:
        """Of the walked deal's last debriefed call, as far as this person may read it."""
        filed = Debrief.objects.visible_to(self.user).filed().exclude(score=None)
        found: Debrief | None = (
            filed.filter(call__opportunity=self.asked.deal)
            .select_related("call__owner", "review__by")
            .order_by("-call__starts_at")
            .first()
        )
        return found

    # Decisions.

    @cached_property
    def decisions(self) -> list[PipelineCallDecision]:
        return decisions_of(self.call, self.user)

    @property
    def decided_here(self) -> list[PipelineCallDecision]:
        """On the walked deal."""
        return [each for each in self.decisions if each.opportunity_id == self.asked.deal]

    @property
    def decisions_by_person(self) -> dict[str, list[PipelineCallDecision]]:
        """Under the name of the rep whose deal it is."""
        grouped: dict[str, list[PipelineCallDecision]] = {}
        for each in sorted(self.decisions, key=lambda each: (each.owner_name, each.at)):
            grouped.setdefault(each.owner_name, []).append(each)
        return grouped


def decisions_of(call: PipelineCall, user: User) -> list[PipelineCallDecision]:
    """Those this person may read, the latest first; who leads the team reads all."""
    rows = call.decisions.for_list()
    seen = rows if call.may_run else rows.visible_to(user)
    return list(seen.order_by("-at", "-pk")[:DECISIONS_SHOWN]) if call.takes_part else []
