"""Programs that are told what happens: where, what of it, and each thing that was sent."""

import base64
import json
import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from alerts.models.outbox import Outbox, OutboxQuerySet
from lib import outgoing
from lib.doorbell import ring
from lib.events import event_types, stamp
from lib.versions import Versioned
from people.models import User

SIGNED, CHAT = "signed", "chat"
STYLES = [(SIGNED, "Signed, for programs"), (CHAT, "A chat, like Slack's incoming webhooks")]
FAILING, GONE = "failing", "gone"
REASONS = [
    (FAILING, "It failed ten times in a row, for more than an hour"),
    (GONE, "It answered that it is gone for good (410)"),
]
MOST_ENDPOINTS = 50  # of one person
MOST_FAILURES, FAILING_FOR = 10, timedelta(hours=1)
FORMER_SECRET_LASTS = timedelta(hours=24)
KEPT_FOR = timedelta(days=30)
PING = "ping"
GONE_STATUS = 410
SWITCHED_OFF = "webhook_switched_off"  # the kind of alert that tells the owner


def new_secret() -> str:
    """32 random bytes as Standard Webhooks writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, user: User) -> Self:
        """One's own; administrators see all, though not their secrets."""
        return self if user.is_administrator else self.filter(owner=user)

    def listening(self) -> Self:
        """Programs that are to be told: switched on, of somebody who still works here."""
        on = self.filter(is_on=True, style=SIGNED, owner__is_active=True)
        return on.select_related("owner").order_by("pk")

    def chats(self) -> Self:
        """Where alerts of their owners are posted."""
        return self.filter(is_on=True, style=CHAT, owner__is_active=True)

    def stopped(self) -> Self:
        """Those that were switched off because they did not work."""
        return self.filter(is_on=False).exclude(off_because="")


