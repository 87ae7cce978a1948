"""A team's weekly pipeline call: begun, run, and closed with a frozen picture of its deals."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, Subquery, Value
from django.db.models.functions import Coalesce

from lib.calendar import in_words, local_date
from lib.events import publish, publishing
from lib.versions import Versioned
from people import reporting_line
from people.calendar import Calendar
from people.models import Organisation, Team, User
from pipeline.models import Opportunity
from pipeline.models.opportunity import OpportunityQuerySet
from reviews import call_people
from reviews.window import Window

FIRST_LOOKS_BACK = timedelta(days=7)
NOTES_LENGTH = 20_000


class PipelineCallQuerySet(models.QuerySet["PipelineCall"]):
    def visible_to(self, user: User) -> Self:
        """Those of one's own team, the teams above it and the teams one leads; all to an
        administrator.
        """
        if user.is_administrator:
            return self
        return self.filter(team_id__in=call_people.teams_around(user))

    def running(self) -> Self:
        return self.filter(closed_at=None)

    def closed(self) -> Self:
        return self.exclude(closed_at=None)

    def unread_by(self, user: User) -> Self:
        """Closed calls whose summary this person has not acknowledged, the latest first."""
        return self.closed().filter(attendees__user=user, attendees__read_at=None)

    def for_page(self, user: User) -> Self:
        """With what its page asks of it, in one statement: rights and the zone too."""
        run, around = call_people.teams_run_by(user), call_people.teams_around(user)
        zone = Subquery(Organisation.objects.values("time_zone")[:1])
        return self.annotate(
            may_run=_whether(run),
            takes_part=_whether(around),
            time_zone=Coalesce(zone, Value("UTC")),
        ).select_related("team__manager", "started_by", "closed_by")


def _whether(teams: call_people.Ids) -> Any:
    return ExpressionWrapper(Q(team_id__in=teams), BooleanField())


class PipelineCall(Versioned):
    """One meeting of a team and all teams under it.

    It is compared with `previous`, the team's last closed call, or, for the first, with what the
    history says was seven days before: `since`. `since_day` and `day` are the organisation's dates
    of that moment and of the closing. `coverage` is the goal of the fiscal quarter from the start
    on, and what the page said of it when it closed.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="pipeline_calls")
    scheduled_for = models.DateTimeField()
    started_at = models.DateTimeField(editable=False)
    started_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", editable=False
    )
    since = models.DateTimeField(editable=False)
    since_day = models.DateField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    day = models.DateField(null=True, editable=False)
    notes = models.TextField(blank=True, max_length=NOTES_LENGTH)
    notes_saved_at = models.DateTimeField(null=True, editable=False)
    coverage = models.JSONField(null=True, editable=False)

    objects = PipelineCallQuerySet.as_manager()

    may_run: bool  # answered by for_page(), as is the organisation's zone
    takes_part: bool
    time_zone: str

    class Meta:
        ordering = ["-scheduled_for", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "scheduled_for"], name="one_pipeline_call_a_time"
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=Q(closed_at=None),
                name="one_running_pipeline_call_a_team",
            ),
        ]
        indexes = [models.Index(fields=["team", "closed_at"], name="pipeline_call_closed")]

    def __str__(self) -> str:
        return f"Pipeline call of {self.team}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def window(self, day: date) -> Window:
        """What it is compared with; `day` is today while it runs."""
        return Window(self.since, self.since_day, self.day or day)

    def deals(self, user: User) -> OpportunityQuerySet:
        """The deals of the team's people and of those under it, as far as this person sees any."""
        members = call_people.members_of(self.team_id)
        return Opportunity.objects.visible_to(user).filter(owner_id__in=members)

    # Verbs.

    @classmethod
    @transaction.atomic
    def start(
        cls, team: Team, *, by: User, at: datetime, scheduled_for: datetime | None = None
    ) -> "PipelineCall":
        """The team's running call; begun now when there is none.

        However many start it at once, it is one. `scheduled_for` is when it was to begin; unless
        given, today's occurrence of the schedule, or now. A call of that time that was closed is
        given back as it is.
        """
        from reviews.call_totals import goal_of

        _require_runner(by, team)
        list(Team.objects.select_for_update().filter(pk=team.pk))  # one starts, the others wait
        running = cls.objects.running().filter(team=team).first()
        if running and scheduled_for in (None, running.scheduled_for):
            return running
        slot = scheduled_for or cls._slot(team, at)
        made_before = cls.objects.filter(team=team, scheduled_for=slot).first()
        if made_before:
            return made_before
        if running:
            raise ValidationError("Another call of this team is running. Close it first.")
        previous = cls.objects.closed().filter(team=team).order_by("-closed_at").first()
        since: datetime = (previous and previous.closed_at) or at - FIRST_LOOKS_BACK
        calendar = Calendar.current()
        call = cls.objects.create(
            team=team,
            scheduled_for=slot,
            started_at=at,
            started_by=by,
            previous=previous,
            since=since,
            since_day=local_date(since, calendar.zone),
            coverage=goal_of(team, calendar, calendar.today(at)),
        )
        publish("started", call, by, at)
        return call

    @classmethod
    def _slot(cls, team: Team, at: datetime) -> datetime:
        """Today's occurrence, unless a call was held at that time."""
        schedule = getattr(team, "pipeline_call_schedule", None)
        today: datetime | None = schedule.on(local_date(at, schedule.zone)) if schedule else None
        if today is None or cls.objects.closed().filter(team=team, scheduled_for=today).exists():
            return at
        return today

    def write_notes(
        self, notes: str, *, by: User, at: datetime, version: int | None = None
    ) -> None:
        """Keep what is noted on the call as a whole."""
        _require_runner(by, self.team)
        with self.editing(version):
            self.require_running()
            self.notes, self.notes_saved_at = notes.strip(), at
            self.clean_fields(exclude=[f.name for f in self._meta.fields if f.name != "notes"])
            self.save(update_fields=["notes", "notes_saved_at"])

    def close(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Freeze what the page shows, and send the summary to everybody of the team.

        Raises ValidationError when it is closed already.
        """
        from reviews.call_totals import coverage
        from reviews.models.pipeline_call_deal import PipelineCallDeal

        _require_runner(by, self.team)
        with self.editing(version), publishing(self, "closed", by, at):
            self.require_running()
            day = local_date(at, Organisation.current().zone)
            PipelineCallDeal.freeze(self, day)
            self.coverage = coverage(self)
            self.day, self.closed_at, self.closed_by = day, at, by
            self.save(update_fields=["day", "closed_at", "closed_by", "coverage"])
            PipelineCallAttendee.invite(self, at)

    def acknowledge(self, *, by: User, at: datetime) -> None:
        """This person has read the summary. The first time counts; strangers change nothing."""
        self.attendees.filter(user=by, read_at=None).update(read_at=at)

    def require_running(self) -> None:
        """Raise ValidationError for a call that was closed."""
        if self.closed_at is not None:
            who = self.closed_by.name if self.closed_by else "Somebody"
            day = in_words(self.day)
            raise ValidationError(f"{who} closed this call on {day}. Its summary stays as it is.")

    def require_runner(self, by: User) -> None:
        """Raise PermissionDenied for all but those who lead the team."""
        _require_runner(by, self.team)


def _require_runner(by: User, team: Team) -> None:
    if not call_people.runs(by, team):
        raise PermissionDenied("Only who leads the team runs its pipeline call.")


class PipelineCallAttendeeQuerySet(models.QuerySet["PipelineCallAttendee"]):
    def visible_to(self, user: User) -> Self:
        """One's own and those of everybody under one."""
        return self.filter(user_id__in=reporting_line.ids_below(user))


class PipelineCallAttendee(models.Model):
    """Somebody whom the summary is for; `read_at` when they acknowledged it."""

    call = models.ForeignKey(PipelineCall, models.CASCADE, related_name="attendees")
    user = models.ForeignKey(User, models.CASCADE, related_name="pipeline_calls_attended")
    read_at = models.DateTimeField(null=True, editable=False)

    objects = PipelineCallAttendeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "user"], name="one_summary_a_person")
        ]
        indexes = [models.Index(fields=["user"], condition=Q(read_at=None), name="summary_unread")]

    @classmethod
    def invite(cls, call: PipelineCall, at: datetime) -> None:
        """Everybody active of the team and under it, and who ran it; who closes it has read it."""
        people: Any = User.objects.get_queryset().active()
        members = people.filter(pk__in=call_people.members_of(call.team_id))
        ran = {pk for pk in (call.closed_by_id, call.started_by_id) if pk}
        invited: set[int] = {*members.values_list("pk", flat=True), *ran}
        read = {call.closed_by_id: at}
        cls.objects.bulk_create(
            [cls(call=call, user_id=pk, read_at=read.get(pk)) for pk in sorted(invited)],
            ignore_conflicts=True,
        )
