"""How fast the drill goes: in earnest, or all waits shortened by one factor (`--short`).

DRILL_PACE is the factor, for the processes that the drill starts. It divides the beat of the
schedule, leases, pauses and the turns of sweeps; nothing else differs from an installation.
"""

import os

PACE = float(os.environ.get("DRILL_PACE") or 1)


def hurry() -> None:
    """Divide the waits of the code by PACE; called once, by each process, after its start."""
    from alerts.models import heartbeat, outbox

    if PACE == 1:
        return
    outbox.LEASE /= PACE
    outbox.FIRST_PAUSE /= PACE
    heartbeat.PAUSE /= PACE
    heartbeat.HELD /= PACE
