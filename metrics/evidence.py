"""What the metrics have for a diagnosis to rest on: checkpoints that somebody missed."""

from collections.abc import Collection
from typing import ClassVar

from django.urls import reverse

from coaching.evidence import OFFERED, Evidence, EvidenceKind
from coaching.models import Behaviour
from lib.calendar import in_short
from metrics.models import Checkpoint
from metrics.words import plain
from people.models import User


class MissedCheckpoints(EvidenceKind):
    """Of whatever metric: which behaviour it shows is the manager's to say."""

    name: ClassVar = "checkpoint"
    label: ClassVar = "Missed checkpoints"

    def find(
        self, rep: User, behaviour: Behaviour, reader: User, only: Collection[int] | None = None
    ) -> list[Evidence]:
        rows = Checkpoint.objects.visible_to(reader).filter(person=rep).missed()
        rows = rows.select_related("metric").order_by("-day", "metric__label", "pk")
        shown = rows[:OFFERED] if only is None else rows.filter(pk__in=only)
        return [self._piece(checkpoint) for checkpoint in shown]

    def _piece(self, missed: Checkpoint) -> Evidence:
        said = f"Missed {missed.metric.label} on {in_short(missed.day, missed.day)}"
        if missed.value is not None and missed.due is not None:
            said += f": {plain(missed.value)} of {plain(missed.due)} due by then"
        return Evidence(self.name, missed.pk, said, missed.day)

    def path(self, subject_id: int, rep_id: int) -> str:
        return reverse("person_metrics", args=[rep_id])
