"""The team page: its chain, the first broken link, the teams under it, its people.

It is Wednesday, 18 November 2026; ten prospects and five talks are wanted in a week.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from metrics import rollups
from metrics.models import Metric
from people.models import Organisation, Team, User
from reviews.models import Review
from tests.conftest import As
from tests.factories import NOW, TODAY, a_foretelling, a_team
from tests.support.html import seen
from tests.support.posted_world import (
    a_chain,
    aim,
    count,
    count_each,
    many_reps,
    metric,
    statements,
)

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY, SUNDAY = TODAY - 2 * DAY, TODAY + 4 * DAY
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def week(rosa: User, pia: User, ada: User) -> None:
    a_chain("prospects", "talks", ultimate="wins")
    for name, amount in (("prospects", 10), ("talks", 5)):
        aim(name, amount, by=ada)


@pytest.fixture
def north(rosa: User) -> Team:
    assert rosa.team
    return rosa.team


@pytest.fixture
def ask(as_: type[As]) -> Ask:
    """A team's page, as somebody sees it."""

    def asked(user: User, team: Team, **asked_for: str) -> Any:
        rollups.catch_up()
        user.refresh_from_db()
        return as_.page(user).get(reverse("team_dashboard", args=[team.pk]), asked_for)

    return asked


def names(answer: Any) -> list[str]:
    return [row["person"].name for row in answer.context["people"]]


def values(cells: Any) -> list[str]:
    return [cell.value for cell, _ in cells]


# Where one begins.


def test_everybody_begins_with_what_is_nearest_to_them(
    week: None, rosa: User, mia: User, eva: User, ada: User, as_: type[As]
) -> None:
    north, sales = mia.teams_led.get(), eva.teams_led.get()
    for user, name, pk in (
        (rosa, "person_metrics", rosa.pk),
        (mia, "team_dashboard", north.pk),
        (eva, "team_dashboard", sales.pk),
        (ada, "team_dashboard", sales.pk),
    ):
        user.refresh_from_db()
        answer = as_.page(user).get("/metrics/")
        assert answer.headers["Location"] == reverse(name, args=[pk])


def test_an_administrator_of_no_teams_begins_with_themselves(ada: User, as_: type[As]) -> None:
    answer = as_.page(ada).get("/metrics/")
    assert answer.headers["Location"] == reverse("person_metrics", args=[ada.pk])


# What is on it.


def test_a_team_is_its_chain_and_its_people_by_name(
    week: None, ask: Ask, north: Team, rosa: User, pia: User, mia: User
) -> None:
    count_each(pia, "prospects", [(MONDAY, 9), (TODAY, 1)])
    count(rosa, "talks", 2, TODAY)
    shown = ask(mia, north)
    assert [cell.label for cell, _ in shown.context["chain"]] == ["Prospects", "Talks", "Wins"]
    assert values(shown.context["chain"]) == ["10", "2", "0"]
    assert names(shown) == ["Pia Peer", "Rosa Rep"]
    assert [values(row["cells"]) for row in shown.context["people"]] == [
        ["10", "0", "0"],
        ["0", "2", "0"],
    ]
    read = seen(shown)
    assert "2 people" in read.text
    assert "by name, not by rank" in read.text
    assert read.repeated == []


def test_the_first_broken_link_is_named_with_its_cost_and_when_it_is_felt(
    week: None, ask: Ask, north: Team, pia: User, mia: User
) -> None:
    """A prospect came to five wins in the year before; 8 of 20 were due by Tuesday."""
    count(pia, "prospects", 100, MONDAY - WEEK)
    count(pia, "wins", 500, MONDAY - WEEK)
    count(pia, "prospects", 2, MONDAY)
    assert seen(ask(mia, north)).text.count("will feel it") == 0
    a_foretelling(metric("prospects"), weeks=6)
    text = seen(ask(mia, north)).text
    assert "First broken link Prospects: 2 of 20, 6 short by 17 Nov." in text
    assert (
        "At its own conversion that is about 30 of wins. Wins will feel it in about 6 weeks."
        in text
    )


def test_an_executive_sees_teams_and_goes_down_to_them_and_up_again(
    week: None, ask: Ask, north: Team, otto: User, eva: User, mia: User
) -> None:
    sales = eva.teams_led.get()
    count(otto, "talks", 3, MONDAY)
    top = ask(eva, sales)
    assert [(str(team), values(row)[1]) for team, row in top.context["teams"]] == [
        ("North", "0"),
        ("South", "3"),
    ]
    read = seen(top)
    assert "2 teams under it" in read.text
    assert "Nobody is in this team" not in read.text
    down = reverse("team_dashboard", args=[north.pk])
    assert down in dict(read.links)
    assert (reverse("team_dashboard", args=[sales.pk]), "Sales") in [
        (href, text.strip()) for href, text in seen(ask(eva, north)).links
    ]
    assert ask(mia, north).context["above"] is None  # Sales is not hers


