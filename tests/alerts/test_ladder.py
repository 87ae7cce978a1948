"""Who hears of an alert, and when: the person, their manager, the one above; nobody twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from alerts.climb import climb, look_again
from alerts.models import Alert, AlertPreference, Notification
from people.models import Absence, Team, User
from pipeline.models import Opportunity
from tests.factories import NOW, TODAY, a_deal, a_team, a_user
from tests.support.alerting import in_zone, inbox, look, set_rule

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
KIND = "stalled_deal"
NEVER = {
    f"{rung}_{where}": None
    for rung in ("person", "manager", "above")
    for where in ("app", "digest")
}


def ladder(**steps: int) -> None:
    """Nobody hears but on these steps."""
    set_rule(KIND, **{**NEVER, **steps})


def a_silent_deal(owner: User, at: datetime = NOW) -> Opportunity:
    """No next step, from the first moment on, and nothing else for two weeks."""
    return a_deal(owner, at=at, close_date=at.date() + 300 * DAY)


def heard(person: User, now: datetime) -> bool:
    person.refresh_from_db()  # whom they lead by now
    return Notification.objects.visible_to(person).heard(now).exists()


def look_only(now: datetime) -> None:
    look(now, KIND)


@pytest.mark.parametrize(
    ("zone", "opens", "days", "moment"),
    [
        ("UTC", NOW, 2, datetime(2026, 11, 20, tzinfo=UTC)),
        ("UTC", datetime(2027, 1, 31, 9, tzinfo=UTC), 1, datetime(2027, 2, 1, tzinfo=UTC)),
        ("UTC", datetime(2027, 1, 31, 9, tzinfo=UTC), 30, datetime(2027, 3, 2, tzinfo=UTC)),
        (
            "Pacific/Kiritimati",  # it is the 19th there
            datetime(2026, 11, 18, 10, tzinfo=UTC),
            1,
            datetime(2026, 11, 19, 10, tzinfo=UTC),
        ),
        (
            "America/St_Johns",  # clocks go forward on the 14th
            datetime(2027, 3, 13, 12, tzinfo=UTC),
            2,
            datetime(2027, 3, 15, 2, 30, tzinfo=UTC),
        ),
        (
            "America/Santiago",  # no midnight on the 5th
            datetime(2027, 9, 4, 12, tzinfo=UTC),
            1,
            datetime(2027, 9, 5, 4, tzinfo=UTC),
        ),
    ],
)
def test_days_of_the_ladder_are_days_of_the_organisation(
    rosa: User, mia: User, zone: str, opens: datetime, days: int, moment: datetime
) -> None:
    in_zone(zone)
    ladder(person_app=0, manager_app=days)
    a_silent_deal(rosa, opens)
    look_only(opens)
    assert (heard(rosa, opens), heard(mia, opens)) == (True, False)
    climb(moment - INSTANT)
    assert not heard(mia, moment)
    climb(moment)
    assert heard(mia, moment)
    assert Notification.objects.get(person=mia).app_at == moment


def test_each_step_of_each_rung(rosa: User, mia: User, eva: User) -> None:
    ladder(person_digest=0, manager_app=3, manager_digest=1, above_app=2)
    a_silent_deal(rosa)
    for day in range(5):
        look_only(NOW + day * DAY)
    own, manager, above = (Notification.objects.get(person=p) for p in (rosa, mia, eva))
    assert (own.app_at, own.digest_on) == (None, TODAY)
    assert (manager.app_at, manager.digest_on) == (
        datetime(2026, 11, 21, tzinfo=UTC),
        TODAY + DAY,
    )
    assert above.digest_on is None
    assert above.app_at == NOW + 2 * DAY  # its day began at midnight, the tick came at nine


def test_never_is_never(rosa: User) -> None:
    ladder()
    a_silent_deal(rosa)
    look_only(NOW)
    look_only(NOW + 400 * DAY)
    assert not Notification.objects.exists()


def test_what_ends_before_a_step_does_not_climb_it(rosa: User, mia: User) -> None:
    ladder(person_app=0, manager_app=2)
    deal = a_silent_deal(rosa)
    look_only(NOW)
    deal.set_next_step("Send it", TODAY + 9 * DAY, by=rosa, at=NOW)
    look_only(NOW + MINUTE)
    look_only(NOW + 2 * DAY)
    assert not heard(mia, NOW + 2 * DAY)


# Who is away, who has left.


def away(person: User, first: date, last: date) -> None:
    Absence.record(person, first_day=first, last_day=last, by=person)


def test_an_absent_managers_alerts_go_to_theirs(rosa: User, mia: User, eva: User) -> None:
    away(mia, TODAY, TODAY)
    a_silent_deal(rosa)
    look_only(NOW)
    assert (heard(mia, NOW), heard(eva, NOW)) == (False, True)
    look_again(NOW)
    assert not Alert.objects.climbing(NOW).exists()  # nobody new until she is back
    back = NOW + DAY
    look_again(back)
    look_only(back)
    assert heard(mia, back)
    assert Notification.objects.filter(person=eva).count() == 1


def test_when_all_above_are_away_the_nearest_hears(rosa: User, mia: User, eva: User) -> None:
    away(mia, TODAY, TODAY)
    away(eva, TODAY, TODAY)
    a_silent_deal(rosa)
    look_only(NOW)
    assert (heard(mia, NOW), heard(eva, NOW)) == (True, False)


def test_an_absent_reps_own_alerts_wait_for_them(rosa: User) -> None:
    away(rosa, TODAY, TODAY)
    a_silent_deal(rosa)
    look_only(NOW)
    assert heard(rosa, NOW)


def test_a_manager_who_left_is_passed_over_of_what_is_open_too(
    rosa: User, mia: User, eva: User
) -> None:
    a_silent_deal(rosa)
    look_only(NOW)
    assert (heard(mia, NOW), heard(eva, NOW)) == (True, False)
    mia.deactivate()
    look_again(NOW + MINUTE)
    look_only(NOW + MINUTE)
    assert heard(eva, NOW + MINUTE)
    look_again(NOW + 2 * MINUTE)
    assert not Alert.objects.climbing(NOW + DAY).exists()


def test_nobody_above_hears_of_the_top(eva: User) -> None:
    ladder(person_app=0, manager_app=0, above_app=0)
    a_silent_deal(eva)
    look_only(NOW)
    assert list(Notification.objects.values_list("person", flat=True)) == [eva.pk]


def test_the_manager_of_several_levels_hears_each_once(rosa: User, mia: User, eva: User) -> None:
    """Of her reps' as their manager, of theirs as the one above, of her own as herself."""
    ladder(person_app=0, manager_app=0, above_app=0)
    for owner in (rosa, mia, eva):
        a_silent_deal(owner)
    look_only(NOW)
    assert {person: inbox(person, NOW).count() for person in (rosa, mia, eva)} == {
        rosa: 1,
        mia: 2,
        eva: 3,
    }


