"""Programs read what the organisation goes by; administrators decide it."""

from datetime import timedelta
from typing import Any

import pytest

from metrics.models import Metric, PostedMeasure
from people.models import User
from tests.conftest import As
from tests.factories import TODAY, a_checkpoint, a_foretelling, a_posted_measure

API = "/api/v1/"
SEEDED = [*range(1, 7), Metric.LAST]


def attrs(answer: Any) -> list[Any]:
    """The names an error answer points to."""
    assert answer.status_code == 400, answer.data
    return sorted(error["attr"] for error in answer.json()["errors"])


def test_all_measures_are_listed_the_posted_ones_too(
    rosa: User, mia: User, as_: type[As], django_assert_max_num_queries: Any
) -> None:
    a_posted_measure("dials")
    with django_assert_max_num_queries(5):
        answer = as_.api(rosa).get(f"{API}measures/")
    rows = {row["name"]: row for row in answer.data["results"]}
    assert rows["posted:dials"]["unit"] == "dials"
    assert rows["proposals_per_close"]["direction"] == "lower"
    assert rows["money_won"]["kind"] == "sum"
    assert set(rows["interviews"]) == {
        *("name", "label", "unit", "kind", "direction", "description")
    }
    assert attrs(as_.api(rosa).get(f"{API}measures/?name=dials")) == ["name"]


def test_administrators_say_what_may_be_posted(rosa: User, ada: User, as_: type[As]) -> None:
    said = {"name": "mails", "label": "Mails", "unit": "mails"}
    path = f"{API}posted-measures/"
    assert as_.api(rosa).post(path, said).status_code == 403
    client = as_.api(ada)
    made = client.post(path, said)
    assert (made.status_code, made["ETag"], made.data["direction"]) == (201, '"1"', "higher")
    assert attrs(client.post(path, said)) == ["name"]
    assert attrs(client.post(path, {**said, "name": "No Spaces"})) == ["name"]
    one = f"{path}{made.data['id']}/"
    changed = client.patch(one, {"unit": "letters"}, headers={"if-match": '"1"'})
    assert (changed.data["unit"], changed.data["label"]) == ("letters", "Mails")
    assert client.patch(one, {"unit": "x"}, headers={"if-match": '"1"'}).status_code == 412
    assert client.patch(one, {"unit": "x"}).status_code == 428
    assert attrs(client.patch(one, {"name": "x"}, headers={"if-match": "*"})) == ["name"]
    assert len(as_.api(rosa).get(path).data["results"]) == 1
    assert PostedMeasure.objects.get().unit == "letters"


class TestMetrics:
    def test_they_are_listed_in_the_order_of_the_chain(self, rosa: User, as_: type[As]) -> None:
        rows = as_.api(rosa).get(f"{API}metrics/").data["results"]
        assert [row["place"] for row in rows] == SEEDED
        only = as_.api(rosa).get(f"{API}metrics/?role=ultimate").data["results"]
        assert [row["label"] for row in only] == ["Money won"]

    def test_an_administrator_adds_moves_retires_and_restores_one(
        self, rosa: User, ada: User, as_: type[As]
    ) -> None:
        client, path = as_.api(ada), f"{API}metrics/"
        anyhow = {"headers": {"if-match": "*"}}
        said = {"label": "Calls", "measure": "calls_held", "period": "month", "place": 2}
        assert as_.api(rosa).post(path, said).status_code == 403
        made = client.post(path, said)
        assert (made.status_code, made.data["place"], made.data["role"]) == (201, 2, "precursor")
        one = f"{path}{made.data['id']}/"
        moved = client.patch(one, {"label": "Held", "place": 1}, headers={"if-match": '"1"'})
        assert (moved.data["label"], moved.data["place"]) == ("Held", 1)
        assert client.patch(one, {"place": 3}, headers={"if-match": '"1"'}).status_code == 412
        retired = client.post(f"{one}retirement/", {}, **anyhow)
        assert retired.data["retired_on"]
        assert attrs(client.post(f"{one}retirement/", {}, **anyhow)) == ["non_field_errors"]
        assert attrs(client.patch(one, {"place": 1}, **anyhow)) == ["place"]
        for retired_too, count in (("", 8), ("?retired=true", 1), ("?retired=false", 7)):
            assert len(client.get(f"{path}{retired_too}").data["results"]) == count
        back = client.delete(f"{one}retirement/", **anyhow)
        assert (back.data["retired_on"], back.data["place"]) == (None, 7)

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            ({"label": "x"}, ["measure"]),
            ({"label": "x", "measure": "no_such"}, ["measure"]),
            ({"label": "x", "measure": "posted:no_such"}, ["measure"]),
            ({"label": "x", "measure": "interviews", "period": "day"}, ["period"]),
            ({"label": "x", "measure": "interviews", "role": "chief"}, ["role"]),
            ({"label": "x", "measure": "interviews", "place": 0}, ["place"]),
            ({"label": "x", "measure": "interviews", "place": "last"}, ["place"]),
            ({"label": "x" * 61, "measure": "interviews"}, ["label"]),
            (
                {"label": "x", "measure": "money_won", "role": "ultimate"},
                ["non_field_errors"],
            ),  # a second
            ({"label": "x", "measure": "interviews", "retired_on": None}, ["retired_on"]),
        ],
    )
    def test_what_is_wrong_is_named(
        self, ada: User, as_: type[As], said: dict[str, Any], wrong: list[Any]
    ) -> None:
        answer = as_.api(ada).post(f"{API}metrics/", said)
        assert attrs(answer) == wrong
        assert Metric.objects.count() == 7


