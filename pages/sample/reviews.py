"""A team's 1-on-1s: rhythms, closed ones with what was agreed, and one that opens today."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from pages.sample.deals import Sample
from pages.sample.people import SampleTeam
from people.models import User
from reviews.models import (
    Agreement,
    Review,
    ReviewPreparation,
    ReviewRemark,
    ReviewSchedule,
)
from reviews.review_planning import plan
from reviews.rhythm import DAY_OF_MONTH, EVERY_WEEKS, LAST, NTH_WEEKDAY

EVERY = timedelta(weeks=4)
DONE, DROPPED, OPEN = "done", "dropped", "open"
Step = tuple[str, int, str]  # what, by how many days later, and what became of it
FIRST: list[Step] = [
    ("Plan every first call two days ahead", 7, DONE),
    ("Ask each champion who else has to sign", 14, DROPPED),
    ("Visit the plant with the head of operations", 21, DROPPED),
]
SECOND: list[Step] = [
    ("Bring the CFO into the next meeting", 9, DONE),
    ("Take the two oldest deals through the exit criteria", 14, DONE),
    ("Ask the three quiet champions what changed", 24, OPEN),
    ("Agree dates for the pilot with both sites", 32, OPEN),
]
NOTES = {
    1: "Ahead on meetings, behind on proposals. The quarter depends on the two large ones.",
    2: "Both new ones came from the fair. One has a date for deciding, one has not.",
    3: "Nothing moved where nobody asked for the CFO. We take that up in the next steps.",
    4: "The board meets on the first Thursday. Everything else waits for that.",
    5: "One thing this month: who signs, and what do they have to see.",
}
PREPARED = {
    "in_the_way": "Two champions have gone quiet since the price was on the table.",
    "doing": "I call both on Thursday with the two-step start, and write down what they say.",
    "help_needed": "Would you ring their COO? A manager's word carries there.",
}
REMARK = "The CFO can only make the week after. Everything else as agreed."


def load_reviews(sample: Sample, team: SampleTeam) -> None:
    """The first two meet every four weeks: today and tomorrow. The last one has no rhythm yet."""
    first, second, third, fourth = team.reps[:4]
    _regular(sample, first, team.manager, 0, [FIRST, SECOND])
    _regular(sample, second, team.manager, 1, [SECOND])
    coming = Review.objects.to_come().filter(rep=second).earliest("scheduled_for")
    if coming.is_open(sample.now):
        ReviewPreparation.write(coming, PREPARED, by=second, at=sample.now)
    by_day = {"rhythm": DAY_OF_MONTH, "day": 15, "time": time(14)}
    ReviewSchedule.set_up(third, by=team.manager, at=sample.now, **by_day)
    by_weekday = {"rhythm": NTH_WEEKDAY, "nth": LAST, "weekday": 4, "time": time(9, 30)}
    ReviewSchedule.set_up(fourth, by=team.manager, at=sample.now, **by_weekday)


def _regular(
    sample: Sample, rep: User, manager: User, days: int, held: Sequence[Sequence[Step]]
) -> None:
    """A rhythm whose next date is so many days from today, after some that were held."""
    following = sample.workday(days)
    begin = following - len(held) * EVERY
    schedule = ReviewSchedule.set_up(
        rep,
        by=manager,
        at=sample.at(begin - timedelta(days=3), 9),
        rhythm=EVERY_WEEKS,
        weekday=following.weekday(),
        starts_on=begin,
        time=time(16) if days == 0 else time(10),
    )
    for steps in held:
        review = Review.objects.to_come().filter(rep=rep).earliest("scheduled_for")
        _hold(review, steps, sample.now)
    plan(ReviewSchedule.objects.filter(pk=schedule.pk), sample.now)


def _hold(review: Review, steps: Sequence[Step], now: datetime) -> None:
    """Run it, with the planned minutes, and let both agree."""
    begins, manager, rep = review.scheduled_for, review.manager, review.rep
    review.start(by=manager, at=begins)
    at = begins
    for part in review.parts.all():
        review.turn_to(part.number, by=manager, at=at)
        part.write(NOTES[part.number], by=manager, at=at + timedelta(minutes=2))
        at += timedelta(minutes=part.planned_minutes)
    made = [_agree(review, step) for step in steps]
    review.refresh_from_db()
    review.agree(by=rep, at=at)
    review.agree(by=manager, at=at)
    ReviewRemark.add(review, REMARK, by=rep, at=at + timedelta(days=1))
    for agreement, (_, days, became) in zip(made, steps, strict=True):
        settled = min(begins + timedelta(days=max(days - 2, 1)), now)
        if became == DONE:
            agreement.complete(by=rep, at=settled)
        elif became == DROPPED:
            agreement.drop(reason="They came to us with it", by=rep, at=settled)


def _agree(review: Review, step: Step) -> Agreement:
    text, days, _ = step
    return Agreement.make(
        text=text,
        owner=review.rep,
        due_on=(review.scheduled_for + timedelta(days=days)).date(),
        by=review.manager,
        at=review.scheduled_for + timedelta(minutes=27),
        review=review,
    )
