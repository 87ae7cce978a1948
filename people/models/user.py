"""A person who works here."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from lib.calendar import local_date
from lib.events import publish, publishing
from lib.searching import fold
from lib.versions import Versioned
from people import reporting_line
from people.zones import validate_zone

if TYPE_CHECKING:
    from people.models.team import Team


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> Self:
        """Oneself, everybody under one, and one's own manager; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(Q(pk__in=reporting_line.ids_below(user)) | Q(pk=user.reports_to_id))

    def led_by(self, user: "User") -> Self:
        """Oneself and everybody under one: the people whose work one answers for."""
        return self.filter(pk__in=reporting_line.ids_below(user))

    def of_team(self, team: "Team | int") -> Self:
        """The people of a team and of those under it, and the managers of all these teams."""
        from people.models.team import ids_of_subtree

        teams = ids_of_subtree(team if isinstance(team, int) else team.pk)
        return self.filter(Q(team__in=teams) | Q(teams_led__in=teams)).distinct()

    def with_work_seen_by(self, user: "User") -> Self:
        """Those whose deals and calls this person sees: as `led_by`; all for administrators."""
        return self if user.is_administrator else self.led_by(user)

    def assignable_by(self, user: "User") -> Self:
        """Active people to whom this person may give work: themselves and those under them."""
        return self.with_work_seen_by(user).active()

    def called(self, name: str) -> Self:
        """Those of that name or e-mail address, whatever its case and accents.

        Some whose names go on after it are found as well: compare with `fold`.
        """
        key = fold(name)
        begins = Q(search_text=key) | Q(search_text__startswith=f"{key} ")
        return self.filter(begins | Q(email=name.strip().lower()))

    def search(self, text: str) -> Self:
        return self.filter(search_text__contains=fold(text))

    def active(self) -> Self:
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: "User") -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def of_team(self, team: "Team | int") -> UserQuerySet:
        return self.get_queryset().of_team(team)

    def led_by(self, user: "User") -> UserQuerySet:
        return self.get_queryset().led_by(user)

    def with_work_seen_by(self, user: "User") -> UserQuerySet:
        return self.get_queryset().with_work_seen_by(user)

    def assignable_by(self, user: "User") -> UserQuerySet:
        return self.get_queryset().assignable_by(user)

    def create_user(
        self, email: str | None, name: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Make a person; without a password they cannot sign in until they have set one.

        Raises ValidationError when the e-mail is taken or a field is wrong.
        """
        user = self.model(email=self.normalise(email), name=name, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        with transaction.atomic():
            user.save()
            if user.team_id:
                reporting_line.rebuild()
                user.refresh_from_db(fields=["reports_to"])
            publish("added", user)
        return user

    def create_superuser(
        self, email: str | None, name: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Make an administrator: what `manage.py createsuperuser` calls in a new installation."""
        return self.create_user(email, name, password, is_administrator=True, **fields)

    @staticmethod
    def normalise(email: str | None) -> str | None:
        """E-mail addresses are kept in lower case; none at all is None, never ""."""
        return (email or "").strip().lower() or None

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalise(username))


class User(AbstractBaseUser, Versioned):  # type: ignore[django-manager-missing]  # knox has no types
    """A person. Signs in by e-mail; imported people may have none and then cannot sign in."""

    CHANGEABLE = frozenset(
        {"name", "email", "phone", "time_zone", "team", "joined_on", "is_administrator"}
    )

    email = models.EmailField(
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": "Somebody has this e-mail address already."},
    )
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=50, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    team = models.ForeignKey(
        "people.Team", models.PROTECT, null=True, blank=True, related_name="members"
    )
    reports_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="reports"
    )
    # Kept with `reports_to`; 0 for whoever leads nobody, which spares their queries the question.
    levels_below = models.PositiveSmallIntegerField(default=0, editable=False)
    is_administrator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, editable=False)  # the last day, once deactivated
    session_era = models.PositiveIntegerField(default=1, editable=False)
    search_text = models.CharField(max_length=600, editable=False, default="")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = fold(self.name, self.email or "")
        super().save(*args, **kwargs)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self, now: datetime) -> date:
        """The date on this person's wall."""
        return local_date(now, self.zone)

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def leads_people(self) -> bool:
        """Whether anybody reports to this person."""
        return self.levels_below > 0

    def leads(self, other: "User") -> bool:
        """Whether `other` is under this person, at any depth; nobody leads themselves."""
        return other.pk != self.pk and User.objects.led_by(self).filter(pk=other.pk).exists()

    def get_session_auth_hash(self) -> str:
        """Changes with the password and when access ends: older sessions are over for good."""
        return f"{super().get_session_auth_hash()}.{self.session_era}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under former secret keys."""
        for former in super().get_session_auth_fallback_hash():
            yield f"{former}.{self.session_era}"

    @transaction.atomic
    def change(self, *, version: int | None = None, **values: Any) -> None:
        """Change some of `CHANGEABLE`; reporting lines follow a new team.

        Raises ValidationError for a wrong value, and when the last administrator would stop
        being one; `Stale` when the version has moved on.
        """
        unknown = values.keys() - self.CHANGEABLE
        if unknown:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        if values.get("is_administrator") is False:
            self._refuse_without_administrator()
        if "email" in values:
            values["email"] = User.objects.normalise(values["email"])
        with self.editing(version), publishing(self, "changed"):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean(exclude=["password"])
            self.save()
        if "team" in values:
            reporting_line.rebuild()
            self.refresh_from_db(fields=["reports_to"])

    @transaction.atomic
    def join(self, team: "Any | None", *, on: date | None = None) -> None:
        """Move to a team (or to none); reporting lines follow. May raise ValidationError.

        `on` is the first day there, the organisation's today unless given.
        """
        with publishing(self, "changed"):
            self.team = team
            self.save(update_fields=["team", "search_text"])
        reporting_line.rebuild(on)
        self.refresh_from_db(fields=["reports_to"])

    @transaction.atomic
    def deactivate(self, *, version: int | None = None, on: date | None = None) -> None:
        """End this person's access at once: sessions, tokens, and sign-in. Their work stays.

        `on` is their last day, the organisation's today unless given: from the next one on they
        are in no team and have no targets. Refused for the last active administrator, who could
        not be let back in by anybody.
        """
        self._refuse_without_administrator()
        with self.editing(version), publishing(self, "deactivated"):
            self.is_active = False
            self.left_on = on or reporting_line.today()
            self.session_era += 1
            self.save(update_fields=["is_active", "left_on", "session_era", "search_text"])
            self.auth_token_set.all().delete()
            reporting_line.rebuild(self.left_on + timedelta(days=1))

    def _refuse_without_administrator(self) -> None:
        """Raise ValidationError when this person is the last active administrator."""
        administrators = User.objects.get_queryset().active().filter(is_administrator=True)
        locked = administrators.select_for_update().order_by("pk").values_list("pk", flat=True)
        if list(locked) == [self.pk]:
            raise ValidationError(
                {"is_administrator": "Make somebody else an administrator first."}
            )

    def activate(self, *, version: int | None = None, on: date | None = None) -> None:
        """Let a deactivated person sign in again; their old sessions and tokens stay gone.

        `on` is the first day back in their team, the organisation's today unless given.
        """
        with self.editing(version), publishing(self, "activated"):
            self.is_active, self.left_on = True, None
            self.save(update_fields=["is_active", "left_on", "search_text"])
            reporting_line.rebuild(on)
