"""What two data sets come to: deals won in 2017, and quotas with activities of 2022 to 2024.

What is expected is worked out from the files alone. Of the second set, whose figures are made up:

- `actual` is quota x attainment to the last unit or two, and so `attainment` is actual / quota,
  rounded: both are one figure. They do not agree with the deals in any of the 288 months: by these
  49 deals of 1,244,500 together were won, `actual` adds up to 39,114,117. Attainment here is what
  was won by the deals, on their dates of closing, over the quota.
- `num_touches` is not the number of activities of a deal, for any of the 1,200 (19,587 in all,
  beside 13,080). It is not read.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from metrics import rollups
from metrics.figures import figures_of_people, figures_of_teams
from metrics.models import DailyTally, Metric, MetricCount, PostedMeasure, Target, Touch
from metrics.periods import MONTH, QUARTER, Periods, Span
from metrics.rebuild import rebuild
from metrics.scorecard import Frame, TeamScorecards, branch_of, of_team
from people.calendar import Calendar
from people.models import Organisation, Team, User
from pipeline.models import Opportunity
from tests.conftest import As
from tests.factories import a_team, a_user
from tests.support.imports import REAL, REAL_DEALS

MADE_UP = REAL / "rep-quota-activities"
NOW = datetime(2025, 1, 15, 9, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]


def needs(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"no data set in {folder}: name its folder in TOUCHLINE_DATA")


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def bring_in(kind: str, path: Path, *options: str) -> str:
    said = StringIO()
    call_command("import_csv", kind, str(path), *options, stdout=said)
    return said.getvalue()


# Deals won in 2017, by manager and by rep.


@pytest.fixture(scope="module")
def year(kept_rows: None) -> None:
    """The published set; its 35 managers' and reps' deals were won from March on."""
    needs(REAL_DEALS)
    for kind, file, *options in (
        ("people", "sales_teams"),
        ("accounts", "accounts"),
        ("products", "products"),
        ("opportunities", "sales_pipeline", "--create", "stage"),
    ):
        if kind == "opportunities":
            options += ["--value", "product:GTXPro=GTX Pro"]
        bring_in(kind, REAL_DEALS / f"{file}.csv", *options)
    rollups.catch_up(datetime(2018, 1, 15, tzinfo=UTC))


def won() -> Iterator[tuple[str, str, str, Decimal]]:
    """Rep, manager, month ("2017-03") and value of each deal won."""
    managers = {row["sales_agent"]: row["manager"] for row in read(REAL_DEALS, "sales_teams")}
    for row in read(REAL_DEALS, "sales_pipeline"):
        if row["deal_stage"] == "Won":
            rep, month = row["sales_agent"], row["close_date"][:7]
            yield rep, managers[rep], month, Decimal(row["close_value"])


def quarter_of(month: str) -> str:
    return f"Q{(int(month[5:]) + 2) // 3}"


def expected(whose: int) -> dict[tuple[str, str], tuple[Decimal, int]]:
    """Money and number of deals by rep (0) or manager (1), and month or quarter; and the year's."""
    found: dict[tuple[str, str], tuple[Decimal, int]] = defaultdict(lambda: (Decimal(), 0))
    for deal in won():
        for when in (deal[2], quarter_of(deal[2]), "2017"):
            money, number = found[deal[whose], when]
            found[deal[whose], when] = money + deal[3], number + 1
    return found


def spans_of_2017() -> dict[str, Span]:
    periods, days = Periods(), [date(2017, month, 1) for month in range(1, 13)]
    months = {f"{day:%Y-%m}": periods.of(MONTH, day) for day in days}
    quarters = {f"Q{n + 1}": periods.of(QUARTER, days[3 * n]) for n in range(4)}
    return {**months, **quarters, "2017": Span(date(2017, 1, 1), date(2017, 12, 31))}


def shown(figures: Any, whose: dict[int, str]) -> dict[tuple[str, str], tuple[Decimal, int]]:
    spans = spans_of_2017()
    return {
        (name, when): (figures.total(pk, "money_won", span), int(figures.total(pk, "deals_won", span)))
        for pk, name in whose.items()
        for when, span in spans.items()
        if figures.total(pk, "deals_won", span)
    }


def asked() -> tuple[Any, ...]:
    tallies, spans = {"money_won", "deals_won"}, list(spans_of_2017().values())
    return tallies, spans, Calendar.current(), date(2018, 1, 15)


def test_each_rep_won_what_the_file_says_in_every_month_and_quarter(year: None) -> None:
    wanted = expected(0)
    assert len({name for name, _ in wanted}) == 30
    people = dict(User.objects.get_queryset().values_list("pk", "name"))
    assert shown(figures_of_people(None, *asked()), people) == wanted


