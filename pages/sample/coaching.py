"""Behaviours and how the sample people do in them: a focus, diagnoses, ride-alongs, levels."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models.functions import Now

from coaching import evidence
from coaching.models import (
    Behaviour,
    Debrief,
    DebriefReview,
    Diagnosis,
    Focus,
    InspectionLevel,
    RideAlong,
)
from coaching.models.behaviour_score import Seen
from coaching.models.focus import COACH, REPEATED_BACK, ROLE_PLAYED, TRAIN
from coaching.sampling import FREQUENT
from pages.sample import words
from pages.sample.deals import Sample
from pages.sample.people import SampleTeam
from people.models import User
from playbook.models import TrainingModule

TAUGHT_BY = [(0,), (1,), (), (2,)]  # modules, by behaviour
STRONG, RISING = 1, 0  # the second rep of a team is good at it, the first gets better
STEPS = [
    (TRAIN, 34, "Read the module together and took one call apart"),
    (REPEATED_BACK, 32, "Said in their own words why the silence after a question matters"),
    (ROLE_PLAYED, 27, "Three rehearsals: waited five seconds in the last two"),
    (COACH, 12, "Listened to the Tuesday call; stopped twice in time"),
]


def load_behaviours(
    sample: Sample, administrator: User, modules: Sequence[TrainingModule]
) -> list[Behaviour]:
    """The organisation's set, as it was before the first call, and what teaches each."""
    made = [
        Behaviour.define(
            by=administrator,
            at=sample.past(120),
            training=[modules[n] for n in taught_by],
            **said,
        )
        for said, taught_by in zip(words.BEHAVIOURS, TAUGHT_BY, strict=True)
    ]
    Behaviour.objects.filter(pk__in=[each.pk for each in made]).update(is_sample=True)
    return made


def scores_of(sample: Sample, rep: int, held: int, of: int) -> tuple[int, int]:
    """A manager's score of a call and of its behaviours: the `held`-th of `of`, oldest first."""
    if rep == STRONG:
        return sample.chance.choice([7, 8, 8, 9]), sample.chance.choice([7, 8, 9])
    if rep == RISING:
        grown = 4 + 3 * held // max(of - 1, 1)
        return min(10, grown + sample.chance.choice([0, 1])), grown
    return sample.chance.choice([4, 5, 6, 6, 7, 7, 8]), sample.chance.choice([4, 5, 6, 7, 8])


def trust(sample: Sample, rep: User, manager: User) -> None:
    """Fewer plans of this rep were inspected from the beginning."""
    level = InspectionLevel.kept(rep)
    level.set_by_hand(FREQUENT, words.TRUSTED, by=manager, at=sample.past(110))


def seen(
    sample: Sample, behaviours: Sequence[Behaviour], score: int, share: float = 0.85
) -> dict[int, Seen]:
    """What a manager says of behaviours, the first of the set: of such a share, about that well."""
    chance = sample.chance
    return {
        behaviour.pk: Seen(given, notes[given >= behaviour.minimum] if noted else "")
        for behaviour, notes in zip(behaviours, words.SEEN, strict=False)
        for given in [_about(sample, score)]
        for noted in [chance.random() < 0.4]
        if chance.random() < share
    }


def own_scores(sample: Sample, behaviours: Sequence[Behaviour], score: int) -> dict[int, int]:
    """What a rep says of their own behaviours after a call that they score so."""
    return {behaviour.pk: _about(sample, score) for behaviour in behaviours}


def _about(sample: Sample, score: int) -> int:
    return min(10, max(1, score + sample.chance.choice([-1, 0, 0, 1])))


