"""A story in which every verb is carried out once, with a mark in every text that is written."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from coaching.models import (
    Behaviour,
    CoachingRules,
    DebriefReview,
    Diagnosis,
    Focus,
    HelpRequest,
    Inspection,
    InspectionLevel,
    RideAlong,
)
from metrics.models import Metric, PostedMeasure, Ramp, Target
from people.models import Absence, Holiday, Organisation, Team, User
from pipeline.models import (
    Account,
    BuyerAction,
    BuyerAnswer,
    BuyingRole,
    Call,
    Contact,
    CriterionMet,
    Hold,
    Opportunity,
    Product,
    Proposal,
    Stage,
    StallRules,
)
from playbook.models import (
    AccountStrategy,
    Differentiator,
    IcpCriterion,
    OnboardingPlan,
    Priority,
    Question,
    TrainingAssignment,
    TrainingModule,
)
from playbook.models.strategy import FUTURE, TACTICAL
from reviews.models import (
    Agreement,
    PipelineCall,
    PipelineCallDecision,
    PipelineCallSchedule,
    Review,
    ReviewDecision,
    ReviewRemark,
    ReviewSchedule,
)
from reviews.models.agreement import NextStep
from reviews.models.deal_decision import LEAVE, Said
from tests.factories import NOW, TODAY, People, a_behaviour, a_debrief, a_plan, a_stage

MARK = "Zanzibar"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def everything_happens(people: People) -> None:
    """Rosa and her manager mia work through all there is; ada administrates."""
    _catalogue()
    _behaviours(people)
    _material(people)
    _training(people)
    _metrics(people)
    deal, contact = _deals(people)
    _strategy(people, deal)
    _calls(people, deal, contact)
    _help(people, deal, contact)
    _ride_alongs(people)
    _reviews(people, deal)
    _pipeline_calls(people, deal)
    _coaching(people)
    _people(people)


def _coaching(people: People) -> None:
    """Rosa's level, what she works on, and why."""
    said: dict[str, Any] = {"by": people.mia, "at": NOW}
    rosa = people.rosa
    InspectionLevel.of(rosa).set_by_hand("spot", f"{MARK} went well", **said)
    behaviour = Behaviour.objects.all().expected_of(rosa)[0]
    focus = Focus.start(rosa, behaviour, goal=f"{MARK} talks", **said)
    focus.take_step("train", f"{MARK} as the example", **said)
    focus.leave("paused", f"{MARK} is away", **said)
    Diagnosis.give(
        rosa,
        behaviour,
        skill="low",
        skill_reason=f"{MARK} was told",
        will="high",
        will_reason=f"{MARK} was asked",
        evidence_keys=[f"debrief:{rosa.debriefs.exclude(review=None)[0].pk}"],
        **said,
    )


def _behaviours(people: People) -> None:
    said: dict[str, Any] = {"by": people.ada, "at": NOW}
    behaviour = a_behaviour(expected=MARK, **said)
    a_behaviour("Gets commitments", **said).put(1, **said)
    behaviour.change(expected=f"{MARK} asks", minimum=8, **said)
    behaviour.retire(**said)
    behaviour.restore(**said)
    CoachingRules.current().change(minimum=6, **said)


def _catalogue() -> None:
    product = Product.add(name="Gadget")
    product.change(list_price=Decimal(12))
    stage = Stage.add(name="Sign", probability=90, patience=9, criteria=[f"{MARK} signs"])
    stage.change(name="Sign it", probability=95, patience=9, criteria=[f"{MARK} signs"])
    stage.place(1)
    stage.place(6)
    stage.remove()
    StallRules.current().change(silent_days=30)


