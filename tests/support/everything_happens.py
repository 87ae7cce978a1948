"""A story in which every verb is carried out once, with a mark in every text that is written."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from coaching.models import DebriefReview, HelpRequest, Inspection
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
from tests.factories import NOW, TODAY, People, a_debrief, a_plan, a_stage

MARK = "Zanzibar"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def everything_happens(people: People) -> None:
    """Rosa and her manager mia work through all there is; ada administrates."""
    _catalogue()
    _metrics(people)
    deal, contact = _deals(people)
    _calls(people, deal, contact)
    _help(people, deal, contact)
    _reviews(people, deal)
    _pipeline_calls(people, deal)
    _people(people)


def _catalogue() -> None:
    product = Product.add(name="Gadget")
    product.change(list_price=Decimal(12))
    stage = Stage.add(name="Sign", probability=90, patience=9, criteria=[f"{MARK} signs"])
    stage.change(name="Sign it", probability=95, patience=9, criteria=[f"{MARK} signs"])
    stage.place(1)
    stage.place(6)
    stage.remove()
    StallRules.current().change(silent_days=30)


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
