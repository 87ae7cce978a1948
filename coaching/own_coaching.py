"""What Today shows of one's own coaching, for a page that has one statement for it."""

from dataclasses import dataclass

from django.db.models import FilteredRelation, Q, Subquery

from coaching.models import DebriefReview, Focus
from people.models import User


@dataclass(frozen=True)
class OwnCoaching:
    """The focus that runs, and the last review of a debrief that said what to modify."""

    focus: Focus | None
    feedback: DebriefReview | None


def own_coaching(user: User) -> OwnCoaching:
    """Both in one statement."""
    said = DebriefReview.objects.visible_to(user).of_rep(user).exclude(modify="")
    last = Subquery(said.order_by("-debrief__reviewed_at").values("debrief")[:1])
    rows = User.objects.led_by(user).annotate(
        running=FilteredRelation("focuses", condition=Q(focuses__ended_on=None)),
        answered=FilteredRelation("debriefs", condition=Q(debriefs__pk=last)),
    )
    found = rows.select_related(  # type: ignore[misc]  # names of the relations above
        "running__behaviour", "answered__review__by", "answered__call__account"
    ).get(pk=user.pk)
    debrief = getattr(found, "answered", None)
    return OwnCoaching(getattr(found, "running", None), debrief and debrief.review)
