"""Plain functions that make things for tests, through the verbs where there are any."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any, NamedTuple

from django.apps import apps

from alerts.models import Alert, Notification
from coaching.models import Behaviour, CallPlan, Debrief, DebriefReview, RideAlong
from coaching.models.behaviour_score import Seen
from coaching.models.debrief import DebriefContent, LineResult
from coaching.models.plan_content import PlanContent, TextLine, WhoLine
from metrics.models import Checkpoint, Foretelling, Metric, MetricCount, PostedMeasure, Target
from metrics.models.metric_count import Posted
from metrics.pace import MISSED
from metrics.periods import MIDDLE
from people.models import ApiToken, Team, User
from pipeline.models import Account, Call, Contact, Opportunity, Product, Stage
from playbook.models import Differentiator, IcpCriterion, Priority, Question, TrainingModule

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
TODAY = NOW.date()
PASSWORD = "correct horse battery"


def first_stages() -> None:
    """Bring back the stages of a new organisation, which emptying the tables took away."""
    if not Stage.objects.exists():
        import_module("pipeline.migrations.0002_first_stages").add_stages(apps, None)


def first_metrics() -> None:
    """Bring back the chain of a new organisation, which emptying the tables took away."""
    if not Metric.objects.exists():
        import_module("metrics.migrations.0002_first_metrics").add_metrics(apps, None)


def a_user(name: str, **fields: Any) -> User:
    fields.setdefault("email", f"{name.lower().replace(' ', '.')}@example.com")
    password = fields.pop("password", PASSWORD)
    team = fields.pop("team", None)
    user = User.objects.create_user(name=name, password=password, **fields)
    if team:
        user.join(team)
    return user


def a_team(name: str, manager: User | None = None, parent: Team | None = None) -> Team:
    team = Team.objects.create(name=name)
    team.arrange(parent=parent, manager=manager)
    return team


def a_money_target(amount: object, by: User, at: datetime = NOW, **scope: Any) -> Target:
    """What a person is to win in a quarter: of all, of `team=` or of `person=`."""
    ultimate = Metric.objects.get(role=Metric.ULTIMATE)
    return Target.set(ultimate, Decimal(str(amount)), by=by, at=at, **scope)


class People(NamedTuple):
    """Rosa and pia, reps of mia's team North; otto, rep of max's team South; the administrator."""

    rosa: User
    pia: User
    mia: User
    otto: User
    ada: User


def some_people() -> People:
    """All who are fixtures in conftest.py, at once: eva leads both teams."""
    eva, mia, max_ = a_user("Eva Executive"), a_user("Mia Manager"), a_user("Max Manager")
    sales = a_team("Sales", manager=eva)
    north = a_team("North", manager=mia, parent=sales)
    south = a_team("South", manager=max_, parent=sales)
    people = People(
        rosa=a_user("Rosa Rep", team=north),
        pia=a_user("Pia Peer", team=north),
        mia=mia,
        otto=a_user("Otto Other", team=south),
        ada=a_user("Ada Administrator", is_administrator=True),
    )
    for person in people:
        person.refresh_from_db()
    return people


def a_token(user: User, scope: str = ApiToken.WRITE, lasts: timedelta | None = None) -> str:
    """The key of a new token."""
    return ApiToken.issue(user, name="test", scope=scope, lasts=lasts)[1]


def an_account(name: str = "Acme", **fields: Any) -> Account:
    return Account.objects.create(name=name, **fields)


def a_contact(account: Account, name: str = "Carla Buyer", **fields: Any) -> Contact:
    return Contact.objects.create(account=account, name=name, **fields)


def a_product(name: str = "Platform", **fields: Any) -> Product:
    return Product.objects.create(name=name, **fields)


def a_stage(order: int = 1) -> Stage:
    """One of the five stages of a new organisation, counted from 1."""
    return Stage.objects.get(order=order)


def a_deal(
    owner: User, name: str = "Acme rollout", at: datetime = NOW, **fields: Any
) -> Opportunity:
    fields.setdefault("amount", 48_000)
    fields.setdefault("close_date", date(2026, 12, 18))
    return Opportunity.open_new(by=owner, at=at, name=name, **fields)


def a_call(owner: User, starts_at: datetime = NOW + timedelta(days=1), **fields: Any) -> Call:
    if "account" not in fields and "opportunity" not in fields:
        fields["account"] = Account.objects.first() or an_account()
    return Call.schedule(owner=owner, starts_at=starts_at, **fields)


def plan_content(**parts: Any) -> PlanContent:
    """A plan with all five parts filled."""
    return PlanContent(
        **{
            "purpose": "Agree who decides and by when",
            "who": [WhoLine(name="Nora New", role="decision_maker")],
            "learn": [TextLine("What have they tried so far?", "evaluation")],
            "give": [TextLine("The Initech case study")],
            "commitments": [TextLine("A meeting with the CFO this month")],
            "fallback": "The CFO's name and an introduction by mail",
            **parts,
        }
    )


def a_plan(call: Call, at: datetime = NOW, file: bool = True, **parts: Any) -> CallPlan:
    plan = CallPlan.write_for(call, plan_content(**parts), by=call.owner, at=at)
    if file:
        plan.file(by=call.owner, at=at)
    return plan


def a_debrief(call: Call, at: datetime | None = None, file: bool = True, **fields: Any) -> Debrief:
    at = at or call.ends_at + timedelta(minutes=10)
    plan = CallPlan.objects.filter(call=call).first()
    lines = plan.lines.all() if plan else []
    content = DebriefContent(
        **{
            "results": {line.pk: LineResult("yes", "It went well") for line in lines},
            "as_prepared": "yes",
            "score": 7,
            "worked": "The opening question",
            "next_step": "Send the agenda",
            "next_step_on": date(2026, 11, 27),
            **fields,
        }
    )
    debrief = Debrief.write_for(call, content, by=call.owner, at=at)
    if file:
        debrief.file(by=call.owner, at=at)
    return debrief


def a_scored_call(
    rep: User, score: int, by: User, at: datetime = NOW, seen: dict[int, Seen] | None = None
) -> DebriefReview:
    """A call that was planned, held and debriefed, and scored by a manager at that moment.

    `seen` is what the manager says of behaviours, by id.
    """
    call = a_call(rep, at - timedelta(hours=2))
    a_plan(call, at - timedelta(hours=3))
    debrief = a_debrief(call, at - timedelta(hours=1))
    return DebriefReview.give(debrief, by=by, at=at, score=score, seen=seen)


def a_behaviour(
    name: str = "Asks before telling",
    by: User | None = None,
    team: Team | None = None,
    at: datetime = NOW,
    **said: Any,
) -> Behaviour:
    """One of the organisation's set or of a team's, defined by its manager."""
    anchors = {
        "4": "Only when prompted",
        "7": "In most calls",
        "9": "In every call, and teaches it",
    }
    definer = (
        by or (team.manager if team else None) or User.objects.filter(is_administrator=True)[0]
    )
    said = {"expected": "The buyer speaks first.", "anchors": anchors, **said}
    return Behaviour.define(by=definer, at=at, team=team, name=name, **said)


def a_ride_along(
    rep: User, by: User, starts_at: datetime = NOW, held: bool = False, **fields: Any
) -> RideAlong:
    """A day in the field; `held`: handed in two hours after it began."""
    planned = {"about": "A day in Ghent", "starts_at": starts_at, "at": starts_at, **fields}
    ride = RideAlong.plan(rep, by=by, **planned)
    if held:
        ride.hold(by=by, at=starts_at + timedelta(hours=2), notes="A good day", seen={})
    return ride


def an_alert(about: User, *told: User, at: datetime = NOW, **fields: Any) -> Alert:
    """An open episode about somebody's work, of which these were told in the app at once."""
    episode = {
        "kind": "debrief_overdue",
        "subject_id": Alert.objects.count() + 1,
        "title": "Debrief: Acme",
        "said": "The debrief was missing {number} after the call; the limit is 24.",
        "value": 30,
        "limit": 24,
        "unit": "hours",
    }
    dated = {"opened_at": at, "opened_on": at.date()}
    alert = Alert.objects.create(about=about, **{**episode, **dated, **fields})
    heard = [Notification(alert=alert, person=person, app_at=at) for person in told]
    Notification.objects.bulk_create(heard)
    return alert