def _material(people: People) -> None:
    """The playbook: each kind is written, changed, retired and wanted again."""
    said: dict[str, Any] = {"by": people.ada, "at": NOW}
    product, stage = Product.objects.get(), Stage.first()
    because = f"{MARK} says so"
    profile = {"fact": "employees", "condition": "at_least", "least": Decimal(50), "why": because}
    criterion = IcpCriterion.add(name="Mid-sized", **profile, **said)
    criterion.change(name="Middling", **said)
    apart = Differentiator.add(text=f"Like {MARK}", proof=because, product=product, **said)
    apart.change(product=None, **said)
    days = {"first_day": TODAY, "last_day": None}
    priority = Priority.add(title="Gadgets first", reason=because, **days, **said)
    priority.change(last_day=TODAY, **said)
    question = Question.add(text=f"Who is {MARK}?", situation="plan", **said)
    question.change(stage=stage, **said)
    for piece in (criterion, apart, priority, question):
        piece.retire(**said)
        piece.restore(**said)


def _training(people: People) -> None:
    rosa, mia = people.rosa, people.mia
    by_ada: dict[str, Any] = {"by": people.ada, "at": NOW}
    module = TrainingModule.add(
        title="Asking first", outcome=f"Ask {MARK}", text=f"{MARK} answers",
        url=f"https://{MARK}.example", **by_ada,
    )  # fmt: skip
    module.change(minutes=30, **by_ada)
    module.retire(**by_ada)
    module.restore(**by_ada)
    plan = OnboardingPlan.add(name="First weeks")
    plan.change(is_active=False)
    plan.set_step(module, 7).remove()
    own = TrainingAssignment.assign(rosa, module, TODAY, by=mia, at=NOW, why=f"{MARK} waits")
    own.reschedule(TODAY + DAY, by=mia, at=NOW)
    own.withdraw(by=mia, at=NOW)
    own.reopen(by=mia, at=NOW)
    own.finish(takeaway=f"{MARK} talks", by=rosa, at=NOW)


def _strategy(people: People, deal: Opportunity) -> None:
    said: dict[str, Any] = {"by": people.rosa, "at": NOW}
    assert deal.account is not None
    strategy = AccountStrategy.of(deal.account, **said)
    strategy.write_goal(f"{MARK} buys all", **said)
    of: dict[str, Any] = {"owner": people.rosa, **said}
    strategy.add_step(kind=FUTURE, text=f"{MARK} moves", **of).remove(**said)
    step = strategy.add_step(kind=TACTICAL, text=f"{MARK} lunch", due_on=TODAY, **of)
    step.change(due_on=TODAY + DAY, **said)
    step.finish(**said)
    step.reopen(**said)


def _metrics(people: People) -> None:
    measure = PostedMeasure.add(name="faxes", label="Faxes", unit="faxes")
    measure.change(label="Fax", unit="faxes", direction="higher")
    metric = Metric.add(label="Talks", measure="interviews", role=Metric.PRECURSOR, period="week")
    metric.change(label="Interviews")
    metric.move(1)
    metric.retire(on=TODAY)
    metric.restore()
    ramp = Ramp.add(name="New here", percents=[50])
    ramp.change(name="New here", percents=[25, 50])
    said: dict[str, Any] = {"by": people.ada, "at": NOW}
    Target.set(metric, Decimal(7), person=people.rosa, **said).end(TODAY, **said)
    ramp.remove()


