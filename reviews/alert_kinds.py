"""What this app alerts to: 1-on-1s that are late or were not held, agreements overdue.

No word of what was agreed or said stands in an alert: its two people read that where it is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from django.db.models import Exists, F, OuterRef
from django.urls import reverse

from alerts.kinds import RISK, WARN, KindOfRows, Ladder, Rows
from alerts.models import Alert, AlertRule
from alerts.models.alert import NUMBER
from lib.calendar import in_words, instant_near
from people.models import Organisation
from reviews.models import Agreement, Review


class OfReviews(KindOfRows):
    """About the manager, who holds them."""

    action: ClassVar = "Open the 1-on-1"
    action_for_others: ClassVar = "Open the 1-on-1s"
    subject: ClassVar = "review"
    woken_by: ClassVar = {"review": "pk"}

    def path(self, alert: Alert) -> str:
        return reverse("review", args=[alert.subject_id])

    def path_for_others(self, alert: Alert) -> str:
        """Who is above counts them, and does not read them."""
        return reverse("reviews")


class ReviewDue(OfReviews):
    name: ClassVar = "review_due"
    label: ClassVar = "1-on-1 late"
    explains: ClassVar = (
        "A 1-on-1 was not begun on its day. Starting it ends the alert; so does giving it another "
        "time or excusing it."
    )
    one: ClassVar = "late 1-on-1"
    many: ClassVar = "late 1-on-1s"
    days: ClassVar = 1
    days_label: ClassVar = "Days after its time"

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        late = _to_hold().filter(not_held_at=None)
        over = _days_before(now, rule.days)
        return {"": late.filter(scheduled_for__lte=over).select_related("rep")}

    def episode(self, name: str, row: Review, rule: AlertRule, now: datetime) -> Alert:
        planned = row.scheduled_for.astimezone(now.tzinfo).date()
        return Alert(
            kind=self.name,
            subject_id=row.pk,
            about_id=row.manager_id,
            title=f"1-on-1 with {row.rep}",
            said=f"Planned for {in_words(planned)}, {NUMBER} ago, and not begun; "
            f"it counts as held until {in_words(row.due_by)}.",
            severity=WARN,
            value=Decimal((now.date() - planned).days),
            limit=Decimal(rule.days),
            unit="days",
            clock_on=planned,
            clock_at=row.scheduled_for,
            clock_event="It was planned",
        )


class ReviewNotHeld(OfReviews):
    name: ClassVar = "review_not_held"
    label: ClassVar = "1-on-1 not held"
    explains: ClassVar = (
        "A 1-on-1 was not begun by the end of its month. Holding it late ends the alert; so does "
        "excusing it with a reason."
    )
    one: ClassVar = "1-on-1 not held"
    many: ClassVar = "1-on-1s not held"

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        return {"": _to_hold().exclude(not_held_at=None).select_related("rep")}

    def episode(self, name: str, row: Review, rule: AlertRule, now: datetime) -> Alert:
        today = now.date()
        return Alert(
            kind=self.name,
            subject_id=row.pk,
            about_id=row.manager_id,
            title=f"1-on-1 with {row.rep}",
            said=f"Not held by {in_words(row.due_by)}, {NUMBER} ago.",
            severity=RISK,
            value=Decimal((today - row.due_by).days),
            limit=Decimal(0),
            unit="days",
            clock_on=row.due_by,
            clock_event="The last day on which it counted as held",
        )


class AgreementOverdue(KindOfRows):
    name: ClassVar = "agreement_overdue"
    label: ClassVar = "Agreement overdue"
    explains: ClassVar = (
        "What two people agreed on was not done by its day. Ticking it off or dropping it ends "
        "the alert."
    )
    action: ClassVar = "Open the agreements"
    one: ClassVar = "overdue agreement"
    many: ClassVar = "overdue agreements"
    days: ClassVar = 0
    days_label: ClassVar = "Days after its date"
    subject: ClassVar = "agreement"
    woken_by: ClassVar = {"agreement": "pk"}

    def path(self, alert: Alert) -> str:
        return reverse("agreements")

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        today = Organisation.current().today(now)
        last = today - timedelta(days=rule.days + 1)
        late = Agreement.objects.due(last).filter(owner__is_active=True)
        return {"": late.select_related("agreed_with")}

    def episode(self, name: str, row: Agreement, rule: AlertRule, now: datetime) -> Alert:
        today = now.date()
        with_whom = f" with {row.agreed_with}" if row.agreed_with else ""
        return Alert(
            kind=self.name,
            subject_id=row.pk,
            about_id=row.owner_id,
            title=f"Agreement{with_whom}",
            said=f"Due on {in_words(row.due_on)}, {NUMBER} ago, and not done.",
            severity=WARN,
            value=Decimal((today - row.due_on).days),
            limit=Decimal(rule.days),
            unit="days",
            clock_on=row.due_on,
            clock_event="It was due",
        )


def _to_hold() -> Rows:
    """Neither begun nor excused, of two who still report so, and with no later one held."""
    pair = Review.objects.closed().of_pair(OuterRef("manager"), OuterRef("rep"))
    overtaken = Exists(pair.filter(scheduled_for__gt=OuterRef("scheduled_for")))
    asked = Review.objects.all().to_come().filter(rep__reports_to=F("manager"))
    return asked.filter(~overtaken, manager__is_active=True, rep__is_active=True)


def _days_before(now: datetime, days: int) -> datetime:
    """The same time of day so many days ago, on the organisation's clock."""
    zone = Organisation.current().zone
    shown = now.astimezone(zone)
    return instant_near(shown.date() - timedelta(days=days), shown.time(), zone)


def kinds() -> list[KindOfRows]:
    """As they stand in settings."""
    own_first = Ladder(person_digest=0, manager_app=7, manager_digest=7)
    return [
        ReviewDue(Ladder(person_digest=0, manager_app=None, manager_digest=None)),
        ReviewNotHeld(own_first),
        AgreementOverdue(Ladder(person_digest=0, manager_app=None, manager_digest=3)),
    ]
