"""What a 1-on-1 shows to one of those who read it: live until it starts, then as it was frozen."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from lib.calendar import local_date
from people.models import Organisation, User
from reviews.models import (
    Agreement,
    Review,
    ReviewDecision,
    ReviewNote,
    ReviewPart,
    ReviewPreparation,
)
from reviews.review_deals import (
    Section,
    days_in_stage,
    forecast,
    is_quiet,
    live_lines,
    moves,
    new_lines,
)
from reviews.status_report import Report, status_report
from reviews.window import KINDS, Window, strip_of

AGREEMENTS_SHOWN = 100


@dataclass(frozen=True)
class Shown:
    """A deal as a part shows it. `line` is a `DealLine` or a frozen `ReviewDeal`."""

    line: Any
    kinds: list[str]
    strip: list[str]
    days_in_stage: int | None
    is_quiet: bool
    decisions: list[ReviewDecision]

    @property
    def worst(self) -> Any:
        return self.line.reasons[0] if self.line.reasons else None


class ReviewPage:
    """Each part is read once, when it is asked for."""

    def __init__(self, review: Review, user: User, now: datetime) -> None:
        self.review, self.user, self.now = review, user, now

    @cached_property
    def window(self) -> Window:
        return self.review.window(self.now)

    @property
    def is_first(self) -> bool:
        """Whether there is no review before it to compare with."""
        if self.review.started_at:
            return self.review.previous_id is None
        return self.review.last_closed() is None

    # Parts 1 to 4.

    @cached_property
    def status(self) -> Report:
        return self.review.status or status_report(self.review, self.now)

    @cached_property
    def lines(self) -> list[Any]:
        if self.review.started_at:
            return list(self.review.deals.all())
        return live_lines(self.review, self.now)

    @property
    def new(self) -> list[Shown]:
        """Part 2."""
        return [self.shown(line) for line in new_lines(self.lines)]

    @property
    def moves(self) -> list[Section]:
        """Part 3, under what became of each."""
        return [
            Section(each.name, each.label, [self.shown(line) for line in each.lines])
            for each in moves(self.lines, self.window)
        ]

    @property
    def forecast(self) -> list[Shown]:
        """Part 4."""
        return [self.shown(line) for line in forecast(self.lines, self.window)]

    @property
    def changes(self) -> dict[str, int]:
        """How many deals there are of each kind of change of `reviews/window.py`."""
        counts = dict.fromkeys(KINDS, 0)
        for line in self.lines:
            for kind in self.window.kinds_of(line):
                counts[kind] += 1
        return counts

    def shown(self, line: Any) -> Shown:
        return Shown(
            line,
            self.window.kinds_of(line),
            strip_of(line),
            days_in_stage(line, self.window),
            is_quiet(line, self.window),
            self.decisions.get(line.opportunity_id, []),
        )

    @cached_property
    def decisions(self) -> dict[int | None, list[ReviewDecision]]:
        """What was decided in this meeting, by deal."""
        found: dict[int | None, list[ReviewDecision]] = {}
        if self.review.started_at:
            for each in self.review.decisions.for_list():
                found.setdefault(each.opportunity_id, []).append(each)
        return found

    # Part 5, and what the two bring along.

    @cached_property
    def _agreements(self) -> list[Agreement]:
        """Made in this review, and brought along by the two."""
        review = self.review
        pair = Agreement.objects.visible_to(self.user).between(review.manager_id, review.rep_id)
        if review.started_at:
            brought = Q(pk__in=[int(pk) for pk in review.brought])
        else:
            since = self.window.since
            brought = Q(done_at=None, dropped_at=None) | Q(done_at__gt=since)
        rows = pair.filter(Q(review=review) | brought)
        return list(rows.for_list().order_by("due_on", "pk")[:AGREEMENTS_SHOWN])

    @property
    def agreed(self) -> list[Agreement]:
        """In this meeting."""
        return [each for each in self._agreements if each.review_id == self.review.pk]

    @property
    def carried(self) -> list[Agreement]:
        """Due by now and brought along, those carried most often first."""
        due = [each for each in self._brought if each.due_on <= self._day]
        return sorted(due, key=lambda each: (-self.times_carried(each), each.due_on, each.pk))

    @property
    def coming(self) -> list[Agreement]:
        """Agreed before and not due yet."""
        return [each for each in self._brought if each.due_on > self._day]

    @property
    def _brought(self) -> list[Agreement]:
        return [each for each in self._agreements if each.review_id != self.review.pk]

    @cached_property
    def _day(self) -> date:
        """Agreements due until then are carried: the day of the meeting."""
        if self.review.day:
            return self.review.day
        planned = local_date(self.review.scheduled_for, Organisation.current().zone)
        return max(self.window.day, planned)

    def times_carried(self, agreement: Agreement) -> int:
        """Up to this review; before the start, as it will be counted then."""
        if self.review.started_at:
            return int(self.review.brought.get(str(agreement.pk), 0))
        counts = agreement.state == "open" and agreement.due_on <= self._day
        return agreement.carried + int(counts)

    @cached_property
    def preparation(self) -> ReviewPreparation:
        return ReviewPreparation.of(self.review)

    @cached_property
    def note(self) -> ReviewNote:
        """What this person noted for themselves."""
        return ReviewNote.of(self.review, self.user)

    @cached_property
    def parts(self) -> list[ReviewPart]:
        """With their texts; none before the start."""
        parts = list(self.review.parts.select_related("saved_by"))
        for part in parts:
            part.review = self.review
        return parts

    @property
    def elapsed(self) -> timedelta:
        return timedelta(seconds=self.review.elapsed(self.now))
