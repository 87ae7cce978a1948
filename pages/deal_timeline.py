"""What happened on a deal, with the coaching around its calls, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from django.db.models import Exists, OuterRef
from django.http import QueryDict

from coaching.models import CallPlan, Debrief, DebriefReview
from coaching.visibility import coached_calls
from people.models import User
from pipeline.history import Entry
from pipeline.models import Call, Opportunity
from pipeline.timeline import calls_of, entries_of, newest_first

SHOWN = 50
CALLS = 50
FILTERS = [("", "All"), ("buyer", "Buyer"), ("rep", "Rep"), ("changes", "Changes")]


@dataclass(frozen=True)
class CoachedCall:
    """A call with its plan, filed debrief and review, as far as one may read them."""

    call: Call
    plan: CallPlan | None = None
    debrief: Debrief | None = None
    review: DebriefReview | None = None

    @classmethod
    def all_of(cls, deal: Opportunity, user: User) -> list[Self]:
        """The latest first, at most CALLS; in one statement."""
        may_read = Exists(coached_calls(user).filter(pk=OuterRef("pk")))
        calls = calls_of(deal, user).select_related("plan", "debrief__review")
        return [
            cls._read(call) if coached else cls(call)
            for call in calls.annotate(coached=may_read)[:CALLS]
            for coached in [vars(call)["coached"]]
        ]

    @classmethod
    def _read(cls, call: Call) -> Self:
        debrief: Debrief | None = getattr(call, "debrief", None)
        if debrief is None or not debrief.is_filed:
            return cls(call, getattr(call, "plan", None))
        return cls(call, getattr(call, "plan", None), debrief, getattr(debrief, "review", None))

    def has_happened(self, now: datetime) -> bool:
        """Calls to come have not, unless something became of them."""
        return self.call.starts_at <= now or not self.call.is_planned


@dataclass(frozen=True)
class Filter:
    """A way to narrow the timeline: its link, and how many lines it would show."""

    name: str
    label: str
    query: str
    count: int
    is_current: bool


@dataclass
class DealTimeline:
    """All entries, newest first; `shown` are those of the filter, SHOWN at most unless `all`."""

    entries: list[Entry]
    said: QueryDict
    filters: list[Filter] = field(init=False)
    shown: list[Entry] = field(init=False)
    more: int = field(init=False)

    def __post_init__(self) -> None:
        chosen = self.said.get("timeline", "")
        chosen = chosen if chosen in dict(FILTERS) else ""
        by_side = {name: self._of(name) for name, _ in FILTERS}
        self.filters = [
            Filter(name, label, self._query(name), len(by_side[name]), name == chosen)
            for name, label in FILTERS
        ]
        limit = None if "all" in self.said else SHOWN
        self.shown = by_side[chosen][:limit]
        self.more = len(by_side[chosen]) - len(self.shown)

    @classmethod
    def of(
        cls, entries: Sequence[Entry], calls: list[CoachedCall], user: User, said: QueryDict
    ) -> Self:
        """The entries of history and help, joined by those of `calls` that happened."""
        coached = {each.call.pk: each for each in calls}
        held = [
            replace(entry, of=coached[entry.pk])
            for entry in entries_of([each.call for each in calls], user.zone)
        ]
        return cls(newest_first([*entries, *held], user.zone), said)

    @property
    def all_query(self) -> str:
        said = self.said.copy()
        said["all"] = ""
        return said.urlencode()

    def _of(self, side: str) -> list[Entry]:
        return [entry for entry in self.entries if not side or entry.side == side]

    def _query(self, side: str) -> str:
        """The page's own query with another filter."""
        said = self.said.copy()
        said.pop("timeline", None)
        if side:
            said["timeline"] = side
        return said.urlencode()
