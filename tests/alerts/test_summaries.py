"""Many that begin at one time are told of by one alert; what is in it can be settled with it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count

from alerts import climb as climbing
from alerts.climb import climb
from alerts.digests import make_due
from alerts.kinds import KINDS, MANY
from alerts.models import Alert, AlertMail, Digest, Notification, Sweep
from alerts.models.notification import NotificationQuerySet
from alerts.sweep import sweep
from people.models import User
from pipeline.models import Opportunity, Stage
from tests.factories import NOW, TODAY
from tests.support.alerting import at_once, inbox, is_open, look, set_rule
from tests.support.data_files import bring_in
from tests.support.imports import REAL_DEALS, needs_real_data

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
KIND = "stalled_deal"


def deals(owner: User, count: int, **fields: Any) -> list[Opportunity]:
    """Open ones without a next step, of 100 each, made at once."""
    values = {"amount": Decimal(100), "opened_on": TODAY, "stage": Stage.first(), **fields}
    rows = [Opportunity(owner=owner, name=f"Deal {n}", **values) for n in range(count)]
    return Opportunity.objects.bulk_create(rows)


def summary_of(person: User) -> Alert:
    return Alert.objects.summaries().get(about=person)


def parts_of(person: User) -> NotificationQuerySet:
    return Notification.objects.filter(person=person, summary__isnull=False)


@pytest.mark.parametrize(("count", "is_summed"), [(20, False), (21, True)])
def test_more_than_twenty_are_one(rosa: User, mia: User, count: int, is_summed: bool) -> None:
    deals(rosa, count)
    look(NOW, KIND)
    for person in (rosa, mia):
        assert inbox(person, NOW).count() == (1 if is_summed else count)
        assert Alert.objects.summaries().filter(about=person).exists() is is_summed


def test_it_says_how_many_and_what_is_at_risk(rosa: User, mia: User) -> None:
    deals(rosa, 30, next_step="")
    look(NOW, KIND)
    summary = summary_of(mia)
    assert summary.sentence() == (
        "30 stalled deals began at one time; more than 20 are told of together."
    )
    assert (summary.title, summary.severity) == ("Stalled deals", "warn")
    assert (summary.money, summary.currency) == (3000, "EUR")
    assert summary.path_for(mia) == f"/alerts/{summary.pk}/"


def test_a_deal_with_several_reasons_counts_once(rosa: User) -> None:
    deals(rosa, 15, close_date=TODAY - DAY)
    look(NOW, KIND)
    assert not Alert.objects.summaries().exists()  # 30 alerts, but of 15 deals
    deals(rosa, 25, close_date=TODAY - DAY)
    look(NOW + MINUTE, KIND)
    assert (summary_of(rosa).value, summary_of(rosa).money) == (25, 2500)
    assert summary_of(rosa).severity == "risk"


def test_money_in_several_currencies_is_not_added_up(rosa: User) -> None:
    deals(rosa, 15)
    deals(rosa, 15, currency="USD")
    look(NOW, KIND)
    assert (summary_of(rosa).money, summary_of(rosa).currency) == (None, "")
    deals(rosa, 3)
    look(NOW + MINUTE, KIND)
    assert (summary_of(rosa).value, summary_of(rosa).money) == (33, None)


def test_another_reason_of_a_deal_that_joins_later_does_not_count_it_again(rosa: User) -> None:
    deals(rosa, 25)
    look(NOW, KIND)
    Opportunity.objects.update(close_date=TODAY - DAY)
    look(NOW + MINUTE, KIND)
    assert (summary_of(rosa).value, summary_of(rosa).money) == (25, 2500)
    assert inbox(rosa, NOW + DAY).count() == 1


def test_what_comes_later_on_the_day_joins_and_it_comes_up_again(rosa: User) -> None:
    deals(rosa, 25)
    look(NOW, KIND)
    told = inbox(rosa, NOW).get()
    told.settle(NOW)
    deals(rosa, 2)
    look(NOW + MINUTE, KIND)
    again = inbox(rosa, NOW + MINUTE).get()
    assert (again.pk, again.read_at, again.alert.value) == (told.pk, None, 27)
    assert parts_of(rosa).filter(settled_at=None).count() == 2
    assert parts_of(rosa).exclude(settled_at=None).count() == 25


def test_what_joins_a_snoozed_one_wakes_it(rosa: User) -> None:
    deals(rosa, 25)
    look(NOW, KIND)
    inbox(rosa, NOW).get().snooze(TODAY + 9 * DAY, "Later", at=NOW)
    assert not inbox(rosa, NOW).exists()
    deals(rosa, 1)
    look(NOW + MINUTE, KIND)
    assert inbox(rosa, NOW + MINUTE).count() == 1


def test_the_next_days_are_another(rosa: User) -> None:
    deals(rosa, 25)
    look(NOW, KIND)
    deals(rosa, 2)
    look(NOW + DAY, KIND)
    assert inbox(rosa, NOW + DAY).count() == 3  # two are told one by one
    deals(rosa, 21)
    look(NOW + DAY + MINUTE, KIND)
    values = Alert.objects.summaries().filter(about=rosa).order_by("opened_at")
    assert [alert.value for alert in values] == [25, 21]
    assert inbox(rosa, NOW + DAY + MINUTE).count() == 4


def test_it_ends_when_the_last_of_its_parts_does(rosa: User, mia: User) -> None:
    rows = deals(rosa, 21)
    look(NOW, KIND)
    for deal in rows[1:]:
        deal.win(by=rosa, at=NOW)
    look(NOW + MINUTE, KIND)
    assert summary_of(rosa).is_open
    rows[0].win(by=rosa, at=NOW)
    look(NOW + 2 * MINUTE, KIND)
    assert {summary_of(person).closed_at for person in (rosa, mia)} == {NOW + 2 * MINUTE}
    assert not inbox(rosa, NOW + DAY).exists()


def test_settling_and_snoozing_it_hold_for_its_parts_and_for_one_person(
    rosa: User, mia: User
) -> None:
    deals(rosa, 21)
    look(NOW, KIND)
    told = inbox(rosa, NOW).get()
    told.snooze(TODAY + 3 * DAY, "Migrated", at=NOW)
    assert parts_of(rosa).filter(snoozed_until=TODAY + 3 * DAY).count() == 21
    told.wake()
    assert not parts_of(rosa).exclude(snoozed_until=None).exists()
    told.settle(NOW)
    assert parts_of(rosa).filter(settled_at=NOW).count() == 21
    assert inbox(mia, NOW).count() == 1
    assert not parts_of(mia).exclude(settled_at=None).exists()
    told.restore()
    assert parts_of(rosa).filter(settled_at=None).count() == 21


def test_a_summary_is_not_taken_for_an_alert_of_a_deal_with_the_persons_number(
    rosa: User,
) -> None:
    deals(rosa, 21)
    Opportunity.objects.bulk_create(
        [Opportunity(pk=rosa.pk + 10**6, owner=rosa, name="One more", stage=Stage.first())]
    )
    look(NOW, KIND)
    subjects = Alert.objects.one_by_one().values("subject_id")
    assert not Alert.objects.summaries().filter(subject_id__in=subjects).exists()


def test_what_is_only_in_the_digest_is_not_put_into_the_app_by_a_summary(
    rosa: User, mia: User
) -> None:
    set_rule(KIND, manager_app=None, manager_digest=0)
    deals(rosa, 30)
    look(NOW, KIND)
    assert not inbox(mia, NOW).exists()
    assert not Alert.objects.summaries().filter(about=mia).exists()
    assert Notification.objects.filter(person=mia, digest_on=TODAY, app_at=None).count() == 30


def test_what_is_mailed_at_once_is_one_mail(rosa: User, mia: User) -> None:
    at_once(mia, KIND)
    deals(rosa, 30)
    look(NOW, KIND)
    assert [mail.notification.alert for mail in AlertMail.objects.all()] == [summary_of(mia)]
    deals(rosa, 3)
    look(NOW + MINUTE, KIND)
    assert AlertMail.objects.count() == 1


def test_batches_do_not_make_many_out_of_one(
    rosa: User, pia: User, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch may hold few of somebody's: all that is due counts."""
    monkeypatch.setattr(climbing, "BATCH", 10)
    for _ in range(6):
        deals(rosa, 4)
        deals(pia, 3)
    look(NOW, KIND)
    assert (inbox(rosa, NOW).count(), inbox(mia, NOW).count()) == (1, 1)
    assert inbox(pia, NOW).count() == 18
    assert (summary_of(rosa).value, summary_of(mia).value) == (24, 42)
    assert summary_of(mia).money == 4200


