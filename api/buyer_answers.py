"""What is known so far about the four buyer questions of a deal."""

from typing import Any, ClassVar

import django_filters

from api.filters import FilterSet, IdFilter
from api.resource import Creatable, Readable
from api.shapes import ModelBody, Representation
from pipeline.models import BuyerAnswer
from pipeline.models.buyer import BUYER_QUESTIONS


class BuyerAnswerSerializer(Representation):
    class Meta:
        model = BuyerAnswer
        fields = ("id", "opportunity", "question", "answer", "at", "by")


class NewBuyerAnswerSerializer(ModelBody):
    class Meta:
        model = BuyerAnswer
        fields = ("opportunity", "question", "answer")


class BuyerAnswerFilters(FilterSet):
    opportunity = IdFilter()
    question = django_filters.ChoiceFilter(choices=BUYER_QUESTIONS)

    class Meta:
        model = BuyerAnswer
        fields: ClassVar[list[str]] = []


class BuyerAnswers(Readable, Creatable):
    """One a question and deal: POST says what is known now, "" opens the question again."""

    queryset = BuyerAnswer.objects.all()
    serializer_class = BuyerAnswerSerializer
    body_class = NewBuyerAnswerSerializer
    filterset_class = BuyerAnswerFilters

    def make(self, values: dict[str, Any]) -> BuyerAnswer:
        return BuyerAnswer.give(
            values["opportunity"], values["question"], values.get("answer", ""), **self.done()
        )
