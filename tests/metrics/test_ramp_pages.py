"""Administrators write how the targets of new people grow."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from metrics.models import Metric, Ramp, Target
from people.models import User
from tests.conftest import As
from tests.factories import NOW


@pytest.fixture
def admin(ada: User, as_: type[As]) -> Client:
    return as_.page(ada)


def add(client: Client, percents: str, name: str = "Field") -> Any:
    return client.post(reverse("settings_ramp_new"), {"name": name, "percents": percents})


@pytest.mark.parametrize("typed", ["25, 50,75", "25 % 50 % 75 %", "25;50;75", " 25\t50  75 "])
def test_a_table_is_typed_as_people_write(admin: Client, typed: str) -> None:
    assert add(admin, typed).status_code == 302
    assert Ramp.objects.get().percents == [25, 50, 75]
    listed = admin.get(reverse("settings_ramps")).content.decode()
    assert "Month 1: 25 %, month 2: 50 %, month 3: 75 %, then 100 %" in listed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("25, half, 75", "“half” is no whole percent from 0 to 100."),
        ("25, 101", "“101” is no whole percent"),
        ("-5", "“-5” is no whole percent"),
        ("12.5", "“12.5” is no whole percent"),
        ("", "This field is required."),
        (" , ", "This field is required."),
        ("5 " * 37, "Give 1 to 36 months."),
    ],
)
def test_what_is_no_table_is_said_and_kept(admin: Client, typed: str, said: str) -> None:
    answer = add(admin, typed, "Kept name")
    assert answer.status_code == 400
    assert said in " ".join(answer.context["form"].errors["percents"])
    assert "Kept name" in answer.content.decode()
    assert not Ramp.objects.exists()


def test_a_preview_follows_what_is_typed(admin: Client) -> None:
    url = reverse("settings_ramp_new")
    assert "Month 1: 40 %, then 100 %" in admin.get(f"{url}?percents=40").content.decode()
    assert "then 100" not in admin.get(f"{url}?percents=4x").content.decode()


def test_a_table_is_changed_and_a_stale_one_is_not(admin: Client) -> None:
    ramp = Ramp.add(name="Field", percents=[50])
    url = reverse("settings_ramp", args=[ramp.pk])
    assert "Month 1: 50 %" in admin.get(url).content.decode()
    typed = {"name": "Field", "percents": "30, 60", "version": 1}
    assert admin.post(url, typed).status_code == 302
    stale = admin.post(url, {**typed, "percents": "10"})
    assert stale.status_code == 412
    assert 'value="10"' in stale.content.decode()
    ramp.refresh_from_db()
    assert ramp.percents == [30, 60]


def test_only_a_table_that_no_target_uses_is_removed(admin: Client, ada: User) -> None:
    used, free = (Ramp.add(name=name, percents=[50]) for name in ("Used", "Free"))
    Target.set(Metric.objects.chain()[0], Decimal(6), by=ada, at=NOW, ramp=used)
    url = reverse("settings_ramp_removal", args=[used.pk])
    answer = admin.post(url, {"version": used.version})
    assert answer.status_code == 400
    assert "Targets use this ramp table" in answer.content.decode()
    url = reverse("settings_ramp_removal", args=[free.pk])
    assert admin.post(url, {"version": free.version}).status_code == 302
    assert list(Ramp.objects.all()) == [used]
