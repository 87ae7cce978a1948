"""Alerts that are there already: open episodes, who was told, and whose digest is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Mod

from alerts.kinds import RISK, WARN
from alerts.models import Alert, DeliveryHours, Notification
from alerts.models.alert import NUMBER
from bench.fill import day, fill, is_postgres, json, moment, numbers, one_of, pick, text
from people.models import User
from pipeline.models import Opportunity
from pipeline.stall_reason import REASONS
from pipeline.stalls import BITS, StallCheck

UNKNOWN = 1_000_000_000  # subjects from here on are nobody's deal or call
IN_DAYS = 60  # so long ago the oldest alert of a full inbox began
EVERY_DAY = "[0, 1, 2, 3, 4, 5, 6]"


def instant(at: datetime) -> str:
    """A moment of UTC as SQL."""
    plain = text(at.replace(tzinfo=None).isoformat(sep=" "))
    return f"(CAST({plain} AS timestamp) AT TIME ZONE 'UTC')" if is_postgres() else plain


def make_stalled(now: datetime, but: int) -> None:
    """An open episode for each reason of every open deal, but for one deal in so many."""
    check = StallCheck.on(now)
    own = Opportunity.objects.filter(pk=OuterRef("pk")).order_by().annotate(flags=check.flags())
    alerted = Coalesce(Subquery(own.values("flags")), 0)
    rows = Opportunity.objects.open().annotate(place=Mod("pk", but)).exclude(place=0)
    rows.order_by().update(alerted=alerted)
    for name, bit in BITS.items():
        fill(
            Alert,
            f"pipeline_opportunity d WHERE d.alerted & {bit} > 0",
            kind="'stalled_deal'",
            rule=text(name),
            subject_id="d.id",
            about_id="d.owner_id",
            title="d.name",
            said=text(f"No activity for {NUMBER}; the limit is 14."),
            value="14",
            limit="14",
            unit="'days'",
            clock_event="'The last activity'",
            money="d.amount",
            currency="d.currency",
            opened_at=instant(now - timedelta(days=1)),
            opened_on=day(now.date(), "-1"),
        )


def make_due(count: int, now: datetime) -> None:
    """So many episodes that have just begun, in turn about everybody who has a manager."""
    people = User.objects.exclude(reports_to=None).count()
    ranked = (
        "(SELECT u.id, row_number() OVER (ORDER BY u.id) AS place FROM people_user u "
        "WHERE u.reports_to_id IS NOT NULL)"
    )
    fill(
        Alert,
        f"{numbers(count)} JOIN {ranked} u ON u.place = n.i % {people} + 1",
        kind="'call_unplanned'",
        subject_id=f"{UNKNOWN} + n.i",
        about_id="u.id",
        title="'Plan: Acme, Tuesday 10:00'",
        said=text(f"The call began to be {NUMBER} away with no plan filed."),
        value="20",
        limit="24",
        unit="'hours'",
        opened_at=instant(now),
        opened_on=day(now.date()),
        climbs_at=instant(now),
    )


def make_inbox(person: User, about: Sequence[int], count: int, now: datetime) -> None:
    """So many open alerts in somebody's inbox, of two months; a third of them was read.

    `about` are the ids of people, one after the other.
    """
    on = day(now.date(), f"-1 - {pick(IN_DAYS, 'n.i', 3)}")
    began = moment(on, f"480 + {pick(600, 'n.i', 4)}")
    first = UNKNOWN * (1 + person.pk)
    fill(
        Alert,
        numbers(count),
        kind="'stalled_deal'",
        rule=one_of(list(REASONS), "n.i"),
        subject_id=f"{first} + n.i",
        about_id=f"{min(about)} + n.i % {len(about)}",
        title="'Framework agreement ' || n.i",
        said=text(f"No activity for {NUMBER}; the limit is 14."),
        severity=one_of([RISK, WARN], "n.i", 2),
        value="14",
        limit="14",
        unit="'days'",
        clock_on=day(now.date(), "-40"),
        clock_event="'The last activity'",
        money=f"1000 + {pick(90_000, 'n.i', 8)}",
        currency="'EUR'",
        opened_at=began,
        opened_on=on,
    )
    fill(
        Notification,
        f"alerts_alert a WHERE a.subject_id >= {first} AND a.subject_id < {first + count}",
        alert_id="a.id",
        person_id=str(person.pk),
        app_at="a.opened_at",
        digest_on="a.opened_on",
        read_at=f"CASE WHEN {pick(3, 'a.id')} = 0 THEN a.opened_at ELSE NULL END",
    )


def make_told(each: int, now: datetime) -> None:
    """Of everybody who has a manager so many stalled deals, told to both of them yesterday."""
    yesterday = now - timedelta(days=1)
    fill(
        Alert,
        f"{numbers(each)} CROSS JOIN people_user u WHERE u.reports_to_id IS NOT NULL",
        kind="'stalled_deal'",
        rule=one_of(list(REASONS), "u.id + n.i"),
        subject_id=f"{UNKNOWN} + 100 * u.id + n.i",
        about_id="u.id",
        title="'Framework agreement ' || n.i",
        said=text(f"No activity for {NUMBER}; the limit is 14."),
        severity=one_of([RISK, WARN], "u.id", 2),
        value="14",
        limit="14",
        unit="'days'",
        money=f"1000 + {pick(90_000, 'u.id + n.i', 8)}",
        currency="'EUR'",
        opened_at=instant(yesterday),
        opened_on=day(now.date(), "-1"),
    )
    told = {"alert_id": "a.id", "app_at": "a.opened_at", "digest_on": "a.opened_on"}
    fresh = f"alerts_alert a WHERE a.subject_id BETWEEN {UNKNOWN} AND {2 * UNKNOWN - 1}"
    fill(Notification, fresh, **told, person_id="a.about_id")
    theirs = fresh.replace(" WHERE", " JOIN people_user u ON u.id = a.about_id WHERE")
    fill(Notification, theirs, **told, person_id="u.reports_to_id")


def make_hours(whose: str, now: datetime) -> None:
    """Those of everybody; the digests of some are due. `whose` is a condition on `u`."""
    tomorrow = instant(now + timedelta(days=1))
    fill(
        DeliveryHours,
        "people_user u WHERE u.is_active",
        person_id="u.id",
        zone="u.time_zone",
        weekdays=json(EVERY_DAY),
        next_digest_at=f"CASE WHEN {whose} THEN {instant(now)} ELSE {tomorrow} END",
    )
