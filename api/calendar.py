"""The organisation and its calendar: holidays and absences."""

from typing import Any, ClassVar

from rest_framework import serializers

from api.fields import Assignable, Currency
from api.filters import DayFilter, FilterSet, IdFilter
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Deletable, Editable, Readable, Resource
from api.shapes import ModelBody, Representation
from people.models import Absence, Holiday, Organisation
from people.models.organisation import MONTHS, WEEKDAYS

CHANGEABLE = (
    "name",
    "time_zone",
    "week_start",
    "fiscal_year_start",
    "currency",
    "managers_manager_reads_reviews",
)


class OrganisationSerializer(Representation):
    """`week_start` 0 is Monday; `fiscal_year_start` is a month from 1 to 12."""

    class Meta:
        model = Organisation
        fields = (*CHANGEABLE, "version")


class OrganisationChangeSerializer(ModelBody):
    week_start = serializers.ChoiceField(choices=WEEKDAYS)
    fiscal_year_start = serializers.ChoiceField(choices=MONTHS)
    currency = Currency()

    class Meta:
        model = Organisation
        fields = CHANGEABLE


class TheOrganisation(Editable, Resource):
    """The one organisation of this installation; administrators change it."""

    queryset = Organisation.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = OrganisationSerializer
    change_class = OrganisationChangeSerializer

    def get_object(self) -> Organisation:
        return Organisation.current()

    def retrieve(self, request: Any) -> Any:
        return self.answer(self.get_object())


class HolidaySerializer(Representation):
    class Meta:
        model = Holiday
        fields = ("id", "day", "name")


class NewHolidaySerializer(ModelBody):
    class Meta:
        model = Holiday
        fields = ("day", "name")


class HolidayFilters(FilterSet):
    day_from, day_to = DayFilter("day", "gte"), DayFilter("day", "lte")

    class Meta:
        model = Holiday
        fields: ClassVar[list[str]] = []


class Holidays(Readable, Creatable, Deletable):
    """Days on which nobody works; administrators change them."""

    queryset = Holiday.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = HolidaySerializer
    body_class = NewHolidaySerializer
    filterset_class = HolidayFilters
    orders: ClassVar = {"id": "pk", "day": "day"}
    order = "day"

    def make(self, values: dict[str, Any]) -> Holiday:
        return Holiday.add(**values)

    def remove(self, thing: Holiday, **seen: Any) -> None:
        thing.delete()


class AbsenceSerializer(Representation):
    """From the first day up to and including the last."""

    class Meta:
        model = Absence
        fields = ("id", "user", "first_day", "last_day", "reason")


class NewAbsenceSerializer(ModelBody):
    user = Assignable()

    class Meta:
        model = Absence
        fields = ("user", "first_day", "last_day", "reason")


class AbsenceFilters(FilterSet):
    user = IdFilter()
    ends_from, begins_to = DayFilter("last_day", "gte"), DayFilter("first_day", "lte")

    class Meta:
        model = Absence
        fields: ClassVar[list[str]] = []


class Absences(Readable, Creatable, Deletable):
    """One's own and those of everybody below."""

    queryset = Absence.objects.all()
    serializer_class = AbsenceSerializer
    body_class = NewAbsenceSerializer
    filterset_class = AbsenceFilters

    def make(self, values: dict[str, Any]) -> Absence:
        return Absence.record(values.pop("user"), by=self.asker, **values)

    def remove(self, thing: Absence, **seen: Any) -> None:
        thing.withdraw(by=self.asker)
