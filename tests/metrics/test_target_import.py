"""Targets as CSV files: for whom, for which days, what is refused, and the same file again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lib.calendar import EARLIEST, LATEST
from metrics.models import Metric, Ramp, Target
from people.models import Organisation, User
from pipeline.imports import engine
from pipeline.models import Import
from tests.conftest import As
from tests.factories import NOW, TODAY, a_user
from tests.support.imports import (
    REAL,
    check,
    counts,
    import_text,
    needs_real_data,
    problems,
    upload,
)

QUOTAS = REAL / "rep-quota-activities" / "monthly_targets.csv"
HEADER = "metric,person,team,amount,first day,last day,ramp\n"


def reasons(source: Import) -> list[tuple[int, str, str, str]]:
    return list(source.problems.values_list("line", "column", "value", "reason"))


def in_force() -> list[tuple[str, str, Decimal, str]]:
    rows = Target.objects.in_force().order_by("metric__label", "pk")
    return [(str(row.metric), row.scope, row.amount, row.span) for row in rows]


@pytest.fixture
def monthly(db: None) -> Metric:
    """Money won, counted by month, as the ultimate metric."""
    Metric.objects.get(role=Metric.ULTIMATE).retire(on=TODAY)
    return Metric.add(label="Quota", measure="money_won", role=Metric.ULTIMATE, period="month")


def test_rows_are_for_everybody_a_team_or_a_person(ada: User, rosa: User) -> None:
    Ramp.add(name="Field", percents=[50])
    text = HEADER + (
        "call preparation,,,5,,,\n"
        "Call preparation,,north,6,2026-01-01,,field\n"
        "Call preparation,rosa.rep@example.com,,7,2026-01-01,2026-12-31,\n"
    )
    source = import_text("targets", text, by=ada)
    assert counts(source) == (3, 0, 0, 0)
    name = "Call preparation"
    assert in_force() == [
        (name, "everybody", Decimal(5), "always"),
        (name, "North", Decimal(6), "from 1 Jan 2026"),
        (name, "Rosa Rep", Decimal(7), "from 1 Jan 2026 to 31 Dec 2026"),
    ]
    team = Target.objects.get(amount=6)
    assert (str(team.ramp), team.set_by, team.set_at) == ("Field", ada, NOW)


def test_the_same_file_again_changes_nothing(ada: User, rosa: User) -> None:
    text = HEADER + "Interviews,Rosa Rep,,7,2026-01-01,2026-12-31,\nInterviews,,,5,,,\n"
    import_text("targets", text, by=ada)
    rows = list(Target.objects.values())
    assert counts(import_text("targets", text, by=ada)) == (0, 0, 2, 0)
    assert list(Target.objects.values()) == rows


def test_other_amounts_replace_what_was_aimed_at(ada: User, rosa: User) -> None:
    import_text("targets", "metric,person,amount\nInterviews,Rosa Rep,7\n", by=ada)
    text = "metric,person,amount,from\nInterviews,Rosa Rep,9,2026-07-01\n"
    assert counts(check(upload("targets", text, ada))) == (0, 1, 0, 0)
    assert Target.objects.count() == 1
    assert counts(import_text("targets", text, by=ada)) == (0, 1, 0, 0)
    assert sorted(row[2:] for row in in_force()) == [
        (Decimal(7), "to 30 Jun 2026"),
        (Decimal(9), "from 1 Jul 2026"),
    ]
    assert Target.objects.exclude(replaced_at=None).count() == 1


@pytest.mark.parametrize(
    ("period", "year_start", "first", "last"),
    [
        ("week", 1, date(2026, 2, 9), date(2026, 2, 15)),
        ("month", 1, date(2026, 2, 1), date(2026, 2, 28)),
        ("quarter", 2, date(2026, 2, 1), date(2026, 4, 30)),
        ("fiscal_year", 2, date(2026, 2, 1), date(2027, 1, 31)),
    ],
)
def test_a_period_is_that_of_the_metric(
    ada: User, period: str, year_start: int, first: date, last: date
) -> None:
    Organisation.current().change(fiscal_year_start=year_start)
    Metric.add(label="Held", measure="calls_held", role=Metric.PRECURSOR, period=period)
    import_text("targets", "metric,month,target\nHeld,2026-02-14,8\n", by=ada)
    target = Target.objects.get()
    assert (target.first_day, target.last_day) == (first, last)


def test_without_a_column_for_it_the_ultimate_metric_is_meant(ada: User, rosa: User) -> None:
    source = upload("targets", "rep,quota\nRosa Rep,48000\n", ada)
    assert source.mapping == {"rep": "person", "quota": "amount"}
    import_text("targets", "rep,quota\nRosa Rep,48000\n", by=ada)
    target = Target.objects.get()
    assert target.metric.is_ultimate
    assert (target.first_day, target.last_day) == (EARLIEST, LATEST)


def test_without_an_ultimate_metric_the_file_must_name_one(ada: User) -> None:
    Metric.objects.get(role=Metric.ULTIMATE).retire(on=TODAY)
    source = check(upload("targets", "team,quota\n,48000\n", ada))
    assert source.state == Import.FAILED
    assert source.error == "There is no ultimate metric: say which column is the metric."


def test_what_cannot_be_is_said_with_line_column_and_value(ada: User, rosa: User) -> None:
    text = "metric,person,team,amount,month,first day,last day,ramp\n" + "\n".join(
        [
            "Interviews,Rosa Rep,,7,,,,",
            "Interviews,rosa.rep@example.com,,8,,2026-01-01,,",
            "Luck,Rosa Rep,,7,,,,",
            ",Rosa Rep,,7,,,,",
            "Interviews,Nobody Known,,7,,,,",
            "Interviews,Rosa Rep,North,7,,,,",
            "Interviews,,North,-5,,,,",
            "Interviews,,North,7,2026-02-01,2026-02-01,,",
            "Interviews,,North,7,,2026-02-02,2026-02-01,",
            "Interviews,,North,7,,,2999-01-01,",
            "Interviews,,North,7,,,,Field",
            "Interviews,,North,,,,,",
        ]
    )
    source = import_text("targets", text, by=ada)
    assert counts(source) == (1, 0, 0, 11)
    assert reasons(source) == [
        (3, "person", "rosa.rep@example.com", "Line 2 has a target for these days already."),
        (4, "metric", "Luck", "No metric in use is called that."),
        (5, "metric", "", "Metric is missing."),
        (6, "person", "Nobody Known", "Nobody is called that."),
        (7, "team", "North", "A target is for a person or a team, not for both."),
        (8, "amount", "-5", "An amount is 0 or more."),
        (9, "month", "2026-02-01", "Give a period, or a first and a last day."),
        (10, "last day", "2026-02-01", "The last day lies before the first."),
        (11, "last day", "2999-01-01", "Give a day to 2199."),
        (12, "ramp", "Field", "No ramp table is called that."),
        (13, "amount", "", "Amount is missing."),
    ]


def test_metrics_are_never_made_and_people_are_when_it_was_said(ada: User) -> None:
    source = upload("targets", "metric,person,amount\nInterviews,Nina New,7\n", ada)
    with pytest.raises(Exception, match="no such action"):
        source.arrange(values={"metric": {"*": {"do": "create"}}})
    source.arrange(values={"person": {"Nina New": {"do": "create"}}})
    check(source)
    assert (counts(source), source.also_created) == ((1, 0, 0, 0), {"people": 1})
    source.start_commit(at=NOW, ring=False)
    engine.run(source.pk, lambda: NOW)
    assert Target.objects.get().person == User.objects.get(name="Nina New")


def test_a_run_that_was_cut_off_still_knows_the_days_of_earlier_lines(
    ada: User, rosa: User
) -> None:
    text = "metric,person,amount\nInterviews,Rosa Rep,7\nInterviews,rosa rep,8\n"
    source = check(upload("targets", text, ada))
    assert problems(source) == [(3, "person", "rosa rep")]
    source.start_commit(at=NOW, ring=False)
    Import.objects.filter(pk=source.pk).update(rows_done=1, created=1)
    engine.run(source.pk, lambda: NOW)
    assert problems(source) == [(3, "person", "rosa rep")]
    assert Target.objects.count() == 0  # the first line was another run's


def test_only_administrators_import_targets(mia: User) -> None:
    source = check(upload("targets", "metric,amount\nInterviews,7\n", mia))
    assert (source.state, source.error) == (Import.FAILED, "Only an administrator imports this.")


def test_the_wizard_offers_the_kind_and_says_what_is_meant(ada: User, as_: type[As]) -> None:
    client: Client = as_.page(ada)
    offered = client.get(reverse("import_new")).content.decode()
    assert 'value="targets"' in offered
    assert 'value="metric_counts"' in offered
    source = upload("targets", "metric,person,quota\nLuck,Nobody,5\n", ada)
    page = client.get(reverse("import_mapping", args=[source.pk])).content.decode()
    assert "the ultimate metric is meant" in page
    assert "Create “Nobody”" in page
    assert "Create “Luck”" not in page
    assert "use:Interviews" in page


@needs_real_data
def test_monthly_quotas_are_targets_of_a_monthly_metric(ada: User, monthly: Metric) -> None:
    text = QUOTAS.read_text()
    for name in {line.split(",")[0] for line in text.splitlines()[1:]}:
        a_user(name)
    source = upload("targets", text, ada)
    assert source.mapping == {
        "rep_name": "person",
        "month": "period",
        "quota": "amount",
        "attainment": "",
        "actual": "",
    }
    assert counts(import_text("targets", text, by=ada)) == (288, 0, 0, 0)
    assert counts(import_text("targets", text, by=ada)) == (0, 0, 288, 0)
    january = Target.objects.get(person__name="Alice Morgan", first_day=date(2022, 1, 1))
    found: tuple[Any, ...] = (january.metric, january.amount, january.last_day)
    assert found == (monthly, Decimal(200_000), date(2022, 1, 31))


@needs_real_data
def test_monthly_quotas_do_not_fit_a_metric_counted_by_quarter(ada: User) -> None:
    text = "\n".join(QUOTAS.read_text().splitlines()[:4])
    a_user("Alice Morgan")
    source = import_text("targets", text, by=ada)
    assert counts(source) == (1, 0, 0, 2)
    assert reasons(source)[0][3] == "Line 2 has a target for these days already."
