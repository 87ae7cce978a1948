"""The question bank."""

from typing import ClassVar

import django_filters

from api.filters import IdFilter
from api.material import (
    ALWAYS,
    USED,
    MaterialBodySerializer,
    MaterialResource,
    UsedMaterialFilters,
)
from api.shapes import Representation
from playbook.models import Question
from playbook.models.question import SITUATIONS

WRITTEN = ("text", "situation", "stage", "place")


class PlaybookQuestionSerializer(Representation):
    """Without a stage it may be asked in any. `uses` counts the plans, inspections and 1-on-1s in
    which its words stand.
    """

    class Meta:
        model = Question
        fields = (*WRITTEN, *USED, *ALWAYS)


class QuestionBodySerializer(MaterialBodySerializer):
    class Meta:
        model = Question
        fields = WRITTEN


class QuestionFilters(UsedMaterialFilters):
    situation = django_filters.ChoiceFilter(choices=SITUATIONS)
    stage = IdFilter()

    class Meta:
        model = Question
        fields: ClassVar[list[str]] = []


class Questions(MaterialResource):
    """What to ask instead of telling: everybody reads it, administrators change it."""

    queryset = Question.objects.all()
    serializer_class = PlaybookQuestionSerializer
    body_class = change_class = QuestionBodySerializer
    filterset_class = QuestionFilters
