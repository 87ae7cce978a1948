"""The active material as a file that an import takes back as it went out."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import StreamingHttpResponse

from lib.csv_out import stream
from people.models import User
from pipeline.imports.kinds import KINDS
from playbook.models import Differentiator, IcpCriterion, Priority, Question, TrainingModule
from playbook.models.icp_criterion import SEPARATOR

Rows = Callable[[User], Iterable[Any]]
ROWS: dict[str, Rows] = {
    "icp_criteria": lambda user: IcpCriterion.objects.visible_to(user).active(),
    "differentiators": lambda user: Differentiator.objects.visible_to(user).active().in_order(),
    "priorities": lambda user: Priority.objects.visible_to(user).active().in_order(),
    "questions": lambda user: Question.objects.visible_to(user).active().in_order(),
    "training_modules": lambda user: TrainingModule.objects.visible_to(user).active(),
}


def export(kind: str, user: User) -> StreamingHttpResponse:
    """The file of that kind, a column for each field of the import."""
    names = KINDS[kind].names
    rows = ([_cell(getattr(piece, name)) for name in names] for piece in ROWS[kind](user))
    return stream(f"{kind.replace('_', '-')}.csv", names, rows)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return f"{SEPARATOR} ".join(value)
    return value if value is None or isinstance(value, int) else str(value)
