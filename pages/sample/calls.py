"""Calls past and coming, with plans in every state, debriefs, scores and agreements."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from coaching.models import Behaviour, CallPlan, Debrief, Inspection, PlanLine
from coaching.models.debrief import DebriefContent, LineResult
from coaching.models.plan_content import PlanContent, TextLine, WhoLine
from pages.sample import coaching, words
from pages.sample.deals import Sample
from people.models import User
from pipeline.models import Call, Contact, Opportunity
from pipeline.models.call import CALL_KINDS, CHANNELS
from reviews.models import Agreement

COMING = ["good", "none", "filed", "change", "draft", "talk", "filed", "none"]


def load_calls(
    sample: Sample,
    rep: User,
    manager: User,
    deals: list[Opportunity],
    number: int,
    behaviours: Sequence[Behaviour],
) -> None:
    """A rep's weeks: what was held, what is owed, what is coming. `number` is theirs in the team,
    from 0.
    """
    live = [deal for deal in deals if deal.is_open]
    if number == coaching.STRONG:
        coaching.trust(sample, rep, manager)
    for n, deal in reversed(list(enumerate(live))):  # the longest ago first, as it was
        start = sample.at(sample.workday(-3 - n * 4), 9 + n % 7)
        call = _call(sample, rep, deal, start)
        if n % 6 != 4 or number == coaching.STRONG:
            _planned(sample, call, manager)
        debrief = _debrief(sample, call, behaviours)
        if n > 1:
            scores = coaching.scores_of(sample, number, len(live) - 1 - n, len(live))
            coaching.review(sample, debrief, manager, scores, behaviours)
    _owed(sample, rep, manager, live[0])
    _missed(sample, rep, live[1])
    for n, state in enumerate(COMING[: len(live)]):
        hour = sample.chance.randint(9, 11) + 4 * (n % 2)  # one in the morning, one later
        start = sample.at(sample.workday(1 + n // 2), hour, 30 * (n % 2))
        _coming(sample, _call(sample, rep, live[n], start), manager, state)


def _call(sample: Sample, rep: User, deal: Opportunity, start: datetime) -> Call:
    chance = sample.chance
    people = list(Contact.objects.filter(account=deal.account))
    return Call.schedule(
        owner=rep,
        opportunity=deal,
        account=deal.account,
        starts_at=start,
        kind=CALL_KINDS[min(deal.stage.order, 4)][0],
        channel=chance.choice(CHANNELS)[0],
        planned_minutes=chance.choice([30, 45, 60]),
        attendees=people[:2],
    )


def _content(sample: Sample, call: Call, parts: int = 5) -> PlanContent:
    chance = sample.chance
    content = PlanContent(purpose=chance.choice(words.PURPOSES))
    people = list(call.attendees.all())
    if parts > 1:
        content.who = [WhoLine(contact=people[0], role="decision_maker", met_before=True)]
        content.who += [WhoLine(contact=person, role="user") for person in people[1:]]
    if parts > 2:
        lines = chance.sample(words.LEARN, 2)
        content.learn = [TextLine(text, question) for question, text in lines]
    if parts > 3:
        content.give = [TextLine(chance.choice(words.GIVE))]
    if parts > 4:
        content.commitments = [TextLine(chance.choice(words.COMMITMENTS))]
        content.fallback = chance.choice(words.FALLBACKS)
    return content


def _plan(sample: Sample, call: Call, at: datetime) -> CallPlan:
    plan = CallPlan.write_for(call, _content(sample, call), by=call.owner, at=at)
    plan.file(by=call.owner, at=at)
    return plan


def _inspect(plan: CallPlan, verdict: str, manager: User, at: datetime) -> None:
    part, comment = words.INSPECTOR_SAYS[verdict]
    Inspection.give(plan, verdict, by=manager, at=at, part=part, comment=comment)


def _planned(sample: Sample, call: Call, manager: User) -> None:
    ahead = timedelta(hours=sample.chance.choice([2, 20, 26, -0.2, -1]))
    plan = _plan(sample, call, call.starts_at - ahead)
    if ahead > timedelta(hours=10) and sample.chance.random() < 0.8:
        _inspect(plan, "good", manager, call.starts_at - timedelta(hours=3))
    call.refresh_from_db()


def _debrief(sample: Sample, call: Call, behaviours: Sequence[Behaviour]) -> Debrief:
    chance, plan = sample.chance, CallPlan.objects.filter(call=call).first()
    at = min(call.ends_at + timedelta(hours=chance.choice([1, 2, 3, 30])), sample.now)
    results = {
        line.pk: LineResult(outcome, _said(line) if outcome != "no" else "")
        for line in (plan.lines.all() if plan else [])
        for outcome in [chance.choice(["yes", "yes", "no"])]
    }
    score = chance.choice([4, 5, 6, 6, 7, 7, 8, 9])
    content = DebriefContent(
        results=results,
        as_prepared=chance.choice(["yes", "partly"]),
        score=score,
        own_scores=coaching.own_scores(sample, behaviours, score),
        worked=chance.choice(words.WORKED),
        went_poorly=chance.choice(words.WENT_POORLY),
        forgot=chance.choice(words.FORGOT),
        buyer_actions=chance.sample(words.BUYER_ACTIONS, chance.randint(0, 1)),
        next_step=chance.choice(words.NEXT_STEPS),
        next_step_on=sample.workday(chance.randint(1, 12)),
    )
    debrief = Debrief.write_for(call, content, by=call.owner, at=at)
    debrief.file(by=call.owner, at=at)
    return debrief


def _said(line: PlanLine) -> str:
    """What was learned, for a line to learn."""
    return words.ANSWERS[line.question] if line.part == "learn" else ""


def _owed(sample: Sample, rep: User, manager: User, deal: Opportunity) -> None:
    """A call of the last working day whose debrief is still missing."""
    hour = sample.chance.randint(13, 15)
    call = _call(sample, rep, deal, sample.at(sample.workday(-1), hour))
    plan = _plan(sample, call, call.starts_at - timedelta(hours=5))
    if sample.chance.random() < 0.7:
        _inspect(plan, "good", manager, call.starts_at - timedelta(hours=2))


def _missed(sample: Sample, rep: User, deal: Opportunity) -> None:
    call = _call(sample, rep, deal, sample.at(sample.workday(-2), 11))
    call.miss(by=rep, at=call.ends_at, why="They did not pick up")


def _coming(sample: Sample, call: Call, manager: User, state: str) -> None:
    before = sample.now - timedelta(hours=sample.chance.randint(1, 20))
    if state == "draft":
        CallPlan.write_for(call, _content(sample, call, parts=3), by=call.owner, at=before)
    elif state != "none":
        plan = _plan(sample, call, before)
        if state != "filed":
            _inspect(plan, state, manager, sample.now)


def load_agreements(sample: Sample, rep: User, manager: User) -> None:
    """What rep and manager agreed: overdue, due, coming and done."""
    for n, text in enumerate(sample.chance.sample(words.AGREEMENTS, 3)):
        agreement = Agreement.make(
            text=text,
            owner=rep,
            due_on=sample.workday(-2 + n * 4),
            by=manager,
            at=sample.past(14),
        )
        if n == 2:
            agreement.complete(by=agreement.owner, at=sample.now)
