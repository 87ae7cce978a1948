"""What is measured: each with its floor and what is promised."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from lib.calendar import day_span, start_of_week
from people.models import User
from pipeline.models import Account, Call, Opportunity
from reviews.models import Agreement, PipelineCall, Review, ReviewDeal, ReviewPart

API_RATIO, PAGE_RATIO = 3, 8  # times the floor, docs/performance.md
API_QUERIES, PAGE_QUERIES = 5, 12
ROLES = {  # the e-mail of each; what the writer does is seen by no page that is measured
    "rep": "rep0@bench.example",
    "manager": "manager0@bench.example",
    "executive": "executive0@bench.example",
    "administrator": "administrator0@bench.example",
    "writer": "rep7@bench.example",
    "reviewer": "manager1@bench.example",
    "alerted": "manager2@bench.example",
    "told": "rep16@bench.example",
}
REVIEWED = {  # whose 1-on-1 with the reviewer, of those that `bench/reviews.py` makes
    "running": "rep8@bench.example",
    "preparing": "rep9@bench.example",
    "fresh": "rep10@bench.example",
}


@dataclass(frozen=True)
class Scenario:
    """One request, repeated. `role` is one of ROLES: by token for the API, by session for a page.

    `body` makes the body of each request, `floor_values` what the floor is told. `before` prepares
    each request, that of the floor too; nobody counts how long that takes.
    """

    name: str
    role: str
    path: str
    floor: str
    floor_values: dict[str, Any] = field(default_factory=dict)
    method: str = "GET"
    body: Callable[[], dict[str, Any]] | None = None
    before: Callable[[], None] = lambda: None

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_page(self) -> bool:
        return not self.is_api and self.method == "GET"

    def encoded(self, body: dict[str, Any] | None) -> str:
        """As the API takes it, or a form."""
        if body is None:
            return ""
        return json.dumps(body) if self.is_api else urlencode(body)

    def floor_path(self, way: str = "") -> str:
        return f"/floor/{self.floor}/{way}?{urlencode(self.floor_values)}"


@dataclass(frozen=True)
class Cast:
    """The people and things that the requests are about."""

    rep: User
    deal: Opportunity
    coming: Call
    held: Call
    account: Account

    @classmethod
    def choose(cls, now: datetime) -> "Cast":
        rep = User.objects.get(email=ROLES["rep"])
        deals = Opportunity.objects.filter(owner=rep, status="open")
        deal = deals.exclude(account=None).latest("pk")
        calls = Call.objects.filter(owner=rep)
        coming = calls.filter(plan__isnull=False, starts_at__gt=now).earliest("starts_at")
        held = calls.filter(debrief__review__isnull=False).latest("starts_at")
        account = Account.objects.get(pk=deal.account_id)
        return cls(rep, deal, coming, held, account)


def scenarios(now: datetime) -> list[Scenario]:
    cast = Cast.choose(now)
    return [*reads(cast), *pages(cast, now), *writes(now), *reviews(now)]


def reads(cast: Cast) -> Iterator[Scenario]:
    by_date = "/api/v1/opportunities/?status=open&ordering=close_date"
    for role in ("rep", "manager", "executive", "administrator"):
        yield Scenario(f"API open deals, {role}", role, by_date, "deals")
    for role in ("rep", "executive"):
        yield Scenario(f"API all deals, {role}", role, "/api/v1/opportunities/", "first-deals")
    one = {"id": cast.deal.pk}
    yield Scenario("API deal", "rep", f"/api/v1/opportunities/{cast.deal.pk}/", "deal", one)
    for role in ("manager", "executive"):
        yield Scenario(f"API summary, {role}", role, "/api/v1/pipeline/summary/", "summary")
    latest = "/api/v1/calls/?ordering=-starts_at"
    for role in ("rep", "executive"):
        yield Scenario(f"API calls, {role}", role, latest, "calls")
    word = cast.account.name.split()[-1]
    found = {"text": f"%{word}%", "size": 25}
    search = f"/api/v1/accounts/?search={word}&ordering=name"
    for role in ("rep", "executive"):
        yield Scenario(f"API account search, {role}", role, search, "accounts", found)
    waiting = "/api/v1/call-plans/?awaiting_inspection=true&ordering=starts_at"
    yield Scenario("API plans to inspect", "manager", waiting, "plans")


def running_call(now: datetime) -> PipelineCall:
    """The manager's, with one a week before; both are made the first time."""
    manager = User.objects.get(email=ROLES["manager"])
    team, week = manager.teams_led.get(), timedelta(days=7)
    if not PipelineCall.objects.filter(team=team).exists():
        PipelineCall.start(team, by=manager, at=now - week).close(by=manager, at=now - week)
    return PipelineCall.start(team, by=manager, at=now)


def writes(now: datetime) -> Iterator[Scenario]:
    day = (now.date() + timedelta(days=30)).isoformat()
    new = {"name": "Bench deal", "amount": "48000.00", "close_date": day}
    floor = {"name": "Bench deal", "day": day}
    path = "/api/v1/opportunities/"
    yield Scenario("API new deal", "writer", path, "new-deal", floor, "POST", lambda: new)
    steps = iter(range(1_000_000))

    def step() -> dict[str, Any]:
        return {"next_step": f"Send draft {next(steps)}", "next_step_on": day}

    deal = Opportunity.objects.open().filter(owner__email=ROLES["writer"]).earliest("pk")
    floor = {"id": deal.pk, "day": day, "step": "Send the draft"}
    path = f"/api/v1/opportunities/{deal.pk}/next-step/"
    yield Scenario("API next step", "writer", path, "next-step", floor, "PUT", step)


