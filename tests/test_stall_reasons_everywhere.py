"""One deal for each reason shows the same reason wherever a deal is shown, found and counted."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from people.models import User
from pipeline.models import BuyerAction, Opportunity, Proposal
from pipeline.stalls import REASONS, StallCheck, StallReason
from reviews.models import PipelineCall
from tests.factories import NOW, TODAY, People, a_deal, a_stage, some_people

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FAR = TODAY + 200 * DAY


@pytest.fixture(autouse=True)
def it_is_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Shown:
    """What mia, the manager, sees: a deal for each reason by its name, and "" for a calm one."""

    rosa: User
    mia: User
    otto: User
    page: Client
    api: APIClient
    deals: dict[str, Opportunity]
    reasons: dict[str, StallReason]

    def said_in(self, text: str) -> set[str]:
        """The reasons whose sentence is in a piece of a page."""
        words = " ".join(unescape(text).split())
        return {name for name, reason in self.reasons.items() if reason.sentence in words}

    def html(self, path: str, **query: str) -> str:
        answer = self.page.get(path, query)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def json(self, path: str, **query: str) -> Any:
        answer = self.api.get(f"/api/v1/{path}", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def name_of(self, deal: int) -> str:
        return next(name for name, each in self.deals.items() if each.pk == deal)


@pytest.fixture(scope="module")
def shown(kept_rows: None, as_: Any) -> Shown:
    with time_machine.travel(NOW, tick=False):
        return make(some_people(), as_)


def make(people: People, as_: Any) -> Shown:
    rosa, mia = people.rosa, people.mia
    deals = {"": calm(rosa, "Calm"), **{name: MAKE[name](rosa) for name in REASONS}}
    check = StallCheck.on(TODAY)
    reasons = {}
    for name, deal in deals.items():
        deal.refresh_from_db()
        found = check.reasons(deal)
        assert [reason.name for reason in found] == ([name] if name else [])
        reasons |= {reason.name: reason for reason in found}
    assert len({reason.sentence for reason in reasons.values()}) == len(REASONS)
    return Shown(rosa, mia, people.otto, as_.page(mia), as_.api(mia), deals, reasons)


# A deal for each reason, and for no other.


def calm(rosa: User, name: str, days: int = 3, **fields: Any) -> Opportunity:
    plan = {"close_date": FAR, "amount": 1, "next_step": "Call Ann", "next_step_on": FAR}
    return a_deal(rosa, name, at=NOW - days * DAY, **{**plan, **fields})


def stage_age(rosa: User) -> Opportunity:
    deal = calm(rosa, "Old", days=30)
    BuyerAction.record(deal, "Asked", TODAY - DAY, by=rosa, at=NOW)
    return deal


def pushed(rosa: User) -> Opportunity:
    deal = calm(rosa, "Pushed")
    for n in (1, 2):
        deal.push(FAR + n * DAY, by=rosa, at=NOW)
    return deal


def buyer_silent(rosa: User) -> Opportunity:
    deal = calm(rosa, "Quiet buyer", days=25)
    deal.move_to(a_stage(2), by=rosa, at=NOW - DAY)
    Proposal.record(deal, "Offer", TODAY - DAY, by=rosa, at=NOW)
    return deal


def went_backwards(rosa: User) -> Opportunity:
    deal = calm(rosa, "Back", stage=a_stage(3))
    deal.move_to(a_stage(2), by=rosa, at=NOW - DAY)
    return deal


MAKE: dict[str, Callable[[User], Opportunity]] = {
    "past_close": lambda rosa: calm(rosa, "Past", close_date=TODAY - 2 * DAY),
    "stage_age": stage_age,
    "silent": lambda rosa: calm(rosa, "Silent", days=14),
    "pushed": pushed,
    "overdue_step": lambda rosa: calm(rosa, "Late step", next_step_on=TODAY - DAY),
    "no_next_step": lambda rosa: calm(rosa, "No step", next_step="", next_step_on=None),
    "buyer_silent": buyer_silent,
    "went_backwards": went_backwards,
    "single_threaded": lambda rosa: calm(rosa, "Large", amount=100),
}


# Where the reasons of a deal are shown: each says which.


def on_its_card(shown: Shown, deal: Opportunity) -> set[str]:
    page = shown.html("/opportunities/board/")
    return shown.said_in(_between(f'id="card-{deal.pk}"', page, "</li>"))


def in_its_row(shown: Shown, deal: Opportunity) -> set[str]:
    page = shown.html("/opportunities/")
    return shown.said_in(_between(f'href="/opportunities/{deal.pk}/', page, "</tr>"))


def on_its_page(shown: Shown, deal: Opportunity) -> set[str]:
    return shown.said_in(shown.html(f"/opportunities/{deal.pk}/"))


def in_the_file(shown: Shown, deal: Opportunity) -> set[str]:
    [row] = [row for row in the_file(shown) if row["name"] == deal.name]
    return set(filter(None, row["stall_reasons"].split(";")))


def in_the_list_of_the_api(shown: Shown, deal: Opportunity) -> set[str]:
    rows = shown.json("opportunities/", include="stall_reasons")["results"]
    [row] = [row for row in rows if row["id"] == deal.pk]
    return set(row["stall_reasons"])


def as_one_thing_of_the_api(shown: Shown, deal: Opportunity) -> set[str]:
    return set(shown.json(f"opportunities/{deal.pk}/", include="stall_reasons")["stall_reasons"])


def as_reasons_of_the_api(shown: Shown, deal: Opportunity) -> set[str]:
    rows = shown.json(f"opportunities/{deal.pk}/stall-reasons/")["results"]
    assert all(row["sentence"] == shown.reasons[row["name"]].sentence for row in rows)
    return {row["name"] for row in rows}


def in_the_walk_of_a_pipeline_call(shown: Shown, deal: Opportunity) -> set[str]:
    call = PipelineCall.start(shown.rosa.team, by=shown.mia, at=NOW)
    return shown.said_in(shown.html(f"/pipeline-calls/{call.pk}/", deal=str(deal.pk)))


def on_the_agenda_of_a_pipeline_call(shown: Shown, deal: Opportunity) -> set[str]:
    call = PipelineCall.start(shown.rosa.team, by=shown.mia, at=NOW)
    page = shown.html(f"/pipeline-calls/{call.pk}/")
    line = _between(f"?deal={deal.pk}", page, "</li>") if deal != shown.deals[""] else ""
    return {name for name, reason in shown.reasons.items() if f"{reason.short}</span>" in line}


def the_file(shown: Shown, **query: str) -> list[dict[str, str]]:
    answer: Any = shown.page.get("/opportunities/export/", query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def _between(start: str, text: str, end: str) -> str:
    assert text.count(start) >= 1, start
    return text.split(start, 1)[1].split(end, 1)[0]


SHOWN = [
    on_its_card,
    in_its_row,
    on_its_page,
    in_the_file,
    in_the_list_of_the_api,
    as_one_thing_of_the_api,
    as_reasons_of_the_api,
    in_the_walk_of_a_pipeline_call,
    on_the_agenda_of_a_pipeline_call,
    # An alert, when there are some, takes its place here.
]


@pytest.mark.parametrize("where", SHOWN)
def test_a_deal_shows_its_reason_and_no_other(
    shown: Shown, where: Callable[[Shown, Opportunity], set[str]]
) -> None:
    found = {name: where(shown, deal) for name, deal in shown.deals.items()}
    assert found == {name: {name} - {""} for name in ["", *REASONS]}


# Where deals are found by a reason: each says which, by the names above.


def cards(shown: Shown, reason: str) -> list[str]:
    page = shown.html("/opportunities/board/", stall_reason=reason)
    return [shown.name_of(int(pk)) for pk in re.findall(r'id="card-(\d+)"', page)]


def rows(shown: Shown, reason: str) -> list[str]:
    page = shown.html("/opportunities/", stall_reason=reason)
    found = re.findall(r'class="row-link" href="/opportunities/(\d+)/', page)
    return [shown.name_of(int(pk)) for pk in found]


def lines_of_the_file(shown: Shown, reason: str) -> list[str]:
    return [
        name
        for row in the_file(shown, stall_reason=reason)
        for name, deal in shown.deals.items()
        if deal.name == row["name"]
    ]


def rows_of_the_api(shown: Shown, reason: str) -> list[str]:
    found = shown.json("opportunities/", stall_reason=reason)["results"]
    return [shown.name_of(row["id"]) for row in found]


def the_sweep(shown: Shown, reason: str) -> list[str]:
    swept = dict(StallCheck.on(TODAY).sweep())
    if reason == "none":
        return [name for name, deal in shown.deals.items() if deal.pk not in swept]
    found = (pk for pk, names in swept.items() if reason == "any" or reason in names)
    return [shown.name_of(pk) for pk in found]


FOUND = [cards, rows, lines_of_the_file, rows_of_the_api, the_sweep]


@pytest.mark.parametrize("where", FOUND)
def test_a_reason_finds_its_deal_and_no_other(
    shown: Shown, where: Callable[[Shown, str], list[str]]
) -> None:
    for name in REASONS:
        assert where(shown, name) == [name]
    assert sorted(where(shown, "any")) == sorted(REASONS)
    assert where(shown, "none") == [""]


# Where they are counted.


def in_the_filter_of(path: str) -> Callable[[Shown], dict[str, int]]:
    def count(shown: Shown) -> dict[str, int]:
        found = re.findall(r'<option value="(\w+)"[^>]*>[^<]*\((\d+)\)', shown.html(path))
        return {name: int(number) for name, number in found}

    return count


def in_the_summary(shown: Shown) -> dict[str, int]:
    body = shown.json("pipeline/summary/", include="stall_reasons")
    return {**body["stalled"], "none": body["total"]["count"] - body["stalled"]["any"]}


COUNTED = {
    "list": in_the_filter_of("/opportunities/"),
    "board": in_the_filter_of("/opportunities/board/"),
    "summary": in_the_summary,
}


@pytest.mark.parametrize("where", COUNTED)
def test_counts_are_the_lengths_of_the_lists(shown: Shown, where: str) -> None:
    counts = COUNTED[where](shown)
    assert counts == {**dict.fromkeys(REASONS, 1), "any": len(REASONS), "none": 1}
    assert counts == {name: len(rows(shown, name)) for name in counts}


def test_somebody_else_sees_none_of_it(shown: Shown, as_: Any) -> None:
    foreign = replace(shown, page=as_.page(shown.otto), api=as_.api(shown.otto))
    for where in (cards, rows, lines_of_the_file, rows_of_the_api):
        assert where(foreign, "any") == []
    for where_counted in COUNTED.values():
        assert not any(where_counted(foreign).values())


# On another day.

DAYS = ["0001-01-01", "1899-12-31", "1900-01-01", "2026-11-19", "9999-12-31"]
PAGES = ["/opportunities/", "/opportunities/board/", "/opportunities/export/", "/opportunities/{}/"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("on", DAYS)
def test_every_day_there_is_can_be_asked_for(shown: Shown, path: str, on: str) -> None:
    answer = shown.page.get(path.format(shown.deals[""].pk), {"on": on, "stall_reason": "any"})
    assert answer.status_code in (200, 400)


def test_on_an_earlier_day_less_was_late(shown: Shown) -> None:
    before = {"on": (TODAY - 3 * DAY).isoformat()}
    late = {"past_close", "overdue_step", "silent"}
    deals = {name: shown.deals[name] for name in late}
    for deal in deals.values():
        page = shown.html(f"/opportunities/{deal.pk}/", **before)
        assert shown.said_in(page) == set()
        assert shown.json(f"opportunities/{deal.pk}/stall-reasons/", **before)["results"] == []
    rows = shown.json("opportunities/", include="stall_reasons", **before)["results"]
    assert [row["stall_reasons"] for row in rows if shown.name_of(row["id"]) in late] == [[]] * 3
    assert {row["name"]: row["stall_reasons"] for row in the_file(shown, **before)}["Silent"] == ""
