"""Deals that wait, for a reason and until a date."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone

from api.filters import FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Readable, verb
from api.shapes import ModelBody, Representation
from lib.calendar import local_date
from people.models import Organisation, User
from pipeline.models import Hold


class HoldSerializer(Representation):
    """It runs until `resume_on`, or until it was ended; days are the organisation's."""

    class Meta:
        model = Hold
        fields = (
            "id",
            "opportunity",
            "reason",
            "resume_on",
            "at",
            "began_on",
            "by",
            "ended_at",
            "ended_on",
            "ended_by",
        )


class NewHoldSerializer(ModelBody):
    class Meta:
        model = Hold
        fields = ("opportunity", "reason", "resume_on")


class HoldFilters(FilterSet):
    opportunity, by = IdFilter(), IdFilter()
    running = TrueFalse(method="that_run")

    def that_run(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        """Neither ended nor past their date, today."""
        today = local_date(timezone.now(), Organisation.current().zone)
        running = rows.running(today)
        found: QuerySet[Any] = running if value else rows.exclude(pk__in=running.values("pk"))
        return found

    class Meta:
        model = Hold
        fields: ClassVar[list[str]] = []


class Holds(Readable, Creatable):
    """On the deals one sees. Beginning and ending one raise the deal's version.

    A hold that still runs gives way to a new one; a second hold is for a manager of the owner.
    """

    queryset = Hold.objects.all()
    serializer_class = HoldSerializer
    body_class = NewHoldSerializer
    filterset_class = HoldFilters

    def detailed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("opportunity")

    def make(self, values: dict[str, Any]) -> Hold:
        return Hold.begin(**{"deal": values.pop("opportunity"), **values}, **self.done())

    @verb("ending", guarded=False)
    def ending(self, hold: Hold, *, by: User, at: datetime) -> None:
        """The deal no longer waits."""
        hold.end(by=by, at=at)
