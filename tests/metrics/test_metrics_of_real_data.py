"""What was won in 2017 in the published set, per manager and rep, month and quarter.

What is expected is worked out from the files alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from metrics import rollups
from metrics.figures import figures_of_people, figures_of_teams
from metrics.periods import MONTH, QUARTER, Periods, Span
from metrics.scorecard import Frame, branch_of, of_team
from people.calendar import Calendar
from people.models import Team, User
from tests.support.data_files import bring_in, read
from tests.support.imports import REAL_DEALS, needs_real_data

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once, needs_real_data]


@pytest.fixture(scope="module")
def year(kept_rows: None) -> None:
    """The published set; its first deal was won in March."""
    for kind, file, *options in (
        ("people", "sales_teams"),
        ("accounts", "accounts"),
        ("products", "products"),
        ("opportunities", "sales_pipeline", "--create", "stage"),
    ):
        if kind == "opportunities":
            options += ["--value", "product:GTXPro=GTX Pro"]
        bring_in(kind, REAL_DEALS / f"{file}.csv", *options)
    rollups.catch_up()


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
        (name, when): (
            figures.total(pk, "money_won", span),
            int(figures.total(pk, "deals_won", span)),
        )
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
    led = {
        team.pk: team.manager.name for team in Team.objects.exclude(manager=None) if team.manager
    }
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
