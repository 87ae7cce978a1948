"""A team's weekly pipeline call: its schedule, the last one with decisions, and what came since."""

from datetime import time, timedelta
from typing import Any

from pages.sample.deals import Sample
from pages.sample.people import SampleTeam
from pipeline.models import Opportunity, Stage
from reviews.models import PipelineCall, PipelineCallDecision, PipelineCallSchedule
from reviews.models.deal_decision import HELP, HOLD, LEAVE, STEP, Said

NOTES = "Two big ones close in the same week: who covers for whom is settled on Thursday."


def load_pipeline_calls(sample: Sample, team: SampleTeam) -> None:
    """Held on the last working day, after everything else of that day."""
    day = sample.workday(-1)
    begins = sample.at(day, 17)
    led: Any = team.manager.teams_led.get()
    PipelineCallSchedule.set_up(led, by=team.manager, weekday=day.weekday(), time=time(17))
    call = PipelineCall.start(led, by=team.manager, at=begins, scheduled_for=begins)
    deals = list(call.deals(team.manager).open().order_by("-amount", "pk")[:6])
    for said, deal in zip(_decisions(sample), deals, strict=False):
        PipelineCallDecision.make(call, deal, said, by=team.manager, at=begins)
    call.write_notes(NOTES, by=team.manager, at=begins)
    call.close(by=team.manager, at=begins + timedelta(minutes=28))
    _since_then(sample, deals[len(_decisions(sample)) :])


def _decisions(sample: Sample) -> list[Said]:
    return [
        Said(HELP, "I call their CFO about the budget round", how="unblock"),
        Said(STEP, "Send the security answers", on=sample.workday(3)),
        Said(HOLD, "Their site is closed for the move", on=sample.workday(30)),
        Said(LEAVE, "The demo is on Thursday"),
    ]


def _since_then(sample: Sample, deals: list[Opportunity]) -> None:
    """A push and a move, so that the next call has something to show."""
    for n, deal in enumerate(deals):
        done: dict[str, Any] = {"by": deal.owner, "at": sample.now}
        if n % 2:
            later = (deal.close_date or sample.today) + timedelta(days=14)
            deal.push(later, why="Their board meets later", **done)
        else:
            stages = list(Stage.objects.all())
            here = [stage.pk for stage in stages].index(deal.stage_id)
            deal.move_to(stages[min(here + 1, len(stages) - 1)], **done)
