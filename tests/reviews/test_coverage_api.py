"""Coverage as data: the same figures, for the same people."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.models import User
from tests.conftest import As, a_rep
from tests.factories import a_scored_call


def test_a_manager_gets_their_figures_and_an_executive_each_managers(
    rosa: User, pia: User, mia: User, otto: User, eva: User, as_: type[As]
) -> None:
    a_scored_call(rosa, 7, mia, at=timezone.now() - timedelta(hours=1))
    own = as_.api(mia).get("/api/v1/coverage/").json()
    shares = {each["figure"]: (each["kept"], each["of"]) for each in own["figures"]}
    assert shares["debriefs"] == (1, 1)
    assert shares["touched"] == (1, 2)
    assert own["spread"] == {
        "people": 2,
        "touched": 1,
        "touches": 1,
        "thirds": [],
        "unscored": {"people": 1, "touches": 0},
    }
    eva.refresh_from_db()
    whole = as_.api(eva).get("/api/v1/coverage/").json()
    assert [each["manager_name"] for each in whole["managers"]] == ["Max Manager", "Mia Manager"]
    assert whole["managers"][1]["figures"] == own["figures"]
    assert as_.api(eva).get(f"/api/v1/coverage/?manager={mia.pk}").json() == own
    direct = as_.api(eva).get("/api/v1/coverage/?scope=direct&days=30").json()
    assert (direct["scope"], direct["spread"]["people"], direct["managers"]) == ("direct", 2, [])


def test_people_and_rows_are_listed(rosa: User, pia: User, mia: User, as_: type[As]) -> None:
    at = timezone.now() - timedelta(hours=1)
    a_scored_call(rosa, 7, mia, at=at)
    people = as_.api(mia).get("/api/v1/coverage/people/").json()["results"]
    assert [each["person_name"] for each in people] == ["Pia Peer", "Rosa Rep"]
    touches = {each["kind"]: (each["last"], each["in_days"]) for each in people[1]["touches"]}
    assert touches["debrief"] == (at.date().isoformat(), 1)
    assert touches["review"] == (None, 0)
    rows = as_.api(mia).get("/api/v1/coverage/rows/?figure=touched&page_size=1").json()
    assert [(each["person"], each["is_kept"]) for each in rows["results"]] == [(pia.pk, False)]
    rows = as_.api(mia).get(rows["next"]).json()
    assert [(each["person"], each["is_kept"]) for each in rows["results"]] == [(rosa.pk, True)]


@pytest.mark.parametrize("below", ["", "people/", "rows/"])
def test_a_manager_one_is_not_above_does_not_exist(
    rosa: User, mia: User, max_: User, ada: User, as_: type[As], below: str
) -> None:
    for user in (rosa, max_, ada):
        url = f"/api/v1/coverage/{below}?manager={mia.pk}&figure=debriefs"
        url = url if below == "rows/" else url.removesuffix("&figure=debriefs")
        answer: Any = as_.api(user).get(url)
        assert answer.status_code == 400
        assert [each["attr"] for each in answer.json()["errors"]] == ["manager"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?days=7", "days"),
        ("?on=2190-01-01", "on"),
        ("?on=never", "on"),
        ("?scope=all", "scope"),
        ("?manager=0", "manager"),
    ],
)
def test_what_makes_no_sense_is_refused(mia: User, as_: type[As], query: str, field: str) -> None:
    answer: Any = as_.api(mia).get(f"/api/v1/coverage/{query}")
    assert answer.status_code == 400
    assert [each["attr"] for each in answer.json()["errors"]] == [field]


def test_rows_want_to_know_of_which_figure(mia: User, as_: type[As]) -> None:
    for query in ("", "?figure=luck"):
        assert as_.api(mia).get(f"/api/v1/coverage/rows/{query}").status_code == 400


def test_it_takes_the_same_few_queries_however_many_people(
    rosa: User, mia: User, eva: User, as_: type[As]
) -> None:
    def counts() -> list[int]:
        found = []
        for url in ("", "people/", "rows/?figure=debriefs", f"?manager={mia.pk}"):
            client = as_.api(mia)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/api/v1/coverage/{url}").status_code == 200
            found.append(len(queries))
        return found

    def some(number: int) -> None:
        for _ in range(number):
            rep = a_rep(f"Rep {User.objects.count()}", mia)
            a_scored_call(rep, 7, mia, at=timezone.now() - timedelta(hours=1))

    some(3)
    few = counts()
    some(27)
    assert counts() == few
    assert max(few) <= 6  # one of them for a manager that is named
