"""Who may read coaching: the rep and the managers above them. Administrators as such may not."""

from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models

from people import reporting_line
from people.models import User
from pipeline.models import Call, Opportunity
from pipeline.models.call import CallQuerySet
from pipeline.models.opportunity import OpportunityQuerySet


def require_author(call: Call, by: User) -> None:
    """Plans and debriefs are written by the rep whose call it is. Raises PermissionDenied."""
    if by.pk != call.owner_id:
        raise PermissionDenied("Only the rep whose call this is writes its plan and debrief.")


def require_coach(rep: User, by: User) -> None:
    """Focus, diagnosis, levels and ride-alongs are the managers' above. Raises PermissionDenied."""
    if not by.leads(rep):
        raise PermissionDenied("Only a manager of this rep may do that.")


def coached_calls(user: User) -> CallQuerySet:
    """The calls whose coaching one may read: one's own and those of everybody under one."""
    line = reporting_line.ids_below(user)
    return Call.objects.visible_to(user).filter(owner_id__in=line)


def coached_deals(user: User) -> OpportunityQuerySet:
    """The deals whose coaching one may read: one's own and those of everybody under one."""
    line = reporting_line.ids_below(user)
    return Opportunity.objects.visible_to(user).filter(owner_id__in=line)


class CoachingQuerySet(models.QuerySet[Any]):
    """Rows that hang on a call; `OWNER` is the path from the row to the rep."""

    OWNER = "call__owner"

    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one."""
        return self.filter(**{f"{self.OWNER}_id__in": reporting_line.ids_below(user)})

    def of_reports(self, user: User) -> Self:
        """Those of the people who report to this manager directly: their own queue."""
        return self.filter(**{f"{self.OWNER}__reports_to": user})

    def of_rep(self, user: User) -> Self:
        """Those about this person's own calls."""
        return self.filter(**{f"{self.OWNER}": user})

    def under(self, user: User) -> Self:
        """Those of everybody under this manager, at any depth; never their own."""
        return self.visible_to(user).exclude(**{self.OWNER: user})