def test_a_team_without_a_manager_is_led_by_the_next_one_up(
    week: None, ask: Ask, north: Team, mia: User, eva: User, max_: User, pia: User
) -> None:
    west = a_team("West", parent=north)
    pia.join(west, on=MONDAY)
    shown = ask(mia, north)
    assert [str(team) for team, _ in shown.context["teams"]] == ["West"]
    assert names(ask(mia, west)) == names(ask(eva, west)) == ["Pia Peer"]
    assert ask(mia, west).context["above"] == north
    assert ask(max_, west).status_code == ask(pia, west).status_code == 404


def test_nobody_else_finds_it(
    week: None, ask: Ask, north: Team, rosa: User, max_: User, ada: User
) -> None:
    for stranger in (rosa, max_):
        assert ask(stranger, north).status_code == 404
    assert names(ask(ada, north)) == ["Pia Peer", "Rosa Rep"]


def test_the_last_1_on_1_stands_beside_each(
    week: None, ask: Ask, north: Team, rosa: User, mia: User
) -> None:
    review = Review.arrange(rosa, NOW - WEEK, by=mia, at=NOW - WEEK)
    review.start(by=mia, at=NOW - WEEK)
    review.refresh_from_db()
    review.close(by=mia, at=NOW - WEEK)
    text = seen(ask(mia, north)).text
    assert "11 Nov" in text
    assert text.count("none yet") == 1


# Who comes and goes.


def test_who_left_is_there_until_their_day(
    week: None, ask: Ask, north: Team, pia: User, mia: User
) -> None:
    count(pia, "prospects", 5, MONDAY)
    pia.deactivate(on=MONDAY)
    shown = ask(mia, north)
    assert "here until 16 Nov" in seen(shown).text
    assert values(shown.context["chain"])[0] == "5"


def test_who_went_to_another_team_is_told_of_and_not_shown(
    week: None, ask: Ask, north: Team, pia: User, mia: User, eva: User, otto: User
) -> None:
    """Whoever leads both sees the row; its rows are those of the days in this team."""
    assert otto.team
    count_each(pia, "prospects", [(MONDAY, 5), (TODAY, 3)])
    pia.join(otto.team, on=TODAY)
    shown = ask(mia, north)
    assert names(shown) == ["Rosa Rep"]
    assert values(shown.context["chain"])[0] == "5"
    assert "1 person who was here is elsewhere now" in seen(shown).text
    last_week = seen(ask(mia, north, on=str(MONDAY - DAY)))
    assert "1 person who was here is elsewhere now" in last_week.text
    above = ask(eva, north)
    assert names(above) == ["Pia Peer", "Rosa Rep"]
    assert "elsewhere" not in seen(above).text
    value, url = above.context["people"][0]["cells"][0]
    client = Client()
    client.force_login(eva)
    rows = client.get(url)
    assert (value.value, rows.context["total"]) == ("5", "5")
    assert "while in North" in seen(rows).text


def test_every_figure_leads_to_its_rows(
    week: None, ask: Ask, north: Team, rosa: User, pia: User, mia: User
) -> None:
    count_each(pia, "prospects", [(MONDAY - DAY, 50), (MONDAY, 4), (TODAY, 1)])
    count_each(rosa, "prospects", [(MONDAY, 2), (TODAY, 10)])
    count(rosa, "talks", 70, MONDAY)
    shown = ask(mia, north)
    client = Client()
    client.force_login(mia)
    cells = [*shown.context["chain"], *(c for row in shown.context["people"] for c in row["cells"])]
    for cell, url in cells:
        assert client.get(url).context["total"] == cell.value, url
        assert url.replace("&", "&amp;") in shown.content.decode()


# Nothing there.


@pytest.mark.parametrize("asked", [{}, {"grain": "quarter"}, {"format": "csv"}])
def test_an_organisation_without_metrics_has_a_ask(
    ask: Ask, north: Team, mia: User, ada: User, asked: dict[str, str]
) -> None:
    for each in Metric.objects.chain():
        each.retire(on=TODAY)
    answers = [ask(user, north, **asked) for user in (mia, ada)]
    assert [answer.status_code for answer in answers] == [200, 200]
    if not asked:
        said = [seen(answer).text for answer in answers]
        assert all("No metrics are in use." in text for text in said)
        assert ["Choose metrics" in text for text in said] == [False, True]


def test_an_empty_team_without_targets_has_a_ask(ask: Ask, mia: User) -> None:
    read = seen(ask(mia, mia.teams_led.get()))
    assert "Nobody is in this team." in read.text
    assert "No target" in read.text
    assert "First broken link" not in read.text