# Changes of the ladder and of the line.


def test_a_new_ladder_holds_for_what_is_open_and_tells_nobody_twice(
    rosa: User, mia: User, eva: User
) -> None:
    ladder(person_app=0)
    a_silent_deal(rosa)
    look_only(NOW)
    ladder(person_app=0, manager_app=0, above_app=5)
    look_only(NOW + DAY)
    assert Notification.objects.count() == 2
    assert Notification.objects.get(person=mia).app_at == NOW + DAY
    assert not heard(eva, NOW + DAY)
    ladder(person_app=3, manager_app=3, above_app=3)
    look_only(NOW + 3 * DAY)
    assert Notification.objects.count() == 3
    assert Notification.objects.get(person=rosa).app_at == NOW


@pytest.mark.parametrize(("app", "expected"), [(1, NOW + 2 * DAY), (None, None)])
def test_whoever_read_of_it_in_the_digest_only_follows_the_new_ladder(
    rosa: User, mia: User, app: int | None, expected: datetime | None
) -> None:
    ladder(manager_digest=0, manager_app=7)
    a_silent_deal(rosa)
    look_only(NOW)
    set_rule(KIND, manager_app=app, manager_digest=4)
    look_only(NOW + 2 * DAY)
    told = Notification.objects.get(person=mia)
    assert (told.app_at, told.digest_on) == (expected, TODAY + 4 * DAY)


def test_a_new_ladder_does_not_tell_of_summaries_as_if_they_were_alerts(
    rosa: User, mia: User, eva: User
) -> None:
    for number in range(21):
        a_silent_deal(rosa).describe(name=f"Deal {number}")
    look_only(NOW)
    set_rule(KIND, manager_app=0)
    look_only(NOW + MINUTE)
    assert not Notification.objects.filter(person=eva).exists()


