"""Why a plan is inspected or not, in the words that pages, messages and the queue share."""

from dataclasses import dataclass

from coaching import levels, sampling
from coaching.models import CallPlan
from coaching.sampling import CONTINUOUS, ONE_IN, Sample
from people.models import User


def in_short(level: str) -> str:
    """ "Every plan", "1 in 5"."""
    return "Every plan" if level == CONTINUOUS else f"1 in {ONE_IN[level]}"


def for_queue(plan: CallPlan) -> str:
    """What stands beside a plan in a manager's queue."""
    sample = plan.sample
    if sample is None or sample.level == CONTINUOUS:
        return in_short(CONTINUOUS)
    return f"{in_short(sample.level)}: number {sample.number} of plans {_run(sample)}"


def on_filing(plan: CallPlan) -> str:
    """What a rep is told the moment they file it; "" when it is inspected."""
    sample = plan.sample
    if plan.to_inspect or sample is None:
        return ""
    return f"Not inspected: you have earned {in_short(sample.level)}."


@dataclass(frozen=True)
class Why:
    """The sentence about a plan, and what it takes to work it out again.

    `steps` are the sums one after another; none for what was filed before there were levels.
    """

    sentence: str
    steps: list[str]

    rules = (sampling.RULE, levels.RULE)


def why(plan: CallPlan, reader: User) -> Why | None:
    """About a filed plan, for whoever reads it; None for a draft."""
    if not plan.is_filed:
        return None
    sample = plan.sample
    if sample is None:
        return Why("Inspected: every plan was, when it was filed.", []) if plan.to_inspect else None
    whose = "your" if reader.pk == plan.rep_id else f"{plan.call.owner.first_name}'s"
    if sample.level == CONTINUOUS:
        return Why(f"Inspected: at {whose} level every plan is.", _steps(sample))
    if sample.is_inspected:
        sentence = (
            f"{in_short(sample.level)}: this is plan {sample.number} at {whose} level, "
            f"and of plans {_run(sample)} it is the one."
        )
    else:
        told = on_filing(plan) if whose == "your" else "Not inspected."
        sentence = f"{told} Of plans {_run(sample)} at {whose} level number {sample.picked} is."
    return Why(sentence, _steps(sample))


def _run(sample: Sample) -> str:
    joined = " and " if sample.one_in == 2 else " to "
    return f"{sample.first}{joined}{sample.last}"


def _steps(sample: Sample) -> list[str]:
    """The sums, each of which anyone can check."""
    words = dict(sampling.LEVELS)[sample.level]
    numbered = (
        f"Level number {sample.level_number} of rep number {sample.rep}: {words.lower()}. "
        f"This is plan number {sample.number} filed at it"
    )
    if sample.level == CONTINUOUS:
        return [f"{numbered}; at this level nothing is drawn."]
    verdict = "so it is inspected" if sample.is_inspected else "so it is not inspected"
    return [
        f"{numbered}, in run {sample.run}: plans {_run(sample)}.",
        f"{sample.sum_in_words} is {sample.drawn}: number {sample.picked} of them is inspected.",
        f"This is number {sample.number}, {verdict}.",
    ]
