"""Activities and quotas of eight reps in 2022 to 2024, in a set whose figures are made up.

What is expected is worked out from the files alone. Two columns of them tell something else:

- `attainment` of a month is its `actual` over its quota, rounded, so both are one figure. They do
  not agree with the deals in any of the 288 months: 49 deals of 1,244,500 together were won, and
  `actual` adds up to 39,114,117. Attainment here is what was won by the deals, on the dates on
  which they were closed, over the quota.
- `num_touches` of a deal is more than the number of its activities for each of the 1,200: 24,817
  together beside 13,080. It is not read.
"""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from metrics import rollups
from metrics.figures import figures_of_people, figures_of_teams
from metrics.models import DailyTally, Metric, MetricCount, PostedMeasure, Target, TeamTally, Touch
from metrics.periods import MONTH, Periods, Span
from metrics.rebuild import rebuild
from metrics.scorecard import Frame, TeamScorecards, of_team
from people.calendar import Calendar
from people.models import Organisation
from pipeline.models import Opportunity
from tests.conftest import As
from tests.factories import a_team, a_user
from tests.support.data_files import REAL_QUOTAS, bring_in, needs_real_quotas, read

NOW = datetime(2025, 1, 15, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once, needs_real_quotas]


class Made:
    """The second set: what is in its files, and who its reps are."""

    def __init__(self) -> None:
        self.deals = read(REAL_QUOTAS, "crm_deals")
        self.activities = read(REAL_QUOTAS, "crm_activities")
        self.quotas = read(REAL_QUOTAS, "monthly_targets")
        self.ada = a_user("Ada Administrator", is_administrator=True)
        self.team = a_team("Sales")
        self.reps = {
            name: a_user(name, team=self.team)
            for name in sorted({row["rep_name"] for row in self.quotas})
        }
        types = sorted({row["activity_type"] for row in self.activities})
        self.measures = {
            each: PostedMeasure.add(
                name=each.lower().replace(" ", "_").replace("-", "_"), label=each, unit="activities"
            )
            for each in types
        }

    def daily(self) -> Counter[tuple[str, str, str]]:
        """Activities by rep, type and day."""
        return Counter(
            (row["rep_name"], row["activity_type"], row["activity_date"]) for row in self.activities
        )

    def post(self) -> None:
        """Day by day through the API, a thousand at once."""
        client = As.api(self.ada)
        counts = [
            {
                "source": "crm",
                "person_email": self.reps[rep].email,
                "measure": self.measures[kind].name,
                "day": day,
                "count": number,
            }
            for (rep, kind, day), number in self.daily().items()
        ]
        for first in range(0, len(counts), 1_000):
            some = counts[first : first + 1_000]
            answer = client.post("/api/v1/metric-counts/", some, format="json")
            assert answer.status_code == 201, answer.content

    def won(self) -> dict[tuple[str, str], Decimal]:
        """By rep and month of closing."""
        found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for row in self.deals:
            if row["stage"] == "Closed Won":
                found[row["rep_name"], row["close_date"][:7]] += Decimal(row["acv"])
        return found

    def cards(self, month: str) -> TeamScorecards:
        day = date.fromisoformat(f"{month}-15")
        return of_team(self.team, Frame.read(day, NOW.date(), Calendar.current()))


@pytest.fixture(scope="module")
def made(kept_rows: None) -> Made:
    """Deals and quotas as files, activities as counts; money counts by month, for the quotas do."""
    Organisation.current()
    made = Made()
    for metric in Metric.objects.chain():
        metric.retire(on=NOW.date())
    Metric.add(label="Quota", measure="percent_of_goal", role="ultimate", period="month")
    columns = {"deal_id": "external_id", "deal_name": "name", "rep_name": "owner"}
    columns |= {"acv": "amount", "created_date": "opened_on", "forecast_category": ""}
    options = [f"--map={column}={field}" for column, field in columns.items()]
    options += ["--create=stage", "--create=product"]
    said = bring_in("opportunities", REAL_QUOTAS / "crm_deals.csv", *options)
    assert Opportunity.objects.count() == 1_200, said
    said = bring_in("targets", REAL_QUOTAS / "monthly_targets.csv")
    assert Target.objects.in_force().count() == 288, said
    made.post()
    rollups.catch_up()
    return made


