"""Each night a sample of tallies is counted again: what is wrong is noted, reported and mended."""

import logging
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from metrics import rollups
from metrics.models import DailyTally, TallyCheck, TeamTally
from metrics.tally_check import check_tonight
from people.models import User
from tests.factories import NOW, TODAY
from tests.support.posted_world import a_chain, count

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YESTERDAY = TODAY - DAY


def long_ago() -> date:
    """The last day of the week that is drawn on this date, beside the one before it."""
    draw = Random(TODAY.isoformat())
    everybody = sorted(User.objects.values_list("pk", flat=True))
    draw.sample(everybody, len(everybody))
    return TODAY - timedelta(days=draw.randrange(7, 400))


@pytest.fixture
def dials(rosa: User, pia: User) -> None:
    """Three days of dialling: yesterday, in the week that will be drawn, and in no week checked."""
    a_chain("dials")
    drawn = long_ago()
    for day in (YESTERDAY, drawn, drawn - 6 * DAY, drawn - 7 * DAY):
        count(rosa, "dials", 5, day)
    count(pia, "dials", 2, YESTERDAY)
    rollups.catch_up()


def kept() -> list[Any]:
    return [
        *DailyTally.objects.order_by("day", "person").values_list("person", "day", "number"),
        *TeamTally.objects.order_by("day", "team").values_list("team", "day", "number"),
    ]


def of(person: User, day: date) -> Any:
    return DailyTally.objects.filter(person=person, day=day)


def test_what_is_right_is_said_to_be(dials: None, caplog: pytest.LogCaptureFixture) -> None:
    before = kept()
    check = check_tonight(NOW)
    assert check
    assert (check.day, check.at, check.checked, check.differed) == (TODAY, NOW, 10, 0)
    assert check.differences == []
    assert kept() == before
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_wrong_tally_is_noted_reported_and_mended(
    dials: None, rosa: User, pia: User, caplog: pytest.LogCaptureFixture
) -> None:
    right = kept()
    of(rosa, YESTERDAY).update(number=7)
    of(pia, YESTERDAY).delete()
    DailyTally.objects.create(person=pia, tally="posted:dials", day=YESTERDAY - DAY, number=1)
    check_tonight(NOW)
    check = TallyCheck.objects.get()
    assert check.differed == 3

    assert {each["tally"] for each in check.differences} == {"posted:dials"}
    noted = {
        (each["person"], each["day"]): (Decimal(each["kept"]), Decimal(each["right"]))
        for each in check.differences
    }
    assert noted == {
        (rosa.pk, str(YESTERDAY)): (7, 5),
        (pia.pk, str(YESTERDAY)): (0, 2),
        (pia.pk, str(YESTERDAY - DAY)): (1, 0),
    }
    assert kept() == right
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert said == ["3 tallies of 2026-11-11 to 2026-11-17 were not right."]


def test_a_week_long_ago_is_drawn_from_the_date(dials: None, rosa: User, pia: User) -> None:
    right = kept()
    drawn = long_ago()
    for day in (drawn, drawn - 6 * DAY, drawn - 7 * DAY):
        of(rosa, day).update(number=9)
    check = check_tonight(NOW)
    assert check
    assert {each["day"] for each in check.differences} == {str(drawn), str(drawn - 6 * DAY)}
    assert of(rosa, drawn - 7 * DAY).get().number == 9  # its turn comes another night
    of(rosa, drawn - 7 * DAY).update(number=5)
    assert kept() == right


def test_it_is_done_once_a_night(dials: None, rosa: User) -> None:
    assert check_tonight(NOW)
    of(rosa, YESTERDAY).update(number=7)
    assert check_tonight(NOW + timedelta(hours=2)) is None
    assert (TallyCheck.objects.count(), of(rosa, YESTERDAY).get().number) == (1, 7)
    next_night = check_tonight(NOW + DAY)
    assert next_night
    assert (next_night.differed, of(rosa, YESTERDAY).get().number) == (1, 5)


def test_what_only_was_not_counted_yet_is_no_difference(dials: None, rosa: User) -> None:
    count(rosa, "dials", 8, YESTERDAY)
    check = check_tonight(NOW)
    assert check
    assert (check.differed, of(rosa, YESTERDAY).get().number) == (0, 8)


def test_an_empty_installation_is_checked_too(db: None) -> None:
    check = check_tonight(NOW)
    assert check
    assert (check.checked, check.differed) == (0, 0)


def test_only_administrators_see_it(dials: None, mia: User, ada: User) -> None:
    check_tonight(NOW)
    assert TallyCheck.objects.visible_to(ada).count() == 1
    assert not TallyCheck.objects.visible_to(mia).exists()