def pages(cast: Cast, now: datetime) -> Iterator[Scenario]:
    today: date = now.date()
    start, end = day_span(start_of_week(today), cast.rep.zone, days=7)
    span = {"start": start.isoformat(), "end": end.isoformat()}
    deal, coming, held = ({"id": thing.pk} for thing in (cast.deal, cast.coming, cast.held))
    everything = {"text": "%", "size": 50}
    yield Scenario("Today, rep", "rep", "/", "today", span)
    yield Scenario("Today, manager", "manager", "/", "today", span)
    for role in ("rep", "manager", "executive"):
        yield Scenario(f"Board, {role}", role, "/opportunities/board/", "board")
    for role in ("rep", "manager", "executive"):
        yield Scenario(f"Opportunities, {role}", role, "/opportunities/", "listed")
    yield Scenario("Deal", "rep", f"/opportunities/{cast.deal.pk}/", "deal-with-history", deal)
    for role in ("rep", "manager"):
        yield Scenario(f"Calls, {role}", role, "/calls/", "calls-with-names")
    call = running_call(now)
    frozen = {"previous": call.previous_id}
    path = f"/pipeline-calls/{call.pk}/"
    yield Scenario("Pipeline call", "manager", path, "pipeline-call", frozen)
    yield Scenario("Help queue", "manager", "/help-requests/", "help")
    yield Scenario("Week", "rep", "/calls/week/", "week", span)
    yield Scenario("Plan", "rep", f"/calls/{cast.coming.pk}/plan/", "plan", coming)
    yield Scenario("Inspection queue", "manager", "/inspections/", "queue")
    yield Scenario("Debrief", "rep", f"/debriefs/{cast.held.debrief.pk}/", "debrief", held)
    for role in ("rep", "executive"):
        yield Scenario(f"Accounts, {role}", role, "/accounts/", "accounts", everything)
    account = {"id": cast.account.pk}
    yield Scenario("Account", "rep", f"/accounts/{cast.account.pk}/", "account", account)


def reviews(now: datetime) -> Iterator[Scenario]:
    """1-on-1s of a rep with 200 open deals: seen while it runs and before, started, written in."""
    newest = Review.objects.order_by("-pk")
    running, preparing, fresh = (newest.filter(rep__email=it)[0] for it in REVIEWED.values())
    page, who = f"/reviews/{running.pk}/", "reviewer"
    of = {"id": running.pk}
    yield Scenario("Review, running", who, f"{page}?part=3", "review", of)
    page = f"/reviews/{preparing.pk}/"
    deals = compared(preparing, now)
    yield Scenario("Review, preparing, deals", who, f"{page}?part=3", "review-preparing", deals)
    yield Scenario("Review, preparing, status", who, f"{page}?part=1", "review-status", deals)
    path, begun = f"/reviews/{fresh.pk}/start/", compared(fresh, now)
    yield Scenario(
        "Review start", who, path, "review-start", begun, "POST", before=lambda: undo_start(fresh)
    )
    saved, again = iter(range(1_000_000)), "They decide with their board in spring. " * 10
    part = ReviewPart.objects.get(review=running, number=3)

    def notes() -> dict[str, Any]:
        return {"notes": f"{again}{next(saved)}"}

    def form() -> dict[str, Any]:
        part.refresh_from_db(fields=["version"])
        return notes() | {"version": part.version}

    floor = of | {"number": 5, "notes": again}
    path = f"/reviews/{running.pk}/parts/3/"
    yield Scenario("Review part save", who, path, "review-part", floor, "POST", form)
    yield Scenario("API review", who, f"/api/v1/reviews/{running.pk}/", "review", of)
    path = f"/api/v1/review-parts/{part.pk}/"
    yield Scenario("API review part save", who, path, "review-part", floor, "PATCH", notes)


def compared(review: Review, now: datetime) -> dict[str, Any]:
    """What the floor is told of a review that has not begun."""
    last = Review.objects.of_pair(review.manager_id, review.rep_id).closed().latest("closed_at")
    assert last.closed_at
    today = now.date()
    return {
        "id": review.pk,
        "manager": review.manager_id,
        "rep": review.rep_id,
        "previous": last.pk,
        "since": f"{last.closed_at:%Y-%m-%d %H:%M:%S}",
        "since_day": last.closed_at.date().isoformat(),
        "first": today.replace(year=today.year - 1, day=1).isoformat(),
        "today": today.isoformat(),
    }


def undo_start(review: Review) -> None:
    """As it was before it began."""
    ReviewDeal.objects.filter(review=review).delete()
    ReviewPart.objects.filter(review=review).delete()
    Agreement.objects.between(review.manager_id, review.rep_id).update(carried=0)
    nothing: dict[str, Any] = dict.fromkeys(("started_at", "since", "since_day", "day", "previous"))
    Review.objects.filter(pk=review.pk).update(**nothing, status=None, brought={})
