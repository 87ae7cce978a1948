"""A metric's own page: what it counts, whether it foretells, and what is aimed at."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from metrics.models import Foretelling, Metric, Target
from people.models import User
from tests.conftest import As
from tests.factories import NOW, TODAY, a_posted_measure
from tests.support.html import seen
from tests.support.posted_world import many_reps, statements

Ask = Callable[..., Any]


@pytest.fixture
def metric(db: None) -> Metric:
    return Metric.objects.chain()[0]


@pytest.fixture
def ask(as_: type[As]) -> Ask:
    def asked(user: User, metric: Metric) -> Any:
        user.refresh_from_db()
        return as_.page(user).get(reverse("metric", args=[metric.pk]))

    return asked


def foretell(metric: Metric, *told: tuple[int, int, float | None]) -> None:
    """Weeks, points, and a correlation that is sure within a tenth."""
    ultimate = Metric.objects.get(role=Metric.ULTIMATE)
    Foretelling.objects.bulk_create(
        Foretelling(
            precursor=metric,
            ultimate=ultimate,
            weeks=weeks,
            points=points,
            correlation=r,
            low=None if r is None else r - 0.1,
            high=None if r is None else r + 0.1,
            worked_out_on=TODAY,
        )
        for weeks, points, r in told
    )


def test_it_says_what_is_counted_to_everybody_and_may_be_edited_by_administrators(
    ask: Ask, metric: Metric, rosa: User, mia: User, ada: User
) -> None:
    pages = [seen(ask(user, metric)) for user in (rosa, mia, ada)]
    for page in pages:
        assert "Deals opened, on the day they were opened" in page.text
        assert "Precursor, by week" in page.text
        assert "No target is set." in page.text
        assert page.repeated == []
    edit = reverse("settings_metric", args=[metric.pk])
    assert [edit in dict(page.links) for page in pages] == [False, False, True]
    targets = reverse("settings_targets")
    assert [("All targets" in page.text) for page in pages] == [False, True, True]
    assert targets not in dict(pages[0].links)


@pytest.mark.parametrize(
    ("told", "sentence", "drawn"),
    [
        ([], "not yet of this metric", False),
        ([(0, 12, None), (1, 11, None)], "Too little data: 12 weeks can be compared, 30", False),
        ([(0, 60, 0.05), (6, 54, -0.4)], "In none of the weeks looked at does", True),
        (
            [(0, 60, 0.3), (6, 54, 0.5), (12, 29, None)],
            "most closely with Money won 6 weeks later: 0.50, surely between 0.40 and 0.60, "
            "from 54 weeks.",
            True,
        ),
    ],
)
def test_whether_it_foretells_is_said_and_drawn_where_there_is_enough(
    ask: Ask,
    metric: Metric,
    rosa: User,
    told: list[tuple[int, int, float | None]],
    sentence: str,
    drawn: bool,
) -> None:
    foretell(metric, *told)
    answer = ask(rosa, metric)
    read = seen(answer)
    assert sentence in read.text
    assert (b"<figure" in answer.content) is drawn
    assert read.repeated == []
    if any(points < 30 for _, points, _ in told) and drawn:
        assert "Too little data" in read.text


def test_the_ultimate_metric_is_not_asked_whether_it_foretells(ask: Ask, rosa: User) -> None:
    ultimate = Metric.objects.get(role=Metric.ULTIMATE)
    text = seen(ask(rosa, ultimate)).text
    assert "Does it foretell?" not in text
    assert "Ultimate, by quarter" in text


def test_targets_are_those_one_may_see(
    ask: Ask, metric: Metric, rosa: User, otto: User, mia: User, ada: User
) -> None:
    for amount, scope in ((5, {}), (6, {"person": rosa}), (7, {"person": otto})):
        Target.set(metric, Decimal(amount), by=ada, at=NOW, **scope)  # type: ignore[arg-type]
    Target.set(metric, Decimal(8), by=ada, at=NOW, person=rosa, first_day=date(2026, 11, 16))
    shown = {
        user.first_name: [target.amount for target in ask(user, metric).context["targets"]]
        for user in (rosa, mia, ada)
    }
    assert sorted(shown["Rosa"]) == sorted(shown["Mia"]) == [5, 6, 8]
    assert sorted(shown["Ada"]) == [5, 6, 7, 8]


def test_a_retired_and_a_posted_one_have_pages_with_labels_as_long_as_they_can_be(
    ask: Ask, metric: Metric, rosa: User
) -> None:
    metric.retire(on=TODAY)
    assert "retired 18 Nov 2026" in seen(ask(rosa, metric)).text
    posted = a_posted_measure()
    posted.change(label="<b>" + "L" * 97, unit="u" * 20, direction="lower")
    own = Metric.add(label="W" * 60, measure="posted:dials", role="precursor", period="fiscal_year")
    text = seen(ask(rosa, own)).text
    assert "Counts that another system posts. Lower is better." in text


def test_thirty_targets_take_as_many_statements_as_three(
    metric: Metric, rosa: User, mia: User, ada: User
) -> None:
    assert rosa.team
    foretell(metric, *((weeks, 60, 0.3) for weeks in range(13)))
    counted = []
    for number in (3, 27):
        for person in many_reps(rosa.team, number):
            Target.set(metric, Decimal(5), by=ada, at=NOW, person=person)
        mia.refresh_from_db()
        client = Client()
        client.force_login(mia)
        url = reverse("metric", args=[metric.pk])
        counted.append(statements(lambda client=client, url=url: client.get(url)))

    assert counted[0] == counted[1] <= 12
