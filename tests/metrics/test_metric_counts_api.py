"""Other systems post what they count, once or many at once, and may post it again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from metrics.models import MetricCount
from people.models import User
from tests.conftest import As
from tests.factories import NOW, a_metric_count, a_posted_measure

PATH = "/api/v1/metric-counts/"


def attrs(answer: Any) -> list[Any]:
    """The names an error answer points to."""
    assert answer.status_code == 400, answer.data
    return sorted(error["attr"] for error in answer.json()["errors"])


@pytest.fixture(autouse=True)
def dials(db: None) -> None:
    a_posted_measure("dials")


def count(person: User, **said: Any) -> dict[str, Any]:
    fields = {"source": "dialler", "measure": "dials", "day": "2024-03-04", "count": 12}
    return {"person": person.pk, **fields, **said}


def test_posting_again_replaces_the_count(rosa: User, as_: type[As]) -> None:
    client = as_.api(rosa)
    first = client.post(PATH, count(rosa))
    assert (first.status_code, first.data["count"], first.data["posted_by"]) == (201, 12, rosa.pk)
    again = client.post(PATH, count(rosa, count=15))
    assert (again.data["id"], again.data["count"]) == (first.data["id"], 15)
    other = client.post(PATH, count(rosa, source="mobile"))
    assert other.data["id"] != first.data["id"]
    assert client.get(f"{PATH}{first.data['id']}/").data == again.data
    assert client.delete(f"{PATH}{first.data['id']}/").status_code == 204
    assert MetricCount.objects.get().source == "mobile"


def test_a_list_is_posted_in_a_few_statements(
    rosa: User, pia: User, mia: User, as_: type[As], django_assert_max_num_queries: Any
) -> None:
    client = as_.api(mia)
    client.get(PATH)
    days = [f"2024-03-{day:02}" for day in range(1, 31)]
    sent = [count(person, day=day) for person in (rosa, pia) for day in days]
    sent[0] = {**sent[0], "person_email": rosa.email.upper()}  # type: ignore[union-attr]
    del sent[0]["person"]
    with django_assert_max_num_queries(14):
        answer = client.post(PATH, sent)
    assert answer.status_code == 201
    assert [row["day"] for row in answer.data] == days * 2
    assert all(row["id"] for row in answer.data)
    again = client.post(PATH, [*sent, {**sent[0], "count": 99}])  # the last word counts
    assert [row["id"] for row in again.data] == [row["id"] for row in answer.data]
    assert again.data[0]["count"] == 99
    assert MetricCount.objects.count() == 60


def test_one_wrong_item_is_named_and_nothing_is_written(
    rosa: User, mia: User, otto: User, as_: type[As]
) -> None:
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    sent = [
        count(rosa),
        count(rosa, day=tomorrow),
        count(otto),
        count(rosa, measure="mails"),
    ]
    answer = as_.api(mia).post(PATH, sent)
    assert attrs(answer) == ["1.day", "2.person", "3.measure"]
    assert attrs(as_.api(mia).post(PATH, [count(rosa), {"count": -1}, 7])) == [
        *("1.count", "1.day", "1.measure", "1.source", "2.non_field_errors"),
    ]
    assert attrs(as_.api(mia).post(PATH, [count(rosa)] * 1_001)) == ["non_field_errors"]
    assert attrs(as_.api(mia).post(PATH, [])) == ["non_field_errors"]
    assert not MetricCount.objects.exists()


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"day": "2026-02-30"}, ["day"]),
        ({"count": 1.5}, ["count"]),
        ({"count": 10**10}, ["count"]),
        ({"source": " "}, ["source"]),
        ({"source": "x" * 51}, ["source"]),
        ({"measure": "interviews"}, ["measure"]),
        ({"person": "1"}, ["person"]),
        ({"person": 10**30}, ["person"]),
        ({"person": None}, ["person"]),
        ({"person_email": "rosa.rep@example.com"}, ["person"]),  # both
        ({"posted_by": 1}, ["posted_by"]),
    ],
)
def test_what_is_wrong_is_named(
    rosa: User, as_: type[As], said: dict[str, Any], wrong: list[str]
) -> None:
    assert attrs(as_.api(rosa).post(PATH, {**count(rosa), **said})) == wrong


def test_one_posts_for_oneself_and_everybody_below(
    rosa: User, pia: User, mia: User, otto: User, ada: User, as_: type[As]
) -> None:
    assert attrs(as_.api(rosa).post(PATH, count(pia))) == ["person"]
    assert attrs(as_.api(rosa).post(PATH, count(mia))) == ["person"]  # seen, but above
    nobody = {**count(rosa), "person_email": otto.email}
    del nobody["person"]
    assert attrs(as_.api(mia).post(PATH, nobody)) == ["person_email"]
    for person in (rosa, otto):
        assert as_.api(ada).post(PATH, count(person)).status_code == 201
    seen = [len(as_.api(each).get(PATH).data["results"]) for each in (rosa, pia, mia, otto, ada)]
    assert seen == [1, 0, 1, 1, 2]
    theirs = MetricCount.objects.get(person=otto).pk
    assert as_.api(mia).delete(f"{PATH}{theirs}/").status_code == 404


def test_lists_are_filtered(rosa: User, mia: User, as_: type[As]) -> None:
    a_metric_count(rosa)
    a_metric_count(rosa, (NOW - timedelta(days=7)).date(), source="mobile")
    client = as_.api(mia)
    for query, found in (
        (f"?person={rosa.pk}", 2),
        (f"?person={mia.pk}", 0),
        ("?measure=dials", 2),
        ("?measure=mails", 0),
        ("?source=mobile", 1),
        ("?day_from=2026-11-18", 1),
        ("?day_to=2026-11-17", 1),
    ):
        assert len(client.get(f"{PATH}{query}").data["results"]) == found, query
    assert attrs(client.get(f"{PATH}?day_to=18.11.2026")) == ["day_to"]
    assert attrs(client.get(f"{PATH}?source=%00")) == ["source"]
