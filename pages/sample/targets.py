"""What the sample people are to reach, and when some of them are away.

Targets hold for the sample teams and people only, so they go with them.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from metrics.models import Metric, Ramp, Target
from metrics.periods import QUARTER, WEEK
from pages.sample.deals import Sample
from pages.sample.people import SampleTeam
from people.models import Absence, Team, User

RAMP = "Sample ramp of a new hire"
PERCENTS = [25, 50, 75]
A_WEEK = {
    "prospects_targeted": 2,
    "plans_on_time": 3,
    "interviews": 1,
    "presentations": 1,
    "commitments_got": 2,
    "proposals": 1,
}
MONEY = "money_won"
A_QUARTER, MORE = Decimal(450_000), Decimal(520_000)


def load_targets(sample: Sample, top: Team, by: User, teams: list[SampleTeam]) -> None:
    """Each week's precursors and each quarter's money for everybody; one rep has agreed to more.

    Metrics that the organisation has changed or retired get none.
    """
    ramp = _ramp()
    done: dict[str, Any] = {"by": by, "at": sample.now}
    for metric in Metric.objects.chain():
        if metric.period == WEEK and metric.measure in A_WEEK:
            amount = Decimal(A_WEEK[metric.measure])
            Target.set(metric, amount, team=top, ramp=ramp, **done)
        elif metric.period == QUARTER and metric.measure == MONEY:
            Target.set(metric, A_QUARTER, team=top, ramp=ramp, **done)
            Target.set(metric, MORE, person=teams[0].reps[0], **done)
    _load_absences(sample, teams, by)


def _ramp() -> Ramp:
    found = Ramp.objects.filter(name=RAMP).first()
    return found or Ramp.add(name=RAMP, percents=PERCENTS)


def _load_absences(sample: Sample, teams: list[SampleTeam], by: User) -> None:
    """One was away last week, one will be next month."""
    for rep, days, length in ((teams[0].reps[-1], -7, 2), (teams[1].reps[1], 30, 5)):
        first = sample.workday(days)
        last = first + timedelta(days=length - 1)
        Absence.record(rep, first_day=first, last_day=last, reason="Holiday", by=by)


def remove_ramp() -> None:
    """After the people: the ramp goes unless somebody changed it or set a target by it."""
    Ramp.objects.filter(name=RAMP, percents=PERCENTS, targets=None).delete()
