"""Metrics of posted counts: what somebody did on a day is said in one line."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.models import Metric, MetricCount, PostedMeasure, Target
from metrics.models.metric_count import Posted
from metrics.periods import WEEK
from people import reporting_line
from people.models import Team, User
from tests.factories import NOW


def a_chain(*names: str, ultimate: str = "", period: str = WEEK) -> list[Metric]:
    """In place of the chain there is: precursors that are posted, and an ultimate metric."""
    Metric.objects.all().delete()
    roles = [(name, Metric.PRECURSOR) for name in names]
    roles += [(ultimate, Metric.ULTIMATE)] if ultimate else []
    for name, role in roles:
        posted = PostedMeasure.add(name=name, label=name.capitalize(), unit=name)
        Metric.add(label=posted.label, measure=f"posted:{name}", role=role, period=period)
    return list(Metric.objects.chain())


def metric(name: str) -> Metric:
    return Metric.objects.get(measure=f"posted:{name}")


def count(person: User, name: str, number: int, day: date) -> None:
    """On that day; said again it takes the place of what was said."""
    posted = PostedMeasure.objects.get(name=name)
    at = datetime.combine(day, time(12), UTC)
    MetricCount.post([Posted("dialler", person, posted, day, number)], by=person, at=at)


def count_each(person: User, name: str, numbers: Iterable[tuple[date, int]]) -> None:
    for day, number in numbers:
        count(person, name, number, day)


def aim(name: str, amount: int | str, by: User, at: datetime = NOW, **scope: Any) -> Target:
    """A target for all, unless said otherwise; by an administrator."""
    return Target.set(metric(name), Decimal(amount), by=by, at=at, **scope)


def many_reps(team: Team, number: int) -> list[User]:
    """In a team since ever, made at once."""
    known = User.objects.count()
    people = [
        User(name=f"Rep {n}", email=f"rep{n}@example.com", team=team)
        for n in range(known, known + number)
    ]
    found = User.objects.bulk_create(people)
    reporting_line.rebuild()
    return found


def statements(what: Callable[[], Any], but: str = "nothing") -> int:
    """How many it takes; SQLite needs several to INSERT many rows."""
    with CaptureQueriesContext(connection) as counted:
        what()
    return sum(not query["sql"].startswith(but) for query in counted)
