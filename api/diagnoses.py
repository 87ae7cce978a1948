"""Skill x will of a rep in a behaviour, and what it rests on."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.asked import the_one_asked
from api.fields import Day, Text, Visible
from api.filters import FilterSet, IdFilter
from api.pagination import OnePage
from api.resource import Creatable, Operation, Readable, Resource
from api.shapes import ModelBody, Representation
from coaching import evidence
from coaching.models import Behaviour, Diagnosis, DiagnosisEvidence
from coaching.models.diagnosis import MAX_EVIDENCE, WHAT_TO_DO
from people.models import User

TO_DO = [(name, label) for name, label, _ in WHAT_TO_DO.values()]


class DiagnosisEvidenceSerializer(Representation):
    """`kind` says what `subject_id` is the id of; `said` is as it was then."""

    class Meta:
        model = DiagnosisEvidence
        fields = ("kind", "subject_id", "said", "on")


@extend_schema_field(DiagnosisEvidenceSerializer(many=True))
class RestsOn(serializers.Field[Any, Any, Any, Any]):
    """The prefetched pieces."""

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        show = DiagnosisEvidenceSerializer().to_representation
        return [show(piece) for piece in value.all()]


class DiagnosisSerializer(Representation):
    """`what_to_do` follows from skill and will."""

    what_to_do = serializers.ChoiceField(choices=TO_DO, read_only=True)
    evidence = RestsOn(read_only=True)

    class Meta:
        model = Diagnosis
        fields = (
            "id",
            "rep",
            "behaviour",
            "skill",
            "skill_reason",
            "will",
            "will_reason",
            "what_to_do",
            "evidence",
            "at",
            "by",
        )


class NewDiagnosisSerializer(ModelBody):
    """`evidence` names at least one piece, like "debrief:7", "ride_along:3" or "checkpoint:12"."""

    rep = Visible(queryset=User.objects.get_queryset())
    behaviour = Visible(queryset=Behaviour.objects.all())
    evidence = serializers.ListField(child=Text(max_length=60), max_length=MAX_EVIDENCE)

    class Meta:
        model = Diagnosis
        fields = (
            "rep",
            "behaviour",
            "skill",
            "skill_reason",
            "will",
            "will_reason",
            "evidence",
        )


class DiagnosisFilters(FilterSet):
    rep, behaviour = IdFilter(), IdFilter()

    class Meta:
        model = Diagnosis
        fields: ClassVar[list[str]] = []


class Diagnoses(Readable, Creatable):
    """About oneself and everybody below; administrators as such see none.

    Managers above give them; a later one of the same behaviour takes the place of this one.
    """

    queryset = Diagnosis.objects.prefetch_related("evidence")
    serializer_class = DiagnosisSerializer
    body_class = NewDiagnosisSerializer
    filterset_class = DiagnosisFilters

    def make(self, values: dict[str, Any]) -> Diagnosis:
        rep, behaviour, keys = (values.pop(name) for name in ("rep", "behaviour", "evidence"))
        return Diagnosis.give(rep, behaviour, evidence_keys=keys, **values, **self.done())


class EvidenceSerializer(serializers.Serializer[Any]):
    """`key` is what a diagnosis names it by."""

    key = Text()
    kind = Text()
    subject_id = serializers.IntegerField()
    said = Text()
    on = Day()


ABOUT = tuple(
    OpenApiParameter(name, OpenApiTypes.INT, required=True) for name in ("rep", "behaviour")
)


class OfferedEvidence(Resource):
    """The latest of each kind that a diagnosis of a `rep` in a `behaviour` may rest on."""

    queryset = DiagnosisEvidence.objects.all()
    serializer_class = EvidenceSerializer
    pagination_class = OnePage
    filter_backends = ()

    def operation(self) -> Operation:
        return Operation(query=ABOUT)

    def list(self, request: Request) -> Response:
        """For managers above the rep."""
        below = User.objects.led_by(self.asker).exclude(pk=self.asker.pk)
        rep = the_one_asked(request, "rep", below)
        known = Behaviour.objects.visible_to(self.asker)
        behaviour = the_one_asked(request, "behaviour", known)
        rows: Any = evidence.offered(rep, behaviour, self.asker)
        page = self.paginate_queryset(rows) or []
        show = self.serializer_class().to_representation
        return self.get_paginated_response([show(row) for row in page])
