"""Darcel Schlecht's 1-on-1 of 2 October 2017, in the published set, as his manager would hold it.

The one before was closed on 1 September. What is expected is worked out from the file alone: a
deal was engaged and closed at noon of its dates, in the organisation's zone; one without a date
of engagement was always there; nobody ever moved one to another stage. Of his 747 deals the file
says that between the two meetings 55 were new (46 still open, 7 won, 2 lost), and that of those
open at the first one 221 did not move, 31 were won and 5 were lost; none moved forward or back.
"""

import csv
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from people.models import Organisation, User
from pipeline.models import Opportunity
from reviews.models import Review
from reviews.review_page import ReviewPage
from tests.support.imports import REAL_DEALS, needs_real_data

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once, needs_real_data]
ZONE = ZoneInfo("America/Chicago")
LAST_CLOSED = datetime(2017, 9, 1, 13, 0, tzinfo=ZONE).astimezone(UTC)
STARTED = datetime(2017, 10, 2, 9, 0, tzinfo=ZONE).astimezone(UTC)
# How many there are under each head, by what they are now.
COUNTS = {
    ("new", "open"): 46,
    ("new", "won"): 7,
    ("new", "lost"): 2,
    ("not_moved", "open"): 221,
    ("won", "won"): 31,
    ("lost", "lost"): 5,
}
TEAM = 6  # people report to his manager, he among them


def import_everything() -> None:
    Organisation.current().change(time_zone=ZONE.key)
    for kind, file, *options in (
        ("people", "sales_teams"),
        ("accounts", "accounts"),
        ("products", "products"),
        ("opportunities", "sales_pipeline", "--create", "stage"),
    ):
        if kind == "opportunities":
            options += ["--value", "product:GTXPro=GTX Pro"]
        call_command(
            "import_csv", kind, str(REAL_DEALS / f"{file}.csv"), *options, stdout=StringIO()
        )


# From the file alone.


def the_rows(agents: set[str]) -> list[dict[str, str]]:
    with (REAL_DEALS / "sales_pipeline.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["sales_agent"] in agents]


def team_of(manager: str) -> set[str]:
    with (REAL_DEALS / "sales_teams.csv").open(newline="") as file:
        return {row["sales_agent"] for row in csv.DictReader(file) if row["manager"] == manager}


def happened(day: str, moment: datetime) -> bool:
    return bool(day) and datetime.combine(date.fromisoformat(day), time(12), ZONE) <= moment


def expected() -> dict[tuple[str, str], set[str]]:
    """The ids of the deals under each head of the second meeting, by what they are then."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in the_rows({"Darcel Schlecht"}):
        engaged, closed = row["engage_date"], row["close_date"]
        if engaged and not happened(engaged, STARTED):
            continue  # nobody knows of it
        if happened(closed, LAST_CLOSED):
            continue  # it was over
        status = row["deal_stage"].lower() if happened(closed, STARTED) else "open"
        was_open = not engaged or happened(engaged, LAST_CLOSED)
        head = "new" if not was_open else "not_moved" if status == "open" else status
        found.setdefault((head, status), set()).add(row["opportunity_id"])
    return found


def won(agents: set[str], first: str, last: str) -> tuple[Decimal, int]:
    """What these won from one day to another, and in how many deals."""
    rows = [
        Decimal(row["close_value"])
        for row in the_rows(agents)
        if row["deal_stage"] == "Won" and first <= row["close_date"] <= last
    ]
    return sum(rows, Decimal()), len(rows)


# As the program says.


def shown(page: ReviewPage) -> dict[tuple[str, str], set[str]]:
    keys = dict(Opportunity.objects.values_list("pk", "external_id"))
    heads = [("new", page.new), *((move.name, move.lines) for move in page.moves)]
    found: dict[tuple[str, str], set[str]] = {}
    for head, lines in heads:
        for each in lines:
            key = keys[each.line.opportunity_id] or ""
            found.setdefault((head, each.line.status), set()).add(key)
    return found


def test_the_deals_of_the_meeting_are_those_of_the_file() -> None:
    import_everything()
    darcel = User.objects.get(name="Darcel Schlecht")
    melvin = darcel.reports_to
    assert melvin
    wanted = expected()
    assert {head: len(keys) for head, keys in wanted.items()} == COUNTS
    hold(darcel, melvin, LAST_CLOSED)
    review = Review.arrange(darcel, STARTED, by=melvin, at=STARTED)
    live = ReviewPage(review, melvin, STARTED)
    assert shown(live) == wanted
    assert_the_longest_is_first(live)
    assert_status(live.status)
    review.start(by=melvin, at=STARTED)
    frozen = ReviewPage(review, darcel, datetime(2017, 12, 31, tzinfo=UTC))
    assert shown(frozen) == wanted
    noted, shown_before = frozen.status.pop("facts"), live.status.pop("facts")
    assert frozen.status == live.status
    assert noted[: len(shown_before)] == shown_before  # and what each metric came to
    wanted_changes = {"new": 55, "won": 31 + 7, "lost": 5 + 2}
    assert {name: n for name, n in frozen.changes.items() if n} == wanted_changes


def hold(rep: User, manager: User, closed_at: datetime) -> None:
    review = Review.arrange(rep, closed_at, by=manager, at=closed_at)
    review.start(by=manager, at=closed_at)
    review.close(by=manager, at=closed_at)
    open_then = sum(
        (not row["engage_date"] or happened(row["engage_date"], closed_at))
        and not happened(row["close_date"], closed_at)
        for row in the_rows({"Darcel Schlecht"})
    )
    assert review.snapshots.count() == open_then == 221 + 31 + 5


def assert_the_longest_is_first(page: ReviewPage) -> None:
    """Prospects, of which no date is known, before those that were engaged, in order."""
    not_moved = next(move.lines for move in page.moves if move.name == "not_moved")
    since = [each.line.stage_since for each in not_moved]
    assert since.count(None) == 111
    assert since[111:] == sorted(since[111:])


def assert_status(report: dict[str, Any]) -> None:
    team = team_of("Melvin Marxen")
    assert len(team) == TEAM
    for period, first, last in zip(
        report["periods"],
        ("2017-01-01", "2017-07-01", "2017-09-01"),
        ("2017-10-02", "2017-09-30", "2017-09-30"),
        strict=True,
    ):
        amount, deals = won({"Darcel Schlecht"}, first, last)
        together = won(team, first, last)[0]
        assert (period["begin"], period["end"], period["deals"]) == (first, last, deals)
        assert Decimal(period["won"]) == amount
        average = Decimal(period["team"]["won"])
        assert period["team"]["people"] == TEAM
        assert abs(average * TEAM - together) < Decimal("0.05")


def test_a_first_review_compares_with_thirty_days_before() -> None:
    """No meeting was held before: what was engaged since noon of 2 September is new."""
    import_everything()
    darcel = User.objects.select_related("reports_to").get(name="Darcel Schlecht")
    assert darcel.reports_to
    review = Review.arrange(darcel, STARTED, by=darcel.reports_to, at=STARTED)
    page = ReviewPage(review, darcel.reports_to, STARTED)
    new = {
        row["opportunity_id"]
        for row in the_rows({"Darcel Schlecht"})
        if "2017-09-02" <= row["engage_date"] <= "2017-10-01"
    }
    found = shown(page)
    assert set().union(*(keys for (head, _), keys in found.items() if head == "new")) == new