def a_posted_measure(name: str = "dials") -> PostedMeasure:
    """The one of that name, which other systems may post counts of."""
    found = PostedMeasure.objects.filter(name=name).first()
    return found or PostedMeasure.add(name=name, label=name.capitalize(), unit=name)


def a_metric_count(
    person: User, day: date = TODAY, count: int = 12, source: str = "dialler", at: datetime = NOW
) -> MetricCount:
    posted = Posted(source, person, a_posted_measure(), day, count)
    return MetricCount.post([posted], by=person, at=at)[0]


def a_checkpoint(metric: Metric, day: date = TODAY, **fields: Any) -> Checkpoint:
    """Of a `person` or a `team`: missed, unless said otherwise."""
    span = {"first_day": day - timedelta(days=2), "last_day": day + timedelta(days=4)}
    judged = {"kind": MIDDLE, "state": MISSED, "value": 1, "target": 5, "due": 3, "pace": "0.3333"}
    return Checkpoint.objects.create(metric=metric, day=day, **{**span, **judged, **fields})


def a_foretelling(metric: Metric, weeks: int = 4) -> Foretelling:
    """That a precursor tells something of the ultimate metric so many weeks later."""
    return Foretelling.objects.create(
        precursor=metric,
        ultimate=Metric.objects.get(role=Metric.ULTIMATE, retired_on=None),
        weeks=weeks,
        points=60,
        correlation=0.5,
        low=0.3,
        high=0.7,
        worked_out_on=TODAY,
    )


def a_training_module(title: str = "Asking first", **fields: Any) -> TrainingModule:
    said = {"outcome": "Ask before telling", "by": None, "at": NOW, **fields}
    return TrainingModule.add(title=title, **said)


def a_differentiator(text: str = "Live in a week", **fields: Any) -> Differentiator:
    said = {"by": None, "at": NOW, **fields}
    return Differentiator.add(text=text, **said)


def a_question(text: str = "Who signs?", situation: str = "plan", **fields: Any) -> Question:
    said = {"by": None, "at": NOW, **fields}
    return Question.add(text=text, situation=situation, **said)


def a_criterion(name: str = "Mid-sized", **fields: Any) -> IcpCriterion:
    """At least 50 employees, unless said otherwise."""
    profile = {"fact": "employees", "condition": "at_least", "least": Decimal(50)}
    if "fact" in fields:
        profile = {}
    said = {"why": "They stay", "by": None, "at": NOW, **profile, **fields}
    return IcpCriterion.add(name=name, **said)


def a_priority(title: str = "Renewals first", **fields: Any) -> Priority:
    said = {"reason": "They go else", "first_day": TODAY, "by": None, "at": NOW, **fields}
    return Priority.add(title=title, **said)
