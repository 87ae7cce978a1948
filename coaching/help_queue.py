"""What help is waited for, what became of it, and how long it took."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from coaching.models import HelpRequest
from coaching.models.help_request import SEND_EMAIL, HelpRequestQuerySet
from lib.calendar import local_date, start_of_day, working_days_between
from people.models import Holiday, Organisation, User
from pipeline.history import Entry
from pipeline.models import Opportunity
from pipeline.stalls import StallCheck

WINDOW_DAYS = 90
ON_DEAL, MANAGERS = 20, 200  # rows shown at most


def waiting_for(manager: User) -> HelpRequestQuerySet:
    """What was asked of this manager and is open, soonest wanted first."""
    visible: HelpRequestQuerySet = HelpRequest.objects.visible_to(manager)
    return visible.open().filter(asked_of=manager).order_by("wanted_on", "pk")


def answers_unread(user: User) -> HelpRequestQuerySet:
    """Answers on this rep's own deals that they have not said they read, the oldest first."""
    visible: HelpRequestQuerySet = HelpRequest.objects.visible_to(user)
    return visible.of_rep(user).unread().order_by("answered_at", "pk")


def concerns_today(user: User) -> HelpRequestQuerySet:
    """Both in one: what waits for this person as manager, and what as rep."""
    visible: HelpRequestQuerySet = HelpRequest.objects.visible_to(user)
    asked = Q(asked_of=user, state__in=HelpRequest.OPEN_STATES)
    answered = Q(
        opportunity__owner=user,
        state__in=[HelpRequest.DONE, HelpRequest.DECLINED],
        seen_at=None,
    )
    rows = visible.filter(asked | answered).order_by("wanted_on", "pk")
    return rows.select_related("opportunity__owner", "contact", "answered_by")


def stands_stalled(deal: Opportunity, at: datetime) -> bool:
    """Whether the deal is stalled for any reason on the organisation's date of that moment."""
    day = local_date(at, Organisation.current().zone)
    return bool(StallCheck.on(day, deal.owner).reasons(deal))


@dataclass(frozen=True)
class HelpRow:
    """A request as a page shows it: the links that do it, and how late it is in calendar days."""

    help: HelpRequest
    mail: str
    phone: str
    late: int

    @classmethod
    def of(cls, help_request: HelpRequest, today: date) -> "HelpRow":
        late = (today - help_request.wanted_on).days if help_request.is_open else 0
        return cls(help_request, _mail(help_request), _phone(help_request), max(late, 0))

    @property
    def kind(self) -> str:
        """The shape beside it."""
        states = {HelpRequest.DONE: "ok", HelpRequest.DECLINED: "warn"}
        return "risk" if self.late else states.get(self.help.state, "idle")

    @property
    def chip(self) -> str:
        return f"{self.late} d late" if self.late else self.help.get_state_display()


def _mail(help_request: HelpRequest) -> str:
    """A link that opens the draft in the mail program; "" where no address is known."""
    contact = help_request.contact
    if contact is None or not contact.email:
        return ""
    body = "\r\n".join(help_request.draft.splitlines())  # RFC 6068
    said = {"subject": help_request.draft_subject, "body": body}
    written = help_request.kind == SEND_EMAIL
    query = urlencode({k: v for k, v in said.items() if v and written}, quote_via=quote)
    return f"mailto:{quote(contact.email, safe='@')}" + (f"?{query}" if query else "")


def _phone(help_request: HelpRequest) -> str:
    """A link that dials; "" where no number is known."""
    contact = help_request.contact
    number = re.sub(r"[^\d+*#]", "", contact.phone) if contact else ""
    return f"tel:{number}" if number else ""


# On the deal.


def help_on(deal: Opportunity, user: User) -> dict[str, Any]:
    """What `coaching/help_on_deal.html` shows: the latest first, and what this person may do."""
    visible: HelpRequestQuerySet = HelpRequest.objects.visible_to(user)
    named = visible.select_related("contact", "asked_by", "asked_of", "answered_by")
    rows = list(named.filter(opportunity=deal).order_by("-asked_at", "-pk")[:ON_DEAL])
    return {
        "help_requests": rows,
        "may_ask": deal.is_open and deal.owner_id == user.pk,
        "may_step_in": deal.is_open and _leads_owner(deal, user),
    }


def _leads_owner(deal: Opportunity, user: User) -> bool:
    """Of those who see a deal only administrators may be neither its owner nor above them."""
    if user.is_administrator:
        return user.leads(deal.owner)
    return deal.owner_id != user.pk


