"""The organisation of the drill: people who want every mail at once, deals that are about to stall.

Each manager has two reps and at most climb.STORM deals, so that everything is told of one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from alerts.climb import STORM
from alerts.kinds import KINDS
from alerts.models import (
    AlertPreference,
    AlertRule,
    DeliveryHours,
    WebhookEndpoint,
)
from alerts.models.preference import AT_ONCE
from alerts.models.webhook import CHAT, SIGNED
from people.models import User
from tests.factories import a_deal, a_team, a_token, a_user, first_metrics, first_stages

KIND = "stalled_deal"
VERB, OPENED = "opportunity.next_step_set", "alert.opened"
REPS = 2  # of a manager
FAR = timedelta(days=300)


@dataclass(frozen=True)
class Endpoint:
    """A receiver's path, and who is told there, of the deals of which reps."""

    path: str
    owner: int
    is_signed: bool
    secret: str


@dataclass
class World:
    """`deals` by id, each with its owner; `managers` by rep. `emails` of people by id."""

    deals: dict[int, int]
    managers: dict[int, int]
    emails: dict[int, str]
    endpoints: list[Endpoint]
    token: str
    reader: User

    @classmethod
    @transaction.atomic
    def made(cls, alerts: int, hooks: str) -> "World":
        """So many deals with a next step planned and nothing wrong; `hooks` is a receiver's URL."""
        first_stages()
        first_metrics()
        count = max(2, ceil(alerts / STORM))
        eva = a_user("Eva Executive")
        sales = a_team("Sales", manager=eva)
        ada = a_user("Ada Administrator", is_administrator=True)
        managers, reps = {}, []
        for n in range(count):
            mia = a_user(f"Mia Manager {n}")
            team = a_team(f"Team {n}", manager=mia, parent=sales)
            reps += [a_user(f"Rosa Rep {n} {each}", team=team) for each in range(REPS)]
            managers |= {rep.pk: mia.pk for rep in reps[-REPS:]}
        people = {person.pk: person for person in User.objects.filter(is_active=True)}
        _everything_at_once(people.values())
        deals = _deals([people[rep.pk] for rep in reps], alerts)
        leading = [people[pk] for pk in dict.fromkeys(managers.values())]
        endpoints = _endpoints(leading, hooks)
        emails = {pk: str(person.email) for pk, person in people.items()}
        return cls(deals, managers, emails, endpoints, a_token(ada), people[eva.pk])

    def hearing(self, deal: int) -> list[int]:
        """Who is to hear that it stalled, by the ladder that the drill has set."""
        rep = self.deals[deal]
        return [rep, self.managers[rep]]

    def told(self, endpoint: Endpoint) -> list[int]:
        """The deals whose alerts the endpoint's owner hears of."""
        return [deal for deal in self.deals if endpoint.owner in self.hearing(deal)]


def _everything_at_once(people: Iterable[User]) -> None:
    """The person and their manager on the first day, day and night; nobody above, no digests."""
    AlertRule.of(KINDS[KIND]).change(
        person_app=0, manager_app=0, above_app=None, above_digest=None, minimum_money=None
    )
    now = timezone.now()
    for person in people:
        AlertPreference.choose(person, KIND, mail=AT_ONCE)
        hours = DeliveryHours.of(person, now)
        always = hours.quiet_from
        hours.change(
            at=now, has_digest=False, weekdays=list(range(7)), quiet_from=always, quiet_until=always
        )


def _deals(reps: list[User], count: int) -> dict[int, int]:
    now = timezone.now()
    today = now.date()
    made = {}
    for n in range(count):
        rep = reps[n % len(reps)]
        deal = a_deal(
            rep,
            f"Deal {n}",
            at=now,
            amount=None,
            close_date=today + FAR,
            next_step="Call them",
            next_step_on=today + FAR,
        )
        made[deal.pk] = rep.pk
    return made


def _endpoints(managers: list[User], hooks: str) -> list[Endpoint]:
    """For one manager in three a program, for the next one a chat."""
    now, found = timezone.now(), []
    for n, owner in enumerate(managers):
        if n % 3 == 2:
            continue
        is_signed, path = n % 3 == 0, f"/{n}"
        wanted = {"event_types": [VERB, OPENED]} if is_signed else {}
        style = SIGNED if is_signed else CHAT
        made = WebhookEndpoint.add(by=owner, at=now, style=style, url=f"{hooks}{path}", **wanted)
        found.append(Endpoint(path, owner.pk, is_signed, made.secret))
    return found


def cookie_of(person: User) -> str:
    """The cookie of a browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"