def test_what_is_still_being_found_is_told_of_when_all_of_it_is(rosa: User) -> None:
    deals(rosa, 5)
    turn = Sweep.take(KIND, NOW)
    assert turn is not None
    sweep(KINDS[KIND], NOW)
    climb(NOW)
    assert not Notification.objects.exists()
    deals(rosa, 20)
    sweep(KINDS[KIND], NOW)
    turn.end(NOW, opened=25, closed=0)
    climb(NOW)
    assert summary_of(rosa).value == 25


def test_a_sweep_that_died_does_not_silence_its_kind(rosa: User) -> None:
    deals(rosa, 1)
    Sweep.take(KIND, NOW)
    sweep(KINDS[KIND], NOW)
    climb(NOW + 11 * MINUTE)
    assert inbox(rosa, NOW + 11 * MINUTE).count() == 1


def test_switching_the_kind_off_ends_it(rosa: User) -> None:
    rows = deals(rosa, 21)
    look(NOW, KIND)
    set_rule(KIND, is_on=False)
    look(NOW + MINUTE, KIND)
    assert not Alert.objects.open().exists()
    assert not is_open(KIND, rows[0].pk, "no_next_step")


def import_what_is_open(folder: Path) -> None:
    """The published 8,800 deals, but for the 6,711 that are closed: nobody hears of those."""
    for kind, name in (
        ("people", "sales_teams"),
        ("accounts", "accounts"),
        ("products", "products"),
    ):
        bring_in(kind, REAL_DEALS / f"{name}.csv")
    head, *rows = (REAL_DEALS / "sales_pipeline.csv").read_text().splitlines()
    file = folder / "open.csv"
    file.write_text(
        "\n".join([head, *(row for row in rows if ",Won," not in row and ",Lost," not in row)])
    )
    bring_in("opportunities", file, "--create", "stage", "--value", "product:GTXPro=GTX Pro")


