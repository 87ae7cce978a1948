"""Administrators choose the metrics of the chain and what other systems may post."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from metrics.models import Metric, PostedMeasure, Ramp
from people.models import User
from tests.conftest import As
from tests.factories import TODAY


@pytest.fixture
def admin(ada: User, as_: type[As]) -> Client:
    return as_.page(ada)


def chain() -> list[str]:
    return [metric.label for metric in Metric.objects.chain()]


def add(client: Client, **typed: Any) -> Any:
    values = {"measure": "calls_held", "label": "", "role": "precursor", "period": "week"}
    return client.post(reverse("settings_metric_new"), {**values, **typed})


def post(client: Client, name: str, metric: Metric, **typed: Any) -> Any:
    return client.post(reverse(name, args=[metric.pk]), typed, follow=True)


@pytest.mark.parametrize("name", ["metrics", "metric_new", "posted_measures"])
def test_the_chain_is_for_administrators(name: str, mia: User, as_: type[As]) -> None:
    assert as_.page(mia).get(reverse(f"settings_{name}")).status_code == 403


def test_the_chain_is_listed_in_order_with_the_ultimate_metric_last(admin: Client) -> None:
    page = admin.get(reverse("settings_metrics"))
    shown = [metric.label for metric, *_ in page.context["precursors"]]
    assert [*shown, page.context["ultimate"][0].label] == chain()
    assert "Pre-call plans filed before their call began" in page.content.decode()


def test_a_metric_without_a_name_is_called_what_its_measure_is_called(admin: Client) -> None:
    assert add(admin).status_code == 302
    added = Metric.objects.get(measure="calls_held")
    assert (added.label, added.period) == ("Sales calls held", "week")
    assert chain()[-2] == "Sales calls held"


def test_what_is_posted_can_be_gone_by(admin: Client) -> None:
    typed = {"name": "dials", "label": "Dials", "unit": "dials", "direction": "higher"}
    assert admin.post(reverse("settings_posted_measure_new"), typed).status_code == 302
    assert "Posted by other systems" in admin.get(reverse("settings_metric_new")).content.decode()
    assert add(admin, measure="posted:dials", label="Dials a day").status_code == 302
    assert "Dials a day" in chain()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"measure": "luck"}, "Select a valid choice"),
        ({"period": "decade"}, "Select a valid choice"),
        ({"role": "ultimate"}, "There is an ultimate metric already: retire it first."),
        ({"label": "x" * 61}, "at most 60 characters"),
    ],
)
def test_a_metric_that_cannot_be_keeps_what_was_typed(
    admin: Client, wrong: dict[str, str], said: str
) -> None:
    answer = add(admin, **{"label": "Kept name", **wrong})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "label" in wrong or "Kept name" in answer.content.decode()


def test_a_metric_is_renamed_and_a_stale_name_is_not(admin: Client) -> None:
    metric = Metric.objects.chain()[0]
    post(admin, "settings_metric", metric, label="Prospects", version=metric.version)
    assert chain()[0] == "Prospects"
    stale = post(admin, "settings_metric", metric, label="Mine", version=metric.version)
    assert stale.status_code == 412
    assert 'value="Mine"' in stale.content.decode()
    assert "Prospects" in stale.content.decode()


def test_metrics_move_and_the_ultimate_one_stays_last(admin: Client) -> None:
    first, second, *_ = chain()
    post(admin, "settings_metric_position", Metric.objects.get(label=second), position=1)
    assert chain()[:2] == [second, first]
    post(admin, "settings_metric_position", Metric.objects.get(label=first), position="up")
    ultimate = Metric.objects.get(role=Metric.ULTIMATE)
    answer = post(admin, "settings_metric_position", ultimate, position=1)
    assert chain()[-1] == ultimate.label
    assert "does not stand among the precursors" in answer.content.decode()


def test_undoing_a_retirement_puts_the_metric_where_it_was(admin: Client) -> None:
    before, metric = chain(), Metric.objects.chain()[1]
    answer = post(admin, "settings_metric_retirement", metric, version=metric.version)
    assert metric.label not in chain()
    assert [known.label for known in answer.context["retired"]] == [metric.label]
    undo = next(each.extra_tags for each in answer.context["messages"]).removeprefix("undo:")
    admin.post(undo)
    assert chain() == before


def test_a_second_ultimate_metric_is_not_restored(admin: Client) -> None:
    ultimate = Metric.objects.get(role=Metric.ULTIMATE)
    ultimate.retire(on=TODAY)
    assert "No ultimate metric" in admin.get(reverse("settings_metrics")).content.decode()
    add(admin, measure="deals_won", role="ultimate", period="month")
    answer = post(admin, "settings_metric_restoration", ultimate)
    assert "There is an ultimate metric already" in answer.content.decode()
    assert chain()[-1] == "Deals won"


def test_a_posted_measure_is_named_in_other_words_but_keeps_its_name(admin: Client) -> None:
    measure = PostedMeasure.add(name="dials", label="Dials", unit="dials")
    url = reverse("settings_posted_measure", args=[measure.pk])
    typed = {"label": "Calls dialled", "unit": "calls", "direction": "lower", "version": 1}
    assert admin.post(url, {**typed, "name": "other"}).status_code == 302
    measure.refresh_from_db()
    assert (measure.name, measure.label, measure.direction) == ("dials", "Calls dialled", "lower")
    assert admin.post(url, typed).status_code == 412


@pytest.mark.parametrize("name", ["Dials", "2nd", "a-b", "taken", ""])
def test_a_name_programs_cannot_use_is_refused(admin: Client, name: str) -> None:
    PostedMeasure.add(name="taken", label="Dials", unit="dials")
    typed = {"name": name, "label": "Kept label", "unit": "dials", "direction": "higher"}
    answer = admin.post(reverse("settings_posted_measure_new"), typed)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["name"]
    assert "Kept label" in answer.content.decode()


def test_the_page_says_how_a_program_posts(admin: Client) -> None:
    page = admin.get(reverse("settings_posted_measures")).content.decode()
    assert "/api/v1/metric-counts/" in page


@pytest.mark.parametrize(
    "name",
    ["settings_metrics", "settings_metric_new", "settings_ramps", "settings_posted_measures"],
)
def test_pages_take_as_many_queries_for_30_rows_as_for_3(admin: Client, name: str) -> None:
    def more(numbers: range) -> None:
        for number in numbers:
            PostedMeasure.add(name=f"dials_{number}", label=f"Dials {number}", unit="dials")
            Ramp.add(name=f"Ramp {number}", percents=[50])
            measure = f"posted:dials_{number}"
            Metric.add(label=f"Dials {number}", measure=measure, role="precursor", period="week")

    more(range(3))
    admin.get(reverse(name))
    with CaptureQueriesContext(connection) as few:
        admin.get(reverse(name))
    more(range(3, 30))
    with CaptureQueriesContext(connection) as many:
        admin.get(reverse(name))
    assert len(few) == len(many) <= 12


def test_what_is_missing_is_404(admin: Client) -> None:
    for name in ("settings_metric", "settings_ramp", "settings_posted_measure"):
        assert admin.get(reverse(name, args=[999])).status_code == 404
