"""Who may read coaching: the rep and the managers above them. Administrators as such may not."""

from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db import models

from people import reporting_line
from people.models import User
from pipeline.models import Call


def require_author(call: Call, by: User) -> None:
    """Plans and debriefs are written by the rep whose call it is. Raises PermissionDenied."""
    if by.pk != call.owner_id:
        raise PermissionDenied("Only the rep whose call this is writes its plan and debrief.")


class CoachingQuerySet(models.QuerySet[Any]):
    """Rows that hang on a call; `OWNER` is the path from the row to the rep."""

    OWNER = "call__owner"

    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one."""
        return self.filter(**{f"{self.OWNER}_id__in": reporting_line.ids_below(user)})

    def of_reports(self, user: User) -> Self:
        """Those of the people who report to this manager directly: their own queue."""
        return self.filter(**{f"{self.OWNER}__reports_to": user})
