"""Who is to take which module of training, by when, and what they took from it."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from api.fields import Text, Visible
from api.filters import DayFilter, FilterSet, IdFilter, TrueFalse
from api.resource import Creatable, Editable, Readable, undo, verb
from api.shapes import Body, ModelBody, Representation
from people.models import User
from playbook.models import TrainingAssignment
from playbook.models.training_assignment import LONGEST_TAKEAWAY

STATES = [("open", "Open"), ("done", "Done"), ("withdrawn", "Withdrawn")]


class TrainingAssignmentSerializer(Representation):
    """Without `assigned_by` an onboarding plan assigned it, `after_days` after the first day."""

    state = serializers.ChoiceField(choices=STATES, read_only=True)

    class Meta:
        model = TrainingAssignment
        fields = (
            "id",
            "person",
            "module",
            "due_on",
            "why",
            "state",
            "assigned_by",
            "assigned_at",
            "onboarding_plan",
            "after_days",
            "rescheduled_at",
            "done_at",
            "takeaway",
            "withdrawn_at",
            "version",
        )


class NewTrainingAssignmentSerializer(ModelBody):
    """For oneself, or for somebody one leads."""

    person = Visible(queryset=User.objects.get_queryset())

    class Meta:
        model = TrainingAssignment
        fields = ("person", "module", "due_on", "why")


class TrainingAssignmentChangeSerializer(ModelBody):
    class Meta:
        model = TrainingAssignment
        fields = ("due_on",)


class CompletionSerializer(Body):
    takeaway = Text(max_length=LONGEST_TAKEAWAY)


class TrainingAssignmentFilters(FilterSet):
    """`overdue` goes by your own today."""

    person, module = IdFilter(), IdFilter()
    open, overdue = TrueFalse(method="is_open"), TrueFalse(method="is_overdue")
    due_from, due_to = DayFilter("due_on", "gte"), DayFilter("due_on", "lte")

    def is_open(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        return self._or_not(rows, rows.open(), value)

    def is_overdue(self, rows: Any, name: str, value: Any) -> QuerySet[Any]:
        user: Any = self.request.user
        return self._or_not(rows, rows.overdue(user.today(timezone.now())), value)

    @staticmethod
    def _or_not(rows: Any, those: Any, value: Any) -> QuerySet[Any]:
        found: QuerySet[Any] = those if value else rows.exclude(pk__in=those.values("pk"))
        return found

    class Meta:
        model = TrainingAssignment
        fields: ClassVar[list[str]] = []


class TrainingAssignments(Readable, Creatable, Editable):
    """One's own and those of everybody under one; administrators as such see none.

    PATCH sets another day. Only who takes a module completes it; only the managers above, and of
    what one chose for oneself oneself, withdraw it or set another day.
    """

    queryset = TrainingAssignment.objects.all()
    serializer_class = TrainingAssignmentSerializer
    body_class = NewTrainingAssignmentSerializer
    change_class = TrainingAssignmentChangeSerializer
    filterset_class = TrainingAssignmentFilters
    orders: ClassVar = {"id": "pk", "due_on": "due_on"}
    order = "due_on"

    def make(self, values: dict[str, Any]) -> TrainingAssignment:
        return TrainingAssignment.assign(**values, **self.done())

    def change(self, thing: TrainingAssignment, values: dict[str, Any], **seen: Any) -> None:
        due_on = values.get("due_on", thing.due_on)
        thing.reschedule(due_on, **self.done(), **seen)

    @verb("completion", CompletionSerializer)
    def completion(self, assignment: TrainingAssignment, sent: dict[str, Any], **done: Any) -> None:
        """It was taken; `takeaway` is a sentence."""
        assignment.finish(**sent, **done)

    @completion.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def uncompletion(self, assignment: TrainingAssignment, **done: Any) -> None:
        """It is to be taken again."""
        assignment.reopen(**done)

    @verb("withdrawal")
    def withdrawal(self, assignment: TrainingAssignment, **done: Any) -> None:
        """They need not take it."""
        assignment.withdraw(**done)

    @withdrawal.mapping.delete  # type: ignore[untyped-decorator]
    @undo
    def unwithdrawal(self, assignment: TrainingAssignment, **done: Any) -> None:
        """It is to be taken after all."""
        assignment.reopen(**done)