def test_each_managers_team_won_what_the_file_says_in_every_month_and_quarter(year: None) -> None:
    wanted = expected(1)
    assert len({name for name, _ in wanted}) == 6
    parents = dict(Team.objects.values_list("pk", "parent"))
    led = {team.pk: team.manager.name for team in Team.objects.exclude(manager=None) if team.manager}
    branches = {team: branch_of(team, parents) for team in led}
    assert shown(figures_of_teams(branches, *asked()), led) == wanted


def test_by_quarter_so_many_were_won_by_all(year: None) -> None:
    wanted: dict[str, int] = Counter(quarter_of(deal[2]) for deal in won())
    assert wanted == {"Q1": 531, "Q2": 1_254, "Q3": 1_257, "Q4": 1_196}
    tops = {team.pk: "all" for team in Team.objects.filter(parent=None)}
    parents = dict(Team.objects.values_list("pk", "parent"))
    branches = {team: branch_of(team, parents) for team in tops}
    figures = figures_of_teams(branches, *asked())
    spans = spans_of_2017()
    found = {q: sum(figures.total(t, "deals_won", spans[q]) for t in tops) for q in wanted}
    assert found == wanted


def test_scorecards_say_the_same_of_each_team_and_rep_quarter_by_quarter(year: None) -> None:
    of_reps, of_managers = expected(0), expected(1)
    for n, last in enumerate([date(2017, 3, 31), date(2017, 6, 30), date(2017, 9, 30)], start=1):
        frame = Frame.read(last, date(2018, 1, 15), Calendar.current())
        for team in Team.objects.exclude(manager=None):
            assert team.manager
            cards = of_team(team, frame)
            link = cards.own.links[-1]
            assert (link.metric.measure, link.span.last) == ("money_won", last)
            assert link.value == of_managers[team.manager.name, f"Q{n}"][0]
            for card in cards.people:
                assert card.links[-1].value == of_reps[str(card.whose), f"Q{n}"][0]


# Quotas and activities.


class Made:
    """The second set: what is in its files, and who its reps are."""

    def __init__(self) -> None:
        self.deals = read(MADE_UP, "crm_deals")
        self.activities = read(MADE_UP, "crm_activities")
        self.quotas = read(MADE_UP, "monthly_targets")
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
            (row["rep_name"], row["activity_type"], row["activity_date"])
            for row in self.activities
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
    needs(MADE_UP)
    Organisation.current()
    made = Made()
    for metric in Metric.objects.chain():
        metric.retire(on=NOW.date())
    Metric.add(label="Quota", measure="percent_of_goal", role="ultimate", period="month")
    mapping = ["external_id=deal_id", "name=deal_name", "owner=rep_name", "amount=acv"]
    mapping += ["opened_on=created_date", "forecast_category="]
    mapping = [f"{column}={field}" for field, column in (m.split("=") for m in mapping) if column]
    options = [f"--map={each}" for each in mapping]
    said = bring_in("opportunities", MADE_UP / "crm_deals.csv", *options,
                    "--map=forecast_category=", "--create=stage", "--create=product")  # fmt: skip
    assert Opportunity.objects.count() == 1_200, said
    said = bring_in("targets", MADE_UP / "monthly_targets.csv")
    assert Target.objects.in_force().count() == 288, said
    made.post()
    rollups.catch_up(NOW)
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
    rollups.catch_up(NOW)
    assert list(DailyTally.objects.order_by("person", "tally", "day").values_list("number")) == kept


def test_what_is_kept_of_it_is_what_counting_all_of_it_gives(made: Made) -> None:
    found = rebuild(Organisation.current().zone, keep=False)
    assert found.differed == 0
    assert found.counted > 2 * 11_240  # of each rep and of the team


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
            assert (link.value, link.aim.whole, link.aim.due) == (won.get(key, 0), *2 * [quotas[key]])
            assert link.standing.pace == Fraction(won.get(key, Decimal())) / Fraction(quotas[key])
        (own,) = cards.own.links
        assert own.aim.whole == sum(quotas[rep, month] for rep in made.reps)
        assert own.value == sum(won.get((rep, month), 0) for rep in made.reps)


def test_the_files_own_attainment_is_its_actual_and_neither_is_of_the_deals(made: Made) -> None:
    won = made.won()
    hundredth = Decimal("0.01")
    for row in made.quotas:
        quota, attainment, actual = (Decimal(row[name]) for name in ("quota", "attainment", "actual"))
        assert (actual / quota).quantize(hundredth, ROUND_HALF_UP) == attainment
        assert abs(quota * attainment - actual) <= 2
        assert won.get((row["rep_name"], row["month"][:7]), 0) != actual
    assert sum(Decimal(row["actual"]) for row in made.quotas) == 39_114_117


def test_the_number_of_touches_is_not_that_of_the_activities_and_is_not_read(made: Made) -> None:
    activities = Counter(row["deal_id"] for row in made.activities)
    touches = {row["deal_id"]: int(row["num_touches"]) for row in made.deals}
    assert sum(touches[deal] != activities[deal] for deal in touches) == 1_200
    assert (sum(touches.values()), sum(activities.values())) == (19_587, 13_080)
