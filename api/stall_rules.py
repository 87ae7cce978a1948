"""When the organisation calls a deal stalled."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import ADMINISTRATED
from api.resource import Editable, Resource
from api.shapes import ModelBody, Representation
from pipeline.models import StallRules


class StallRulesSerializer(Representation):
    """A switch for each reason, by its name, and the limits; days are calendar days.

    A stage's patience, in working days, stands with the stage.
    """

    class Meta:
        model = StallRules
        fields = (*StallRules.changeable(), "version")


class StallRulesChangeSerializer(ModelBody):
    class Meta:
        model = StallRules
        fields = StallRules.changeable()


class TheStallRules(Editable, Resource):
    """The rules of this organisation; everybody reads them, administrators change them."""

    queryset = StallRules.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = StallRulesSerializer
    change_class = StallRulesChangeSerializer

    def get_object(self) -> StallRules:
        return StallRules.current()

    def retrieve(self, request: Request) -> Response:
        return self.answer(self.get_object())
