"""Figures over time and scorecards as data, of people and teams one answers for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from metrics import rollups, series
from metrics.models import Metric, Target
from people.models import User
from pipeline.models import Proposal
from tests.conftest import As
from tests.factories import NOW, a_deal, a_metric_count, a_posted_measure

VALUES, CARDS = "/api/v1/metric-values/", "/api/v1/scorecards/"
MONDAY, FRIDAY = date(2024, 3, 4), date(2024, 3, 8)


def attrs(answer: Any) -> list[Any]:
    """The names an error answer points to."""
    assert answer.status_code == 400, answer.data
    return sorted(error["attr"] for error in answer.json()["errors"])


@pytest.fixture
def metric(rosa: User, pia: User, ada: User) -> Metric:
    """Proposals: rosa sent two in a week, pia one; five a week are to be sent."""
    metric = Metric.objects.get(measure="proposals")
    for rep, days in ((rosa, (MONDAY, FRIDAY)), (pia, (FRIDAY,))):
        deal = a_deal(rep)
        for day in days:
            Proposal.record(deal, "Offer", day, by=rep, at=NOW)
    Target.set(metric, Decimal(5), by=ada, at=NOW, team=rosa.team)
    rollups.catch_up()
    return metric


def weeks(metric: Metric, **said: Any) -> dict[str, Any]:
    return {"metric": metric.pk, "from": "2024-03-04", "to": "2024-03-17", **said}


def test_a_persons_figures_stand_beside_their_targets(
    metric: Metric, rosa: User, as_: type[As]
) -> None:
    answer = as_.api(rosa).get(VALUES, weeks(metric, person=rosa.pk))
    assert answer.status_code == 200
    assert answer.json()["results"] == [
        {
            "metric": metric.pk,
            "first_day": first,
            "last_day": last,
            "value": value,
            "numerator": None,
            "denominator": None,
            "target": "5.0000",
        }
        for first, last, value in (
            ("2024-03-04", "2024-03-10", "2.0000"),
            ("2024-03-11", "2024-03-17", "0.0000"),
        )
    ]


def test_the_first_and_last_bucket_are_cut_to_the_days_asked_for(
    metric: Metric, rosa: User, mia: User, as_: type[As]
) -> None:
    client = as_.api(mia)

    def rows(**said: Any) -> list[tuple[str, str, str, str]]:
        found = client.get(VALUES, weeks(metric, person=rosa.pk, **said)).data["results"]
        names = ("first_day", "last_day", "value", "target")
        return [tuple(row[name] for name in names) for row in found]  # type: ignore[misc]

    assert rows(**{"from": "2024-03-06", "to": "2024-03-13"}) == [
        ("2024-03-06", "2024-03-10", "1.0000", "3.0000"),
        ("2024-03-11", "2024-03-13", "0.0000", "3.0000"),
    ]
    assert rows(to="2024-03-04", grain="day") == [
        ("2024-03-04", "2024-03-04", "1.0000", "1.0000"),
    ]
    quarter = rows(**{"from": "2024-01-01", "to": "2024-06-30", "grain": "quarter"})
    assert [row[2:] for row in quarter] == [("2.0000", "65.0000"), ("0.0000", "65.0000")]


def test_a_teams_figures_are_those_of_its_people_and_ratios_say_of_what(
    metric: Metric, rosa: User, mia: User, as_: type[As]
) -> None:
    ratio = Metric.add(
        label="Per close", measure="proposals_per_close", role=Metric.PRECURSOR, period="month"
    )
    asked = {**weeks(metric, team=rosa.team_id, to="2024-03-10"), "metric": [metric.pk, ratio.pk]}
    rows = as_.api(mia).get(VALUES, asked).json()["results"]
    assert (rows[0]["value"], rows[0]["target"]) == ("3.0000", "10.0000")
    parts = [rows[1][name] for name in ("value", "numerator", "denominator", "target")]
    assert parts == [None, "3.0000", "0.0000", None]
    del asked["metric"]
    assert len(as_.api(mia).get(VALUES, asked).json()["results"]) == 8  # the whole chain


def test_today_is_read_live_and_posted_counts_are_figures_too(
    metric: Metric, rosa: User, as_: type[As]
) -> None:
    now: datetime = timezone.now()
    today = now.date()
    dials = Metric.add(
        label="Dials", measure=f"posted:{a_posted_measure().name}", role="precursor", period="week"
    )
    a_metric_count(rosa, today, count=7, at=now)
    asked = {"person": rosa.pk, "metric": dials.pk, "from": today, "to": today, "grain": "day"}
    (row,) = as_.api(rosa).get(VALUES, asked).data["results"]
    assert row["value"] == "7.0000"


def test_a_reader_takes_the_same_statements_however_much_is_asked_for(
    metric: Metric, rosa: User, mia: User, as_: type[As]
) -> None:
    client = as_.api(mia)
    client.get("/api/v1/users/me/")
    whole = {"from": "2024-01-01", "to": "2024-12-31", "grain": "day"}
    chain = list(Metric.objects.chain().values_list("pk", flat=True))
    for whose in ({"person": rosa.pk}, {"team": rosa.team_id}):
        taken = []
        for asked in (weeks(metric), {**whole, "metric": chain}):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(VALUES, {**asked, **whose}).status_code == 200
            taken.append(len(queries))
        assert taken[0] == taken[1] <= 8


def test_what_would_take_too_long_for_so_many_people_is_refused(
    metric: Metric, rosa: User, mia: User, as_: type[As], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "MOST_SHARES", 3)  # two people in two weeks are four
    client = as_.api(mia)
    assert attrs(client.get(VALUES, weeks(metric, team=rosa.team_id))) == ["grain"]
    month = weeks(metric, team=rosa.team_id, grain="month")
    assert client.get(VALUES, month).status_code == 200


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"person": None}, ["person"]),
        ({"team": "1"}, ["person", "team"]),
        ({"person": "me"}, ["person"]),
        ({"person": ["1", "2"]}, ["person"]),
        ({"person": 10**30}, ["person"]),
        ({"metric": 10**9}, ["metric"]),
        ({"metric": "proposals"}, ["metric"]),
        ({"from": None}, ["from"]),
        ({"to": "2024-02-30"}, ["to"]),
        ({"to": "2024-03-03"}, ["to"]),
        ({"to": "2199-12-31"}, ["to"]),
        ({"to": "2025-06-30", "grain": "day"}, ["grain"]),
        ({"grain": "decade"}, ["grain"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
def test_what_is_wrong_is_named(
    rosa: User, as_: type[As], said: dict[str, Any], wrong: list[str]
) -> None:
    asked = {**weeks(Metric.objects.chain()[0], person=rosa.pk), **said}
    sent = {name: value for name, value in asked.items() if value is not None}
    assert attrs(as_.api(rosa).get(VALUES, sent)) == wrong


def test_only_whoever_answers_for_them_reads_people_and_teams(
    metric: Metric, rosa: User, pia: User, mia: User, otto: User, ada: User, as_: type[As]
) -> None:
    for path, more in ((VALUES, weeks(metric)), (CARDS, {})):
        for reader, whose, is_read in (
            (rosa, {"person": rosa.pk}, True),
            (rosa, {"person": pia.pk}, False),
            (rosa, {"person": mia.pk}, False),
            (rosa, {"team": rosa.team_id}, False),
            (mia, {"team": rosa.team_id}, True),
            (mia, {"team": otto.team_id}, False),
            (mia, {"person": otto.pk}, False),
            (ada, {"team": otto.team_id}, True),
        ):
            answer = as_.api(reader).get(path, {**more, **whose})
            if is_read:
                assert answer.status_code == 200
            else:
                assert attrs(answer) == list(whose)


class TestScorecards:
    def test_a_persons_says_how_each_metric_stands_and_what_broke(
        self, metric: Metric, rosa: User, as_: type[As]
    ) -> None:
        card = as_.api(rosa).get(CARDS, {"person": rosa.pk, "on": "2024-03-08"}).json()
        assert (card["person"], card["team"], card["name"]) == (rosa.pk, None, "Rosa Rep")
        assert (card["on"], card["grain"], card["people"]) == ("2024-03-08", None, [])
        assert (card["broken_link"], card["effect"], card["effect_basis"]) == (
            *(metric.pk, None, None),
        )
        states = {link["measure"]: link["state"] for link in card["links"]}
        assert (states["proposals"], states["interviews"]) == ("missed", "no_target")
        link = next(link for link in card["links"] if link["metric"] == metric.pk)
        assert (link["value"], link["target"], link["due"]) == ("2.0000", "5.0000", "5.0000")
        assert (link["pace"], link["short"]) == ("0.4000", "3.0000")
        assert (link["first_day"], link["last_day"]) == ("2024-03-04", "2024-03-10")
        assert link["weeks"][-1] == "2.0000"
        assert len(link["weeks"]) == 12
        month = {"person": rosa.pk, "on": "2024-03-08", "grain": "month"}
        links = as_.api(rosa).get(CARDS, month).json()["links"]
        assert {link["last_day"] for link in links} == {"2024-03-31"}

    def test_a_teams_holds_its_people_and_the_teams_under_it(
        self, metric: Metric, rosa: User, mia: User, eva: User, as_: type[As]
    ) -> None:
        asked = {"team": rosa.team_id, "on": "2024-03-08"}
        card = as_.api(mia).get(CARDS, asked).json()
        assert [person["name"] for person in card["people"]] == ["Pia Peer", "Rosa Rep"]
        assert {person["until"] for person in card["people"]} == {None}
        own = next(link for link in card["links"] if link["metric"] == metric.pk)
        assert (own["value"], own["target"]) == ("3.0000", "10.0000")
        sales = as_.api(eva).get(CARDS, {**asked, "team": rosa.team.parent_id}).json()  # type: ignore[union-attr]
        assert [team["name"] for team in sales["teams"]] == ["North"]
        assert sales["people"] == []

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            ({"on": "2024-02-30"}, ["on"]),
            ({"on": "2199-12-31"}, ["on"]),
            ({"grain": "day"}, ["grain"]),
            ({"from": "2024-01-01"}, ["from"]),
        ],
    )
    def test_what_is_wrong_is_named(
        self, rosa: User, as_: type[As], said: dict[str, Any], wrong: list[str]
    ) -> None:
        assert attrs(as_.api(rosa).get(CARDS, {"person": rosa.pk, **said})) == wrong
        assert attrs(as_.api(rosa).get(CARDS)) == ["person"]
