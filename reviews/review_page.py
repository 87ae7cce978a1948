"""What a 1-on-1 shows to one of those who read it: live until it starts, then as it was frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from coaching.models import Focus
from lib.calendar import local_date
from people.models import User
from reviews.models import (
    Agreement,
    Review,
    ReviewDecision,
    ReviewNote,
    ReviewPart,
    ReviewPreparation,
)
from reviews.review_deals import (
    FORECAST_DAYS,
    Section,
    days_in_stage,
    forecast,
    is_quiet,
    live_lines,
    moves,
    new_lines,
)
from reviews.status_report import Report, status_report
from reviews.status_words import (
    MonthsShown,
    PeriodShown,
    missed_shown,
    months_shown,
    periods_shown,
)
from reviews.window import KINDS, Window, strip_of

AGREEMENTS_SHOWN = 100


@dataclass
class Shown:
    """A deal as a part shows it. `line` is a `DealLine` or a frozen `ReviewDeal`; `odds` the form
    that asks for them, where there is one, and `is_next` whether it is the next to be asked.
    """

    line: Any
    kinds: list[str]
    strip: list[str]
    days_in_stage: int | None
    is_quiet: bool
    decisions: Sequence[ReviewDecision]
    odds: Any = None
    is_next: bool = False

    @classmethod
    def of(cls, line: Any, window: Window, decisions: Sequence[ReviewDecision] = ()) -> "Shown":
        return cls(
            line,
            window.kinds_of(line),
            strip_of(line),
            days_in_stage(line, window),
            is_quiet(line, window),
            decisions,
        )

    @property
    def has_moved(self) -> bool:
        """Whether the strip says more than that all is as it was, or that it has ended."""
        return any(not each.endswith("=") and each != self.line.status for each in self.strip)

    @property
    def worst(self) -> Any:
        return self.line.reasons[0] if self.line.reasons else None


class ReviewPage:
    """Each part is read once, when it is asked for."""

    def __init__(self, review: Review, user: User, now: datetime) -> None:
        self.review, self.user, self.now = review, user, now
        self._shown: dict[int, Shown] = {}

    @cached_property
    def window(self) -> Window:
        return self.review.window(self.now)

    @property
    def is_first(self) -> bool:
        """Whether there is no review before it to compare with."""
        return self.review.baseline(self.now).previous is None

    # Parts 1 to 4.

    @cached_property
    def status(self) -> Report:
        return self.review.status or status_report(self.review, self.now)

    @cached_property
    def lines(self) -> list[Any]:
        if self.review.started_at:
            return list(self.review.deals.all())
        return live_lines(self.review, self.now)

    @cached_property
    def new(self) -> list[Shown]:
        """Part 2."""
        return [self.shown(line) for line in new_lines(self.lines)]

    @cached_property
    def moves(self) -> list[Section]:
        """Part 3, under what became of each."""
        return [
            Section(each.name, each.label, [self.shown(line) for line in each.lines])
            for each in moves(self.lines, self.window)
        ]

    @cached_property
    def forecast(self) -> list[Shown]:
        """Part 4."""
        return [self.shown(line) for line in forecast(self.lines, self.window)]

    @property
    def changes(self) -> dict[str, int]:
        """How many deals there are of each kind of change of `reviews/window.py`."""
        counts = dict.fromkeys(KINDS, 0)
        for line in self.lines:
            for kind in self.shown(line).kinds:
                counts[kind] += 1
        return counts

    def shown(self, line: Any) -> Shown:
        """Made once a line, whichever parts it is in."""
        if id(line) not in self._shown:
            decisions = self.decisions.get(line.opportunity_id, [])
            self._shown[id(line)] = Shown.of(line, self.window, decisions)
        return self._shown[id(line)]

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

    @cached_property
    def agreed(self) -> list[Agreement]:
        """In this meeting."""
        if not self.review.started_at:
            return []
        return [each for each in self._agreements if each.review_id == self.review.pk]

    @cached_property
    def carried(self) -> list[Agreement]:
        """Due by now and brought along, those carried most often first."""
        due = [each for each in self._brought if each.due_on <= self._day]
        return sorted(due, key=lambda each: (-self.times_carried(each), each.due_on, each.pk))

    @cached_property
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
        planned = local_date(self.review.scheduled_for, self.review.organisation.zone)
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
    def focus(self) -> Focus | None:
        """What the rep works on; None for whoever may not know it."""
        return Focus.of(self.review.rep, self.user)

    @cached_property
    def note(self) -> ReviewNote:
        """What this person noted for themselves."""
        return ReviewNote.of(self.review, self.user)

    @cached_property
    def parts(self) -> list[ReviewPart]:
        """With their texts; none before the start."""
        if not self.review.started_at:
            return []
        parts = list(self.review.parts.select_related("saved_by"))
        for part in parts:
            part.review = self.review
        return parts

    # The clock, as it stands; scripts go on from there.

    @property
    def is_open(self) -> bool:
        return self.review.is_open(self.now)

    @property
    def opens_upwards(self) -> bool:
        """Whether a review that starts now may be read by the manager's manager once closed."""
        return self.review.organisation.managers_manager_reads_reviews

    @property
    def clock(self) -> str:
        """ "12:34"."""
        return "{:02d}:{:02d}".format(*divmod(self.review.elapsed(self.now), 60))

    @property
    def minutes_gone(self) -> int:
        return min(self.review.elapsed(self.now) // 60, self.review.minutes)

    @property
    def over(self) -> str:
        """ "2 min over", of the part where the meeting is; "" in time."""
        here = next((each for each in self.parts if each.number == self.review.current_part), None)
        if here is None:
            return ""
        spent = here.seconds_at(self.review.elapsed(self.now)) - here.planned_minutes * 60
        return f"{spent // 60} min over" if spent >= 60 else ""

    @property
    def closes_by(self) -> date:
        """Until when a deal is in the forecast."""
        return self.window.day + timedelta(days=FORECAST_DAYS)

    @property
    def periods(self) -> list[PeriodShown]:
        return periods_shown(self.status, self.review.rep.first_name)

    @property
    def missed(self) -> list[tuple[str, str]]:
        """What was missed for the second period in a row: how often, and what it was."""
        return missed_shown(self.status)

    @property
    def months(self) -> MonthsShown:
        return months_shown(self.status)
