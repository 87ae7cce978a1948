"""What the pages of metrics ask of the address: whose, which period, and cut how."""

from datetime import date

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from lib.calendar import EARLIEST
from metrics.periods import PERIODS
from metrics.scorecard import Frame, Link, Scorecard
from metrics.words import Miss, Shown, all_shown, miss
from people.calendar import Calendar
from people.models import Team, User

GRAINS = [("", "Each its own"), *PERIODS]


def frame_of(query: QueryDict) -> Frame:
    """What `?on=` and `?grain=` ask for; nonsense is today, and each metric's own period."""
    calendar = Calendar.current()
    grain = query.get("grain", "")
    return Frame.read(
        day_of(query.get("on", "")),
        calendar.today(timezone.now()),
        calendar,
        grain if grain in dict(PERIODS) else "",
    )


def day_of(text: str) -> date | None:
    """The date that is written there; None for what is none."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and day.year > EARLIEST.year + 5 else None


def rows_url(whose: Team | User, link: Link, team: Team | None = None) -> str:
    """The rows behind a figure; of the days on which somebody was in a team, when it is said."""
    name = "team_rows" if isinstance(whose, Team) else "person_rows"
    span = {"first": link.span.first.isoformat(), "last": link.span.last.isoformat()}
    there = {"team": str(team.pk)} if team else {}
    asked = urlencode({"metric": str(link.metric.pk), **span, **there})
    return f"{reverse(name, args=[whose.pk])}?{asked}"


def cells(card: Scorecard, frame: Frame, team: Team | None = None) -> list[tuple[Shown, str]]:
    """Each link as it is shown, with where its rows are."""
    return [(shown, rows_url(card.whose, shown.link, team)) for shown in all_shown(card, frame)]


def miss_of(card: Scorecard, frame: Frame) -> Miss | None:
    """With the weeks after which it is felt, where that is known."""
    broken = card.broken
    return miss(card, frame, broken.metric.felt_after) if broken else None  # type: ignore[attr-defined]


def wants_csv(request: HttpRequest) -> bool:
    return request.GET.get("format") == "csv"
