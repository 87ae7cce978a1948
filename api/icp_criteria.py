"""The ideal customer profile, and how well an account fits it."""

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from api.fields import Small, Text
from api.material import ALWAYS, MaterialFilters, MaterialResource
from api.shapes import ModelBody, Representation
from playbook.fit import MET, NOT_KNOWN, NOT_MET, Fit
from playbook.models import IcpCriterion
from playbook.models.icp_criterion import FACTS, MOST_TEXTS, TEXT_MOST

WRITTEN = ("name", "fact", "condition", "texts", "least", "most", "weight", "why")
STATES = [(MET, "Met"), (NOT_MET, "Not met"), (NOT_KNOWN, "Not known")]


class IcpCriterionSerializer(Representation):
    """`texts` belong to `one_of`, which is met when the words of one of them stand in the fact;
    `least` and `most` are in the unit of the fact, revenue in millions.
    """

    texts = serializers.ListField(child=Text(), read_only=True)

    class Meta:
        model = IcpCriterion
        fields = (*WRITTEN, *ALWAYS)


class IcpCriterionBodySerializer(ModelBody):
    texts = serializers.ListField(
        child=Text(max_length=TEXT_MOST), max_length=MOST_TEXTS, required=False
    )
    weight = Small(min_value=1, max_value=10, required=False)

    class Meta:
        model = IcpCriterion
        fields = WRITTEN


class IcpCriterionFilters(MaterialFilters):
    fact = django_filters.ChoiceFilter(choices=FACTS)

    class Meta:
        model = IcpCriterion
        fields: ClassVar[list[str]] = []


class IcpCriteria(MaterialResource):
    """What makes an account fit: everybody reads it, administrators change it."""

    queryset = IcpCriterion.objects.all()
    serializer_class = IcpCriterionSerializer
    body_class = change_class = IcpCriterionBodySerializer
    filterset_class = IcpCriterionFilters


class FitReasonSerializer(serializers.Serializer[Any]):
    """A criterion, what the account is (`own`) and what is `wanted`, in words."""

    criterion = serializers.IntegerField(source="criterion.pk")
    name = Text(source="criterion.name")
    weight = Small(source="criterion.weight")
    state = serializers.ChoiceField(choices=STATES)
    own = Text()
    wanted = Text()


class FitSerializer(serializers.Serializer[Any]):
    """`percent` is the weight that is met, of what can be judged; null when nothing can be."""

    percent = serializers.IntegerField(allow_null=True)
    reasons = FitReasonSerializer(many=True)


def shown(fit: Fit | None) -> dict[str, Any]:
    """In the shape of `FitSerializer`; without any criteria there are no reasons."""
    return FitSerializer().to_representation(fit or Fit(None, []))
