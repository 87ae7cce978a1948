"""What a person does by a day: agreements, steps of account strategies, training, ride-alongs."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.formats import date_format

from coaching.models import RideAlong
from lib.calendar import start_of_day
from pages.task import Task
from people.models import User
from playbook.models import StrategyStep, TrainingAssignment
from reviews.models import Agreement

AHEAD = timedelta(days=7)
AGREEMENT, STEP, TRAINING = "agreement", "step", "training"
RIDE, SIGN = "ride", "sign"

TITLES = {
    TRAINING: "Training: {}",
    RIDE: "Ride along with {}",
    SIGN: "Sign the ride-along with {}",
}
ACTIONS = {TRAINING: "Open", RIDE: "Open", SIGN: "Sign"}  # what opens a page; the others post


class Due(NamedTuple):
    """A row; of training `pk` is the module's. `about` is with whom, which account, where, or why.

    A ride-along is to be signed since the day on which it was handed in.
    """

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
    due = {kind: rows.due(until) for kind, rows in own.items()} | _rides(user, until)
    first, *others = [
        rows.order_by()
        .annotate(part=Value(kind, CharField()))
        .values_list("part", "key", "words", "about", "due_on")
        for kind, rows in due.items()
    ]
    rows: QuerySet[Any, Any] = first.union(*others, all=True)
    return rows


def _rides(user: User, until: date) -> dict[str, Any]:
    """Those one rides along on, also what is not handed in yet, and one's own that one signs."""
    zone, visible = user.zone, RideAlong.objects.visible_to(user)
    begin = start_of_day(until + timedelta(days=1), zone)
    return {
        RIDE: visible.planned()
        .filter(manager=user, starts_at__lt=begin)
        .annotate(words=F("rep__name"), due_on=TruncDate("starts_at", tzinfo=zone), key=F("pk")),
        SIGN: visible.to_sign()
        .filter(rep=user)
        .annotate(words=F("manager__name"), due_on=TruncDate("held_at", tzinfo=zone), key=F("pk")),
    }


def _task(row: Due, today: date) -> Task:
    late = (today - row.due_on).days
    red = "risk" if row.kind == AGREEMENT else "warn"
    addresses = {
        AGREEMENT: "agreement_completion",
        STEP: "strategy_step_completion",
        TRAINING: "training_module",
        RIDE: "ride_along",
        SIGN: "ride_along",
    }
    words = f"{'since' if row.kind == SIGN else 'due'} {date_format(row.due_on, 'D j M')}"
    return Task(
        kind=red if late > 0 else "idle",
        title=TITLES.get(row.kind, "{}").format(row.text),
        sub=f"{_before(row)}{words}" if row.about else f"{words[0].upper()}{words[1:]}",
        chip=f"{late} d late" if late > 0 else "Today" if late == 0 else f"In {-late} d",
        url=reverse(addresses[row.kind], args=[row.pk]),
        action=ACTIONS.get(row.kind, "Done"),
        posts=row.kind not in ACTIONS,
    )


def _before(row: Due) -> str:
    """What is said before the day: "Agreed with Mia, ", "Strategy for Acme, ", or the reason."""
    words = {AGREEMENT: "Agreed with ", STEP: "Strategy for "}
    return f"{words.get(row.kind, '')}{(row.about or '').rstrip('.')}, "
