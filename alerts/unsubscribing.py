"""What a link in a mail ends: the digest, or the mails of one kind."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from alerts.addresses import DIGEST as THE_DIGEST
from alerts.kinds import KINDS, Kind
from alerts.models import AlertPreference, DeliveryHours
from alerts.models.preference import AT_ONCE, DIGEST, NEVER
from people.models import User


@dataclass
class Subscription:
    """One person's digest (`kind` is None), or their mails of one kind."""

    person: User
    kind: Kind | None

    @classmethod
    def of(cls, person: int, name: str) -> "Subscription | None":
        """None when there is no such person any more, or no such kind."""
        found = User.objects.filter(pk=person).first()
        if found is None or (name != THE_DIGEST and name not in KINDS):
            return None
        return cls(found, KINDS.get(name))

    @cached_property
    def is_mandatory(self) -> bool:
        """The organisation wants everybody to hear of it: mails at once go back to the digest."""
        known = AlertPreference.of([self.person.pk])
        return self.kind is not None and self.kind.name in known.mandatory

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to end."""
        if self.kind is None:
            hours = DeliveryHours.objects.filter(person=self.person).first()
            return hours is not None and not hours.has_digest
        mail = AlertPreference.of([self.person.pk]).mail(self.person.pk, self.kind.name)
        return mail != AT_ONCE if self.is_mandatory else mail == NEVER

    def end(self, at: datetime) -> None:
        """Any number of times; the first one counts."""
        if self.is_over:
            return
        if self.kind is None:
            DeliveryHours.of(self.person, at).change(at=at, has_digest=False)
        else:
            mail = DIGEST if self.is_mandatory else NEVER
            AlertPreference.choose(self.person, self.kind.name, mail=mail)