def load_coaching(sample: Sample, team: SampleTeam, behaviours: Sequence[Behaviour]) -> None:
    """What a manager does with their people beyond the calls themselves."""
    first, second, third, *_ = team.reps
    asking, commitments = behaviours[0], behaviours[-1]
    _ride_alongs(sample, team, behaviours)
    _diagnose(sample, first, team.manager, asking, "low", "low", 40)
    _diagnose(sample, first, team.manager, asking, "low", "high", 36)
    _diagnose(sample, second, team.manager, commitments, "high", "high", 20)
    _diagnose(sample, third, team.manager, commitments, "high", "low", 9)
    focus = Focus.start(
        first,
        asking,
        by=team.manager,
        at=sample.past(35),
        goal="Two questions before the first slide, in every first call",
    )
    for step, days, what_shows_it in STEPS:
        focus.take_step(step, what_shows_it, by=team.manager, at=sample.past(days))


def _diagnose(
    sample: Sample, rep: User, manager: User, behaviour: Behaviour, skill: str, will: str, days: int
) -> None:
    at = sample.past(days)
    known_since = (at - timedelta(days=3)).date()  # a call is debriefed and scored by then
    shown = evidence.offered(rep, behaviour, manager)
    keys = [piece.key for piece in shown if piece.on <= known_since][:3]
    if keys:
        Diagnosis.give(
            rep,
            behaviour,
            by=manager,
            at=at,
            skill=skill,
            skill_reason=words.SKILL[skill],
            will=will,
            will_reason=words.WILL[will],
            evidence_keys=keys,
        )


def _ride_alongs(sample: Sample, team: SampleTeam, behaviours: Sequence[Behaviour]) -> None:
    """One of some weeks ago, signed; one to sign; one to come; the others wait."""
    first, second, third, *_ = team.reps
    watch = behaviours[:2]
    for rep, days, signed in ((first, 45, True), (second, 6, False)):
        start = sample.at(sample.workday(-days), 9)
        ride = RideAlong.plan(
            rep,
            by=team.manager,
            at=start - timedelta(days=7),
            starts_at=start,
            about="A day of first calls in the north",
            watch=watch,
        )
        after = start + timedelta(hours=7)
        notes = sample.chance.choice(words.RIDE_NOTES)
        ride.hold(by=team.manager, at=after, notes=notes, seen=seen(sample, watch, 6, share=1))
        if signed:
            ride.sign(by=rep, at=after + timedelta(hours=20), comment=words.RIDE_COMMENT)
    RideAlong.plan(
        third,
        by=team.manager,
        at=sample.now,
        starts_at=sample.at(sample.workday(5), 10),
        about="Two presentations at the plant",
        purpose=RideAlong.MODEL,
        watch=watch,
    )


def review(
    sample: Sample,
    debrief: Debrief,
    manager: User,
    scores: tuple[int, int],
    behaviours: Sequence[Behaviour],
) -> None:
    """The manager's answer to a debrief, a day after it at most."""
    of_call, of_behaviours = scores
    assert debrief.filed_at is not None
    DebriefReview.give(
        debrief,
        by=manager,
        at=min(debrief.filed_at + timedelta(hours=20), sample.now),
        score=of_call,
        modify=sample.chance.choice(words.MODIFY),
        help=sample.chance.choice(words.HELP),
        seen=seen(sample, behaviours, of_behaviours),
    )


def remove(people: "list[int]") -> None:
    """What stands between these people and being gone."""
    Focus.objects.filter(rep__in=people).delete()
    Focus.objects.filter(started_by__in=people).delete()
    Focus.objects.filter(ended_by__in=people).delete()
    Focus.objects.filter(steps__by__in=people).delete()
    Diagnosis.objects.filter(rep__in=people).delete()
    Diagnosis.objects.filter(by__in=people).delete()
    RideAlong.objects.filter(rep__in=people).delete()
    RideAlong.objects.filter(manager__in=people).delete()
    unused = Behaviour.objects.filter(is_sample=True, scores=None, focuses=None, diagnoses=None)
    unused.delete()
    Behaviour.objects.filter(team__is_sample=True).update(team=None, retired_at=Now())