@needs_real_data
@pytest.mark.slow
def test_importing_8800_old_deals_tells_everybody_one_thing(tmp_path: Path) -> None:
    import_what_is_open(tmp_path)
    everybody = list(User.objects.get_queryset())
    for person in everybody:
        person.email = f"p{person.pk}@example.com"
        at_once(person, KIND)
    User.objects.bulk_update(everybody, ["email"])
    make_due(NOW - DAY)
    look(NOW, KIND)
    stalled = Alert.objects.open_of(KIND).one_by_one()
    assert stalled.values("subject_id").distinct().count() == 2089
    reps = set(stalled.values_list("about", flat=True))
    managers = set(User.objects.filter(pk__in=reps).values_list("reports_to", flat=True))
    told = Notification.objects.filter(summary=None)
    assert sorted(told.values_list("person", flat=True)) == sorted(reps | managers)
    assert not told.exclude(alert__rule=MANY).exists()
    assert AlertMail.objects.count() == len(reps | managers)
    deals = Count("subject_id", distinct=True)  # of all at once: one by one takes minutes
    told_of = dict(stalled.order_by().values_list("notifications__person").annotate(deals))
    for summary in Alert.objects.summaries():
        assert summary.value == told_of[summary.about_id]
    make_due(NOW + DAY)
    assert Digest.objects.count() == len(reps | managers)
    for digest in Digest.objects.filter(person__in=managers):
        people = User.objects.filter(reports_to=digest.person, pk__in=reps).count()
        assert len(digest.lines) + digest.more == people