class WebhookEndpoint(Versioned):
    """A URL that is told what its owner may see. `event_types` are those wanted; none is all.

    After the secret was changed the former one signs as well, until `former_until`. `failures` are
    those in a row, the first of them at `failing_since`. `off_because` says why it was switched
    off; "" when somebody did.
    """

    CHANGEABLE = frozenset({"url", "description", "event_types"})

    owner = models.ForeignKey(
        User, models.CASCADE, related_name="webhook_endpoints", editable=False
    )
    style = models.CharField("Kind", max_length=6, choices=STYLES, default=SIGNED)
    url = models.CharField("URL", max_length=1000)
    description = models.CharField(max_length=200, blank=True)
    event_types = models.JSONField("Events", default=list, blank=True)
    secret = models.CharField(max_length=100, editable=False)
    former_secret = models.CharField(max_length=100, blank=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    is_on = models.BooleanField(default=True, editable=False)
    off_at = models.DateTimeField(null=True, editable=False)
    off_because = models.CharField(max_length=7, choices=REASONS, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["style"], condition=Q(is_on=True), name="webhook_listening")
        ]

    def __str__(self) -> str:
        return self.description or self.host

    @property
    def host(self) -> str:
        """ "hooks.example.com": what of the URL is no secret."""
        return self.url.partition("://")[2].partition("/")[0].partition("?")[0]

    def url_for(self, user: User) -> str:
        """The whole of it for its owner: its path may hold a key, of a chat it does."""
        scheme = self.url.partition("://")[0]
        return self.url if user.pk == self.owner_id else f"{scheme}://{self.host}/…"

    @property
    def is_signed(self) -> bool:
        return self.style == SIGNED

    def hears(self, event_type: str) -> bool:
        return not self.event_types or event_type in self.event_types

    def secrets(self, now: datetime) -> list[str]:
        """Those that sign now, the newest first."""
        former = self.former_until is not None and now < self.former_until
        return [self.secret, self.former_secret] if former else [self.secret]

    def clean(self) -> None:
        try:
            outgoing.check(self.url, settings.OUTGOING_ALLOWED)
        except outgoing.Forbidden as forbidden:
            raise ValidationError({"url": str(forbidden)}) from forbidden
        known, chosen = event_types(), self.event_types
        if not isinstance(chosen, list) or not all(
            isinstance(each, str) and each in known for each in chosen
        ):
            raise ValidationError({"event_types": "Choose from the events that there are."})
        self.event_types = [] if self.style == CHAT else [each for each in known if each in chosen]

    # Verbs.

    @classmethod
    def add(cls, *, by: User, at: datetime, **fields: Any) -> "WebhookEndpoint":
        """Tell a URL from now on what this person may see. Its `secret` is to be shown once.

        Raises ValidationError for a URL that is not sent to.
        """
        if cls.objects.filter(owner=by).count() >= MOST_ENDPOINTS:
            raise ValidationError(f"{MOST_ENDPOINTS} endpoints are enough. Remove one first.")
        endpoint = cls(owner=by, made_at=at, secret=new_secret(), **fields)
        endpoint.full_clean()
        endpoint.save()
        return endpoint

    def change(self, *, by: User, version: int | None = None, **values: Any) -> None:
        """Change some of CHANGEABLE. Raises PermissionDenied for all but its owner."""
        if unknown := values.keys() - self.CHANGEABLE:
            raise TypeError(f"{sorted(unknown)} cannot be changed")
        self.require_owner(by)
        with self.editing(version):
            for name, value in values.items():
                setattr(self, name, value)
            self.full_clean()
            self.save(update_fields=list(values))

    def rotate_secret(self, *, by: User, at: datetime, version: int | None = None) -> str:
        """A new secret, to be shown once; the former one signs as well for a day."""
        self.require_owner(by)
        with self.editing(version):
            self.former_secret, self.former_until = self.secret, at + FORMER_SECRET_LASTS
            self.secret = new_secret()
            self.save(update_fields=["secret", "former_secret", "former_until"])
        return self.secret

    def switch_off(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Send nothing more; what still waited is given up. By its owner or an administrator."""
        self._require_owner_or_administrator(by)
        with self.editing(version):
            self._switch_off(at, because="")

    def switch_on(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Send what happens from now on."""
        self.require_owner(by)
        with self.editing(version):
            self.is_on, self.off_at, self.off_because = True, None, ""
            self.failures, self.failing_since = 0, None
            self.save()
            self._wake_alert()

    def remove(self, *, by: User, version: int | None = None) -> None:
        """Forget it and all that was sent to it. By its owner or an administrator."""
        self._require_owner_or_administrator(by)
        with self.editing(version):
            self._wake_alert()
            self.delete()

    def ping(self, *, by: User, at: datetime) -> "WebhookDelivery":
        """Send something that says nothing, to see whether it arrives."""
        self.require_owner(by)
        self.require_on()
        said = {"type": PING, "timestamp": stamp(at), "data": {"endpoint": self.pk}}
        chat = {"text": "Touchline posts alerts here."}
        return WebhookDelivery.queue(self, PING, "", said if self.is_signed else chat, at)

    def require_on(self) -> None:
        """Raise ValidationError while it is switched off."""
        if not self.is_on:
            raise ValidationError("This endpoint is switched off. Switch it on first.")

    # What came of sending to it.

    def note_success(self) -> None:
        """It works: failures before it no longer count."""
        if self.failures:
            own = WebhookEndpoint.objects.filter(pk=self.pk)
            own.update(failures=0, failing_since=None)

    def note_failure(self, at: datetime) -> None:
        """One more in a row; too many, for too long, and it is switched off."""
        own = WebhookEndpoint.objects.filter(pk=self.pk)
        since = Coalesce(F("failing_since"), Value(at))
        own.update(failures=F("failures") + 1, failing_since=since)
        self.refresh_from_db(fields=["failures", "failing_since"])
        long = self.failing_since is not None and at - self.failing_since > FAILING_FOR
        if long and self.failures >= MOST_FAILURES:
            self.stop(FAILING, at)

    def stop(self, because: str, at: datetime) -> None:
        """Switch it off because it does not work, FAILING or GONE; its owner is told."""
        with self.editing():
            if self.is_on:
                self._switch_off(at, because=because)
                self._wake_alert()

    def _switch_off(self, at: datetime, *, because: str) -> None:
        self.is_on, self.off_at, self.off_because = False, at, because
        self.save(update_fields=["is_on", "off_at", "off_because"])

    def _wake_alert(self) -> None:
        from alerts.tasks import judge

        ring(judge, SWITCHED_OFF, self.pk)

    # Who may.

    def require_owner(self, by: User) -> None:
        """Raise PermissionDenied for everybody else."""
        if by.pk != self.owner_id:
            raise PermissionDenied("Only whose endpoint this is does that.")

    def _require_owner_or_administrator(self, by: User) -> None:
        if not by.is_administrator:
            self.require_owner(by)


class WebhookDeliveryQuerySet(OutboxQuerySet):
    def visible_to(self, user: User) -> Self:
        """Those to one's own endpoints: what was sent tells what their owner may see."""
        own = WebhookEndpoint.objects.filter(owner=user).order_by().values("pk")
        return self.filter(endpoint__in=own)

    def in_state(self, state: str) -> Self:
        """Those whose `state` is this."""
        left = self.waiting()
        return {
            "sent": self.exclude(sent_at=None),
            "failed": self.filter(sent_at=None).failed(),
            "retrying": left.exclude(last_error=""),
            "waiting": left.filter(last_error=""),
        }[state]

    def forget(self, now: datetime) -> None:
        """Delete what is older than KEPT_FOR."""
        self.filter(made_at__lt=now - KEPT_FOR).delete()


class WebhookDelivery(Outbox):
    """One thing told to one endpoint; `payload` never changes. `subject` is where it is in the API.

    `status`, `excerpt` and `milliseconds` are of the last attempt that got an answer, or of which
    none came.
    """

    plural: ClassVar = "Webhooks"
    receiver: ClassVar = F("endpoint__owner__name")
    what: ClassVar = F("event_type")
    STATES: ClassVar = [
        ("waiting", "Waits"),
        ("retrying", "Tried again"),
        ("sent", "Sent"),
        ("failed", "Failed"),
    ]

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    event_type = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    payload = models.JSONField()
    attempted_at = models.DateTimeField(null=True, editable=False)
    status = models.PositiveSmallIntegerField(null=True, editable=False)
    excerpt = models.TextField(blank=True, editable=False)
    milliseconds = models.PositiveIntegerField(null=True, editable=False)
    resent_at = models.DateTimeField(null=True, editable=False)

    objects = WebhookDeliveryQuerySet.as_manager()

    not_before: datetime | None = None  # as the last answer asked

    class Meta(Outbox.Meta):
        ordering = ["-pk"]
        indexes = [
            *Outbox.Meta.indexes,
            models.Index(fields=["endpoint", "id"], name="delivery_by_endpoint"),
            models.Index(fields=["made_at"], name="delivery_by_age"),
        ]

    def __str__(self) -> str:
        return self.event_type

    @classmethod
    def queue(
        cls,
        endpoint: WebhookEndpoint,
        event_type: str,
        subject: str,
        payload: dict[str, Any],
        at: datetime,
    ) -> "WebhookDelivery":
        """Put it on its way. `subject` is the API's address of what it is about, or ""."""
        said = {"event_type": event_type, "subject": subject, "payload": payload}
        return cls.queue_all([endpoint], said, at)[0]

    @classmethod
    def queue_all(
        cls, endpoints: Iterable[WebhookEndpoint], said: dict[str, Any], at: datetime
    ) -> "list[WebhookDelivery]":
        """The same for each of these, written in the caller's transaction."""
        rows: list[Any] = [cls(endpoint=each, made_at=at, due_at=at, **said) for each in endpoints]
        cls.post(rows)
        return rows

    @classmethod
    def post(cls, deliveries: "list[WebhookDelivery]") -> None:
        """Put these on their way, in the caller's transaction."""
        if deliveries:
            cls.objects.bulk_create(deliveries)
            cls._wake_sender()

    @classmethod
    def opened(cls) -> AbstractContextManager[Callable[[Any], None]]:
        from alerts.channels.webhook import deliveries

        return deliveries()

    @property
    def as_text(self) -> str:
        """What is sent, for people to read."""
        return json.dumps(self.payload, ensure_ascii=False, indent=2)

    def resend(self, *, by: User, at: datetime) -> None:
        """Send it once more under the same id, whatever came of it before."""
        self.endpoint.require_owner(by)
        self.endpoint.require_on()
        self.send_again(at)
        self.resent_at = at
        self.save(update_fields=["resent_at"])
        self._wake_sender()

    @classmethod
    def _wake_sender(cls) -> None:
        from alerts.tasks import send

        ring(send, cls._meta.model_name)

    def note(
        self, at: datetime, milliseconds: int, status: int | None = None, excerpt: str = ""
    ) -> None:
        """What came of an attempt; None and "" when no answer came."""
        said = {"attempted_at": at, "milliseconds": milliseconds}
        own = WebhookDelivery.objects.filter(pk=self.pk)
        own.update(**said, status=status, excerpt=excerpt)

    def put_off(self, error: str, now: datetime) -> None:
        """As any; and not before the other side asked to be tried again."""
        super().put_off(error, now)
        if self.not_before:
            early = WebhookDelivery.objects.waiting().filter(due_at__lt=self.not_before)
            early.filter(pk=self.pk).update(due_at=self.not_before)
