"""What people do is looked at within seconds: each event wakes the kinds it may begin or end.

Only a doorbell. What is missed, or begins by time alone, the sweep of the next minute finds.
"""

from alerts.kinds import KINDS
from lib.doorbell import ring
from lib.events import Event


def wake(event: Event) -> None:
    """Have the subjects of this event judged once its transaction is committed."""
    from alerts.tasks import judge

    for kind in KINDS.values():
        column = kind.woken_by.get(event.subject.noun)
        subject = getattr(event.thing, column) if column else None
        if subject is not None:
            ring(judge, kind.name, subject)
