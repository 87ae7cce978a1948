"""A person who works here."""

from datetime import date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q

from lib.calendar import local_date
from lib.searching import fold
from lib.versions import Versioned
from people import reporting_line
from people.zones import validate_zone


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> Self:
        """Oneself, everybody under one, and one's own manager; administrators see all."""
        if user.is_administrator:
            return self
        return self.filter(Q(pk__in=reporting_line.ids_below(user)) | Q(pk=user.reports_to_id))

    def led_by(self, user: "User") -> Self:
        """Oneself and everybody under one: the people whose work one answers for."""
        return self.filter(pk__in=reporting_line.ids_below(user))

    def assignable_by(self, user: "User") -> Self:
        """Active people to whom this person may give work: themselves and those under them."""
        people = self if user.is_administrator else self.led_by(user)
        return people.active()

    def search(self, text: str) -> Self:
        return self.filter(search_text__contains=fold(text))

    def active(self) -> Self:
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, user: "User") -> UserQuerySet:
        return self.get_queryset().visible_to(user)

    def led_by(self, user: "User") -> UserQuerySet:
        return self.get_queryset().led_by(user)

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
        user.save()
        return user

    @staticmethod
    def normalise(email: str | None) -> str | None:
        """E-mail addresses are kept in lower case; none at all is None, never ""."""
        return (email or "").strip().lower() or None

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalise(username))


class User(AbstractBaseUser, Versioned):
    """A person. Signs in by e-mail; imported people may have none and then cannot sign in."""

    email = models.EmailField(unique=True, null=True, blank=True)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=50, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    team = models.ForeignKey(
        "people.Team", models.PROTECT, null=True, blank=True, related_name="members"
    )
    reports_to = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="reports"
    )
    is_administrator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)
    joined_on = models.DateField(null=True, blank=True)
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
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def leads_people(self) -> bool:
        """Whether anybody reports to this person."""
        if not hasattr(self, "_leads_people"):
            self._leads_people = self.reports.exists()
        return self._leads_people

    def leads(self, other: "User") -> bool:
        """Whether `other` is under this person, at any depth; nobody leads themselves."""
        return other.pk != self.pk and User.objects.led_by(self).filter(pk=other.pk).exists()

    @transaction.atomic
    def join(self, team: "Any | None") -> None:
        """Move to a team (or to none); reporting lines follow. May raise ValidationError."""
        self.team = team
        self.save(update_fields=["team", "search_text"])
        reporting_line.rebuild()
        self.refresh_from_db(fields=["reports_to"])

    def deactivate(self, *, version: int | None = None) -> None:
        """End this person's access at once: sessions, tokens, and sign-in.

        Refused for the last active administrator, who could not be let back in by anybody.
        """
        others = User.objects.get_queryset().active().filter(is_administrator=True)
        if self.is_administrator and not others.exclude(pk=self.pk).exists():
            raise ValidationError("Make somebody else an administrator first.")
        with self.editing(version):
            self.is_active = False
            self.save(update_fields=["is_active", "search_text"])
            self.auth_token_set.all().delete()

    def activate(self, *, version: int | None = None) -> None:
        """Let a deactivated person sign in again; their old tokens stay gone."""
        with self.editing(version):
            self.is_active = True
            self.save(update_fields=["is_active", "search_text"])
