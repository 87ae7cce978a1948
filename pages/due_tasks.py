"""What a person does by a day: agreements, steps of account strategies and training."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse
from django.utils.formats import date_format

from pages.task import Task
from people.models import User
from playbook.models import StrategyStep, TrainingAssignment
from reviews.models import Agreement

AHEAD = timedelta(days=7)
AGREEMENT, STEP, TRAINING = "agreement", "step", "training"


class Due(NamedTuple):
    """A row; of training `pk` is the module's. `about` is with whom, which account, or why."""

    kind: str
    pk: int
    text: str
    about: str | None
    due_on: date


def due_tasks(user: User, today: date, most: int) -> Iterator[Task]:
    """What is due until a week from now, the oldest first; one statement."""
    for row in _due(user, today + AHEAD).order_by("due_on", "part", "key")[:most]:
        yield _task(Due(*row), today)


def _due(user: User, until: date) -> "QuerySet[Any, Any]":
    own: dict[str, Any] = {
        AGREEMENT: Agreement.objects.visible_to(user)
        .filter(owner=user)
        .annotate(words=F("text"), about=F("agreed_with__name"), key=F("pk")),
        STEP: StrategyStep.objects.visible_to(user)
        .filter(owner=user)
        .annotate(words=F("text"), about=F("strategy__account__name"), key=F("pk")),
        TRAINING: TrainingAssignment.objects.visible_to(user)
        .filter(person=user)
        .annotate(words=F("module__title"), about=F("why"), key=F("module")),
    }
    first, *others = [
        rows.due(until)
        .order_by()
        .annotate(part=Value(kind, CharField()))
        .values_list("part", "key", "words", "about", "due_on")
        for kind, rows in own.items()
    ]
    rows: QuerySet[Any, Any] = first.union(*others, all=True)
    return rows


def _task(row: Due, today: date) -> Task:
    late = (today - row.due_on).days
    red = "risk" if row.kind == AGREEMENT else "warn"
    addresses = {
        AGREEMENT: "agreement_completion",
        STEP: "strategy_step_completion",
        TRAINING: "training_module",
    }
    words = f"due {date_format(row.due_on, 'D j M')}"
    return Task(
        kind=red if late > 0 else "idle",
        title=f"Training: {row.text}" if row.kind == TRAINING else row.text,
        sub=f"{_before(row)}{words}" if row.about else f"D{words[1:]}",
        chip=f"{late} d late" if late > 0 else "Today" if late == 0 else f"In {-late} d",
        url=reverse(addresses[row.kind], args=[row.pk]),
        action="Open" if row.kind == TRAINING else "Done",
        posts=row.kind != TRAINING,
    )


def _before(row: Due) -> str:
    """What is said before the day: "Agreed with Mia, ", "Strategy for Acme, ", or the reason."""
    words = {AGREEMENT: "Agreed with ", STEP: "Strategy for "}
    return f"{words.get(row.kind, '')}{(row.about or '').rstrip('.')}, "
