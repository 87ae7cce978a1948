"""Why the 2,089 open deals of the published set were stalled at the end of 2017.

What is expected is worked out from the file alone: nothing of the program is asked but the
patience of its stages, which is not in the file.
"""

import csv
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.models import User
from pipeline.models import Opportunity, Stage
from pipeline.stage_medians import StageMedian
from pipeline.stalls import REASONS, StallCheck
from tests.support.imports import REAL_DEALS, needs_real_data

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once, needs_real_data]
ON = date(2017, 12, 31)  # a Sunday
# By hand: engaged until 17 December, and (16 working days, with patience for 15) until the 7th.
COUNTS = {"no_next_step": 2089, "silent": 1584, "stage_age": 1574}
LATE_BY_MEDIAN = 1487  # engaged until 5 October: more than 60 working days, 1.5 x the median of 40


def import_everything() -> None:
    for kind, file, *options in (
        ("people", "sales_teams"),
        ("accounts", "accounts"),
        ("products", "products"),
        *[("opportunities", "sales_pipeline", "--create", "stage")],
    ):
        if kind == "opportunities":
            options += ["--value", "product:GTXPro=GTX Pro"]
        path: Path = REAL_DEALS / f"{file}.csv"
        call_command("import_csv", kind, str(path), *options, stdout=StringIO())


# From the file alone.


def the_rows() -> list[dict[str, str]]:
    with (REAL_DEALS / "sales_pipeline.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def weekdays(after: date, until: date) -> int:
    """Mondays to Fridays after a day up to another; the file knows no holidays."""
    days = range(after.toordinal() + 1, until.toordinal() + 1)
    return sum((number - 1) % 7 < 5 for number in days)  # day 1 of all was a Monday


def days_to_win(rows: list[dict[str, str]]) -> list[int]:
    """Working days from engagement to the close of the deals won before the day, sorted."""
    return sorted(
        weekdays(date.fromisoformat(row["engage_date"]), date.fromisoformat(row["close_date"]))
        for row in rows
        if row["deal_stage"] == "Won" and row["close_date"] < "2017-12-31"
    )


def expected(patience: int) -> dict[str, set[str]]:
    """The reasons of each open deal; `patience` is that of Engaging, in working days."""
    rows = the_rows()
    won = days_to_win(rows)
    middle = (won[(len(won) - 1) // 2] + won[len(won) // 2]) / 2
    found = {}
    for row in rows:
        if row["deal_stage"] not in ("Engaging", "Prospecting"):
            continue
        reasons = {"no_next_step"}  # the file has none
        if row["engage_date"]:
            engaged = date.fromisoformat(row["engage_date"])
            if (ON - engaged).days >= 14:
                reasons.add("silent")
            if weekdays(engaged, ON) > min(patience, middle * 1.5):
                reasons.add("stage_age")
        found[row["opportunity_id"]] = reasons
    return found


# As the program says.


def listed(client: Any, **query: str) -> dict[str, set[str]]:
    """All pages of the list of the API: the reasons of each deal by its id in the file."""
    query = {"on": ON.isoformat(), "status": "open", "page_size": "200", **query}
    answer = client.get("/api/v1/opportunities/", query)
    found = {}
    while True:
        body = answer.json()
        assert answer.status_code == 200, body
        found |= {row["external_id"]: set(row["stall_reasons"] or ()) for row in body["results"]}
        if not body["next"]:
            return found
        answer = client.get(body["next"])


def test_file_rows_judgement_and_api_agree_on_every_deal(ada: User, as_: Any) -> None:
    import_everything()
    patience = dict(Stage.objects.values_list("name", "patience"))
    wanted = expected(patience["Engaging"])
    assert len(wanted) == 2089
    assert Counter(name for names in wanted.values() for name in names) == COUNTS
    assert_check_agrees(wanted)
    assert_api_agrees(as_.api(ada), wanted)
    # With more patience it is the deals won before that say how long is too long.
    Stage.objects.update(patience=700)
    wanted = expected(700)
    assert sum("stage_age" in names for names in wanted.values()) == LATE_BY_MEDIAN
    assert_check_agrees(wanted)
    limit = StallCheck.on(ON).limits[Stage.objects.get(name="Engaging").pk]
    assert (limit.median, limit.days) == (StageMedian(won=4219, days=40), 60)


def assert_check_agrees(wanted: dict[str, set[str]]) -> None:
    check = StallCheck.on(ON)
    deals = list(Opportunity.objects.open().for_list())
    with CaptureQueriesContext(connection) as counted:
        check.prepare(deals)
        judged = {deal.external_id: {each.name for each in check.reasons(deal)} for deal in deals}
    assert len(counted) <= 2
    assert judged == wanted
    for name in REASONS:
        stalled = Opportunity.objects.stalled(check, name)
        keys = {key for key, names in wanted.items() if name in names}
        assert set(stalled.values_list("external_id", flat=True)) == keys
    swept = {pk: set(names) for pk, names in check.sweep()}
    assert swept == {deal.pk: wanted[deal.external_id] for deal in deals if deal.external_id}


def assert_api_agrees(client: Any, wanted: dict[str, set[str]]) -> None:
    assert listed(client, include="stall_reasons") == wanted
    for name in ("silent", "stage_age", "past_close"):
        keys = {key for key, names in wanted.items() if name in names}
        assert set(listed(client, stall_reason=name)) == keys
    assert listed(client, stall_reason="none") == {}
