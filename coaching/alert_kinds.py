"""What this app alerts to: what is owed before and after calls, and help that was asked for."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from alerts.kinds import RISK, WARN, KindOfRows, Ladder, Rows
from alerts.models import Alert, AlertRule
from alerts.models.alert import NUMBER
from coaching.models import CallPlan, Debrief, HelpRequest, RideAlong
from coaching.models.debrief import OVERDUE_AFTER
from lib.calendar import in_words, start_of_day
from people.models import Organisation, User
from pipeline.models import Call

HOUR = timedelta(hours=1)
OWED_FOR = timedelta(days=90)  # a call longer ago than that is not remembered well enough


def hours_of(span: timedelta) -> Decimal:
    """Whole ones, rounded down."""
    return Decimal(span // HOUR)


class PlanWaiting(KindOfRows):
    name: ClassVar = "plan_waiting"
    label: ClassVar = "Plan waits for inspection"
    explains: ClassVar = (
        "A filed plan is to be inspected, its call begins soon and nobody has answered. "
        "An answer ends the alert; so does the call's beginning, which makes it a debt."
    )
    action: ClassVar = "Inspect the plan"
    one: ClassVar = "plan to inspect"
    many: ClassVar = "plans to inspect"
    days: ClassVar = 1
    days_label: ClassVar = "Days before the call"
    subject: ClassVar = "call_plan"
    woken_by: ClassVar = {"call_plan": "pk", "inspection": "plan_id"}

    def path(self, alert: Alert) -> str:
        """The rep reads the plan."""
        return reverse("plan", args=[alert.subject_id])

    def path_for_others(self, alert: Alert) -> str:
        return f"{reverse('inspections')}?plan={alert.subject_id}"

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        soon = now + timedelta(days=rule.days)
        waiting = CallPlan.objects.all().awaiting_inspection(now)
        soon_held = waiting.filter(call__starts_at__lte=soon, rep__is_active=True)
        return {"": soon_held.select_related(*CALL)}

    def episode(self, name: str, row: CallPlan, rule: AlertRule, now: datetime) -> Alert:
        return Alert(
            kind=self.name,
            subject_id=row.pk,
            about_id=row.call.owner_id,
            title=f"Plan: {row.call}",
            said=f"Nobody had answered {NUMBER} before the call; the limit is {_days(rule.days)}.",
            severity=WARN,
            value=hours_of(row.call.starts_at - now),
            limit=Decimal(24 * rule.days),
            unit="hours",
            clock_at=row.submitted_at,
            clock_event="The plan was filed",
        )


class CallUnplanned(KindOfRows):
    name: ClassVar = "call_unplanned"
    label: ClassVar = "Call about to be held unplanned"
    explains: ClassVar = (
        "A call begins soon and its plan is not filed. Filing it ends the alert; so does moving "
        "or cancelling the call."
    )
    action: ClassVar = "Plan the call"
    action_for_others: ClassVar = "Open the call"
    one: ClassVar = "unplanned call"
    many: ClassVar = "unplanned calls"
    days: ClassVar = 1
    days_label: ClassVar = "Days before the call"
    subject: ClassVar = "call"
    woken_by: ClassVar = {"call": "pk", "call_plan": "call_id"}

    def path(self, alert: Alert) -> str:
        return reverse("call_plan", args=[alert.subject_id])

    def path_for_others(self, alert: Alert) -> str:
        return reverse("call", args=[alert.subject_id])

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        coming = Call.objects.planned().filter(
            starts_at__gt=now,
            starts_at__lte=now + timedelta(days=rule.days),
            owner__is_active=True,
        )
        unfiled = Q(plan=None) | Q(plan__filed_at=None)
        return {"": coming.filter(unfiled).select_related("account", "opportunity")}

    def episode(self, name: str, row: Call, rule: AlertRule, now: datetime) -> Alert:
        return Alert(
            kind=self.name,
            subject_id=row.pk,
            about_id=row.owner_id,
            title=f"Plan: {row}",
            said=f"No plan was filed {NUMBER} before the call; the limit is {_days(rule.days)}.",
            severity=WARN,
            value=hours_of(row.starts_at - now),
            limit=Decimal(24 * rule.days),
            unit="hours",
            clock_at=row.starts_at,
            clock_event="The call begins",
        )


class DebriefOverdue(KindOfRows):
    name: ClassVar = "debrief_overdue"
    label: ClassVar = "Debrief overdue"
    explains: ClassVar = (
        "A call ended more than 24 hours ago and has no debrief. Filing it ends the alert; so "
        "does saying that the call was missed or cancelled."
    )
    action: ClassVar = "Debrief"
    action_for_others: ClassVar = "Open the call"
    one: ClassVar = "overdue debrief"
    many: ClassVar = "overdue debriefs"
    subject: ClassVar = "call"
    woken_by: ClassVar = {"call": "pk", "debrief": "call_id"}

    def path(self, alert: Alert) -> str:
        return reverse("call_debrief", args=[alert.subject_id])

    def path_for_others(self, alert: Alert) -> str:
        return reverse("call", args=[alert.subject_id])

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        ended = Call.objects.took_place(now - OVERDUE_AFTER).filter(owner__is_active=True)
        recent = ended.filter(starts_at__gt=now - OWED_FOR)
        # By a join PostgreSQL expects one call without a debrief, and reads all people for each.
        filed = Debrief.objects.filter(call=OuterRef("pk")).exclude(filed_at=None).order_by()
        return {"": recent.filter(~Exists(filed)).select_related("account", "opportunity")}

    def episode(self, name: str, row: Call, rule: AlertRule, now: datetime) -> Alert:
        return Alert(
            kind=self.name,
            subject_id=row.pk,
            about_id=row.owner_id,
            title=f"Debrief: {row}",
            said=f"The debrief was missing {NUMBER} after the call; "
            f"the limit is {hours_of(OVERDUE_AFTER)}.",
            severity=RISK,
            value=hours_of(now - row.ends_at),
            limit=hours_of(OVERDUE_AFTER),
            unit="hours",
            clock_at=row.ends_at,
            clock_event="The call ended",
        )


class HelpUnanswered(KindOfRows):
    """Asked for and not accepted for so many days; or not done by when it was wanted."""

    name: ClassVar = "help_unanswered"
    label: ClassVar = "Help request unanswered"
    explains: ClassVar = (
        "A rep asked for help and nobody said whether they will, or it was not done by when it "
        "was wanted. Doing or declining it ends the alert; so does another answer."
    )
    action: ClassVar = "Answer"
    one: ClassVar = "help request"
    many: ClassVar = "help requests"
    rules: ClassVar = {"unanswered": "Nobody answered", "late": "Not done when it was wanted"}
    days: ClassVar = 2
    days_label: ClassVar = "Days without an answer"
    subject: ClassVar = "help_request"
    woken_by: ClassVar = {"help_request": "pk"}
    has_money: ClassVar = True

    def path(self, alert: Alert) -> str:
        return reverse("help_request", args=[alert.subject_id])

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        organisation = Organisation.current()
        today = organisation.today(now)
        asked = HelpRequest.objects.filter(opportunity__status="open")
        if rule.minimum_money:
            other = ~Q(opportunity__currency=organisation.currency)
            other &= ~Q(opportunity__amount=None)
            asked = asked.filter(Q(opportunity__amount__gte=rule.minimum_money) | other)
        until = start_of_day(today - timedelta(days=rule.days - 1), organisation.zone)
        waiting = asked.filter(state=HelpRequest.ASKED, asked_at__lt=until, wanted_on__gte=today)
        return {
            "unanswered": waiting.select_related(*HELP),
            "late": asked.open().filter(wanted_on__lt=today).select_related(*HELP),
        }

    def episode(self, name: str, row: HelpRequest, rule: AlertRule, now: datetime) -> Alert:
        deal, today = row.opportunity, now.date()
        asked_on = row.asked_at.astimezone(now.tzinfo).date()
        is_late = name == "late"
        wanted = in_words(row.wanted_on)
        return Alert(
            kind=self.name,
            rule=name,
            subject_id=row.pk,
            about_id=row.asked_of_id,
            title=f"Help for {deal.owner.first_name}: {deal}",
            said=f"Wanted by {wanted}, {NUMBER} ago, and not done."
            if is_late
            else f"Asked {NUMBER} ago and not answered; the limit is {_days(rule.days)}.",
            severity=RISK if is_late else WARN,
            value=Decimal((today - (row.wanted_on if is_late else asked_on)).days),
            limit=Decimal(0 if is_late else rule.days),
            unit="days",
            clock_on=row.wanted_on if is_late else asked_on,
            clock_at=None if is_late else row.asked_at,
            clock_event="It was wanted" if is_late else f"{row.asked_by.first_name} asked",
            money=deal.amount,
            currency=deal.currency if deal.amount is not None else "",
        )


class RideAlongDue(KindOfRows):
    """About a rep who leads nobody, to the managers above: since their last one was held, else
    since they joined, else since their first call. Without any of these there is no clock yet.
    """

    name: ClassVar = "ride_along_due"
    label: ClassVar = "Rep without a ride-along"
    explains: ClassVar = (
        "Nobody has ridden along with a rep for half a year. Handing in a ride-along ends the "
        "alert; planning one does not."
    )
    action: ClassVar = "Open the ride-alongs"
    action_for_others: ClassVar = "Plan a ride-along"
    one: ClassVar = "rep without a ride-along"
    many: ClassVar = "reps without a ride-along"
    days: ClassVar = 183
    days_label: ClassVar = "Days without one"
    subject: ClassVar = "user"
    woken_by: ClassVar = {"user": "pk", "ride_along": "rep_id"}

    def path(self, alert: Alert) -> str:
        return reverse("ride_alongs")

    def path_for_others(self, alert: Alert) -> str:
        return f"{reverse('ride_along_new')}?rep={alert.subject_id}"

    def standing(self, rule: AlertRule, now: datetime) -> Mapping[str, Rows]:
        organisation = Organisation.current()
        last = organisation.today(now) - timedelta(days=rule.days)
        since = start_of_day(last + timedelta(days=1), organisation.zone)
        held = RideAlong.objects.held().filter(rep=OuterRef("pk"))
        reps = User.objects.get_queryset().active().filter(levels_below=0)
        calls = Call.objects.filter(owner=OuterRef("pk"))
        called = Q(joined_on=None) & Exists(calls.filter(starts_at__lt=since).order_by())
        long_here = Q(joined_on__lte=last) | Exists(held.order_by()) | called
        reps = reps.exclude(reports_to=None).filter(long_here)
        due = reps.filter(~Exists(held.filter(starts_at__gte=since).order_by()))
        latest = held.order_by("-starts_at").values("starts_at")[:1]
        first = calls.order_by("starts_at").values("starts_at")[:1]
        return {"": due.annotate(last_at=Subquery(latest), first_call_at=Subquery(first))}

    def episode(self, name: str, row: Any, rule: AlertRule, now: datetime) -> Alert:
        clock, event, at = self._clock(row, now)
        return Alert(
            kind=self.name,
            subject_id=row.pk,
            about_id=row.pk,
            title=f"Ride along with {row}",
            said=f"None was held for {NUMBER}; the limit is {_days(rule.days)}.",
            severity=WARN,
            value=Decimal((now.date() - clock).days),
            limit=Decimal(rule.days),
            unit="days",
            clock_on=clock,
            clock_at=at,
            clock_event=event,
        )

    @staticmethod
    def _clock(row: Any, now: datetime) -> tuple[date, str, datetime | None]:
        """Since which day, what happened then, and when that is known."""
        if row.last_at is None and row.joined_on is not None:
            return row.joined_on, "They joined", None
        at = row.last_at or row.first_call_at
        event = "The last one was held" if row.last_at else "Their first call"
        return at.astimezone(now.tzinfo).date(), event, at


CALL = ("call__account", "call__opportunity")
HELP = ("opportunity__owner", "asked_by")


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


ANYBODY_ABOVE = Ladder(person_app=None, person_digest=None)  # what only a manager can do


def kinds() -> list[KindOfRows]:
    """As they stand in settings."""
    return [
        PlanWaiting(ANYBODY_ABOVE),
        CallUnplanned(Ladder(manager_app=0)),
        DebriefOverdue(Ladder(manager_app=1)),
        HelpUnanswered(Ladder(manager_app=7, manager_digest=3)),
        RideAlongDue(ANYBODY_ABOVE),
    ]
