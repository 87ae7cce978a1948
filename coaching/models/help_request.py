"""A rep uses the manager: one thing they should do for a deal, and what came of it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from coaching.visibility import CoachingQuerySet
from lib.calendar import local_date
from lib.events import publish, publishing
from lib.loading import load_related
from lib.versions import Versioned
from people import reporting_line
from people.models import Organisation, User
from pipeline.models import BuyingRole, Call, Contact, Opportunity

SEND_EMAIL, CALL_PERSON, JOIN_CALL = "send_email", "call_person", "join_call"
UNBLOCK, OPINION = "unblock", "opinion"
HELP_KINDS = [
    (SEND_EMAIL, "Send this e-mail"),
    (CALL_PERSON, "Call this person"),
    (JOIN_CALL, "Join a call"),
    (UNBLOCK, "Unblock something inside"),
    (OPINION, "Give an opinion"),
]
TO_SOMEBODY = {SEND_EMAIL, CALL_PERSON}  # these need a contact
TO_DO = {  # what there is to do, without and with a contact
    SEND_EMAIL: ("Send an e-mail", "Send an e-mail to {}"),
    CALL_PERSON: ("Call somebody", "Call {}"),
    JOIN_CALL: ("Join a call", "Join a call with {}"),
    UNBLOCK: ("Unblock something inside", "Unblock something inside, for {}"),
    OPINION: ("Give an opinion", "Give an opinion about {}"),
}
DID = {
    SEND_EMAIL: ("sent the e-mail", "sent the e-mail to {}"),
    CALL_PERSON: ("called", "called {}"),
    JOIN_CALL: ("joined the call", "joined the call with {}"),
    UNBLOCK: ("unblocked it", "unblocked it for {}"),
    OPINION: ("gave an opinion", "gave an opinion about {}"),
}
LINE_LENGTH, TEXT_LENGTH = 500, 5_000


class HelpRequestQuerySet(CoachingQuerySet):
    OWNER = "opportunity__owner"

    def open(self) -> Self:
        return self.filter(state__in=HelpRequest.OPEN_STATES)

    def settled(self) -> Self:
        """Done, declined or withdrawn."""
        return self.exclude(state__in=HelpRequest.OPEN_STATES)

    def unread(self) -> Self:
        """Done or declined, and not yet read by the rep."""
        return self.filter(state__in=[HelpRequest.DONE, HelpRequest.DECLINED], seen_at=None)

    def asked_of_anybody_under(self, user: User) -> Self:
        """Of this manager and of all managers below."""
        return self.filter(asked_of_id__in=reporting_line.ids_below(user))

    def for_list(self) -> Self:
        """With everything a row of a list shows but its people: see `name_people`."""
        return self.select_related("opportunity", "contact", "call")


class HelpRequest(Versioned):
    """Asked early by the rep, or begun by a manager who stepped in.

    `was_stalled`: whether the deal stood stalled when it was made. `wanted_on` is a date on the
    organisation's calendar.
    """

    ASKED, ACCEPTED, DONE = "asked", "accepted", "done"
    DECLINED, WITHDRAWN = "declined", "withdrawn"
    STATES: ClassVar = [
        (ASKED, "Asked"),
        (ACCEPTED, "Accepted"),
        (DONE, "Done"),
        (DECLINED, "Declined"),
        (WITHDRAWN, "Withdrawn"),
    ]
    OPEN_STATES: ClassVar = [ASKED, ACCEPTED]
    BY_REP, STEPPED_IN = "asked", "stepped_in"
    ORIGINS: ClassVar = [(BY_REP, "The rep asked"), (STEPPED_IN, "The manager stepped in")]

    opportunity = models.ForeignKey(Opportunity, models.CASCADE, related_name="help_requests")
    asked_by = models.ForeignKey(
        User, models.PROTECT, related_name="help_asked_for", editable=False
    )
    asked_of = models.ForeignKey(User, models.PROTECT, related_name="help_given", editable=False)
    kind = models.CharField("What", max_length=11, choices=HELP_KINDS)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="help_requests"
    )
    call = models.ForeignKey(
        Call, models.SET_NULL, null=True, blank=True, related_name="help_requests"
    )
    synopsis = models.TextField(max_length=TEXT_LENGTH, blank=True)
    how_it_helps = models.TextField("How it will help", max_length=TEXT_LENGTH)
    draft_subject = models.CharField("Subject", max_length=200, blank=True)
    draft = models.TextField("Draft", max_length=TEXT_LENGTH, blank=True)
    wanted_on = models.DateField("Wanted by")
    origin = models.CharField(max_length=10, choices=ORIGINS, default=BY_REP, editable=False)
    was_stalled = models.BooleanField(default=False, editable=False)
    state = models.CharField(max_length=9, choices=STATES, default=ASKED, editable=False)
    asked_at = models.DateTimeField(editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    outcome = models.CharField(max_length=LINE_LENGTH, blank=True, editable=False)
    decline_reason = models.CharField(max_length=LINE_LENGTH, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        ordering = ["wanted_on", "pk"]
        indexes = [
            models.Index(
                fields=["asked_of", "wanted_on", "id"],
                condition=models.Q(state__in=["asked", "accepted"]),
                name="help_waiting",
            ),
            models.Index(fields=["asked_of", "asked_at"], name="help_by_manager"),
            models.Index(fields=["opportunity", "asked_at"], name="help_on_deal"),
            models.Index(
                fields=["opportunity"],
                condition=models.Q(state__in=["done", "declined"], seen_at=None),
                name="help_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.to_do

    # What it says of itself; `for_list()` and `name_people()` have loaded all of it.

    @staticmethod
    def name_people(rows: "Iterable[HelpRequest]") -> None:
        """Load the people of these requests, in one statement for all."""
        load_related(rows, "opportunity__owner", "asked_by", "asked_of", "answered_by")

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def is_unread(self) -> bool:
        """Answered, and the rep has not said that they read it."""
        return self.state in (self.DONE, self.DECLINED) and self.seen_at is None

    @property
    def to_do(self) -> str:
        """ "Call Carla Buyer"."""
        return self._about_contact(TO_DO)

    @property
    def answer(self) -> str:
        """ "Mia called Carla Buyer: she signs on Friday"; "" while it is open."""
        who = self.answered_by.first_name if self.answered_by else "Somebody"
        return {
            self.DONE: f"{who} {self._about_contact(DID)}: {self.outcome}",
            self.DECLINED: f"{who} declined: {self.decline_reason}",
            self.WITHDRAWN: f"{who} withdrew the request",
        }.get(self.state, "")

    def _about_contact(self, words: dict[str, tuple[str, str]]) -> str:
        alone, with_name = words[self.kind]
        return with_name.format(self.contact.name) if self.contact else alone

    # Verbs.

    @classmethod
    def ask(
        cls, deal: Opportunity, *, by: User, at: datetime, was_stalled: bool = False, **said: Any
    ) -> "HelpRequest":
        """The deal's owner asks the nearest manager above. `said` are the fields of the form.

        Raises PermissionDenied for anybody else; ValidationError for a closed deal, when nobody
        is above the owner, and with a key for each field that is wrong.
        """
        if by.pk != deal.owner_id:
            raise PermissionDenied("Only the rep whose deal this is asks for help with it.")
        manager = manager_above(by)
        if manager is None:
            raise ValidationError("Nobody is above you to be asked. An administrator sets teams.")
        return cls._make(
            deal, asked_by=by, asked_of=manager, asked_at=at, was_stalled=was_stalled, **said
        )

    @classmethod
    def step_in(
        cls,
        deal: Opportunity,
        *,
        by: User,
        at: datetime,
        kind: str,
        what: str,
        was_stalled: bool = False,
        **said: Any,
    ) -> "HelpRequest":
        """A manager above the owner helps unasked; `what` is how it will help.

        Wanted today unless `wanted_on` is given. Raises as `ask` does.
        """
        if not by.leads(deal.owner):
            raise PermissionDenied("Only a manager above the rep steps in.")
        said.setdefault("wanted_on", local_date(at, Organisation.current().zone))
        return cls._make(
            deal,
            asked_by=by,
            asked_of=by,
            asked_at=at,
            accepted_at=at,
            state=cls.ACCEPTED,
            origin=cls.STEPPED_IN,
            was_stalled=was_stalled,
            kind=kind,
            how_it_helps=what,
            **said,
        )

    @classmethod
    def _make(cls, deal: Opportunity, **fields: Any) -> "HelpRequest":
        if not deal.is_open:
            raise ValidationError(f"This deal is {deal.status} and needs no help.")
        made = cls(opportunity=deal, **fields)
        made.full_clean()
        with transaction.atomic():
            made.save()
            publish(made.origin, made, made.asked_by, made.asked_at)
        return made

    def clean(self) -> None:
        errors = {}
        if self.kind in TO_SOMEBODY and self.contact is None:
            errors["contact"] = "Say to whom."
        elif self.contact is not None and not self._is_known_on_deal(self.contact):
            errors["contact"] = "Choose somebody at this account or with a part in this deal."
        if self.call is not None and (wrong := self._what_is_wrong_with(self.call)):
            errors["call"] = wrong
        if self.wanted_on and self.wanted_on < _today(self.asked_at):
            errors["wanted_on"] = "That day has passed."
        self.how_it_helps = (self.how_it_helps or "").strip()
        if not self.how_it_helps:
            errors["how_it_helps"] = "Say how it will help."
        if errors:
            raise ValidationError(errors)

    def _is_known_on_deal(self, contact: Contact) -> bool:
        if contact.account_id == self.opportunity.account_id:
            return True
        roles = BuyingRole.objects.filter(opportunity=self.opportunity, contact=contact)
        return roles.exists()

    def _what_is_wrong_with(self, call: Call) -> str:
        if self.kind != JOIN_CALL:
            return "A call belongs to “Join a call”."
        if call.opportunity_id != self.opportunity_id:
            return "That call is about another deal."
        coming = call.is_planned and call.starts_at >= self.asked_at
        return "" if coming else "That call is not to come."

    def accept(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """The manager will do it. Raises PermissionDenied for all but them and those above."""
        self._require_answerer(by)
        with self.editing(version), publishing(self, "accepted", by, at):
            self._require(self.ASKED, verb="accepted")
            self.state, self.accepted_at = self.ACCEPTED, at
            self.save(update_fields=["state", "accepted_at"])

    def do(self, outcome: str, *, by: User, at: datetime, version: int | None = None) -> None:
        """It is done; `outcome` says in one line what happened, and the rep is told."""
        self._require_answerer(by)
        line = _one_line(outcome, "outcome", "Say in one line what happened.")
        self._answer(self.DONE, by, at, version, outcome=line)

    def decline(self, reason: str, *, by: User, at: datetime, version: int | None = None) -> None:
        """The manager will not do it, and says why."""
        self._require_answerer(by)
        line = _one_line(reason, "reason", "Say why not.")
        self._answer(self.DECLINED, by, at, version, decline_reason=line)

    def withdraw(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """It is no longer needed. By whoever asked; PermissionDenied for all others."""
        if by.pk != self.asked_by_id:
            raise PermissionDenied("Only who asked withdraws it.")
        self._answer(self.WITHDRAWN, by, at, version)

    def restore(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """Undo a decline or a withdrawal that the rep has not read yet.

        Who declined may take it back, and who withdrew; ValidationError when there is nothing to
        undo any more, PermissionDenied for all others.
        """
        with self.editing(version), publishing(self, "restored", by, at):
            self._require(self.DECLINED, self.WITHDRAWN, verb="opened again")
            if self.state == self.DECLINED:
                self._require_answerer(by)
            elif by.pk != self.asked_by_id:
                raise PermissionDenied("Only who withdrew it takes that back.")
            if self.seen_at:
                raise ValidationError("The answer has been read. Ask anew instead.")
            if not self.opportunity.is_open:
                raise ValidationError(f"This deal is {self.opportunity.status} by now.")
            self.state = self.ACCEPTED if self.accepted_at else self.ASKED
            self.answered_at, self.answered_by, self.decline_reason = None, None, ""
            self.save(update_fields=["state", "answered_at", "answered_by", "decline_reason"])

    def acknowledge(self, *, by: User, at: datetime, version: int | None = None) -> None:
        """The rep has read the answer. Reading it twice is no mistake; the first time counts."""
        if by.pk != self.opportunity.owner_id:
            raise PermissionDenied("Only the rep whose deal this is reads the answer off.")
        with self.editing(version), publishing(self, "acknowledged", by, at):
            self._require(self.DONE, self.DECLINED, verb="read off")
            self.seen_at = self.seen_at or at
            self.save(update_fields=["seen_at"])

    def may_answer(self, user: User) -> bool:
        """Whether this person was asked, or leads whoever was."""
        return user.pk == self.asked_of_id or user.leads(self.asked_of)

    def _require_answerer(self, by: User) -> None:
        if not self.may_answer(by):
            raise PermissionDenied("Only the manager who was asked, or one above, answers.")

    def _require(self, *states: str, verb: str) -> None:
        if self.state not in states:
            state = self.get_state_display().lower()
            raise ValidationError(f"This is {state} and cannot be {verb}.")

    def _answer(
        self, state: str, by: User, at: datetime, version: int | None, **words: str
    ) -> None:
        with self.editing(version), publishing(self, state, by, at):
            self._require(*self.OPEN_STATES, verb=state)
            self.state, self.answered_at, self.answered_by = state, at, by
            for name, text in words.items():
                setattr(self, name, text)
            self.save(update_fields=["state", "answered_at", "answered_by", *words])


def manager_above(user: User) -> User | None:
    """The nearest active manager above; None at the top."""
    boss = user.reports_to
    while boss is not None and not boss.is_active:
        boss = boss.reports_to
    return boss


def _today(at: datetime) -> date:
    return local_date(at, Organisation.current().zone)


def _one_line(text: str, field: str, missing: str) -> str:
    """The words on one line. ValidationError for none, and for more than fit."""
    line = " ".join(text.split())
    if not line:
        raise ValidationError({field: missing})
    if len(line) > LINE_LENGTH:
        raise ValidationError({field: f"At most {LINE_LENGTH} characters."})
    return line
