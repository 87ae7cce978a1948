"""Settings > Behaviours: what is scored, by administrators and by the managers of teams."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coaching.models import Behaviour, CoachingRules
from people.models import User
from tests.factories import NOW, a_behaviour, a_team

URL = "/settings/behaviours/"


def words(**other: Any) -> dict[str, Any]:
    """A behaviour as the form sends it."""
    return {
        "name": "Asks before telling",
        "expected": "The buyer speaks first.",
        "anchor_4": "Only when prompted",
        "anchor_7": "In most calls",
        "anchor_9": "In every call",
        "minimum": "6",
        "weight": "2",
        **other,
    }


@pytest.fixture
def asking(ada: User) -> Behaviour:
    return a_behaviour("Asks before telling", ada)


def test_an_administrator_defines_one_for_all(as_: Any, ada: User, rosa: User) -> None:
    answer = as_.page(ada).post(f"{URL}new/", words(anchor_10="Teaches it"))
    assert answer["Location"] == URL
    (found,) = Behaviour.objects.all().expected_of(rosa)
    assert (found.team, found.minimum, found.weight) == (None, 6, 2)
    assert found.anchors["10"] == "Teaches it"
    assert found.anchors.keys() == {"4", "7", "9", "10"}


def test_a_manager_defines_those_of_teams_they_lead(
    as_: Any, mia: User, rosa: User, otto: User, asking: Behaviour
) -> None:
    client = as_.page(mia)
    form = client.get(f"{URL}new/?team={rosa.team_id}").content.decode()
    assert "The whole organisation" not in form
    assert f'value="{rosa.team_id}" selected' in form
    assert str(otto.team) not in form
    assert client.post(f"{URL}new/", words(team=rosa.team_id)).status_code == 302
    assert [each.team for each in Behaviour.objects.all().expected_of(rosa)] == [rosa.team]
    assert Behaviour.objects.all().expected_of(otto) == [asking]
    for other in ("", otto.team_id, "x"):
        assert client.post(f"{URL}new/", words(name="Listens", team=other)).status_code == 400
    assert Behaviour.objects.count() == 2
    assert client.get(f"{URL}{asking.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"anchor_7": " "}, "Say what a 7 looks like."),
        ({"minimum": "11"}, "Choose 1 to 10."),
        ({"minimum": ""}, "Choose 1 to 10."),
        ({"weight": "0"}, "Choose 1 to 10."),
        ({"name": ""}, "This field is required."),
        ({"anchor_10": "x" * 301}, "at most 300"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    as_: Any, ada: User, wrong: dict[str, Any], said: str
) -> None:
    answer = as_.page(ada).post(f"{URL}new/", words(anchor_1="Interrupts", **wrong))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert "The buyer speaks first." in page
    assert "Interrupts" in page
    assert '<details class="fold" open' in page
    assert not Behaviour.objects.exists()


def test_a_sixth_is_refused_with_its_reason(as_: Any, ada: User) -> None:
    for n in range(5):
        a_behaviour(f"Behaviour {n}", ada)
    client = as_.page(ada)
    answer = client.post(f"{URL}new/", words())
    assert answer.status_code == 400
    assert "retire one first" in answer.content.decode()
    page = client.get(URL).content.decode()
    assert "5 of 5" in page
    assert "Add<span" not in page


def test_too_few_are_counted(as_: Any, ada: User, asking: Behaviour) -> None:
    client = as_.page(ada)
    assert "1 of 5, define 3 more" in client.get(URL).content.decode()
    for n in range(3):
        a_behaviour(f"Behaviour {n}", ada)
    assert "define" not in client.get(URL).content.decode().split("<main")[1].split("<form")[0]


def test_a_change_keeps_what_it_said_before(as_: Any, ada: User, rosa: User) -> None:
    asking = a_behaviour("Asks", ada, anchors={"4": "Old four", "7": "Old seven", "9": "Old nine"})
    client = as_.page(ada)
    sent = words(name="Asks first", anchor_4="New four", version=asking.version)
    assert client.post(f"{URL}{asking.pk}/", sent).status_code == 302
    page = as_.page(rosa).get(f"{URL}{asking.pk}/versions/").content.decode()
    assert page.index("New four") < page.index("Old four")
    assert ada.name in page
    assert "Version 2" in page


def test_of_two_who_change_it_at_once_neither_loses_a_word(
    as_: Any, ada: User, asking: Behaviour
) -> None:
    seen = asking.version
    anchors = {**asking.anchors, "4": "Saved four"}
    asking.change(name="Asks first", anchors=anchors, by=ada, at=NOW)
    answer = as_.page(ada).post(
        f"{URL}{asking.pk}/", words(name="Asks more", anchor_4="My four", version=seen)
    )
    page = answer.content.decode()
    assert answer.status_code == 412
    for text in ("Asks first", "Asks more", "Saved four", "My four"):
        assert text in page
    asking.refresh_from_db()
    assert f'name="version" value="{asking.version}"' in page
    assert asking.name == "Asks first"


def test_retiring_one_can_be_undone_at_its_place(as_: Any, ada: User, asking: Behaviour) -> None:
    other = a_behaviour("Listens", ada)
    client = as_.page(ada)
    url = f"{URL}{asking.pk}/retirement/"
    assert client.post(url, {"version": asking.version + 1}).status_code == 412
    answer = client.post(url, {"version": asking.version}, follow=True)
    assert list(Behaviour.objects.in_use()) == [other]
    undo = f"{URL}{asking.pk}/restoration/?position=1"
    assert f'action="{undo}"' in answer.content.decode()
    client.post(undo)
    assert list(Behaviour.objects.in_use()) == [asking, other]
    again = client.post(undo, follow=True).content.decode()
    assert "It is in use." in again


def test_one_moves_up_and_nonsense_moves_nothing(as_: Any, ada: User, asking: Behaviour) -> None:
    other, client = a_behaviour("Listens", ada), as_.page(ada)
    for position in ("", "-1", "x", "9" * 9):
        client.post(f"{URL}{other.pk}/position/", {"position": position})
        assert list(Behaviour.objects.in_use()) == [asking, other]
    client.post(f"{URL}{other.pk}/position/", {"position": "1"})
    assert list(Behaviour.objects.in_use()) == [other, asking]
    other.retire(by=ada, at=NOW)
    page = client.post(f"{URL}{other.pk}/position/", {"position": "1"}, follow=True)
    assert "A retired behaviour has no place." in page.content.decode()


def test_administrators_set_the_minimum_of_a_call(
    as_: Any, ada: User, mia: User, rosa: User
) -> None:
    rules, url = CoachingRules.current(), "/settings/coaching-rules/"
    client = as_.page(ada)
    sent = {"minimum": "8", "version": rules.version}
    assert as_.page(mia).post(url, sent).status_code == 403
    assert client.post(url, {**sent, "minimum": "11"}).status_code == 400
    assert client.post(url, sent).status_code == 302
    assert CoachingRules.current().minimum == 8
    assert client.post(url, {**sent, "minimum": "5"}).status_code == 412
    assert "proficient from 8 on" in as_.page(mia).get(URL).content.decode()


def test_who_leads_nobody_defines_nothing(as_: Any, rosa: User, asking: Behaviour) -> None:
    client = as_.page(rosa)
    assert client.get(URL).status_code == 403
    assert "settings/behaviours" not in client.get("/settings/profile/").content.decode()


def test_a_manager_finds_the_page_and_sees_what_holds_for_all(
    as_: Any, mia: User, rosa: User, otto: User, asking: Behaviour
) -> None:
    a_behaviour("Only in South", team=otto.team)
    client = as_.page(mia)
    assert f'href="{URL}"' in client.get("/settings/profile/").content.decode()
    page = client.get(URL).content.decode()
    assert asking.name in page
    assert "Only in South" not in page
    assert f'action="{URL}{asking.pk}/' not in page


def test_the_page_takes_the_same_few_statements_however_many(as_: Any, ada: User) -> None:
    client = as_.page(ada)

    def counted(numbers: range) -> int:
        for n in numbers:
            a_behaviour("Asks", ada, team=a_team(f"Team {n}"))
            a_behaviour("Left", ada, team=a_team(f"Other {n}")).retire(by=ada, at=NOW)
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    assert counted(range(3)) == counted(range(3, 30)) <= 12
