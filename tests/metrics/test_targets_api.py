"""Programs set targets, and say how those of new hires grow."""

from typing import Any

import pytest

from metrics.models import Metric, Target
from people.models import Team, User
from tests.conftest import As

PATH = "/api/v1/targets/"


def attrs(answer: Any) -> list[Any]:
    """The names an error answer points to."""
    assert answer.status_code == 400, answer.data
    return sorted(error["attr"] for error in answer.json()["errors"])


@pytest.fixture
def metric(db: None) -> Metric:
    return Metric.objects.chain()[0]


def test_a_manager_sets_those_of_their_people_and_teams(
    rosa: User, mia: User, eva: User, otto: User, metric: Metric, as_: type[As]
) -> None:
    client, north = as_.api(mia), rosa.team_id
    said: dict[str, Any] = {"metric": metric.pk, "amount": "5"}
    made = client.post(PATH, {**said, "person": rosa.pk})
    assert made.status_code == 201
    assert (made.data["amount"], made.data["set_by"]) == ("5.00", mia.pk)
    assert (made.data["first_day"], made.data["last_day"]) == (None, None)
    assert client.post(PATH, {**said, "team": north}).status_code == 201
    assert client.post(PATH, said).status_code == 403  # for all
    assert client.post(PATH, {**said, "person": eva.pk}).status_code == 403
    assert attrs(client.post(PATH, {**said, "person": otto.pk})) == ["person"]
    assert attrs(client.post(PATH, {**said, "team": otto.team_id})) == ["team"]
    assert as_.api(rosa).post(PATH, {**said, "person": rosa.pk}).status_code == 403
    assert as_.api(rosa).post(PATH, {**said, "team": north}).status_code == 403


def test_setting_the_same_again_is_the_same_and_another_amount_replaces_it(
    rosa: User, ada: User, metric: Metric, as_: type[As]
) -> None:
    client = as_.api(ada)
    said = {"metric": metric.pk, "amount": "5", "team": rosa.team_id, "first_day": "2026-01-01"}
    first = client.post(PATH, said).data["id"]
    assert client.post(PATH, said).data["id"] == first
    second = client.post(PATH, {**said, "amount": "6.50", "last_day": None}).data
    assert (second["amount"], second["first_day"], second["last_day"]) == (
        *("6.50", "2026-01-01", None),
    )

    def ids(query: str = "") -> list[int]:
        return [row["id"] for row in client.get(f"{PATH}{query}").data["results"]]

    assert ids() == [second["id"]]
    assert ids("?history=true") == [first, second["id"]]
    assert ids("?history=false") == [second["id"]]
    assert ids("?on=2025-12-31") == []
    assert ids(f"?on=2026-01-01&metric={metric.pk}&team={rosa.team_id}") == [second["id"]]
    assert ids(f"?person={rosa.pk}") == []
    assert client.get(f"{PATH}{first}/").data["replaced_at"]
    assert attrs(client.get(f"{PATH}?on=2026-02-30")) == ["on"]
    assert attrs(client.get(f"{PATH}?history=yes")) == ["history"]


def test_it_ends_on_a_day(rosa: User, mia: User, metric: Metric, as_: type[As]) -> None:
    client = as_.api(mia)
    said = {"metric": metric.pk, "amount": "5", "person": rosa.pk, "first_day": "2026-01-01"}
    pk = client.post(PATH, said).data["id"]
    assert attrs(client.post(f"{PATH}{pk}/ending/", {})) == ["on"]
    assert as_.api(rosa).post(f"{PATH}{pk}/ending/", {"on": "2026-03-31"}).status_code == 403
    ended = client.post(f"{PATH}{pk}/ending/", {"on": "2026-03-31"})
    assert ended.status_code == 200
    assert ended.data["replaced_at"]
    (left,) = client.get(PATH).data["results"]
    assert (left["first_day"], left["last_day"]) == ("2026-01-01", "2026-03-31")
    assert attrs(client.post(f"{PATH}{pk}/ending/", {"on": "2026-03-31"})) == ["non_field_errors"]


def test_one_sees_those_for_all_for_ones_teams_and_ones_people(
    rosa: User, pia: User, mia: User, otto: User, ada: User, metric: Metric, as_: type[As]
) -> None:
    client = as_.api(ada)
    for scope in ({}, {"person": rosa.pk}, {"person": otto.pk}, {"team": rosa.team_id}):
        client.post(PATH, {"metric": metric.pk, "amount": "5", **scope})
    counts = [len(as_.api(each).get(PATH).data["results"]) for each in (rosa, pia, mia, otto, ada)]
    assert counts == [3, 2, 3, 2, 4]
    hidden = Target.objects.get(person=rosa).pk
    assert as_.api(otto).get(f"{PATH}{hidden}/").status_code == 404
    assert as_.api(otto).post(f"{PATH}{hidden}/ending/", {"on": "2026-03-31"}).status_code == 404


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"metric": 10**9}, ["metric"]),
        ({"metric": "1"}, ["metric"]),
        ({"amount": "-1"}, ["amount"]),
        ({"amount": "5.001"}, ["amount"]),
        ({"amount": "1" * 13}, ["amount"]),
        ({"first_day": "2026-02-30"}, ["first_day"]),
        ({"first_day": "2026-02-01", "last_day": "2026-01-31"}, ["last_day"]),
        ({"ramp": 10**9}, ["ramp"]),
        ({"set_by": 1}, ["set_by"]),
    ],
)
def test_what_is_wrong_is_named(
    ada: User, metric: Metric, as_: type[As], said: dict[str, Any], wrong: list[str]
) -> None:
    assert attrs(as_.api(ada).post(PATH, {"metric": metric.pk, "amount": "5", **said})) == wrong
    assert not Target.objects.exists()


def test_a_target_is_not_for_a_team_and_a_person(
    rosa: User, ada: User, metric: Metric, as_: type[As]
) -> None:
    said = {"metric": metric.pk, "amount": 5, "team": rosa.team_id, "person": rosa.pk}
    assert attrs(as_.api(ada).post(PATH, said)) == ["person"]
    assert Team.objects.filter(pk=rosa.team_id).exists()


def test_ramp_tables_are_the_administrators(
    rosa: User, ada: User, metric: Metric, as_: type[As]
) -> None:
    path, client = "/api/v1/ramp-tables/", as_.api(ada)
    assert as_.api(rosa).post(path, {"name": "New", "percents": [50]}).status_code == 403
    made = client.post(path, {"name": "New", "percents": [25, 50]})
    assert (made.status_code, made.data["percents"]) == (201, [25, 50])
    assert len(as_.api(rosa).get(path).data["results"]) == 1
    one, anyhow = f"{path}{made.data['id']}/", {"headers": {"if-match": "*"}}
    assert client.patch(one, {"percents": [10]}, **anyhow).data["name"] == "New"
    for wrong in ([], [101], [-1], ["x"], "50", [50] * 37):
        answer = client.patch(one, {"percents": wrong}, **anyhow)
        assert [attr.split(".")[0] for attr in attrs(answer)] == ["percents"]
    assert attrs(client.post(path, {"name": "New", "percents": [50]})) == ["name"]
    target = {"metric": metric.pk, "amount": "5", "ramp": made.data["id"]}
    pk = client.post(PATH, target).data["id"]
    assert attrs(client.delete(one, **anyhow)) == ["non_field_errors"]
    client.post(f"{PATH}{pk}/ending/", {"on": "1900-01-01"})
    Target.objects.filter(replaced_at=None).delete()
    assert client.delete(one, **anyhow).status_code == 204
