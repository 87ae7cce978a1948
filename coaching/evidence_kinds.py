"""What this app has for a diagnosis to rest on: debriefs that were scored, ride-alongs held."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from coaching.evidence import OFFERED, Evidence, EvidenceKind
from coaching.models import Behaviour, BehaviourScore, DebriefReview, RideAlong
from lib.calendar import in_short, local_date
from people.models import User


class ScoredDebriefs(EvidenceKind):
    name: ClassVar = "debrief"
    label: ClassVar = "Scored debriefs"

    def find(
        self, rep: User, behaviour: Behaviour, reader: User, only: Collection[int] | None = None
    ) -> list[Evidence]:
        """Those first in which this behaviour was scored."""
        reviews = DebriefReview.objects.visible_to(reader).filter(debrief__rep=rep)
        read = reviews.select_related("debrief__call__account")
        rows = _with_score(read, behaviour, "debrief")
        rows = rows.order_by(
            ExpressionWrapper(Q(behaviour_score=None), BooleanField()).asc(), "-at", "-pk"
        )
        shown = rows[:OFFERED] if only is None else rows.filter(debrief__in=only)
        return [self._piece(review, rep) for review in shown]

    def _piece(self, review: Any, rep: User) -> Evidence:
        call = review.debrief.call
        on = local_date(call.starts_at, rep.zone)
        where = f"{call.get_kind_display()}, {call.account}, on {in_short(on, on)}"
        if review.behaviour_score is None:
            said = f"The call scored {review.score} (minimum {review.minimum}) at {where}"
        else:
            said = (
                f"Scored {review.behaviour_score} (minimum {review.behaviour_minimum}) at {where}"
            )
        return Evidence(self.name, review.debrief_id, said, on)

    def path(self, subject_id: int, rep_id: int) -> str:
        return reverse("debrief", args=[subject_id])


class RideAlongsHeld(EvidenceKind):
    name: ClassVar = "ride_along"
    label: ClassVar = "Ride-alongs"

    def find(
        self, rep: User, behaviour: Behaviour, reader: User, only: Collection[int] | None = None
    ) -> list[Evidence]:
        held = RideAlong.objects.visible_to(reader).held().filter(rep=rep)
        rows = _with_score(held.select_related("call__account"), behaviour, "ride_along")
        rows = rows.order_by("-starts_at", "-pk")
        shown = rows[:OFFERED] if only is None else rows.filter(pk__in=only)
        return [self._piece(ride, rep) for ride in shown]

    def _piece(self, ride: Any, rep: User) -> Evidence:
        on = local_date(ride.starts_at, rep.zone)
        where = f"on a ride-along, {ride.with_whom}, on {in_short(on, on)}"
        if ride.behaviour_score is None:
            said = f"Seen, not scored, {where}"
        else:
            said = f"Scored {ride.behaviour_score} (minimum {ride.behaviour_minimum}) {where}"
        return Evidence(self.name, ride.pk, said, on)

    def path(self, subject_id: int, rep_id: int) -> str:
        return reverse("ride_along", args=[subject_id])


KINDS: tuple[EvidenceKind, ...] = (ScoredDebriefs(), RideAlongsHeld())


def _with_score(rows: QuerySet[Any], behaviour: Behaviour, occasion: str) -> QuerySet[Any]:
    """What a manager scored this behaviour there, and the minimum then; None where not scored."""
    mine = OuterRef("debrief" if occasion == "debrief" else "pk")
    scores = BehaviourScore.objects.by_manager().filter(behaviour=behaviour, **{occasion: mine})
    scored: QuerySet[Any] = rows.annotate(
        behaviour_score=Subquery(scores.values("manager_score")[:1]),
        behaviour_minimum=Subquery(scores.values("version__minimum")[:1]),
    )
    return scored
