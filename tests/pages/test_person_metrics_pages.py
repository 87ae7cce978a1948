"""A person's page of metrics: the chain, their past beside target and team, what was judged.

It is Wednesday, 18 November 2026; ten prospects and five talks are wanted in a week.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from metrics import rollups
from metrics.models import Metric
from people.models import User
from tests.conftest import As
from tests.factories import NOW, TODAY, a_checkpoint, a_foretelling, a_user
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
MONDAY = TODAY - 2 * DAY
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def week(rosa: User, ada: User) -> None:
    a_chain("prospects", "talks", ultimate="wins")
    for name, amount in (("prospects", 10), ("talks", 5)):
        aim(name, amount, by=ada)


@pytest.fixture
def ask(as_: type[As]) -> Ask:
    """Somebody's page, as somebody sees it."""

    def asked(user: User, whose: User, **asked_for: str) -> Any:
        rollups.catch_up()
        user.refresh_from_db()
        return as_.page(user).get(reverse("person_metrics", args=[whose.pk]), asked_for)

    return asked


def test_one_has_a_page_and_so_have_those_above_and_nobody_else(
    week: None, ask: Ask, rosa: User, pia: User, mia: User, max_: User, eva: User, ada: User
) -> None:
    own = seen(ask(rosa, rosa))
    assert "Your metrics" in own.text
    north = reverse("team_dashboard", args=[rosa.team_id])
    assert north not in dict(own.links)  # it would not open
    for user in (mia, eva, ada):
        assert north in dict(seen(ask(user, rosa)).links)
    for stranger in (pia, max_):
        assert ask(stranger, rosa).status_code == 404
    assert ask(rosa, mia).status_code == 404


def test_every_figure_leads_to_its_rows_also_to_ones_own(week: None, ask: Ask, rosa: User) -> None:
    count_each(rosa, "prospects", [(MONDAY - DAY, 50), (MONDAY, 4), (TODAY, 1)])
    shown = ask(rosa, rosa)
    client = Client()
    client.force_login(rosa)
    totals = [client.get(url).context["total"] for _, url in shown.context["chain"]]
    assert totals == [cell.value for cell, _ in shown.context["chain"]] == ["5", "0", "0"]


def test_the_last_periods_are_drawn_and_told_in_a_table(week: None, ask: Ask, rosa: User) -> None:
    count_each(rosa, "prospects", [(MONDAY - 11 * WEEK, 3), (TODAY, 7)])
    answer = ask(rosa, rosa)
    chart = answer.context["charts"][0]
    assert chart.sentence == (
        "Prospects of Rosa Rep: 7 in the week of 16 Nov, 3 in the week of 31 Aug."
    )
    assert (len(chart.labels), chart.texts[0], chart.texts[-1]) == (12, ["3", "10"], ["7", "10"])
    assert [one.name for one in chart.series] == ["Rosa", "Target"]
    read = seen(answer)
    assert read.repeated == []
    assert answer.content.decode().count("<figure") == 3


def test_two_metrics_of_one_measure_do_not_get_in_each_others_way(
    week: None, ask: Ask, rosa: User
) -> None:
    Metric.add(label="By month", measure="posted:prospects", role="precursor", period="month")
    assert seen(ask(rosa, rosa)).repeated == []


def test_a_ratio_of_nothing_is_said_and_not_drawn(ask: Ask, rosa: User) -> None:
    Metric.objects.all().delete()
    Metric.add(label="Planned", measure="calls_planned", role="precursor", period="week")
    answer = ask(rosa, rosa)
    assert "nothing to tell it from" in seen(answer).text
    assert b"<figure" not in answer.content


@pytest.mark.parametrize("others", [1, 2])
def test_the_team_is_shown_from_three_people_on(
    week: None, ask: Ask, rosa: User, others: int
) -> None:
    assert rosa.team
    team = [rosa, *many_reps(rosa.team, others)]
    for person in team:
        count(person, "prospects", 4, MONDAY)
    answer = ask(rosa, rosa)
    chart, text = answer.context["charts"][0], seen(answer).text
    names = [one.name for one in chart.series]
    if others == 1:
        assert "The team is not shown for fewer than 3 people (n = 2)." in text
        assert names == ["Rosa", "Target"]
    else:
        assert "Team: n = 3." in text
        assert (names[-1], chart.texts[-1]) == ("Team, a person", ["4", "10", "4"])


