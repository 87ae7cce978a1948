"""Absences are noted and withdrawn on a page."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Absence, User
from tests.conftest import As

URL = "/settings/absences/"


def note(client: Client, user: User, **changes: Any) -> Any:
    days = {"first_day": "2026-12-21", "last_day": "2026-12-31", "reason": "Skiing"}
    return client.post(URL, {"user": user.pk, **days, **changes})


def test_a_rep_notes_their_own(rosa: User, as_: type[As]) -> None:
    assert note(as_.page(rosa), rosa).status_code == 302
    absence = Absence.objects.get()
    assert (absence.user, absence.first_day, absence.last_day, absence.reason) == (
        rosa,
        date(2026, 12, 21),
        date(2026, 12, 31),
        "Skiing",
    )


def test_a_manager_notes_one_for_somebody_they_lead(rosa: User, mia: User, as_: type[As]) -> None:
    assert note(as_.page(mia), rosa).status_code == 302
    assert "Rosa Rep" in as_.page(mia).get(URL).content.decode()


def test_nobody_notes_one_for_others(rosa: User, pia: User, max_: User, as_: type[As]) -> None:
    for stranger in (pia, max_):
        answer = note(as_.page(stranger), rosa)
        assert answer.status_code == 400
        assert list(answer.context["form"].errors) == ["user"]
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"last_day": "2026-12-20"}, "last_day"),
        ({"first_day": "soon"}, "first_day"),
        ({"first_day": ""}, "first_day"),
        ({"first_day": "2026-06-01", "last_day": "2026-06-30"}, "first_day"),
        ({"reason": "x" * 101}, "reason"),
    ],
)
def test_wrong_days_are_named_and_what_was_typed_stays(
    rosa: User, as_: type[As], wrong: dict[str, str], field: str
) -> None:
    Absence.record(rosa, first_day=date(2026, 6, 30), last_day=date(2026, 7, 2), by=rosa)
    answer = note(as_.page(rosa), rosa, **{"reason": "Skiing", **wrong})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert field == "reason" or 'value="Skiing"' in answer.content.decode()


def test_it_is_withdrawn_by_those_who_may_note_it_and_404_for_others(
    rosa: User, pia: User, mia: User, as_: type[As]
) -> None:
    note(as_.page(rosa), rosa)
    url = reverse("settings_absence_withdrawal", args=[Absence.objects.get().pk])
    assert as_.page(pia).post(url).status_code == 404
    assert as_.page(mia).post(url).status_code == 302
    assert not Absence.objects.exists()