def test_a_new_manager_hears_and_the_former_sees_it_no_more(
    rosa: User, mia: User, max_: User
) -> None:
    a_silent_deal(rosa)
    look_only(NOW)
    rosa.join(max_.teams_led.get())
    look_again(NOW + MINUTE)
    look_only(NOW + MINUTE)
    assert (heard(mia, NOW + DAY), heard(max_, NOW + DAY)) == (False, True)
    assert not Alert.objects.visible_to(mia).exists()
    assert not inbox(mia, NOW + DAY).exists()
    look_again(NOW + 2 * MINUTE)
    look_only(NOW + 2 * MINUTE)
    assert Notification.objects.filter(person=max_).count() == 1


def test_a_new_manager_hears_while_another_step_is_still_to_come(
    rosa: User, mia: User, max_: User
) -> None:
    ladder(person_app=0, manager_app=0, above_app=30)
    a_silent_deal(rosa)
    look_only(NOW)
    rosa.join(max_.teams_led.get())
    look_again(NOW + DAY)
    look_only(NOW + DAY)
    assert heard(max_, NOW + DAY)


def test_a_new_manager_who_muted_the_kind_is_not_looked_for_each_time(
    rosa: User, mia: User, max_: User
) -> None:
    AlertPreference.choose(max_, KIND, is_muted=True)
    a_silent_deal(rosa)
    look_only(NOW)
    rosa.join(max_.teams_led.get())
    look_again(NOW + MINUTE)
    assert not Alert.objects.climbing(NOW + DAY).exists()


def test_before_their_step_a_new_manager_hears_nothing(rosa: User, mia: User, max_: User) -> None:
    ladder(person_app=0, manager_app=3)
    a_silent_deal(rosa)
    look_only(NOW)
    rosa.join(max_.teams_led.get())
    look_again(NOW + DAY)
    look_only(NOW + DAY)
    assert not heard(max_, NOW + DAY)
    look_only(NOW + 3 * DAY)
    assert heard(max_, NOW + 3 * DAY)
    assert not heard(mia, NOW + 3 * DAY)


# What people said to it.


def test_what_the_rep_put_aside_still_climbs_to_the_manager(rosa: User, mia: User) -> None:
    ladder(person_app=0, manager_app=2)
    a_silent_deal(rosa)
    look_only(NOW)
    told = Notification.objects.get(person=rosa)
    told.snooze(TODAY + 30 * DAY, "They are on holidays", at=NOW)
    look_only(NOW + 2 * DAY)
    assert inbox(mia, NOW + 2 * DAY).count() == 1
    assert not inbox(rosa, NOW + 2 * DAY).exists()


def test_muted_people_hear_nothing_and_others_do(rosa: User, mia: User) -> None:
    AlertPreference.choose(mia, KIND, is_muted=True)
    a_silent_deal(rosa)
    look_only(NOW)
    assert (heard(rosa, NOW), heard(mia, NOW)) == (True, False)


def test_what_is_mandatory_is_heard_though_it_was_muted(rosa: User, mia: User) -> None:
    AlertPreference.choose(mia, KIND, is_muted=True)
    a_silent_deal(rosa)
    look_only(NOW)
    set_rule(KIND, is_mandatory=True)
    look_only(NOW + MINUTE)
    assert heard(mia, NOW + MINUTE)
    with pytest.raises(ValidationError):
        AlertPreference.choose(mia, KIND, is_muted=True)


def test_the_database_refuses_to_tell_anybody_twice(rosa: User) -> None:
    a_silent_deal(rosa)
    look_only(NOW)
    told = Notification.objects.get(person=rosa)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(alert=told.alert, person=rosa, app_at=NOW)


def test_a_deal_that_goes_to_the_managers_own_name_is_theirs(
    rosa: User, mia: User, eva: User
) -> None:
    deal = a_silent_deal(rosa)
    look_only(NOW)
    deal.assign(mia, by=mia, at=NOW)
    look_only(NOW + MINUTE)
    assert Alert.objects.get().about == mia
    assert heard(eva, NOW + MINUTE)
    assert Notification.objects.filter(person=mia).count() == 1


def test_four_levels_up_only_the_nearest_two_hear(db: None) -> None:
    ladder(person_app=0, manager_app=0, above_app=0)
    parent: Team | None = None
    chain = [a_user(f"Boss {n}") for n in range(4)]
    for boss in chain:
        parent = a_team(f"Team of {boss}", manager=boss, parent=parent)
    rep = a_user("Rea Rep", team=parent)
    rep.refresh_from_db()
    a_silent_deal(rep)
    look_only(NOW)
    told = set(Notification.objects.values_list("person__name", flat=True))
    assert told == {"Rea Rep", "Boss 3", "Boss 2"}
