"""Kinds of alerts. Each belongs to the app that owns its rule, which registers it when it is ready.

A new kind takes one registration, its templates (`templates/alerts/<name>.{subject.txt,txt,html}`)
and one test.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet

if TYPE_CHECKING:
    from alerts.models import Alert, AlertRule
    from alerts.models.alert import AlertQuerySet

RISK, WARN, IDLE = "risk", "warn", "idle"
MANY = "many"  # the rule of a summary of many that began at once
Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Swept:
    """How many episodes a sweep opened, and how many it closed."""

    opened: int
    closed: int


@dataclass(frozen=True)
class Ladder:
    """After how many days each of three people hears of it, in the app and in their digest.

    The person it is about, whoever they report to, and the one above. None is never.
    """

    person_app: int | None = 0
    person_digest: int | None = 1
    manager_app: int | None = 0
    manager_digest: int | None = 1
    above_app: int | None = None
    above_digest: int | None = None


@dataclass(frozen=True)
class Kind(ABC):
    """What can be alerted to. Subclasses say when it is so.

    `explains` says why one is told, in a sentence. `days_label` is what the administrator's number
    of days means; "" when there is none. `action` is the one button that resolves it; those who go
    to `path_for_others` get `action_for_others`, "" where it is the same.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    explains: ClassVar[str]
    action: ClassVar[str]
    action_for_others: ClassVar[str] = ""
    one: ClassVar[str]  # "stalled deal"
    many: ClassVar[str]  # "stalled deals"
    rules: ClassVar[Mapping[str, str]] = {"": ""}
    days: ClassVar[int] = 0
    days_label: ClassVar[str] = ""
    has_money: ClassVar[bool] = False
    is_mandatory: ClassVar[bool] = False
    subject: ClassVar[str] = ""  # what its subjects are, by their noun in events; "" for no such
    woken_by: ClassVar[Mapping[str, str]] = {}  # by noun of an event: where it has the subject's id
    ladder: Ladder = field(default_factory=Ladder)

    @abstractmethod
    def sweep(
        self, rule: "AlertRule", now: datetime, only: Collection[int] | None = None
    ) -> "Swept":
        """Close what is over and open what has begun; of these subjects only, if given.

        In a fixed number of statements, and one for each 1,000 that begin or end.
        """

    @abstractmethod
    def path(self, alert: "Alert") -> str:
        """Where it is resolved."""

    def path_for_others(self, alert: "Alert") -> str:
        """Where those go who may not open what it is about, only count it."""
        return self.path(alert)


class KindOfRows(Kind):
    """A kind whose subjects are rows: those for which it is so are a query for each rule."""

    @abstractmethod
    def standing(self, rule: "AlertRule", now: datetime) -> Mapping[str, Rows]:
        """By rule: the rows for which it is so."""

    @abstractmethod
    def episode(self, name: str, row: Any, rule: "AlertRule", now: datetime) -> "Alert":
        """What is said of one of them; `now` is on the organisation's clock, its date is today."""

    def sweep(
        self, rule: "AlertRule", now: datetime, only: Collection[int] | None = None
    ) -> "Swept":
        from alerts.models import Alert

        standing = self.standing(rule, now) if rule.is_on else {}
        over = Alert.end(self._over(standing, only), now)
        return Swept(Alert.begin(self._begun(standing, rule, now, only), now), over)

    def _over(self, standing: Mapping[str, Rows], only: Collection[int] | None) -> "AlertQuerySet":
        """The open episodes whose condition is no longer so."""
        from alerts.models import Alert

        rows = Alert.objects.open_of(self.name).exclude(rule=MANY)
        if only is not None:
            rows = rows.filter(subject_id__in=only)
        for name, so in standing.items():
            still = Exists(so.order_by().filter(pk=OuterRef("subject_id")))
            rows = rows.exclude(still, rule=name)
        return rows

    def _begun(
        self,
        standing: Mapping[str, Rows],
        rule: "AlertRule",
        now: datetime,
        only: Collection[int] | None,
    ) -> "Iterator[Alert]":
        """Unsaved episodes of what is so and has none open."""
        from alerts.models import Alert
        from people.models import Organisation

        shown = now.astimezone(Organisation.current().zone)
        for name, rows in standing.items():
            known = Alert.objects.open_of(self.name, name).filter(subject_id=OuterRef("pk"))
            fresh = rows.filter(~Exists(known)).order_by()  # `begin` puts each thousand in order
            if only is not None:
                fresh = fresh.filter(pk__in=only)
            for row in fresh.iterator(chunk_size=2_000):
                yield self.episode(name, row, rule, shown)


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Let these be looked for, told of and set up."""
    KINDS.update({kind.name: kind for kind in kinds})
