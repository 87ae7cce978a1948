"""Time zones of people and of the organisation."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from people.models import Organisation, User
from people.models.organisation import quarters
from people.zones import validate_zone
from tests.factories import a_user


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_iana_names_are_zones(name: str) -> None:
    validate_zone(name)


@pytest.mark.parametrize("name", ["", "Berlin", "europe/berlin", "../etc/passwd", "GMT+1", "EST"])
def test_anything_else_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValidationError, match="Europe/Berlin"):
        validate_zone(name)


def test_a_person_with_a_wrong_zone_is_not_made(db: None) -> None:
    with pytest.raises(ValidationError) as refused:
        a_user("Wanda Wrong", time_zone="Mars/Olympus")
    assert list(refused.value.message_dict) == ["time_zone"]


def test_today_is_on_the_persons_own_wall(db: None) -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
    assert a_user("Bert Berlin", time_zone="Europe/Berlin").today(late) == date(2026, 11, 19)
    assert a_user("Nora York", time_zone="America/New_York").today(late) == date(2026, 11, 18)


def test_quarters_are_named_by_their_months() -> None:
    assert quarters(1)[0] == "Q1 = Jan–Mar"
    assert quarters(2) == ["Q1 = Feb–Apr", "Q2 = May–Jul", "Q3 = Aug–Oct", "Q4 = Nov–Jan"]


def test_the_organisation_takes_known_values_only(db: None) -> None:
    organisation = Organisation.current()
    for wrong in (
        {"time_zone": "Nowhere"},
        {"currency": "XXX"},
        {"week_start": 7},
        {"fiscal_year_start": 0},
        {"name": ""},
    ):
        with pytest.raises(ValidationError) as refused:
            organisation.change(**wrong)
        assert list(refused.value.message_dict) == list(wrong)
    with pytest.raises(TypeError):
        organisation.change(id=2)
    assert Organisation.objects.get().version == 1


def test_changing_a_person_names_its_fields(rosa: User) -> None:
    with pytest.raises(TypeError):
        rosa.change(password="secret")
