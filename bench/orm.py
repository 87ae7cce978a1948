"""The facts of the API's answers through the models, by the shortest code that is right."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from alerts.models import AlertQuestion, Notification
from coaching.models import CallPlan
from metrics.models import DailyTally, TeamTally
from people.models import TeamMembership, User
from pipeline.models import Account, Call, NextStepChange, Opportunity, Stage, StageChange
from reviews.models import Agreement, Review, ReviewDeal, ReviewDecision, ReviewPart

DEAL = [
    "id",
    "version",
    "name",
    "account_id",
    "owner_id",
    "product_id",
    "stage_id",
    "stage_since",
    "status",
    "amount",
    "currency",
    "close_date",
    "forecast_category",
    "own_probability",
    "own_probability_reason",
    "next_step",
    "next_step_on",
    "opened_on",
    "closed_on",
    "lost_reason",
    "external_id",
]
CALL = [
    "id",
    "version",
    "owner_id",
    "account_id",
    "opportunity_id",
    "kind",
    "channel",
    "starts_at",
    "planned_minutes",
    "ends_at",
    "status",
    "actual_minutes",
    "status_reason",
    "status_at",
]
PLAN = [
    "id",
    "version",
    "call_id",
    "call__owner_id",
    "call__starts_at",
    "state",
    "timeliness",
    "filled_parts",
    "validated_parts",
    "sent_back_part",
    "to_inspect",
    "inspection_level",
    "filed_at",
    "submitted_at",
    "saved_at",
]
ACCOUNT = [
    "id",
    "version",
    "name",
    "parent_id",
    "owner_id",
    "sector",
    "location",
    "website",
    "phone",
    "year_established",
    "employees",
    "annual_revenue",
    "notes",
]
REVIEW = [
    "id",
    "version",
    "manager_id",
    "rep_id",
    "schedule_id",
    "scheduled_for",
    "minutes",
    "opens_at",
    "due_by",
    "started_at",
    "paused_at",
    "current_part",
    "since",
    "since_day",
    "day",
    "status",
    "brought",
    "manager_agreed_at",
    "rep_agreed_at",
    "closed_at",
    "preparation__in_the_way",
    "preparation__doing",
    "preparation__help_needed",
]
ALERT = [
    "id",
    "app_at",
    "read_at",
    "acted_at",
    "snoozed_until",
    "snooze_reason",
    "settled_at",
    "summary_id",
    "alert_id",
    "alert__kind",
    "alert__rule",
    "alert__subject_id",
    "alert__title",
    "alert__said",
    "alert__severity",
    "alert__value",
    "alert__limit",
    "alert__unit",
    "alert__clock_on",
    "alert__clock_at",
    "alert__clock_event",
    "alert__money",
    "alert__currency",
    "alert__opened_at",
    "alert__closed_at",
    "alert__about_id",
    "alert__about__name",
]


def deals(user: User, values: dict[str, Any]) -> Any:
    rows = Opportunity.objects.visible_to(user).open().order_by("close_date", "pk")
    return list(rows.values(*DEAL)[:25])


def summary(user: User, values: dict[str, Any]) -> Any:
    rows = Opportunity.objects.visible_to(user).open().order_by()
    groups = rows.values("stage", "forecast_category", "currency")
    return list(groups.annotate(deals=Count("*"), amount=Sum("amount")))


def first_deals(user: User, values: dict[str, Any]) -> Any:
    return list(Opportunity.objects.visible_to(user).order_by("pk").values(*DEAL)[:25])


def deal(user: User, values: dict[str, Any]) -> Any:
    return list(Opportunity.objects.visible_to(user).filter(pk=values["id"]).values(*DEAL))


def calls(user: User, values: dict[str, Any]) -> Any:
    return list(Call.objects.visible_to(user).order_by("-starts_at", "-pk").values(*CALL)[:25])


def accounts(user: User, values: dict[str, Any]) -> Any:
    found = Account.objects.visible_to(user).filter(search_text__contains=values["text"].strip("%"))
    return list(found.order_by("name", "pk").values(*ACCOUNT)[:25])


def plans(user: User, values: dict[str, Any]) -> Any:
    waiting = CallPlan.objects.of_reports(user).awaiting_inspection(timezone.now())
    return list(waiting.values(*PLAN)[:25])


@transaction.atomic
def new_deal(user: User, values: dict[str, Any]) -> Any:
    stage, day = Stage.objects.filter(order=1).get(), date.fromisoformat(values["day"])
    made = Opportunity(name=values["name"], owner=user, stage=stage, amount=48_000, close_date=day)
    made.opened_on = made.stage_since = day
    made.save()
    StageChange.objects.create(opportunity=made, at=timezone.now(), by=user, to_stage=stage)
    return made.pk


@transaction.atomic
def next_step(user: User, values: dict[str, Any]) -> Any:
    found = Opportunity.objects.visible_to(user).filter(Q(pk=values["id"]))
    words = {"next_step": values["step"], "next_step_on": values["day"]}
    found.update(**words, version=F("version") + 1)
    NextStepChange.objects.create(opportunity_id=values["id"], at=timezone.now(), by=user, **words)
    return words


def review(user: User, values: dict[str, Any]) -> Any:
    of = {"review": values["id"]}
    found = Review.objects.visible_to(user).filter(pk=values["id"]).values(*REVIEW)[0]
    pair = Agreement.objects.between(found["manager_id"], found["rep_id"])
    agreements = pair.filter(Q(review=values["id"]) | Q(done_at=None, dropped_at=None))
    return found | {
        "deals": list(ReviewDeal.objects.filter(**of).values()),
        "parts": list(ReviewPart.objects.filter(**of).values()),
        "decisions": list(ReviewDecision.objects.filter(**of).values()),
        "agreements": list(agreements.values()),
    }


@transaction.atomic
def review_part(user: User, values: dict[str, Any]) -> Any:
    part = ReviewPart.objects.visible_to(user)
    part = part.filter(review=values["id"], number=values["number"])
    words = {"notes": values["notes"], "saved_at": timezone.now(), "saved_by": user}
    part.update(**words, version=F("version") + 1)
    running = Review.objects.running().filter(pk=values["id"])
    running.update(version=F("version") + 1, manager_agreed_at=None, rep_agreed_at=None)
    return values


def scorecard(user: User, values: dict[str, Any]) -> Any:
    return _kept(DailyTally.objects.filter(person=values["person"]), "person", values)


def scorecards(user: User, values: dict[str, Any]) -> Any:
    team = Q(team=values["team"]) | Q(team__parent=values["team"])
    stays = TeamMembership.objects.filter(team=values["team"], last_day__gte=values["first"])
    people = DailyTally.objects.filter(person__in=stays.values("person"))
    return [
        *_kept(TeamTally.objects.filter(team), "team", values),
        *_kept(people, "person", values),
    ]


def _kept(rows: Any, whose: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What is kept, by day: the targets and what happened today are left out."""
    days = rows.filter(day__gte=values["first"], day__lt=values["today"])
    in_quarter = Sum("number", filter=Q(day__gte=values["quarter"]))
    weeks = days.values(whose, "tally", week=TruncWeek("day"))
    return list(weeks.annotate(total=Sum("number"), in_quarter=in_quarter).order_by())


def alerts(user: User, values: dict[str, Any]) -> Any:
    rows = Notification.objects.visible_to(user).heard(timezone.now())
    return list(rows.order_by("-app_at", "-pk").values(*ALERT)[:25])


def alert(user: User, values: dict[str, Any]) -> Any:
    rows = Notification.objects.visible_to(user).filter(alert=values["id"])
    asked = AlertQuestion.objects.filter(alert=values["id"])
    return [*rows.values(*ALERT), *asked.values("id", "asked_at", "text", "answer")]


FACTS = {
    "alert": alert,
    "alerts": alerts,
    "scorecard": scorecard,
    "scorecards": scorecards,
    "deals": deals,
    "first-deals": first_deals,
    "summary": summary,
    "deal": deal,
    "calls": calls,
    "accounts": accounts,
    "plans": plans,
    "new-deal": new_deal,
    "next-step": next_step,
    "review": review,
    "review-part": review_part,
}