def _deals(people: People) -> tuple[Opportunity, Contact]:
    rosa, pia = people.rosa, people.pia
    said: dict[str, Any] = {"by": rosa, "at": NOW}
    account = Account.register(
        name="Acme", owner=rosa, sector=MARK, location=MARK, phone=MARK, notes=MARK,
        website=f"https://{MARK}.example",
    )  # fmt: skip
    account.change(employees=12)
    contact = Contact.register(
        account=account, name=f"{MARK} Buyer", job_title=MARK, phone=MARK, notes=MARK,
        email=f"{MARK}@example.com",
    )  # fmt: skip
    contact.change(account=Account.register(name="Beta"))
    contact.change(account=account)
    deal = Opportunity.open_new(name="Acme rollout", account=account, amount=48_000, **said)
    criterion = deal.stage.exit_criteria.create(text=f"{MARK} named a sponsor")
    CriterionMet.meet(deal, criterion, **said).remove()
    CriterionMet.meet(deal, criterion, **said)
    deal.move_to(a_stage(2), why=MARK, **said)
    deal.push(date(2026, 12, 18), why=MARK, **said)
    deal.set_amount(Decimal(50_000), why=MARK, **said)
    deal.set_next_step(f"{MARK} is to call", date(2026, 11, 20), **said)
    deal.describe(own_probability=60, own_probability_reason=MARK)
    deal.assign(pia, by=people.mia, at=NOW, why=MARK)
    deal.assign(rosa, by=people.mia, at=NOW, why=MARK)
    BuyerAnswer.give(deal, "problem", f"{MARK} is late", **said)
    action = BuyerAction.record(deal, f"{MARK} signed", TODAY, contact=contact, **said)
    BuyerAction.record(deal, f"{MARK} wrote", TODAY, **said)
    action.remove()
    Proposal.record(deal, f"{MARK} offer", TODAY, **said).remove()
    Proposal.record(deal, f"{MARK} offer", TODAY, **said)
    role = BuyingRole.add(deal, contact, "champion", criteria=MARK)
    role.change(role="user")
    role.remove()
    someone = Contact(account=account, name=f"{MARK} New")
    BuyingRole.add(deal, someone, "influencer", criteria=MARK)
    Hold.begin(deal, f"{MARK} budget", date(2027, 1, 8), **said).end(**said)
    deal.lose(reason=f"{MARK} was cheaper", **said)
    deal.reopen(why=MARK, **said)
    deal.win(why=MARK, **said)
    deal.reopen(why=MARK, **said)
    other = Opportunity.open_new(name="Beta rollout", account=account, **said)
    other.lose(reason=f"{MARK} was cheaper", **said)
    return deal, contact


def _calls(people: People, deal: Opportunity, contact: Contact) -> None:
    rosa, mia = people.rosa, people.mia
    said: dict[str, Any] = {"by": rosa, "at": NOW}
    call = Call.schedule(owner=rosa, starts_at=NOW + DAY, opportunity=deal, attendees=[contact])
    call.reschedule(NOW + 2 * DAY, why=MARK, **said)
    call.describe(channel="video")
    call.cancel(why=MARK, **said)
    call.restore(**said)
    plan = a_plan(call, purpose=f"Open {MARK}", fallback=MARK)
    Inspection.give(plan, "change", by=mia, at=NOW, part="learn", comment=f"More {MARK}")
    held = Call.schedule(owner=rosa, starts_at=NOW - HOUR, opportunity=deal)
    held.hold(actual_minutes=20, **said)
    debrief = a_debrief(
        held, at=NOW, worked=MARK, went_poorly=MARK, forgot=MARK, buyer_actions=[f"{MARK} nods"],
        next_step=f"{MARK} sends it", no_next_step_reason=MARK,
    )  # fmt: skip
    DebriefReview.give(debrief, by=mia, at=NOW, score=5, modify=MARK, help=MARK)
    missed = Call.schedule(owner=rosa, starts_at=NOW - HOUR, opportunity=deal)
    missed.miss(why=f"{MARK} was away", **said)


def _help(people: People, deal: Opportunity, contact: Contact) -> None:
    rosa, mia = people.rosa, people.mia
    said: dict[str, Any] = {"by": rosa, "at": NOW}
    answered: dict[str, Any] = {"by": mia, "at": NOW}

    def ask() -> HelpRequest:
        return HelpRequest.ask(
            deal, kind="send_email", contact=contact, wanted_on=TODAY, synopsis=MARK,
            how_it_helps=MARK, draft_subject=MARK, draft=MARK, **said,
        )  # fmt: skip

    first, second, third = ask(), ask(), ask()
    first.accept(**answered)
    first.do(f"{MARK} wrote back", **answered)
    first.acknowledge(**said)
    second.decline(f"{MARK} first", **answered)
    second.restore(**answered)
    second.withdraw(**said)
    third.decline(f"{MARK} first", **answered)
    HelpRequest.step_in(deal, kind="opinion", what=f"{MARK} listens to me", **answered)


