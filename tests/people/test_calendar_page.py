"""The organisation's calendar and its holidays."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Holiday, Organisation, User
from tests.conftest import As

URL = "/settings/calendar/"
GOOD = {
    "name": "Acme",
    "time_zone": "Europe/Berlin",
    "week_start": "6",
    "fiscal_year_start": "2",
    "currency": "USD",
}


@pytest.fixture
def admin(ada: User, as_: type[As]) -> Client:
    return as_.page(ada)


def save(client: Client, **changes: Any) -> Any:
    return client.post(URL, {**GOOD, "version": Organisation.current().version, **changes})


def test_the_calendar_is_changed(admin: Client) -> None:
    assert save(admin).status_code == 302
    organisation = Organisation.current()
    assert (organisation.name, organisation.time_zone) == ("Acme", "Europe/Berlin")
    assert (organisation.week_start, organisation.fiscal_year_start) == (6, 2)
    assert organisation.currency == "USD"
    assert "Q1 = Feb–Apr" in admin.get(URL).content.decode()


@pytest.mark.parametrize(
    "field", ["name", "time_zone", "week_start", "fiscal_year_start", "currency"]
)
def test_wrong_values_are_named_and_the_rest_stays(admin: Client, field: str) -> None:
    answer = save(admin, **{"name": "Kept Inc", field: "" if field == "name" else "99"})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert field == "name" or 'value="Kept Inc"' in answer.content.decode()
    assert Organisation.current().version == 1


def test_a_stale_calendar_is_refused(admin: Client) -> None:
    Organisation.current().change(name="Theirs")
    answer = save(admin, version=1)
    assert answer.status_code == 412
    assert "Theirs" in answer.content.decode()
    assert 'value="Acme"' in answer.content.decode()


def test_quarters_are_shown_before_they_are_saved(admin: Client, rosa: User, as_: type[As]) -> None:
    url = reverse("settings_quarters")
    page = admin.get(url, {"fiscal_year_start": "7"}).content.decode()
    assert page.startswith("Q1 = Jul–Sep")
    assert admin.get(url, {"fiscal_year_start": "13"}).status_code == 404
    assert as_.page(rosa).get(url).status_code == 403


def test_holidays_come_and_go(admin: Client) -> None:
    values = {"day": "2026-12-25", "name": "Christmas Day"}
    assert admin.post(reverse("settings_holidays"), values).status_code == 302
    again = admin.post(reverse("settings_holidays"), {**values, "name": "Twice"})
    assert again.status_code == 400
    assert again.context["holiday"].errors == {"day": ["That day is a holiday already."]}
    assert 'value="Twice"' in again.content.decode()
    url = reverse("settings_holiday_removal", args=[Holiday.objects.get().pk])
    assert admin.post(url).status_code == 302
    assert admin.post(url).status_code == 404


def test_many_are_pasted_and_known_ones_left_alone(admin: Client) -> None:
    Holiday.add(date(2026, 12, 25), "Christmas")
    text = "2026-12-25 Other name\r\n\r\n2026-12-26; Boxing Day\n2027-01-01\tNew Year’s Day"
    answer = admin.post(reverse("settings_holiday_lines"), {"days": text}, follow=True)
    assert "2 added, 1 known already." in answer.content.decode()
    assert [str(day) for day in Holiday.objects.all()] == [
        "Christmas, 2026-12-25",
        "Boxing Day, 2026-12-26",
        "New Year’s Day, 2027-01-01",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Christmas", "Line 2: write a date and a name"),
        ("25.12.2026 Christmas", "Line 2: write a date and a name"),
        ("2026-12-25", "Line 2: write a date and a name"),
        ("2026-02-30 Never", "Line 2: there is no day 2026-02-30."),
        ("2026-12-25 " + "x" * 101, "Line 2: the name is longer than 100 characters."),
    ],
)
def test_a_wrong_line_is_named_and_nothing_added(admin: Client, line: str, said: str) -> None:
    text = f"2026-12-24 Fine\n{line}"
    answer = admin.post(reverse("settings_holiday_lines"), {"days": text})
    assert answer.status_code == 400
    assert answer.context["many"].errors["days"][0].startswith(said)
    assert "2026-12-24 Fine" in answer.content.decode()
    assert not Holiday.objects.exists()


def test_the_switch_for_1_on_1s_is_saved_on_its_own(admin: Client) -> None:
    url = "/settings/calendar/reviews/"
    assert "see each reading" in admin.get(URL).content.decode()
    said = {"version": Organisation.current().version, "managers_manager_reads_reviews": "on"}
    answer = admin.post(url, said, follow=True)
    assert "may read 1-on-1s held from now on" in answer.content.decode()
    assert Organisation.current().managers_manager_reads_reviews
    stale = admin.post(url, {"version": said["version"]})
    assert stale.status_code == 412
    assert Organisation.current().managers_manager_reads_reviews
    off = admin.post(url, {"version": Organisation.current().version}, follow=True)
    assert "Only the two people read 1-on-1s." in off.content.decode()
    assert not Organisation.current().managers_manager_reads_reviews
