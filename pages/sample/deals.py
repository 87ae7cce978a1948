"""Accounts and about 150 deals with their history."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from lib.calendar import is_working_day
from pages.sample import words
from pages.sample.people import ZONE
from people.models import User
from pipeline.models import (
    Account,
    BuyerAction,
    BuyingRole,
    Contact,
    CriterionMet,
    ExitCriterion,
    Hold,
    Opportunity,
    Product,
    Proposal,
    Stage,
)
from pipeline.models.buyer import BUYING_ROLES

DEALS_A_REP = 15


@dataclass
class Sample:
    """The day it is made for, its own chance, and when things happen."""

    now: datetime
    chance: Random

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(ZONE)).date()

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """That time of day in the organisation's zone."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE))

    def workday(self, days: int) -> date:
        """The working day nearest to so many days from today: before it when in the past."""
        day, step = self.today + timedelta(days=days), -1 if days < 0 else 1
        while not is_working_day(day):
            day += timedelta(days=step)
        return day

    def past(self, days: int) -> datetime:
        """Office hours, so many days ago (at least one)."""
        return self.at(self.workday(-max(days, 1)), self.chance.randint(9, 16))


def load_accounts(sample: Sample) -> list[Account]:
    """Accounts with two to four contacts each, and the products."""
    for name, series, price in words.PRODUCTS:
        Product.objects.create(name=name, series=series, list_price=price, is_sample=True)
    accounts = []
    for name, sector, location in words.ACCOUNTS:
        account = Account(name=name, sector=sector, location=location, is_sample=True)
        account.employees = sample.chance.randint(40, 4_000)
        account.save()
        for title in sample.chance.sample(words.JOB_TITLES, sample.chance.randint(2, 4)):
            _contact(sample, account, title)
        accounts.append(account)
    return accounts


def _contact(sample: Sample, account: Account, title: str) -> Contact:
    first, last = sample.chance.choice(words.FIRST_NAMES), sample.chance.choice(words.LAST_NAMES)
    return Contact.objects.create(
        account=account,
        name=f"{first} {last}",
        job_title=title,
        email=f"{first.lower()}@{account.name.split()[0].lower()}.example",
        phone=f"+49 30 {sample.chance.randint(100_000, 999_999)}",
    )


def load_deals(sample: Sample, rep: User, accounts: list[Account]) -> list[Opportunity]:
    """One rep's deals: open ones at every stage, won ones, lost ones."""
    mine = sample.chance.sample(accounts, DEALS_A_REP)
    return [_deal(sample, rep, account, n) for n, account in enumerate(mine)]


def _deal(sample: Sample, rep: User, account: Account, n: int) -> Opportunity:
    chance, stages = sample.chance, list(Stage.objects.all())
    reached = chance.randint(1, len(stages))
    age = reached * chance.randint(6, 18) + chance.randint(2, 14)
    product = chance.choice(list(Product.objects.filter(is_sample=True)))
    deal = Opportunity.open_new(
        by=rep,
        at=sample.past(age),
        name=f"{account.name} {product.name.lower()}",
        account=account,
        product=product,
        amount=(product.list_price or 0) * chance.randint(1, 3),
        close_date=sample.workday(chance.randint(-4, 90)),
        is_sample=True,
    )
    for step in range(1, reached):
        deal.move_to(stages[step], by=rep, at=sample.past(age - age * step // (reached + 1)))
    _buyers(sample, deal, rep, age)
    _ticks(sample, deal, rep)
    if n % 5 == 3:
        deal.push(
            sample.workday(chance.randint(20, 110)),
            by=rep,
            at=sample.past(age // 3),
            why="Waiting for their budget round",
        )
    _end(sample, deal, rep, n)
    return deal


def _ticks(sample: Sample, deal: Opportunity, rep: User) -> None:
    """Most exit criteria of the stages it has left, and some of the one it is in."""
    reached = ExitCriterion.objects.filter(stage__order__lte=deal.stage.order)
    for criterion in reached.select_related("stage"):
        odds = 0.9 if criterion.stage_id != deal.stage_id else 0.3
        if sample.chance.random() < odds:
            CriterionMet.meet(deal, criterion, by=rep, at=sample.past(sample.chance.randint(2, 20)))


def _buyers(sample: Sample, deal: Opportunity, rep: User, age: int) -> None:
    chance = sample.chance
    for contact in Contact.objects.filter(account=deal.account)[: chance.randint(1, 3)]:
        BuyingRole.objects.create(
            opportunity=deal,
            contact=contact,
            role=chance.choice(BUYING_ROLES)[0],
            criteria=chance.choice(["", "Payback within a year", "Nothing breaks in the season"]),
        )
    for what in chance.sample(words.BUYER_ACTIONS, chance.randint(0, 3)):
        on = sample.past(chance.randint(1, age)).date()
        BuyerAction.objects.create(opportunity=deal, on=on, what=what, by=rep)
    if deal.stage.order >= 4:
        Proposal.objects.create(
            opportunity=deal,
            title=f"Proposal for {deal.account}",
            amount=deal.amount,
            sent_on=sample.past(age // 4).date(),
            by=rep,
        )


def _end(sample: Sample, deal: Opportunity, rep: User, n: int) -> None:
    chance = sample.chance
    if n % 4 == 1:
        deal.win(by=rep, at=sample.past(chance.randint(1, 14)))
    elif n % 6 == 2:
        deal.lose(
            by=rep, at=sample.past(chance.randint(1, 14)), reason=chance.choice(words.LOST_REASONS)
        )
    elif n % 7 != 5:
        deal.set_next_step(
            chance.choice(words.NEXT_STEPS),
            sample.workday(chance.randint(-4, 15)),
            by=rep,
            at=sample.past(chance.randint(1, 10)),
        )
    if deal.is_open and n % 10 == 4:
        until = sample.workday(chance.randint(10, 40))
        Hold.begin(deal, chance.choice(words.HOLD_REASONS), until, by=rep, at=sample.past(3))
