"""People are chosen by typing a part of their name, never from a list of everybody."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.forms.fields import ASSIGNABLE, SEEN, PersonField
from people.models import Team, User
from pipeline.models import Opportunity
from tests.factories import a_deal, a_user


def offered(client: Any, text: str, among: str = SEEN) -> str:
    return str(client.get("/people/options/", {"among": among, "owner": text}).content.decode())


def a_field(user: User, among: str = SEEN) -> PersonField:
    field = PersonField(among, required=False)
    field.user = user
    return field


def test_those_whose_work_one_sees_are_offered_and_nobody_else(
    as_: Any, rosa: User, pia: User, mia: User, otto: User, ada: User
) -> None:
    assert 'value="Rosa Rep"' in offered(as_.page(mia), "ros")
    assert 'value="Pia Peer"' in offered(as_.page(mia), "PÍA")
    assert "Otto" not in offered(as_.page(mia), "o")
    assert "Mia" not in offered(as_.page(rosa), "m")
    assert 'value="Otto Other"' in offered(as_.page(ada), "otto.other@")


def test_work_is_given_to_active_people_only(as_: Any, mia: User, pia: User) -> None:
    pia.deactivate()
    assert "Pia" in offered(as_.page(mia), "pia")
    assert "Pia" not in offered(as_.page(mia), "pia", ASSIGNABLE)
    with pytest.raises(ValidationError):
        a_field(mia, ASSIGNABLE).clean(str(pia.pk))


def test_at_most_twenty_are_offered_and_none_before_anything_is_typed(as_: Any, ada: User) -> None:
    for n in range(25):
        a_user(f"Same Sort {n}")
    client = as_.page(ada)
    assert offered(client, "  ").strip() == ""
    with CaptureQueriesContext(connection) as queries:
        assert offered(client, "sort", "nonsense").count("<option") == 20
    assert len(queries) == 4  # session and person, those found, their namesakes


@pytest.mark.parametrize("said", ["id", "Pia Peer", " pía PEER ", "pia.peer@example.com"])
def test_a_person_is_meant_by_id_name_or_address(mia: User, pia: User, said: str) -> None:
    assert a_field(mia).clean(str(pia.pk) if said == "id" else said) == pia


def test_namesakes_are_told_apart_by_team_and_address(
    as_: Any, mia: User, rosa: User, otto: User
) -> None:
    other = a_user("Rosa Rep", team=Team.objects.get(name="North"), email="rosa2@example.com")
    page = offered(as_.page(mia), "rosa")
    assert 'value="Rosa Rep · North · rosa2@example.com"' in page
    assert 'value="Rosa Rep · North · rosa.rep@example.com"' in page
    field = a_field(mia)
    with pytest.raises(ValidationError, match="2 people are called"):
        field.clean("Rosa Rep")
    assert field.clean("Rosa Rep · North · rosa2@example.com") == other
    assert a_field(mia).prepare_value(other.pk) == "Rosa Rep · North · rosa2@example.com"


def test_a_namesake_one_does_not_see_changes_nothing(mia: User, rosa: User, otto: User) -> None:
    a_user("Rosa Rep", team=Team.objects.get(name="South"), email="rosa2@example.com")
    assert a_field(mia).clean("rosa rep") == rosa
    assert a_field(mia).prepare_value(rosa) == "Rosa Rep"


def test_a_part_of_a_name_is_no_name(mia: User, rosa: User) -> None:
    for wrong in ("Rosa", "Rosa Rep II", "99999999999999999999", "Rosa%", "²"):
        with pytest.raises(ValidationError, match="nobody called"):
            a_field(mia).clean(wrong)
    assert a_field(mia).clean("") is None


def test_who_may_not_be_seen_is_not_accepted(mia: User, otto: User) -> None:
    for said in (str(otto.pk), "Otto Other", "otto.other@example.com"):
        with pytest.raises(ValidationError):
            a_field(mia).clean(said)


def test_a_deal_is_handed_over_by_name(as_: Any, mia: User, rosa: User, pia: User) -> None:
    deal = a_deal(rosa)
    address = f"/opportunities/{deal.pk}/owner/"
    refused = as_.page(mia).post(address, {"owner": "Pia", "version": 1})
    assert refused.status_code == 400
    assert 'value="Pia"' in refused.content.decode()
    as_.page(mia).post(address, {"owner": "Pia Peer", "version": 1})
    assert Opportunity.objects.get().owner == pia
