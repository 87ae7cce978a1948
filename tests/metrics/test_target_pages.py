"""Administrators and managers set targets, end them and look at what was aimed at."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lib.calendar import EARLIEST, LATEST
from metrics.models import Metric, PostedMeasure, Ramp, Target
from people.models import Team, User
from tests.conftest import As
from tests.factories import a_user

NEW = "settings_target_new"


@pytest.fixture
def weekly(db: None) -> Metric:
    return Metric.objects.get(measure="plans_on_time")


def set_one(client: Client, of: Metric, **typed: Any) -> Any:
    values = {"metric": of.pk, "whom": "everybody", "amount": "6"}
    return client.post(reverse(NEW), {**values, **typed})


def errors(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 400
    found: dict[str, list[str]] = answer.context["form"].errors
    return found


def shown(client: Client, query: str = "") -> list[str]:
    page = client.get(reverse("settings_targets") + query)
    return [f"{row.target.scope}: {row.amount} {row.state}".strip() for row in page.context["rows"]]


def test_reps_set_no_targets(rosa: User, as_: type[As]) -> None:
    client = as_.page(rosa)
    assert client.get(reverse("settings_targets")).status_code == 403
    assert client.get(reverse(NEW)).status_code == 403
    assert reverse("settings_targets") not in client.get("/settings/profile/").content.decode()


def test_managers_find_the_page_beside_their_own_settings(mia: User, rosa: User, as_: Any) -> None:
    assert reverse("settings_targets") in as_.page(mia).get("/settings/profile/").content.decode()


def test_an_administrator_sets_targets_of_every_reach(
    ada: User, rosa: User, weekly: Metric, as_: type[As]
) -> None:
    client, ramp = as_.page(ada), Ramp.add(name="Field", percents=[50])
    north = Team.objects.get(name="North")
    money = Metric.objects.get(measure="money_won")
    assert set_one(client, weekly).status_code == 302
    days = {"first_day": "2026-01-01", "last_day": "2199-12-31"}
    assert set_one(client, weekly, whom="team", team=north.pk, **days).status_code == 302
    person = {"whom": "person", "person": "rosa rep", "ramp": ramp.pk, "amount": "48000.50"}
    assert set_one(client, money, **person, team=999).status_code == 302
    assert shown(client) == ["everybody: 6 plans", "North: 6 plans", "Rosa Rep: €48,000.50"]
    first, second, third = Target.objects.order_by("pk")
    assert (first.first_day, first.last_day, first.set_by) == (EARLIEST, LATEST, ada)
    assert (second.span, third.ramp) == ("from 1 Jan 2026", ramp)


def test_a_manager_sets_those_of_the_people_and_teams_under_them(
    mia: User, rosa: User, otto: User, weekly: Metric, as_: type[As]
) -> None:
    client = as_.page(mia)
    north, south = Team.objects.get(name="North"), Team.objects.get(name="South")
    assert set_one(client, weekly, whom="team", team=north.pk).status_code == 302
    assert set_one(client, weekly, whom="person", person=rosa.pk).status_code == 302
    assert list(errors(set_one(client, weekly))) == ["whom"]
    assert list(errors(set_one(client, weekly, whom="team", team=south.pk))) == ["team"]
    assert list(errors(set_one(client, weekly, whom="person", person="Otto Other"))) == ["person"]
    assert list(errors(set_one(client, weekly, whom="person", person=otto.pk))) == ["person"]
    own = errors(set_one(client, weekly, whom="person", person=mia.pk))
    assert own["person"] == ["Your own targets are set by whoever you report to."]
    assert Target.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"metric": "999"}, "metric"),
        ({"whom": ""}, "whom"),
        ({"whom": "team"}, "team"),
        ({"whom": "person", "person": "nobody here"}, "person"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "many"}, "amount"),
        ({"first_day": "2026-02-31"}, "first_day"),
        ({"first_day": "1066-10-14"}, "first_day"),
        ({"first_day": "2026-02-02", "last_day": "2026-02-01"}, "last_day"),
        ({"ramp": "999"}, "ramp"),
    ],
)
def test_wrong_input_is_named_and_what_was_typed_stays(
    ada: User, weekly: Metric, as_: type[As], wrong: dict[str, str], field: str
) -> None:
    answer = set_one(as_.page(ada), weekly, **{"amount": "1234.5", **wrong})
    assert list(errors(answer)) == [field]
    assert field == "amount" or "1234.5" in answer.content.decode()


def test_the_amount_is_said_to_be_for_each_person_and_period(
    ada: User, weekly: Metric, as_: type[As]
) -> None:
    client, money = as_.page(ada), Metric.objects.get(measure="money_won")
    page = client.get(f"{reverse(NEW)}?metric={weekly.pk}").content.decode()
    assert "In plans, for each person, per week." in page
    page = client.get(f"{reverse(NEW)}?metric={money.pk}").content.decode()
    assert "In EUR, for each person, per quarter." in page
    for odd in ("", "?metric=999", "?metric=x"):
        assert client.get(reverse(NEW) + odd).status_code == 200


def test_a_target_ends_and_its_history_is_told(ada: User, weekly: Metric, as_: type[As]) -> None:
    client = as_.page(ada)
    target = Target.set(weekly, Decimal(6), by=ada, at=timezone.now())
    url = reverse("settings_target_end", args=[target.pk])
    assert "6 plans per week" in client.get(url).content.decode()
    assert list(errors(client.post(url, {"last_day": "soon"}))) == ["last_day"]
    past = date.today() - timedelta(days=2)
    assert client.post(url, {"last_day": past.isoformat()}).status_code == 302
    assert shown(client) == []
    assert shown(client, "?history=on") == [
        "everybody: 6 plans Replaced",
        "everybody: 6 plans Over",
    ]
    told = client.get(f"{reverse('settings_targets')}?history=on").content.decode()
    assert "by Ada Administrator, replaced" in told
    again = client.post(url, {"last_day": past.isoformat()})
    assert "has taken the place" in str(errors(again))


def test_a_manager_ends_no_target_of_others(
    mia: User, rosa: User, otto: User, ada: User, weekly: Metric, as_: type[As]
) -> None:
    now = timezone.now()
    for_all = Target.set(weekly, Decimal(6), by=ada, at=now)
    theirs = Target.set(weekly, Decimal(7), by=ada, at=now, person=otto)
    own = Target.set(weekly, Decimal(8), by=ada, at=now, person=mia)
    hers = Target.set(weekly, Decimal(9), by=ada, at=now, person=rosa)
    client = as_.page(mia)
    answers = [
        client.get(reverse("settings_target_end", args=[each.pk])).status_code
        for each in (for_all, theirs, own, hers)
    ]
    assert answers == [403, 404, 403, 200]
    rows = client.get(reverse("settings_targets")).context["rows"]
    assert {row.target.scope: row.may_end for row in rows} == {
        "everybody": False,
        "Mia Manager": False,
        "Rosa Rep": True,
    }


def test_the_list_is_looked_through(ada: User, rosa: User, weekly: Metric, as_: type[As]) -> None:
    now, north = timezone.now(), Team.objects.get(name="North")
    money = Metric.objects.get(measure="money_won")
    Target.set(weekly, Decimal(1), by=ada, at=now)
    Target.set(weekly, Decimal(2), by=ada, at=now, team=north)
    Target.set(money, Decimal(3), by=ada, at=now, person=rosa)
    tomorrow = date.today() + timedelta(days=9)
    Target.set(money, Decimal(4), by=ada, at=now, person=rosa, first_day=tomorrow)
    client = as_.page(ada)
    assert shown(client, f"?metric={weekly.pk}") == ["everybody: 1 plan", "North: 2 plans"]
    assert shown(client, f"?team={north.pk}") == ["North: 2 plans"]
    assert shown(client, "?person=Rosa") == []  # not told apart: nothing is shown
    assert shown(client, "?person=Rosa+Rep") == ["Rosa Rep: €3", "Rosa Rep: €4 To come"]
    assert "nobody called" in client.get("/settings/targets/?person=Xerxes").content.decode()
    weekly.retire(on=date.today())
    assert shown(client) == ["Rosa Rep: €3", "Rosa Rep: €4 To come"]
    assert len(shown(client, f"?metric={weekly.pk}")) == 2


@pytest.mark.parametrize("who", ["ada", "mia"])
def test_the_list_takes_as_many_queries_for_30_targets_as_for_3(
    who: str, ada: User, mia: User, rosa: User, as_: type[As]
) -> None:
    client = as_.page({"ada": ada, "mia": mia}[who])

    def more(numbers: range) -> None:
        for number in numbers:
            name = f"dials_{number}"
            PostedMeasure.add(name=name, label=name, unit="dials")
            metric = Metric.add(
                label=name, measure=f"posted:{name}", role="precursor", period="week"
            )
            person = a_user(f"Rep {number}", team=rosa.team)
            Target.set(metric, Decimal(6), by=ada, at=timezone.now(), person=person)

    more(range(3))
    assert len(shown(client)) == 3
    with CaptureQueriesContext(connection) as few:
        shown(client)
    more(range(3, 30))
    with CaptureQueriesContext(connection) as many:
        assert len(shown(client)) == 30
    assert len(few) == len(many) <= 12


def test_long_lists_come_in_pages(ada: User, weekly: Metric, as_: type[As]) -> None:
    day = date.today()
    for number in range(52):
        first = day + timedelta(days=number)
        Target.set(
            weekly, Decimal(number), by=ada, at=timezone.now(), first_day=first, last_day=first
        )
    client = as_.page(ada)
    page = client.get(reverse("settings_targets"))
    assert len(page.context["rows"]) == 50
    assert len(shown(client, page.context["page"].older)) == 2