def test_every_activity_is_counted_by_rep_month_and_type(made: Made) -> None:
    assert len(made.activities) == 13_080
    wanted = Counter[tuple[str, str, str]]()
    for (rep, kind, day), number in made.daily().items():
        wanted[rep, kind, day[:7]] += number
    months = sorted({month for *_, month in wanted})
    spans = {month: Periods().of(MONTH, date.fromisoformat(f"{month}-01")) for month in months}
    tallies = {kind: f"posted:{measure.name}" for kind, measure in made.measures.items()}
    figures = figures_of_people(
        None, tallies.values(), list(spans.values()), Calendar.current(), NOW.date()
    )
    found = {
        (rep, kind, month): figures.total(person.pk, tally, span)
        for rep, person in made.reps.items()
        for kind, tally in tallies.items()
        for month, span in spans.items()
        if figures.total(person.pk, tally, span)
    }
    assert found == wanted
    assert sum(found.values()) == 13_080
    assert Counter(row["activity_type"] for row in made.activities) == {
        kind: sum(n for (_, each, _), n in found.items() if each == kind) for kind in tallies
    }


def test_activities_are_counted_for_the_team_too(made: Made) -> None:
    whole = Span(date(2022, 1, 1), date(2024, 12, 31))
    tallies = {f"posted:{measure.name}" for measure in made.measures.values()}
    figures = figures_of_teams(
        {made.team.pk: [made.team.pk]}, tallies, [whole], Calendar.current(), NOW.date()
    )
    assert sum(figures.total(made.team.pk, tally, whole) for tally in tallies) == 13_080


def test_posting_all_of_it_again_changes_nothing(made: Made) -> None:
    def rows() -> list[Any]:
        return list(MetricCount.objects.order_by("pk").values_list("pk", "person", "day", "count"))

    before = rows()
    assert len(before) == 11_240
    kept = list(DailyTally.objects.order_by("person", "tally", "day").values_list("number"))
    made.post()
    assert rows() == before
    assert not Touch.objects.exists()  # not even noted
    rollups.catch_up()
    assert list(DailyTally.objects.order_by("person", "tally", "day").values_list("number")) == kept


def test_what_is_kept_of_it_is_what_counting_all_of_it_gives(made: Made) -> None:
    found = rebuild(Organisation.current().zone, keep=False)
    assert found.differed == 0
    assert found.counted == DailyTally.objects.count() + TeamTally.objects.count() > 11_240


def test_attainment_of_each_rep_and_month_is_won_over_quota(made: Made) -> None:
    won = made.won()
    assert (len(won), sum(won.values())) == (42, 1_244_500)
    quotas = {(row["rep_name"], row["month"][:7]): Decimal(row["quota"]) for row in made.quotas}
    assert won.keys() <= quotas.keys()
    for month in sorted({month for _, month in quotas}):
        cards = made.cards(month)
        assert [str(card.whose) for card in cards.people] == list(made.reps)
        for card in cards.people:
            key = str(card.whose), month
            (link,) = card.links
            assert (link.value, link.aim.whole, link.aim.due) == (
                won.get(key, 0),
                *2 * [quotas[key]],
            )
            assert link.standing.pace == Fraction(won.get(key, Decimal())) / Fraction(quotas[key])
        (own,) = cards.own.links
        assert own.aim.whole == sum(quotas[rep, month] for rep in made.reps)
        assert own.value == sum(won.get((rep, month), 0) for rep in made.reps)


def test_the_files_own_attainment_is_its_actual_and_neither_is_of_the_deals(made: Made) -> None:
    won = made.won()
    hundredth = Decimal("0.01")
    for row in made.quotas:
        quota, attainment, actual = (
            Decimal(row[name]) for name in ("quota", "attainment", "actual")
        )
        assert (actual / quota).quantize(hundredth, ROUND_HALF_UP) == attainment
        assert abs(quota * attainment - actual) <= 1
        assert won.get((row["rep_name"], row["month"][:7]), 0) != actual
    assert sum(Decimal(row["actual"]) for row in made.quotas) == 39_114_117


def test_the_number_of_touches_is_not_that_of_the_activities_and_is_not_read(made: Made) -> None:
    activities = Counter(row["deal_id"] for row in made.activities)
    touches = {row["deal_id"]: int(row["num_touches"]) for row in made.deals}
    assert all(touches[deal] > activities[deal] for deal in touches)
    assert (len(touches), len(activities)) == (1_200, 1_200)
    assert (sum(touches.values()), sum(activities.values())) == (24_817, 13_080)
