"""What is kept equals what happened, whatever is done in whatever order, and however it is done."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from coaching.models import CallPlan, Debrief, DebriefReview
from coaching.models.plan import PlanLine
from coaching.models.plan_content import TextLine
from metrics import rollups, triggers
from metrics.models import DailyTally, MetricCount, PostedMeasure, TeamTally, Touch
from metrics.models.metric_count import Posted
from people.models import Organisation, Team, TeamMembership, User
from pipeline import credit
from pipeline.models import Call, CallAttendee, Contact, Opportunity, Proposal, Stage
from tests.factories import NOW, TODAY, a_contact, a_debrief, a_plan, an_account, some_people
from tests.support.tallies_by_hand import DAY, ByHand, Key

AFTER = NOW + timedelta(days=30)  # when everything is told: all has happened by then
ZONES = ["UTC", "Pacific/Kiritimati", "America/St_Johns", "America/Santiago", "Pacific/Pago_Pago"]
HOURS = [0, 2, 3, 6, 10, 13, 21]
AMOUNTS = [None, Decimal(0), Decimal("0.10"), Decimal("0.20"), Decimal(48_000)]


class Office:
    """The people, teams and customers of every run."""

    def __init__(self) -> None:
        Organisation.current()
        people = some_people()
        self.mia, self.ada = people.mia, people.ada
        self.reps = [people.rosa.pk, people.pia.pk, people.otto.pk]
        self.accounts = [an_account("Acme"), an_account("Initech")]
        self.contacts: list[Contact] = [
            a_contact(self.accounts[0], name) for name in ("Ann", "Ben", "Cem")
        ]
        Team.add(name="East", parent=people.mia.teams_led.get())
        self.measure = PostedMeasure.add(name="dials", label="Dials", unit="dials")
        self.begin(people.rosa, people.otto)

    def begin(self, rosa: User, otto: User) -> None:
        """A little of everything has happened already."""
        for hour, file in ((0, True), (3, False)):  # one customer twice; one debrief is a draft
            start = NOW - DAY + timedelta(hours=hour)
            who = {"account": self.accounts[0], "attendees": self.contacts[:2]}
            call = Call.schedule(owner=rosa, starts_at=start, **who)
            a_plan(call, at=start - timedelta(hours=1))
            debrief = a_debrief(call, at=AFTER, file=file)
            if file:
                DebriefReview.give(debrief, by=self.mia, at=AFTER, score=4)
            else:
                call.hold(by=rosa, at=AFTER)
        for number in range(2):
            deal = Opportunity.open_new(by=rosa, at=NOW, name=f"Old {number}", amount=500)
            Proposal.record(deal, "Offer", TODAY, by=rosa, at=AFTER)
            deal.assign(otto, by=otto, at=NOW)
        deal.win(by=otto, at=NOW)


class Days(RuleBasedStateMachine):
    """Every rule is something that people, programs or the shell do."""

    office: Office

    @initialize(chance=st.randoms(use_true_random=False))
    def begin(self, chance: Random) -> None:
        self.chance = chance
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "undone"):
            try:
                self.assert_right()
                assert kept() == counted_from_scratch()
            finally:
                transaction.set_rollback(True)
                self.undone.__exit__(None, None, None)

    # What there is to choose from.

    def one(self, rows: Any) -> Any:
        """One of some rows, or of a list; None when there is none."""
        found = rows if isinstance(rows, list) else list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def day(self) -> date:
        return TODAY + DAY * self.chance.choice([-40, -18, -17, -3, -2, -1, 0, 0, 1, 2, 14])

    def past(self) -> date:
        return min(self.day(), TODAY)

    def moment(self) -> datetime:
        hours = timedelta(hours=self.chance.choice(HOURS))
        return NOW.replace(hour=0) + (self.day() - TODAY) + hours

    def rep(self) -> User:
        return User.objects.get(pk=self.chance.choice(self.office.reps))

    def do(self, verb: Callable[[], Any]) -> None:
        """Try it; a refusal changes nothing."""
        try:
            with transaction.atomic():
                verb()
        except ValidationError:
            pass

    # Calls.

    @rule()
    def a_call_is_scheduled_and_often_held(self) -> None:
        call = Call.schedule(
            owner=self.rep(),
            starts_at=self.moment(),
            account=self.one(self.office.accounts),
            kind=self.one(["interview", "presentation", "negotiation"]),
            planned_minutes=self.one([15, 30]),
            attendees=[each for each in self.office.contacts if self.often(0.4)],
        )
        if self.often(0.7):
            call.hold(by=call.owner, at=AFTER, actual_minutes=self.one([None, 0, 50]))

    @rule(verb=st.sampled_from(["hold", "miss", "cancel", "restore", "reschedule", "describe"]))
    def something_becomes_of_a_call(self, verb: str) -> None:
        call = self.one(Call.objects.all())
        if call is None:
            return
        if verb == "describe":
            some = [each for each in self.office.contacts if self.often(0.5)]
            call.describe(kind=self.one(["interview", "presentation"]), attendees=some)
        elif verb == "reschedule":
            self.do(lambda: call.reschedule(self.moment(), by=call.owner, at=AFTER))
        else:
            self.do(lambda: getattr(call, verb)(by=call.owner, at=AFTER))

    @rule()
    def a_call_is_prepared(self) -> None:
        call = self.one(Call.objects.planned())
        if call:
            at = call.starts_at + timedelta(minutes=self.one([-3000, -60, -1, 0, 5, 40]))
            more = [TextLine(f"Ask {n}") for n in range(self.chance.randint(1, 3))]
            self.do(lambda: a_plan(call, at=at, file=self.often(0.8), commitments=more))
            if self.often(0.5):
                self.do(lambda: call.hold(by=call.owner, at=AFTER))

    @rule()
    def a_call_is_debriefed(self) -> None:
        call = self.one(Call.objects.all())
        if call:
            score = self.chance.randint(1, 10)
            self.do(lambda: a_debrief(call, at=AFTER, file=self.often(0.8), score=score))

    @rule()
    def a_debrief_is_reviewed(self) -> None:
        debrief = self.one(Debrief.objects.filed().filter(review=None))
        if debrief:
            score, by = self.chance.randint(1, 10), self.office.mia
            DebriefReview.objects.create(debrief=debrief, score=score, by=by, at=AFTER)

    # Deals.

    @rule()
    def a_deal_is_opened(self) -> None:
        self.number += 1
        Opportunity.open_new(
            by=self.rep(),
            at=self.moment(),
            name=f"Deal {self.number}",
            amount=self.one(AMOUNTS),
            currency=self.one(["EUR", "EUR", "USD"]),
        )

    @rule(verb=st.sampled_from(["win", "win", "lose", "reopen", "assign", "set_amount"]))
    def something_becomes_of_a_deal(self, verb: str) -> None:
        deal = self.one(Opportunity.objects.all())
        if deal is None:
            return
        facts: dict[str, dict[str, Any]] = {
            "win": {"on": self.past()},
            "lose": {"on": self.past(), "reason": "No budget"},
            "reopen": {"why": "They called again"},
            "assign": {"owner": self.rep()},
            "set_amount": {"amount": self.one(AMOUNTS), "currency": self.one(["EUR", "USD"])},
        }
        self.do(lambda: getattr(deal, verb)(by=self.office.mia, at=AFTER, **facts[verb]))

    @rule()
    def a_proposal_is_sent_or_taken_back(self) -> None:
        deal, proposal = self.one(Opportunity.objects.all()), self.one(Proposal.objects.all())
        if proposal and self.often(0.3):
            proposal.remove()
        elif deal:
            Proposal.record(deal, "Offer", self.past(), by=deal.owner, at=AFTER)

    # Counts of outside systems.

    @rule()
    def counts_are_posted(self) -> None:
        counts = [
            Posted(self.one(["a", "b"]), self.rep(), self.office.measure, self.past(), number)
            for number in (0, 7, 40)
        ]
        MetricCount.post(counts, by=self.office.ada, at=AFTER)

    @rule()
    def a_count_is_withdrawn(self) -> None:
        count = self.one(MetricCount.objects.all())
        if count:
            count.withdraw()

    # People and teams.

    @rule()
    def somebody_moves(self) -> None:
        team = self.one([*Team.objects.all(), None])
        self.rep().join(team, on=self.one([None, self.day()]))

    @rule()
    def somebody_leaves_or_comes_back(self) -> None:
        person = self.rep()
        if person.is_active:
            person.deactivate(on=self.day())
        else:
            person.activate(on=self.day())

    @rule()
    def a_team_moves(self) -> None:
        team = self.one(Team.objects.all())
        parent = self.one([*Team.objects.all(), None])
        self.do(lambda: team.arrange(parent=parent, manager=team.manager))

    @rule()
    def a_team_is_made_or_removed(self) -> None:
        self.number += 1
        if self.often(0.5):
            Team.add(name=f"Team {self.number}", parent=self.one(Team.objects.all()))
        else:
            self.do(self.one(Team.objects.all()).remove)

    @rule(zone=st.sampled_from(ZONES))
    def the_organisation_moves(self, zone: str) -> None:
        Organisation.current().change(time_zone=zone)

    # As the shell or an import does it.

    @rule(
        what=st.sampled_from(
            ["owner", "later", "held", "minutes", "planned", "no account", "score"]
        )
    )
    def rows_are_changed_at_once(self, what: str) -> None:
        some = self.some(Call)
        if what == "owner":
            some.update(owner=self.rep())
        elif what == "later":
            later = F("starts_at") + timedelta(days=self.one([-20, 1, 1]), hours=5)
            some.update(starts_at=later)
        elif what == "held":
            some.update(status=self.one(["held", "missed"]))
        elif what == "minutes":
            some.update(actual_minutes=12, planned_minutes=20)
        elif what == "planned":
            CallPlan.objects.filter(call__in=some).update(timeliness=self.one(["on_time", "late"]))
            self.some(PlanLine).update(outcome="yes", part="commitments")
        elif what == "no account":
            some.update(account=self.one([*self.office.accounts, None]))
        else:
            self.some(Debrief).update(score=self.one([None, 3]), filed_at=self.one([None, NOW]))
            self.some(DebriefReview).update(score=4)

    @rule(what=st.sampled_from(["closed", "opened", "credit", "money", "proposals", "counts"]))
    def more_rows_are_changed_at_once(self, what: str) -> None:
        some = self.some(Opportunity)
        if what == "closed":
            some.update(status="won", closed_on=self.past(), closing_owner=self.rep())
        elif what == "opened":
            some.update(opened_on=self.one([None, self.day()]))
        elif what == "credit":
            some.update(opening_owner=self.one([None, self.rep()]), closing_owner=None)
        elif what == "money":
            some.update(amount=1, currency=self.one(["EUR", "GBP"]))
        elif what == "proposals":
            self.some(Proposal).update(owner=self.rep(), sent_on=self.day())
        else:
            self.some(MetricCount).update(count=F("count") + 1)

    @rule(
        model=st.sampled_from(
            [
                CallAttendee,
                PlanLine,
                CallPlan,
                Debrief,
                DebriefReview,
                Call,
                Proposal,
                Opportunity,
                MetricCount,
                TeamMembership,
            ]
        )
    )
    def rows_are_deleted(self, model: Any) -> None:
        if model is not TeamMembership or self.often(0.5):
            self.some(model).delete()

    @rule()
    def many_deals_come_at_once(self) -> None:
        deals = [self._imported(n) for n in range(3)]
        for deal in deals[1:]:
            credit.note(deal)  # the first was written by somebody who did not know
        Opportunity.objects.bulk_create(deals)

    def _imported(self, number: int) -> Opportunity:
        return Opportunity(
            name=f"Imported {number}",
            owner=self.rep(),
            stage=Stage.first(),
            status="won",
            opened_on=self.past(),
            closed_on=self.past(),
            amount=self.one(AMOUNTS),
        )

    @rule()
    def somebody_who_did_nothing_else_is_deleted(self) -> None:
        person = User.objects.create_user(None, "Vera Visitor")
        person.join(self.one(Team.objects.all()), on=self.day())
        posted = Posted("a", person, self.office.measure, self.past(), 5)
        MetricCount.post([posted], by=self.office.ada, at=AFTER)
        if self.often(0.7):
            self.assert_right()
        person.delete()

    def some(self, model: Any) -> Any:
        rows = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        return model._default_manager.filter(pk__in=[pk for pk in rows if self.often(0.5)])

    # What holds whenever the notes have been taken.

    @invariant()
    def now_and_then_it_is_right(self) -> None:
        if hasattr(self, "chance") and self.often(0.3):
            self.assert_right()

    def assert_right(self) -> None:
        rollups.catch_up()
        assert not Touch.objects.exists()
        people, teams = before = kept()
        by_hand = ByHand(Organisation.current().zone)
        assert without_zeros(people) == by_hand.of_people()
        assert without_zeros(teams) == by_hand.of_teams()
        assert rollups.catch_up() == 0
        assert kept() == before


def kept() -> list[dict[Key, Decimal]]:
    """Of people, and of teams."""
    about = ("tally", "day", "currency", "number")
    rows = (
        DailyTally.objects.values_list("person", *about),
        TeamTally.objects.values_list("team", *about),
    )
    return [{tuple(key): number for *key, number in each} for each in rows]


def without_zeros(kept: dict[Key, Decimal]) -> dict[Key, Decimal]:
    return {key: number for key, number in kept.items() if number}


def counted_from_scratch() -> list[dict[Key, Decimal]]:
    """What a rebuild would keep; it is taken back."""
    with transaction.atomic():
        rollups.count_all(Organisation.current().zone)
        found = kept()
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def office(kept_rows: None) -> Office:
    return Office()


@pytest.mark.slow
@pytest.mark.django_db
def test_what_is_kept_equals_what_happened_whatever_is_done(office: Office) -> None:
    assert triggers.are_installed(connection)
    Days.office = office
    run_state_machine_as_test(
        Days,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
