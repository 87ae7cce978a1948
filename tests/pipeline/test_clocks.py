"""The clocks of a deal are what happened, whatever was done in whatever order."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from people.models import Organisation, User
from pipeline import clocks
from pipeline.models import (
    BuyerAction,
    BuyingRole,
    Call,
    CloseDateChange,
    Contact,
    Hold,
    NextStepChange,
    Opportunity,
    Proposal,
    StageChange,
)
from pipeline.models.call import CallAttendee
from tests.factories import NOW, TODAY, a_call, a_contact, a_deal, a_stage, an_account
from tests.support.imports import counts, import_text

DAY = timedelta(days=1)
# Named, so that PostgreSQL empties tables with CASCADE: knox's own table is there but swapped out.
ALL_APPS = [config.name for config in apps.get_app_configs()]


def shown(deal: Opportunity) -> dict[str, Any]:
    return Opportunity.objects.values(*clocks.CLOCKS).get(pk=deal.pk)


def counted(deal: Opportunity, zone: ZoneInfo) -> dict[str, Any]:
    """The same from the event rows, one by one."""

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    calls = list(Call.objects.filter(opportunity=deal, status=Call.HELD))
    actions = list(BuyerAction.objects.filter(opportunity=deal))
    proposals = Proposal.objects.filter(opportunity=deal)
    moves = StageChange.objects.filter(opportunity=deal).exclude(from_stage=None)
    pushes = [
        change.at
        for change in CloseDateChange.objects.filter(opportunity=deal)
        if change.from_date and change.to_date and change.from_date < change.to_date
    ]
    people = {role.contact_id for role in BuyingRole.objects.filter(opportunity=deal)}
    people |= {row.contact_id for row in CallAttendee.objects.filter(call__in=calls)}
    people |= {action.contact_id for action in actions if action.contact_id}
    activities = [day(call.starts_at) for call in calls]
    activities += [action.on for action in actions] + [each.sent_on for each in proposals]
    steps = NextStepChange.objects.filter(opportunity=deal)
    back = [move.at for move in moves if move.to_stage.order < move.from_stage.order]
    holds = Hold.objects.filter(opportunity=deal, ended_at=None)
    return {
        "last_activity_on": max(activities, default=None),
        "last_buyer_action_on": max((action.on for action in actions), default=None),
        "pushes": len(pushes),
        "pushed_on": max(map(day, pushes), default=None),
        "next_step_said_on": max((day(step.at) for step in steps), default=None),
        "people_engaged": len(people),
        "moved_back_on": max(map(day, back), default=None),
        "held_until": max((hold.resume_on for hold in holds), default=None),
    }


def assert_right(zone: ZoneInfo) -> None:
    before = {deal.pk: shown(deal) for deal in Opportunity.objects.all()}
    assert before == {deal.pk: counted(deal, zone) for deal in Opportunity.objects.all()}
    for _ in range(2):
        clocks.refresh(Opportunity.objects.all(), zone)
        assert before == {deal.pk: shown(deal) for deal in Opportunity.objects.all()}


# Any verbs in any order.


class Script:
    """Does at random what people do to a deal, an hour after the other."""

    def __init__(self, chance: Random, owner: User, manager: User) -> None:
        self.chance, self.owner, self.manager = chance, owner, manager
        self.now = NOW
        self.account = an_account()
        self.people = [a_contact(self.account, name) for name in ("Ann", "Ben", "Cem")]
        self.deal = a_deal(owner, account=self.account, at=NOW - 20 * DAY, stage=a_stage(3))
        self.verbs = [
            getattr(self, name) for name in sorted(vars(type(self))) if name.startswith("do_")
        ]

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.now += timedelta(minutes=self.chance.randint(1, 1_000))
            self.deal.refresh_from_db()
            verb = self.chance.choice(self.verbs)
            if self.deal.is_open or verb in (self.do_win_or_reopen, self.do_take_back):
                verb()

    @property
    def done(self) -> dict[str, Any]:
        return {"by": self.owner, "at": self.now}

    def person(self) -> Contact:
        return self.chance.choice(self.people)

    def past_day(self) -> date:
        return NOW.date() - self.chance.randint(0, 30) * DAY

    def do_hold_call(self) -> None:
        start = self.now - timedelta(hours=self.chance.randint(1, 300))
        people = self.chance.sample(self.people, self.chance.randint(0, 2))
        call = a_call(self.owner, opportunity=self.deal, starts_at=start, attendees=people)
        end = self.chance.choice(
            [lambda: call.hold(**self.done), lambda: call.miss(**self.done), lambda: None]
        )
        end()

    def do_change_who_was_there(self) -> None:
        call = Call.objects.filter(opportunity=self.deal).last()
        if call:
            call.describe(attendees=self.chance.sample(self.people, self.chance.randint(0, 3)))

    def do_buyer_action(self) -> None:
        contact = self.chance.choice([None, *self.people])
        BuyerAction.record(self.deal, "Asked", self.past_day(), contact=contact, **self.done)

    def do_proposal(self) -> None:
        Proposal.record(self.deal, "Offer", self.past_day(), **self.done)

    def do_take_back(self) -> None:
        kind: Any = self.chance.choice([BuyerAction, Proposal, BuyingRole])
        rows = list(kind.objects.filter(opportunity=self.deal))
        if rows:
            self.chance.choice(rows).remove()

    def do_role(self) -> None:
        contact = self.person()
        if not BuyingRole.objects.filter(opportunity=self.deal, contact=contact).exists():
            BuyingRole.add(self.deal, contact, "champion")

    def do_close_date(self) -> None:
        to = self.chance.choice([None, *(TODAY + n * DAY for n in (5, 10, 60, 90))])
        self.deal.push(to, **self.done)

    def do_move(self) -> None:
        self.deal.move_to(a_stage(self.chance.randint(1, 5)), **self.done)

    def do_next_step(self) -> None:
        step = self.chance.choice(["", "Call", "Write"])
        self.deal.set_next_step(step, TODAY + 9 * DAY if step else None, **self.done)

    def do_hold(self) -> None:
        until = self.now.date() + self.chance.randint(2, 9) * DAY
        Hold.begin(self.deal, "Merger", until, by=self.manager, at=self.now)

    def do_end_hold(self) -> None:
        for hold in Hold.objects.running(self.now.date() + DAY).filter(opportunity=self.deal):
            hold.end(by=self.manager, at=self.now)

    def do_win_or_reopen(self) -> None:
        if self.deal.is_open:
            self.deal.win(**self.done)
        else:
            self.deal.reopen(why="They called it off", **self.done)

    def do_edit(self) -> None:
        self.deal.describe(name=f"Deal {self.chance.random()}")
        self.deal.set_amount(Decimal(self.chance.randint(0, 99)), **self.done)


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.integers(5, 30),
    chance=st.randoms(use_true_random=True),
    zone=st.sampled_from(["UTC", "Pacific/Kiritimati", "America/Santiago"]),
)
def test_after_any_verbs_the_clocks_are_what_happened(
    rosa: User, mia: User, steps: int, chance: Random, zone: str
) -> None:
    with transaction.atomic():
        Organisation.current().change(time_zone=zone)
        script = Script(chance, rosa, mia)
        a_deal(rosa, name="Another", account=script.account)
        script.run(steps)
        assert_right(ZoneInfo(zone))
        transaction.set_rollback(True)


# What moves no clock.


EDITS: dict[str, Callable[[Opportunity, User], Any]] = {
    "amount": lambda deal, by: deal.set_amount(Decimal(7), by=by, at=NOW),
    "name": lambda deal, by: deal.describe(name="Another"),
    "own probability": lambda deal, by: deal.describe(own_probability=3),
    "forecast": lambda deal, by: deal.describe(forecast_category="commit"),
    "owner": lambda deal, by: deal.assign(by.reports_to, by=by, at=NOW),
    "planned call": lambda deal, by: a_call(by, opportunity=deal),
    "missed call": lambda deal, by: a_call(by, opportunity=deal, starts_at=NOW).miss(by=by, at=NOW),
    "role changed": lambda deal, by: deal.buying_roles.get().change(role="user", criteria="Price"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edits_move_no_clock(rosa: User, edit: str) -> None:
    account = an_account()
    deal = a_deal(rosa, account=account, at=NOW - 9 * DAY, next_step="Call", next_step_on=TODAY)
    BuyingRole.add(deal, a_contact(account), "champion")
    Proposal.record(deal, "Offer", TODAY - 5 * DAY, by=rosa, at=NOW)
    deal.push(TODAY + 90 * DAY, by=rosa, at=NOW - 4 * DAY)
    before = shown(deal) | Opportunity.objects.values("stage_since", "opened_on").get(pk=deal.pk)
    EDITS[edit](deal, rosa)
    after = shown(deal) | Opportunity.objects.values("stage_since", "opened_on").get(pk=deal.pk)
    assert after == before


@pytest.mark.django_db
def test_a_new_order_of_the_stages_turns_no_move_around(rosa: User) -> None:
    """Whether a deal went back is a matter of the stages as they stand."""
    deal = a_deal(rosa, at=NOW - 9 * DAY)
    deal.move_to(a_stage(2), by=rosa, at=NOW - 5 * DAY)
    a_stage(2).place(1)
    assert_right(ZoneInfo("UTC"))
    assert shown(deal)["moved_back_on"] == TODAY - 5 * DAY
    a_stage(1).place(2)
    assert_right(ZoneInfo("UTC"))
    assert shown(deal)["moved_back_on"] is None


# Imports, refreshes of some, and two at once.

HEAD = "opportunity_id,sales_agent,account,deal_stage,engage_date,close_date,close_value\n"


def test_imported_deals_keep_their_clocks_and_a_later_close_date_is_a_push(rosa: User) -> None:
    account = an_account()
    row = "D1,Rosa Rep,Acme,Prove,2026-10-20,{},100\n"
    import_text("opportunities", HEAD + row.format("2026-12-01"))
    deal = Opportunity.objects.get(external_id="D1")
    assert shown(deal)["last_activity_on"] is None
    assert deal.opened_on == date(2026, 10, 20)
    BuyerAction.record(deal, "Asked", TODAY, by=rosa, at=NOW, contact=a_contact(account, "Ann"))
    source = import_text("opportunities", HEAD + row.format("2026-12-24"))
    assert counts(source) == (0, 1, 0, 0)
    assert_right(ZoneInfo("UTC"))
    found = shown(deal)
    assert (found["pushes"], found["last_activity_on"], found["people_engaged"]) == (1, TODAY, 1)
    import_text("opportunities", HEAD + row.format("2026-12-24").replace("Prove", "Discover"))
    assert shown(deal)["moved_back_on"] is not None
    assert_right(ZoneInfo("UTC"))


def test_a_refresh_touches_only_the_deals_it_is_given_in_one_statement(
    rosa: User, django_assert_num_queries: Any
) -> None:
    mine, other = a_deal(rosa, name="Mine"), a_deal(rosa, name="Other")
    Opportunity.objects.update(pushes=7)
    with django_assert_num_queries(1):
        clocks.refresh(Opportunity.objects.filter(pk=mine.pk), ZoneInfo("UTC"))
    assert (shown(mine)["pushes"], shown(other)["pushes"]) == (0, 7)
    clocks.refresh(Opportunity.objects.filter(owner__name="Rosa Rep"), ZoneInfo("UTC"))
    assert shown(other)["pushes"] == 0


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", 17), ("Pacific/Kiritimati", 18), ("Pacific/Pago_Pago", 17), ("Asia/Kolkata", 18)],
)
def test_a_moment_counts_on_its_date_in_the_organisation(rosa: User, zone: str, day: int) -> None:
    Organisation.current().change(time_zone=zone)
    late = datetime(2026, 11, 17, 18, 45, tzinfo=UTC)
    deal = a_deal(rosa, at=NOW - 9 * DAY)
    deal.push(date(2027, 5, 1), by=rosa, at=late)
    deal.set_next_step("Call", TODAY, by=rosa, at=late)
    a_call(rosa, opportunity=deal, starts_at=late).hold(by=rosa, at=NOW)
    found = shown(deal)
    expected = date(2026, 11, day)
    assert found["pushed_on"] == found["next_step_said_on"] == expected
    assert found["last_activity_on"] == expected


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_two_people_who_enter_something_at_once_are_both_counted(rosa: User) -> None:
    account = an_account()
    deal = a_deal(rosa, account=account)
    ann, ben = (a_contact(account, name) for name in ("Ann", "Ben"))
    entered = threading.Event()

    def second() -> None:
        entered.wait()
        same = Opportunity.objects.get(pk=deal.pk)
        BuyerAction.record(same, "Signed", TODAY, by=rosa, at=NOW, contact=ben)
        connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        BuyerAction.record(deal, "Asked", TODAY - DAY, by=rosa, at=NOW, contact=ann)
        entered.set()
        thread.join(0.5)  # it waits for us
    thread.join()
    assert shown(deal)["people_engaged"] == 2
    assert_right(ZoneInfo("UTC"))
