"""Draws what managers did for their reps, at all edges of its days; see `coverage_by_hand.py`."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from coaching.coverage import Frame
from coaching.models import (
    Behaviour,
    CallPlan,
    Debrief,
    DebriefReview,
    Focus,
    FocusStep,
    HelpRequest,
    Inspection,
    RideAlong,
)
from people.models import User
from pipeline.models import Account, Call, Opportunity, Stage
from reviews.models import Review

# eva > mia > rosa, pia, lena > olga; eva > max (who may have left) > otto; nora stands alone.
TREE = {
    "mia": "eva",
    "rosa": "mia",
    "pia": "mia",
    "lena": "mia",
    "olga": "lena",
    "max": "eva",
    "otto": "max",
}
LEVELS = {"eva": 3, "mia": 2, "lena": 1, "max": 1}
NAMES = ["eva", *TREE, "nora"]
HOURS = [-1, 0, 1, 24, 47, 48, 49, 200]
SECOND = timedelta(seconds=1)


class CoverageWorld:
    """Rows as they lie in the tables: drawn, not made by the verbs, so that all states occur."""

    def __init__(self, chance: Random, people: dict[str, User], frame: Frame) -> None:
        self.chance, self.people, self.frame = chance, people, frame
        self.account = Account.objects.create(name="Acme")

    def make(self, size: int) -> None:
        """As many of each kind."""
        self._place_people()
        self._calls(size)
        self._help(size)
        self._rides(size // 2)
        self._reviews(size)
        self._steps(size // 4)

    def _place_people(self) -> None:
        """Some left, some moved elsewhere; whoever joined did so around half a year before."""
        for name, person in self.people.items():
            boss = TREE.get(name)
            if name in ("rosa", "olga", "otto") and self._often(0.2):
                boss = self.chance.choice(["mia", "max", "lena"])
            days = self.chance.choice([None, 0, 100, 180, 181, 182, 183, 184, 185, 400])
            person.reports_to = self.people[boss] if boss else None
            person.levels_below = LEVELS.get(name, 0)
            person.is_active = name in ("eva", "mia") or not self._often(0.15)
            person.joined_on = None if days is None else self.frame.last - timedelta(days=days)
            person.save()

    # Chances: each limit is met, missed by a second, and passed.

    def _often(self, share: float) -> bool:
        return self.chance.random() < share

    def _who(self) -> User:
        return self.chance.choice(list(self.people.values()))

    def _moment(self) -> datetime:
        edge = self.chance.choice([self.frame.begin, self.frame.end, None, None, None, None])
        if edge is not None:
            hours = timedelta(hours=self.chance.choice([0, 0, -48, 48, -24]))
            return edge + hours + self.chance.choice([-1, 0, 1]) * SECOND
        span = self.frame.end - self.frame.begin
        return self.frame.begin + (self.chance.random() * 1.4 - 0.3) * span

    def _later(self, at: datetime) -> datetime:
        """Some hours after; sometimes exactly as many."""
        return at + timedelta(hours=self.chance.choice(HOURS)) * self.chance.choice(
            [1, 1, self.chance.random()]
        )

    def _day(self, around: date) -> date:
        return around + timedelta(days=self.chance.choice([-40, -2, -1, 0, 1, 2]))

    # Rows.

    def _calls(self, size: int) -> None:
        statuses = [Call.PLANNED, Call.HELD, Call.HELD, Call.MISSED, Call.CANCELLED]
        calls = [
            Call(
                owner=self._who(),
                account=self.account,
                starts_at=(starts := self._moment()),
                ends_at=starts + timedelta(minutes=30),
                status=self.chance.choice(statuses),
            )
            for _ in range(size)
        ]
        Call.objects.bulk_create(calls)
        for call in calls:
            if self._often(0.8):
                self._plan(call)
            if self._often(0.8):
                self._debrief(call)

    def _plan(self, call: Call) -> None:
        """Filed, answered, filed once more, also after the start, answered again."""
        starts = call.starts_at
        filed = starts - timedelta(hours=self.chance.choice([0.5, 1, 30, 100]))
        plan = CallPlan(call=call, rep=call.owner, to_inspect=self._often(0.8), state="draft")
        answers: list[datetime] = []
        if self._often(0.9):
            plan.filed_at = plan.submitted_at = filed
            plan.state, plan.timeliness = "filed", self.chance.choice(["on_time"] * 5 + ["late"])
            answers = self._answers(plan, filed, starts)
        plan.save()
        Inspection.objects.bulk_create(
            Inspection(plan=plan, verdict="talk", at=at, by=self._who(), plan_version=1)
            for at in answers
        )

    def _answers(self, plan: CallPlan, filed: datetime, starts: datetime) -> list[datetime]:
        if not self._often(0.7):
            return []
        first = filed + (starts - filed) * self.chance.choice([0, 0.25, 0.5])
        plan.state = self.chance.choice(["good", "change", "talk"])
        if plan.state == "good" or not self._often(0.5):
            return [first]
        again = filed + (starts - filed) * 0.75
        if self._often(0.3):  # after the start nobody can answer any more
            plan.submitted_at, plan.state = starts + self.chance.choice([0, 1]) * SECOND, "filed"
            return [first]
        plan.submitted_at, plan.state = again, "filed"
        if not self._often(0.5):
            return [first]
        plan.state = "good"
        return [first, again + (starts - again) / 2]

    def _debrief(self, call: Call) -> None:
        filed = self._moment() if self._often(0.9) else None
        debrief = Debrief.objects.create(call=call, rep=call.owner, filed_at=filed)
        if filed and self._often(0.7):
            at = max(self._later(filed), filed)
            score = self.chance.randint(1, 10)
            by = self._who()
            DebriefReview.objects.create(debrief=debrief, score=score, at=at, by=by, minimum=7)
            Debrief.objects.filter(pk=debrief.pk).update(reviewed_at=at)

    def _help(self, size: int) -> None:
        stage = Stage.first()
        for _ in range(size):
            asked = self._moment()
            state = self.chance.choice(["asked", "accepted", "done", "done", "done", "declined"])
            state = "withdrawn" if self._often(0.1) else state
            settled = state not in ("asked", "accepted")
            deal = Opportunity(
                owner=self._who(), account=self.account, stage=stage, name="Deal", status="open"
            )
            Opportunity.objects.bulk_create([deal])
            around = self.chance.choice([asked.date(), self.frame.last, self.frame.first])
            HelpRequest.objects.create(
                opportunity=deal,
                asked_by=deal.owner,
                asked_of=self._who(),
                kind="opinion",
                how_it_helps="It does",
                wanted_on=self._day(around),
                origin="stepped_in" if self._often(0.2) else "asked",
                state=state,
                asked_at=asked,
                answered_at=max(self._later(asked), asked) if settled else None,
                answered_by=self._who() if settled else None,
            )

    def _rides(self, size: int) -> None:
        for _ in range(size):
            days = self.chance.choice([0, 30, 150, 180, 181, 182, 183, 184, 185, 186, 400])
            starts = self.frame.end - timedelta(days=days) + self.chance.choice([-1, 0, 1]) * SECOND
            state = self.chance.choice(["planned", "held", "held", "held", "cancelled"])
            RideAlong.objects.create(
                rep=self._who(),
                manager=self._who(),
                about="Fair",
                starts_at=starts,
                state=state,
                held_at=max(self._later(starts), starts) if state == "held" else None,
            )

    def _reviews(self, size: int) -> None:
        for _ in range(size):
            rep, planned = self._who(), self._moment()
            boss = rep.reports_to if rep.reports_to and self._often(0.8) else self._who()
            kept: Any = {}
            fate = self.chance.choice(["held", "held", "late", "not_held", "excused", "to_come"])
            if fate in ("late", "not_held"):
                kept["not_held_at"] = planned + timedelta(days=20)
            if fate in ("held", "late"):
                kept["started_at"] = self._later(planned)
                kept["closed_at"] = self._later(kept["started_at"]) + SECOND
            if fate == "excused":
                kept["excused_at"] = planned
            Review.objects.create(
                manager=boss,
                rep=rep,
                scheduled_for=planned,
                opens_at=planned - timedelta(days=1),
                due_by=self._day(self.chance.choice([planned.date(), self.frame.last])),
                **kept,
            )

    def _steps(self, size: int) -> None:
        behaviour = Behaviour.objects.create(name="Asks", expected="First", anchors={})
        for _ in range(size):
            day = self._day(self.chance.choice([self.frame.first, self.frame.last]))
            focus = Focus.objects.create(
                rep=self._who(),
                behaviour=behaviour,
                started_on=day,
                started_by=self.people["eva"],
                outcome="left",
                ended_on=day,
            )
            FocusStep.objects.create(
                focus=focus,
                step="train",
                evidence="Said",
                on=day,
                at=self._moment(),
                by=self.people["eva"],
            )
