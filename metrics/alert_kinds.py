"""What this app alerts to: a precursor that was missed, named as the chain's first broken link."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from django.db.models import Exists, OuterRef
from django.urls import reverse

from alerts.kinds import MANY, RISK, WARN, Kind, Swept
from alerts.models import Alert, AlertRule
from lib.calendar import in_words
from metrics.cost import Cost
from metrics.measures import MONEY
from metrics.models import Checkpoint, Metric
from metrics.models.checkpoint import CheckpointQuerySet
from metrics.words import cost_sentence, in_units
from people.calendar import Calendar

HOLDS_FOR = timedelta(days=45)  # checkpoints of a quarter are half a month apart; then no more come
AT_ONCE = 1_000


class MissedPrecursor(Kind):
    """An episode for a person and the first metric of the chain that their last checkpoints missed:
    it lasts until a checkpoint of that metric is not missed, or one before it in the chain is.
    """

    name: ClassVar = "missed_precursor"
    label: ClassVar = "Missed precursor"
    explains: ClassVar = (
        "At its last checkpoint a precursor stood under 80 % of what was due, at least one whole "
        "unit short. Of several the first broken link of the chain is named. "
        "A checkpoint that is not missed ends the alert."
    )
    action: ClassVar = "Open the metrics"
    one: ClassVar = "missed precursor"
    many: ClassVar = "missed precursors"
    subject: ClassVar = "user"

    def path(self, alert: Alert) -> str:
        return reverse("person_metrics", args=[alert.subject_id])

    def sweep(self, rule: AlertRule, now: datetime, only: Collection[int] | None = None) -> Swept:
        calendar = Calendar.current()
        missed = _missed(calendar.today(now) - HOLDS_FOR, only) if rule.is_on else []
        broken: dict[int, Checkpoint] = {}
        for judged in missed:
            broken.setdefault(judged.person_id or 0, judged)
        so = {(person, str(judged.metric_id)) for person, judged in broken.items()}
        rows = Alert.objects.open_of(self.name).exclude(rule=MANY)
        rows = rows if only is None else rows.filter(subject_id__in=only)
        open_ones = {(subject, name): pk for pk, subject, name in rows.values_list(*EPISODE)}
        over = [pk for episode, pk in open_ones.items() if episode not in so]
        closed = _close(over, now)
        fresh = {each: broken[each[0]] for each in so if each not in open_ones}
        return Swept(Alert.begin(_episodes(fresh.values(), calendar), now), closed)


EPISODE = ("pk", "subject_id", "rule")


def _missed(since: object, only: Collection[int] | None) -> CheckpointQuerySet:
    """People's last checkpoints of precursors, as far as they missed; in the chain's order."""
    own = Checkpoint.objects.filter(team=None, metric=OuterRef("metric"))
    later = own.filter(person=OuterRef("person"), day__gt=OuterRef("day"))
    rows: CheckpointQuerySet = Checkpoint.objects.missed().filter(
        ~Exists(later),
        team=None,
        day__gte=since,
        person__is_active=True,
        metric__role=Metric.PRECURSOR,
        metric__retired_on=None,
    )
    if only is not None:
        rows = rows.filter(person__in=only)
    return rows.select_related("person").order_by("person", "metric__place", "metric")


def _close(episodes: list[int], now: datetime) -> int:
    closed = 0
    for n in range(0, len(episodes), AT_ONCE):
        rows = Alert.objects.open().filter(pk__in=episodes[n : n + AT_ONCE])
        closed += Alert.end(rows, now)
    return closed


def _episodes(missed: Iterable[Checkpoint], calendar: Calendar) -> Iterator[Alert]:
    metrics = {metric.pk: metric for metric in Metric.objects.chain()}
    ultimate = next((m for m in metrics.values() if m.role == Metric.ULTIMATE), None)
    for judged in missed:
        yield _episode(judged, metrics[judged.metric_id], ultimate, calendar)


def _episode(
    judged: Checkpoint, metric: Metric, ultimate: Metric | None, calendar: Calendar
) -> Alert:
    assert judged.person_id is not None
    measure, effect = metric.of_measure, judged.effect if ultimate is not None else None
    at_risk = effect if ultimate and ultimate.of_measure.unit == MONEY else None
    return Alert(
        kind=MissedPrecursor.name,
        rule=str(metric.pk),
        subject_id=judged.person_id,
        about_id=judged.person_id,
        title=metric.label,
        said=_said(judged, metric, ultimate, calendar.currency),
        severity=RISK if judged.streak > 1 else WARN,
        value=judged.value or Decimal(0),
        limit=judged.due or Decimal(0),
        unit=measure.unit,
        clock_on=judged.first_day,
        clock_event="The period began",
        money=at_risk,
        currency="" if at_risk is None else calendar.currency,
    )


def _said(judged: Checkpoint, metric: Metric, ultimate: Metric | None, currency: str) -> str:
    """ "1 of 4 due by 18 Nov 2026, 3 short; the first broken link. At Dana's own conversion …"."""
    value, due, short = (
        in_units(Fraction(number or 0), metric.of_measure, currency)
        for number in (judged.value, judged.due, judged.short)
    )
    more = "over" if metric.of_measure.lower_is_better else "short"
    again = f", missed {judged.streak} times in a row" if judged.streak > 1 else ""
    by = in_words(judged.day)
    what = f"{value} of {due} due by {by}, {short} {more}{again}; the first broken link."
    if ultimate is None or not judged.effect:
        return what
    price = Cost(Fraction(judged.effect), judged.effect_basis)
    return f"{what} {cost_sentence(price, ultimate, currency, judged.person)}"