def test_the_first_broken_link_costs_at_ones_own_conversion_or_the_teams(
    week: None, ask: Ask, rosa: User, pia: User
) -> None:
    a_foretelling(metric("prospects"), weeks=6)
    count(pia, "prospects", 20, MONDAY - WEEK)
    count(pia, "wins", 10, MONDAY - WEEK)
    count(rosa, "prospects", 4, MONDAY - WEEK)
    text = seen(ask(rosa, rosa)).text
    assert "Prospects: 0 of 10, 4 short by 17 Nov." in text
    assert (
        "At the team's conversion (Rosa has done too few to tell) that is about 1.7 of wins. "
        "Wins will feel it in about 6 weeks."
    ) in text
    count(rosa, "prospects", 8, MONDAY - WEEK)
    count(rosa, "wins", 4, MONDAY - WEEK)
    text = seen(ask(rosa, rosa)).text
    assert "At Rosa's own conversion that is about 2 of wins." in text


def test_what_was_judged_is_listed_the_latest_first(week: None, ask: Ask, rosa: User) -> None:
    a_checkpoint(metric("prospects"), person=rosa, day=TODAY - WEEK)
    a_checkpoint(metric("talks"), person=rosa, day=MONDAY - DAY, kind="end", streak=2)
    a_checkpoint(metric("talks"), team=rosa.team)
    answer = ask(rosa, rosa)
    assert [judged.day for judged, *_ in answer.context["judged"]] == [MONDAY - DAY, TODAY - WEEK]
    assert "2 in a row" in seen(answer).text


def test_nothing_judged_no_targets_no_team_no_metrics(ask: Ask, db: None) -> None:
    nina = a_user("Nina New")
    text = seen(ask(nina, nina)).text
    assert "Nothing was judged yet." in text
    assert "No target" in text
    assert "The team is not shown" not in text
    for each in Metric.objects.chain():
        each.retire(on=TODAY)
    for asked in ({}, {"grain": "month"}, {"on": "2020-01-31", "grain": "fiscal_year"}):
        assert "No metrics are in use." in seen(ask(nina, nina, **asked)).text
    assert ask(nina, nina, format="csv").status_code == 200


@pytest.mark.parametrize("grain", ["", "week", "month", "quarter", "fiscal_year"])
def test_the_oldest_day_of_each_grain_has_a_page(
    week: None, ask: Ask, rosa: User, grain: str
) -> None:
    answer = ask(rosa, rosa, grain=grain, on="1906-01-01")
    assert answer.context["frame"].day.year == 1906
    assert len(answer.context["charts"][0].labels) == (4 if grain == "fiscal_year" else 12)


def test_the_page_as_a_file_says_the_same(week: None, ask: Ask, rosa: User, pia: User) -> None:
    Metric.objects.filter(pk=metric("talks").pk).update(label="-2+3")
    count(rosa, "prospects", 7, TODAY)
    answer = ask(rosa, rosa, format="csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["Metric", "First day", "Last day", "Value", "Target", "Team, a person"]
    assert len(rows) == 36
    assert rows[11] == ["Prospects", "2026-11-16", "2026-11-22", "7.00", "10.00", ""]
    assert rows[12][0] == "'-2+3"


def test_thirty_of_everything_take_as_many_statements_as_three(
    week: None, ask: Ask, rosa: User, pia: User, mia: User, ada: User
) -> None:
    """Of a posted chain, with a miss that costs by the team's conversion, and a team's target."""
    assert rosa.team
    aim("talks", 9, by=ada, team=rosa.team)
    counted = []
    for number in (3, 27):
        for n, person in enumerate(many_reps(rosa.team, number)):
            count(person, "prospects", 5, MONDAY - WEEK)
            a_checkpoint(metric("talks"), person=rosa, day=TODAY - (number + n) * DAY)
        rollups.catch_up()
        mia.refresh_from_db()
        client = Client()
        client.force_login(mia)
        url = reverse("person_metrics", args=[rosa.pk])
        counted.append(statements(lambda client=client, url=url: client.get(url)))

    assert counted[0] == counted[1] <= 12
