"""What there is to learn from."""

from datetime import datetime
from typing import Any, ClassVar

from api.fields import Small
from api.filters import FilterSet, TrueFalse
from api.permissions import ADMINISTRATED
from api.resource import Creatable, Editable, Readable, undo, verb
from api.shapes import ModelBody, Representation
from people.models import User
from playbook.models import TrainingModule

WRITTEN = ("title", "outcome", "text", "url", "minutes")


class TrainingModuleSerializer(Representation):
    """`outcome` is what one can do afterwards; `place` counts from 1 among those not retired."""

    class Meta:
        model = TrainingModule
        fields = ("id", *WRITTEN, "place", "retired_at", "version")


class NewTrainingModuleSerializer(ModelBody):
    """20 `minutes` unless others are given."""

    class Meta:
        model = TrainingModule
        fields: tuple[str, ...] = WRITTEN


class TrainingModuleChangeSerializer(ModelBody):
    place = Small(min_value=1, required=False)

    class Meta:
        model = TrainingModule
        fields = (*WRITTEN, "place")


class TrainingModuleFilters(FilterSet):
    retired = TrueFalse("retired_at", "isnull", exclude=True)

    class Meta:
        model = TrainingModule
        fields: ClassVar[list[str]] = []


class TrainingModules(Readable, Creatable, Editable):
    """Everybody reads them; administrators change them."""

    queryset = TrainingModule.objects.all()
    permission_classes = ADMINISTRATED
    serializer_class = TrainingModuleSerializer
    body_class, change_class = NewTrainingModuleSerializer, TrainingModuleChangeSerializer
    filterset_class = TrainingModuleFilters
    searchable = True
    orders: ClassVar = {"id": "pk", "place": "place"}

    def make(self, values: dict[str, Any]) -> TrainingModule:
        return TrainingModule.add(**values, **self.done())

    def change(self, thing: TrainingModule, values: dict[str, Any], **seen: Any) -> None:
        thing.change(**values, **self.done(), **seen)

    @verb("retirement")
    def retirement(
        self, module: TrainingModule, *, by: User, at: datetime, version: int | None
    ) -> None:
        """Assign it no longer; what was assigned stays."""
        module.retire(by=by, at=at, version=version)

    @retirement.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unretirement(self, module: TrainingModule, **done: Any) -> None:
        """Offer it again, as the last one."""
        module.restore(**done)