def entries_for(deal: Opportunity, user: User, zone: ZoneInfo) -> list[Entry]:
    """Lines for the deal's timeline, as far as this person may read them; in two statements."""
    visible: HelpRequestQuerySet = HelpRequest.objects.visible_to(user)
    rows = list(visible.filter(opportunity=deal).for_list())
    HelpRequest.name_people(rows)
    return entries_of(rows, zone)


def entries_of(requests: Iterable[HelpRequest], zone: ZoneInfo) -> list[Entry]:
    """The same of requests that were loaded already: each being asked, and its answer."""
    return [entry for each in requests for entry in _entries(each, zone)]


def _entries(request: HelpRequest, zone: ZoneInfo) -> list[Entry]:
    url = reverse("help_request", args=[request.pk])
    if request.origin == HelpRequest.STEPPED_IN:
        begun = f"{request.asked_by.first_name} stepped in: {request.to_do}"
    else:
        begun = f"Help asked of {request.asked_of.first_name}: {request.to_do}"
    entries = [_entry(request.asked_at, zone, begun, request.asked_by, request.how_it_helps, url)]
    if request.answered_at:
        entries.append(
            _entry(request.answered_at, zone, request.answer, request.answered_by, "", url)
        )
    return entries


def _entry(at: datetime, zone: ZoneInfo, text: str, by: User | None, why: str, url: str) -> Entry:
    name = by.name if by else ""
    on = local_date(at, zone)
    return Entry(kind="help", at=at, on=on, text=text, by=name, why=why, url=url)


# How long it takes.


@dataclass
class ManagerFigures:
    """What was asked of one manager in the last WINDOW_DAYS, and what is open by now.

    `days` are the working days from each question to its answer, 0 for the same day; requests
    that were withdrawn and those where the manager stepped in have none.
    """

    manager: User
    open: int = 0
    early: int = 0
    late: int = 0
    stepped_in: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return len(self.days)

    @property
    def turnaround(self) -> str:
        """The median in words; "" without an answer."""
        if not self.days:
            return ""
        days = median(self.days)
        if not days:
            return "same day"
        return f"{days:g} working day{'' if days == 1 else 's'}"


@dataclass
class HelpFigures:
    """Figures of everybody whom `user` may see, as at `now`; in four statements at any size."""

    user: User
    now: datetime

    @cached_property
    def own(self) -> ManagerFigures:
        """Of this manager."""
        return self._by_manager.get(self.user.pk) or ManagerFigures(self.user)

    @cached_property
    def managers(self) -> list[ManagerFigures]:
        """Of each manager below, by name, those whom nobody asks as well; [] without any."""
        below = User.objects.led_by(self.user).exclude(pk=self.user.pk)
        leads = Exists(User.objects.get_queryset().filter(reports_to=OuterRef("pk")))
        found = below.active().filter(leads).order_by("name", "pk")[:MANAGERS]
        return [self._by_manager.get(each.pk) or ManagerFigures(each) for each in found]

    @cached_property
    def _by_manager(self) -> dict[int, ManagerFigures]:
        figures: dict[int, ManagerFigures] = {}
        zone, since = self._zone, self._since
        holidays = set(Holiday.objects.filter(day__gte=since).values_list("day", flat=True))
        for request in self._requests():
            of = figures.setdefault(request.asked_of_id, ManagerFigures(request.asked_of))
            of.open += request.is_open
            if local_date(request.asked_at, zone) < since:
                continue
            stepped_in = request.origin == HelpRequest.STEPPED_IN
            of.stepped_in += stepped_in
            of.late += request.was_stalled and not stepped_in
            of.early += not request.was_stalled and not stepped_in
            answered = request.state in (HelpRequest.DONE, HelpRequest.DECLINED)
            if request.answered_at and answered and not stepped_in:
                asked_on, on = (
                    local_date(moment, zone) for moment in (request.asked_at, request.answered_at)
                )
                of.days.append(working_days_between(asked_on, on, holidays))
        return figures

    @cached_property
    def _zone(self) -> ZoneInfo:
        return Organisation.current().zone

    @cached_property
    def _since(self) -> date:
        return local_date(self.now, self._zone) - timedelta(days=WINDOW_DAYS)

    def _requests(self) -> HelpRequestQuerySet:
        visible: HelpRequestQuerySet = HelpRequest.objects.visible_to(self.user)
        asked = visible.asked_of_anybody_under(self.user)
        recent = Q(asked_at__gte=start_of_day(self._since, self._zone))
        rows = asked.filter(recent | Q(state__in=HelpRequest.OPEN_STATES))
        return rows.select_related("asked_of").only(
            "asked_at", "answered_at", "state", "origin", "was_stalled", "asked_of__name"
        )
