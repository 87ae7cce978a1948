"""The pages of coverage: whose they are, what they say, and that they stay as quick."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.models import HelpRequest
from people.models import User
from tests.conftest import As, a_rep
from tests.factories import a_deal, a_scored_call
from tests.support.html import seen


@pytest.fixture
def touched(rosa: User, pia: User, mia: User) -> None:
    """Mia reviewed a debrief of rosa's an hour ago; nobody touched pia."""
    a_scored_call(rosa, 7, mia, at=timezone.now() - timedelta(hours=1))


def test_a_manager_reads_whom_they_coached_and_whom_not(
    touched: None, mia: User, as_: type[As]
) -> None:
    text = seen(as_.page(mia).get("/coverage/")).text
    assert "Pia: no touch in 30 days." in text
    assert "1 of 2 people were coached." in text
    assert "Debriefs reviewed within 48 h 100 % 1 of 1" in text
    assert "Help turnaround – no help was answered" in text


def test_an_executive_goes_down_from_each_manager_to_their_people(
    touched: None, eva: User, mia: User, otto: User, as_: type[As]
) -> None:
    eva.refresh_from_db()
    page = as_.page(eva).get("/coverage/")
    assert [(name, each.spread.people) for _, name, each in page.context["managers"]] == [
        ("Max Manager", 1),
        ("Mia Manager", 2),
    ]
    assert "1 of 5 people were coached." in seen(page).text
    assert "0 of 2 people were coached." in seen(as_.page(eva).get("/coverage/?scope=direct")).text
    assert "Coverage of Mia Manager" in seen(as_.page(eva).get(f"/coverage/{mia.pk}/")).text


@pytest.mark.parametrize("below", ["", "debriefs/", "touched/"])
def test_neither_reps_nor_peers_nor_administrators_see_it(
    rosa: User, mia: User, max_: User, ada: User, as_: type[As], below: str
) -> None:
    for user in (rosa, max_, ada):
        assert as_.page(user).get(f"/coverage/{mia.pk}/{below}").status_code == 404


def test_who_leads_nobody_has_no_coverage(rosa: User, mia: User, as_: type[As]) -> None:
    assert "Nobody reports to you." in seen(as_.page(rosa).get("/coverage/")).text
    assert as_.page(mia).get(f"/coverage/{rosa.pk}/").status_code == 404
    assert as_.page(mia).get(f"/coverage/{mia.pk}/no-such-figure/").status_code == 404


def test_the_rows_of_a_figure_begin_with_what_is_owed(
    touched: None, rosa: User, mia: User, as_: type[As]
) -> None:
    page = as_.page(mia).get(f"/coverage/{mia.pk}/touched/")
    assert [(row.rep.name, row.is_kept) for row in page.context["rows"]] == [
        ("Pia Peer", False),
        ("Rosa Rep", True),
    ]
    for name in ("inspected", "time_to_inspect", "debriefs", "help", "help_turnaround"):
        assert as_.page(mia).get(f"/coverage/{mia.pk}/{name}/?days=365").status_code == 200
    for name in ("ride_alongs", "reviews"):
        assert as_.page(mia).get(f"/coverage/{mia.pk}/{name}/?page=nonsense").status_code == 200


def test_what_took_longest_is_listed_page_by_page(rosa: User, mia: User, as_: type[As]) -> None:
    now = timezone.now()
    for n in range(52):
        asked = HelpRequest.ask(
            a_deal(rosa, f"Deal {n}"),
            by=rosa,
            at=now - timedelta(days=3),
            kind="opinion",
            how_it_helps="It does",
            wanted_on=now.date(),
        )
        asked.do("Done", by=mia, at=now - timedelta(days=2, minutes=n // 2))
    url = f"/coverage/{mia.pk}/help_turnaround/"
    first = as_.page(mia).get(url).context["page"]
    second = as_.page(mia).get(url + first.older).context["page"]
    took = [row.took for row in (*first.rows, *second.rows)]
    assert len(first.rows) == 50
    assert len({row.pk for row in (*first.rows, *second.rows)}) == 52
    assert took == sorted(took, reverse=True)


@pytest.mark.parametrize("query", ["?days=7", "?days=x&on=never", "?on=2999-01-01", "?on=0001-1-1"])
def test_nonsense_in_the_address_is_today_and_the_usual_days(
    rosa: User, mia: User, as_: type[As], query: str
) -> None:
    asked = as_.page(mia).get(f"/coverage/{query}").context["asked"]
    assert (asked.days, asked.is_today) == (90, True)


def test_the_table_goes_out_as_csv(touched: None, mia: User, as_: type[As]) -> None:
    rows = in_file(as_.page(mia).get("/coverage/?format=csv"))
    today = timezone.now().date().isoformat()
    assert [(row["Name"], row["In these days: Debrief review"]) for row in rows] == [
        ("Pia Peer", "0"),
        ("Rosa Rep", "1"),
    ]
    assert rows[0]["Last: Debrief review"] == ""
    assert rows[1]["Last: Debrief review"] <= today
    owed = in_file(as_.page(mia).get(f"/coverage/{mia.pk}/touched/?format=csv"))
    assert [(row["Name"], row["Kept"]) for row in owed] == [
        ("Pia Peer", "False"),
        ("Rosa Rep", "True"),
    ]


def test_the_figures_of_managers_go_out_as_csv(
    touched: None, eva: User, otto: User, as_: type[As]
) -> None:
    eva.refresh_from_db()
    rows = in_file(as_.page(eva).get("/coverage/?table=managers&format=csv"))
    found = {(row["Manager"], row["Figure"]): (row["Kept"], row["Of"]) for row in rows}
    assert found["Mia Manager", "People coached"] == ("1", "2")
    assert found["Max Manager", "People coached"] == ("0", "1")


def in_file(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_pages_take_the_same_few_queries_however_many_people(
    rosa: User, mia: User, eva: User, as_: type[As]
) -> None:
    def counts() -> list[int]:
        found = []
        for user, url in ((mia, ""), (eva, ""), (eva, f"{mia.pk}/"), (mia, f"{mia.pk}/debriefs/")):
            client = as_.page(user)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/coverage/{url}").status_code == 200
            found.append(len(queries))
        return found

    eva.refresh_from_db()
    some(3, mia)
    few = counts()
    some(27, mia)
    assert counts() == few
    assert max(few) <= 12


def some(number: int, mia: User) -> None:
    """More reps, each with a reviewed debrief."""
    for _ in range(number):
        rep = a_rep(f"Rep {User.objects.count()}", mia)
        a_scored_call(rep, 7, mia, at=timezone.now() - timedelta(hours=1))