def _ride_alongs(people: People) -> None:
    rosa, said = people.rosa, {"by": people.mia, "at": NOW}
    moved = Call.schedule(owner=rosa, starts_at=NOW + DAY, account=Account.register(name="Field"))
    ride = RideAlong.plan(rosa, call=moved, **said)
    moved.reschedule(NOW + 2 * DAY, why=MARK, by=rosa, at=NOW)
    ride.refresh_from_db()
    ride.change(starts_at=NOW, about=f"{MARK} fair", **said)
    ride.cancel(f"{MARK} is ill", **said)
    ride.restore(**said)
    ride.hold(notes=f"{MARK} listened", seen={}, **said)
    ride.sign(comment=f"{MARK} next time", by=rosa, at=NOW)
    RideAlong.plan(rosa, starts_at=NOW, about=f"{MARK} fair", **said).cancel(f"{MARK} ill", **said)


def _reviews(people: People, deal: Opportunity) -> None:
    rosa, mia = people.rosa, people.mia
    said: dict[str, Any] = {"by": mia, "at": NOW}
    ReviewSchedule.set_up(rosa, nth=3, is_active=False, **said)
    Agreement.make(text=f"{MARK} calls", owner=rosa, due_on=TODAY, **said).complete(**said)
    dropped = Agreement.make(text=f"{MARK} writes", owner=rosa, due_on=TODAY, **said)
    dropped.drop(reason=f"{MARK} moved", **said)
    dropped.restore(by=mia)
    dropped.drop(reason=f"{MARK} moved", **said)
    excused = Review.arrange(rosa, NOW + 3 * HOUR, **said)
    excused.excuse_it(f"{MARK} fair", **said)
    excused.restore(by=mia)
    excused.excuse_it(f"{MARK} fair", **said)
    review = Review.arrange(rosa, NOW + HOUR, **said)
    review.reschedule(NOW + 2 * HOUR, **said)
    review.start(**said)
    review.parts.get(number=1).write(f"{MARK} said", by=rosa, at=NOW)
    ReviewDecision.make(review, deal, Said(LEAVE, MARK), **said)
    again: dict[str, Any] = {"review": review, **said}
    agreement = Agreement.make(text=f"{MARK} step", owner=rosa, due_on=TODAY, **again)
    steps = [NextStep(f"{MARK} {n}", rosa, TODAY) for n in (1, 2)]
    made = agreement.split(steps, **again)
    made[0].remove(by=mia)
    review.refresh_from_db()
    review.agree(by=rosa, at=NOW)
    review.take_back(by=rosa)
    review.agree(by=rosa, at=NOW)
    review.agree(**said)
    ReviewRemark.add(review, f"{MARK} again", by=rosa, at=NOW)
    silent = Review.arrange(rosa, NOW + 4 * HOUR, **said)
    silent.start(**said)
    silent.refresh_from_db()
    silent.close(**said)


def _pipeline_calls(people: People, deal: Opportunity) -> None:
    said: dict[str, Any] = {"by": people.mia, "at": NOW}
    north = people.mia.teams_led.get()
    PipelineCallSchedule.set_up(north, by=people.mia, weekday=2)
    call = PipelineCall.start(north, **said)
    call.write_notes(f"{MARK} everywhere", **said)
    deal.refresh_from_db()
    PipelineCallDecision.make(call, deal, Said(LEAVE, MARK), **said)
    call.close(**said)


def _people(people: People) -> None:
    Organisation.current().change(name="Acme Sales")
    Holiday.add(date(2026, 12, 24), f"{MARK} day")
    absence = Absence.record(
        people.rosa, first_day=TODAY, last_day=TODAY, reason=MARK, by=people.rosa
    )
    absence.withdraw(by=people.rosa)
    team = Team.add(name="West")
    team.change(name="Wild West", parent=None, manager=people.mia)
    team.arrange(parent=None, manager=None)
    newcomer = User.objects.create_user(f"{MARK}@example.com", "Nils New", phone=MARK)
    newcomer.change(name="Nils Newer")
    newcomer.join(team)
    newcomer.join(None)
    newcomer.deactivate()
    newcomer.activate()
    team.remove()