def test_names_may_be_as_long_as_they_can_be(ask: Ask, north: Team, rosa: User, mia: User) -> None:
    Team.objects.filter(pk=north.pk).update(name="N" * 200)
    User.objects.filter(pk=rosa.pk).update(name="<b>" + "R" * 197)
    shown = ask(mia, north)
    assert "N" * 200 in seen(shown).text
    assert b"<b>R" not in shown.content


# The period.


@pytest.mark.parametrize(
    "asked",
    [
        {"on": "yesterday"},
        {"on": "2026-02-30"},
        {"on": "0001-01-01"},
        {"on": "9999-12-31"},
        {"on": str(TODAY + WEEK)},
        {"grain": "day"},
        {"grain": "<b>", "on": ""},
    ],
)
def test_nonsense_in_the_address_is_today_and_each_its_own_period(
    week: None, ask: Ask, north: Team, mia: User, asked: dict[str, str]
) -> None:
    shown = ask(mia, north, **asked).context
    assert (shown["frame"].day, shown["frame"].grain) == (TODAY, "")
    assert shown["picker"].later == ""
    assert shown["picker"].earlier == f"?on={MONDAY - DAY}"
    assert shown["picker"].label == "Each by its own period, as of week 47, 2026"


@pytest.mark.parametrize(
    ("asked", "label", "earlier", "later"),
    [
        ("on=2026-11-15", "Each by its own period, as of week 46, 2026", "?on=2026-11-08", "?"),
        (
            "grain=week&on=2026-11-08",
            "Week 45, 2026",
            "?grain=week&on=2026-11-01",
            "?grain=week&on=2026-11-15",
        ),
        (
            "grain=month&on=2026-01-31",
            "January 2026",
            "?grain=month&on=2025-12-31",
            "?grain=month&on=2026-02-28",
        ),
        ("grain=quarter", "Q4 2026", "?grain=quarter&on=2026-09-30", ""),
        (
            "grain=fiscal_year&on=1906-01-01",
            "1906",
            "?grain=fiscal_year&on=1905-12-31",
            "?grain=fiscal_year&on=1907-12-31",
        ),
    ],
)
def test_the_picker_goes_a_period_back_and_on(
    week: None,
    ask: Ask,
    north: Team,
    mia: User,
    asked: str,
    label: str,
    earlier: str,
    later: str,
) -> None:
    answer = ask(mia, north, **dict(QueryDict(asked).items()))
    picker = answer.context["picker"]
    assert (picker.label, picker.earlier, picker.later) == (label, earlier, later)
    assert seen(answer).repeated == []


def test_weeks_may_begin_on_sunday_and_years_in_february(
    week: None, ask: Ask, north: Team, mia: User, pia: User
) -> None:
    Organisation.current().change(week_start=6, fiscal_year_start=2)
    count_each(pia, "prospects", [(date(2026, 2, 1), 100), (date(2026, 1, 31), 7), (MONDAY, 1)])
    assert ask(mia, north).context["picker"].label.endswith("week of 15 Nov 2026")
    quarter = ask(mia, north, grain="quarter").context
    assert (quarter["picker"].label, quarter["picker"].earlier) == (
        "Q4 2026/27",
        "?grain=quarter&on=2026-10-31",
    )
    year = ask(mia, north, grain="fiscal_year").context
    assert (year["picker"].label, values(year["chain"])[0]) == ("2026/27", "101")


# As data.


def test_the_page_as_a_file_says_the_same(
    week: None, ask: Ask, north: Team, rosa: User, pia: User, mia: User
) -> None:
    User.objects.filter(pk=rosa.pk).update(name="=1+1")
    count(pia, "prospects", 5, MONDAY)
    a_team("+West", manager=mia, parent=north)
    answer = ask(mia, north, format="csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["Whose", "Metric", "First day", "Last day", "Value", "Target", "Standing"]
    assert rows[0] == ["North", "Prospects", "2026-11-16", "2026-11-22", "5.00", "20.00", "missed"]
    assert [row[0] for row in rows[::3]] == ["North", "'+West", "'=1+1", "Pia Peer"]
    assert rows[9][4:] == ["5.00", "10.00", "on_target"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="metrics-2026-11-18.csv"'


# However many.


def test_thirty_people_take_as_many_statements_as_three(
    week: None, ask: Ask, otto: User, max_: User
) -> None:
    south = otto.team
    assert south
    a_foretelling(metric("prospects"))
    counted = []
    for number in (2, 27):
        for person in many_reps(south, number):
            count_each(person, "prospects", [(MONDAY - 2 * WEEK, 1), (TODAY, 1)])
        rollups.catch_up()
        client = Client()
        client.force_login(max_)
        url = reverse("team_dashboard", args=[south.pk])
        counted.append(statements(lambda client=client, url=url: client.get(url)))
    assert len(names(ask(max_, south))) == 30
    assert counted[0] == counted[1] <= 12, counted
