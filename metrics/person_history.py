"""A person's last periods, metric by metric: what was reached, aimed at, and usual in the team."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from metrics import scorecard
from metrics.aims import Aims
from metrics.figures import Figures, figures_of_people, figures_with_people
from metrics.models import Metric
from metrics.periods import FISCAL_YEAR, Span
from metrics.results import LEAST_SHOWN
from metrics.scorecard import Frame, Scorecard
from people.models import User

PERIODS_BACK, YEARS_BACK = 12, 4


@dataclass(frozen=True)
class Past:
    """One period; `team` is what a person of the team reached on average."""

    span: Span
    value: Fraction | None
    target: Fraction | None
    team: Fraction | None


@dataclass
class History:
    """All that the charts of a person show."""

    person: User
    past: dict[int, list[Past]] = field(default_factory=dict)  # by metric
    people: int = 0

    def of(self, metric: Metric) -> list[Past]:
        return self.past[metric.pk]

    @property
    def team_words(self) -> str:
        if not self.people:
            return ""
        if self.people < LEAST_SHOWN:
            return f"The team is not shown for fewer than {LEAST_SHOWN} people (n = {self.people})."
        return f"Team: n = {self.people}."


def history_of(person: User, frame: Frame) -> tuple[Scorecard, History]:
    """With the scorecard of today's periods. Four statements, five when teams have targets.

    What the team did is read where it is not shown as well: a miss may cost at its conversion.
    """
    spans = {metric.pk: _spans(metric, frame) for metric in frame.metrics}
    past = list(dict.fromkeys(span for each in spans.values() for span in each))
    every = frame.spans(frame.past, *past)
    reach = Span(min(span.first for span in every), max(span.last for span in every))
    teams = [person.team_id] if person.team_id else None
    aims = Aims.load([person.pk], reach, frame.periods, frame.calendar.holidays, teams)
    team = TeamUsual(person.team_id, frame.day, aims)
    figures = _figures(person, team, every, reach, frame)
    card = scorecard.of_person(person, frame, figures, aims, team.figures)
    history = History(person, people=team.people)
    for metric in frame.metrics:
        history.past[metric.pk] = [
            Past(
                span=span,
                value=figures.actual(person.pk, metric, span).value,
                target=aims.of_person(person.pk, metric, span, span.last).whole,
                team=team.usual(metric, span),
            )
            for span in spans[metric.pk]
        ]
    return card, history


def _figures(
    person: User, team: "TeamUsual", spans: list[Span], reach: Span, frame: Frame
) -> Figures:
    """The person's; those of the team as well."""
    window = (frame.tallies, spans, frame.calendar, frame.today)
    if team.team is None:
        return figures_of_people([person.pk], *window)
    stays = [(person.pk, reach.first, reach.last)]
    team.figures, own = figures_with_people(
        {team.team: [team.team]}, team.team, stays, reach.first, *window
    )
    return own


def _spans(metric: Metric, frame: Frame) -> list[Span]:
    kind = frame.kind(metric)
    count = YEARS_BACK if kind == FISCAL_YEAR else PERIODS_BACK
    return frame.periods.back(kind, frame.day, count)


@dataclass
class TeamUsual:
    """What is usual in the person's present team; of fewer than three it would tell of one."""

    team: int | None
    day: date
    aims: Aims
    figures: Figures = field(default_factory=Figures)

    @property
    def people(self) -> int:
        """How many are in it on the day looked at."""
        return self._in(Span(self.day, self.day))

    @property
    def is_shown(self) -> bool:
        return self.people >= LEAST_SHOWN

    def _in(self, span: Span) -> int:
        stays = self.aims.stays_in(self.team) if self.team else ()
        return len({pk for pk, first, last in stays if first <= span.last and last >= span.first})

    def usual(self, metric: Metric, span: Span) -> Fraction | None:
        """A ratio of all together; of what adds up, a person's share."""
        people = self._in(span)
        if self.team is None or not self.is_shown or people < LEAST_SHOWN:
            return None
        value = self.figures.actual(self.team, metric, span).value
        if value is None or metric.of_measure.is_ratio:
            return value
        return value / people
