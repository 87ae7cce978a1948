"""What a diagnosis may rest on. Each app registers the kinds of rows that it owns.

The words of a piece of evidence are kept as they were when it was attached: a diagnosis says what
it was based on then.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from coaching.models import Behaviour
    from people.models import User

OFFERED = 8  # of each kind, the latest first


@dataclass(frozen=True)
class Evidence:
    """Something that shows how a rep does; `key` is "<kind>:<id>"."""

    kind: str
    subject_id: int
    said: str
    on: date

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject_id}"


def path(kind: str, subject_id: int, rep_id: int) -> str:
    """Where a piece of evidence about a rep is read; "" when its kind is no longer known."""
    known = KINDS.get(kind)
    return known.path(subject_id, rep_id) if known else ""


class EvidenceKind(ABC):
    """Rows of one kind that show something of a rep in a behaviour."""

    name: ClassVar[str]
    label: ClassVar[str]

    @abstractmethod
    def find(
        self,
        rep: "User",
        behaviour: "Behaviour",
        reader: "User",
        only: Collection[int] | None = None,
    ) -> Sequence[Evidence]:
        """The latest OFFERED, or those of these ids, as far as the reader may see them."""

    @abstractmethod
    def path(self, subject_id: int, rep_id: int) -> str:
        """Where it is read."""


KINDS: dict[str, EvidenceKind] = {}


def register(*kinds: EvidenceKind) -> None:
    """Let diagnoses rest on these."""
    KINDS.update({kind.name: kind for kind in kinds})


def offered(rep: "User", behaviour: "Behaviour", reader: "User") -> list[Evidence]:
    """What there is to choose from, kind by kind."""
    return [each for kind in KINDS.values() for each in kind.find(rep, behaviour, reader)]


def chosen(
    rep: "User", behaviour: "Behaviour", reader: "User", keys: Collection[str]
) -> list[Evidence]:
    """Those of these keys; what is no evidence of this rep is left out."""
    wanted: dict[str, set[int]] = {}
    for key in keys:
        kind, _, number = key.partition(":")
        if kind in KINDS and number.isascii() and number.isdigit() and len(number) < 19:
            wanted.setdefault(kind, set()).add(int(number))
    return [
        each
        for kind, ids in wanted.items()
        for each in KINDS[kind].find(rep, behaviour, reader, ids)
    ]