def test_judgements_are_read_by_the_line_and_by_who_leads_the_team(
    rosa: User, pia: User, mia: User, otto: User, ada: User, as_: type[As]
) -> None:
    metric, other = Metric.objects.chain()[:2]
    a_checkpoint(metric, person=rosa, broken_link=metric, effect="1250.5", effect_basis="own")
    a_checkpoint(other, team=rosa.team, state="on_target", day=TODAY + timedelta(days=1))
    path = f"{API}checkpoints/"

    def count(who: User, query: str = "") -> int:
        return len(as_.api(who).get(f"{path}{query}").data["results"])

    seen = [count(each) for each in (rosa, pia, mia, otto, ada)]
    assert seen == [1, 0, 2, 0, 2]
    row = as_.api(rosa).get(path).data["results"][0]
    assert (row["value"], row["pace"], row["effect"]) == ("1.0000", "0.3333", "1250.5000")
    assert (row["broken_link"], row["effect_basis"], row["streak"]) == (metric.pk, "own", 0)
    for query, found in (
        (f"?person={rosa.pk}", 1),
        (f"?team={mia.pk + 10_000}", 0),
        (f"?team={rosa.team_id}", 1),
        (f"?metric={other.pk}&state=on_target", 1),
        ("?state=missed&kind=middle", 1),
        ("?day_from=2026-11-19", 1),
        ("?day_to=2026-11-17", 0),
    ):
        assert count(mia, query) == found, query
    client = as_.api(mia)
    assert [row["day"] for row in client.get(path).data["results"]] == ["2026-11-19", "2026-11-18"]
    for query, wrong in (
        ("?state=late", "state"),
        ("?day_from=2026-02-30", "day_from"),
        ("?person=me", "person"),
        ("?ordering=state", "ordering"),
        ("?whose=me", "whose"),
    ):
        assert attrs(client.get(f"{path}{query}")) == [wrong]
    assert client.post(path, {}).status_code == 405
    one = as_.api(rosa).get(path).data["results"][0]["id"]
    assert as_.api(rosa).get(f"{path}{one}/").status_code == 200
    assert as_.api(pia).get(f"{path}{one}/").status_code == 404


def test_everybody_reads_whether_a_precursor_foretells(rosa: User, as_: type[As]) -> None:
    metric, other = Metric.objects.chain()[:2]
    a_foretelling(metric, weeks=2)
    a_foretelling(other)
    client = as_.api(rosa)
    assert len(client.get(f"{API}foretelling/").data["results"]) == 2
    (row,) = client.get(f"{API}foretelling/?precursor={metric.pk}").data["results"]
    assert (row["weeks"], row["correlation"], row["points"]) == (2, 0.5, 60)
    assert attrs(client.get(f"{API}foretelling/?precursor=x")) == ["precursor"]
