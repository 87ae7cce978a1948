"""What somebody takes next: what teaches the behaviour in which they are weakest."""

from collections.abc import Sequence
from dataclasses import dataclass

from coaching.models import Behaviour
from coaching.scores import Standing, standings, weakest
from people.models import User
from playbook.models import TrainingAssignment, TrainingModule


@dataclass(frozen=True)
class NextTraining:
    """The first modules that teach the weakest behaviour and were neither taken nor assigned."""

    behaviour: Behaviour
    modules: Sequence[TrainingModule]


def next_training(rep: User, reader: User) -> NextTraining | None:
    """As far as this reader may know; None while no behaviour is below its minimum, and when all
    that teaches it was assigned.
    """
    weak: Standing | None = weakest(standings(rep, reader))
    if weak is None:
        return None
    assigned = TrainingAssignment.objects.visible_to(reader).filter(person=rep, withdrawn_at=None)
    teaching = TrainingModule.objects.active().filter(behaviours=weak.behaviour)
    left = teaching.exclude(pk__in=assigned.order_by().values("module"))
    modules = list(left.order_by("place", "pk"))
    return NextTraining(weak.behaviour, modules) if modules else None
