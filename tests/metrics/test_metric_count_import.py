"""Counts of other systems as CSV files."""

from datetime import date, timedelta

import pytest

from metrics.models import MetricCount, PostedMeasure
from people.models import User
from tests.factories import NOW, TODAY
from tests.support.imports import check, counts, import_text, upload

HEADER = "source,rep name,measure,date,count\n"


@pytest.fixture(autouse=True)
def dials(db: None) -> PostedMeasure:
    return PostedMeasure.add(name="dials", label="Calls dialled", unit="calls")


def test_counts_are_written_down_once(ada: User, rosa: User, dials: PostedMeasure) -> None:
    text = HEADER + (
        "Dialler,Rosa Rep,dials,2026-11-16,40\n"
        "Dialler,Rosa Rep,calls dialled,2026-11-17,45\n"
        "Mobile,rosa.rep@example.com,dials,2026-11-17,5\n"
    )
    assert counts(import_text("metric_counts", text, by=ada)) == (3, 0, 0, 0)
    count = MetricCount.objects.get(day=date(2026, 11, 16))
    assert (count.person, count.measure, count.count) == (rosa, dials, 40)
    assert (count.source, count.posted_by, count.posted_at) == ("Dialler", ada, NOW)
    assert counts(import_text("metric_counts", text, by=ada)) == (0, 0, 3, 0)


def test_another_count_replaces_the_former(ada: User, rosa: User) -> None:
    import_text("metric_counts", HEADER + "Dialler,Rosa Rep,dials,2026-11-16,40\n", by=ada)
    text = HEADER + "Dialler,Rosa Rep,dials,2026-11-16,41\nDialler,Rosa Rep,dials,2026-11-17,1\n"
    assert counts(import_text("metric_counts", text, by=ada)) == (1, 1, 0, 0)
    found = MetricCount.objects.order_by("day").values_list("count", flat=True)
    assert list(found) == [41, 1]


def test_what_cannot_be_is_said_with_line_column_and_value(ada: User, rosa: User) -> None:
    tomorrow = TODAY + timedelta(days=1)
    text = HEADER + (
        "Dialler,Rosa Rep,dials,2026-11-16,40\n"
        "Dialler,rosa rep,Dials,2026-11-16,41\n"
        "Dialler,Nobody,dials,2026-11-16,1\n"
        "Dialler,Rosa Rep,mails,2026-11-16,1\n"
        f"Dialler,Rosa Rep,dials,{tomorrow},1\n"
        "Dialler,Rosa Rep,dials,2026-11-15,2.5\n"
        ",Rosa Rep,dials,2026-11-15,2\n"
    )
    source = import_text("metric_counts", text, by=ada)
    assert counts(source) == (1, 0, 0, 6)
    found = source.problems.values_list("line", "column", "value", "reason")
    assert list(found) == [
        (3, "date", "2026-11-16", "Line 2 has the same already."),
        (4, "rep name", "Nobody", "Nobody is called that."),
        (
            5,
            "measure",
            "mails",
            "No posted measure is called that. Add it in the settings first.",
        ),
        (6, "date", str(tomorrow), "That day has not come yet."),
        (7, "count", "2.5", "This must be a whole number from 0 to 1,000,000,000."),
        (8, "source", "", "Source is missing."),
    ]


def test_only_administrators_import_counts(mia: User, rosa: User) -> None:
    source = upload("metric_counts", HEADER + "Dialler,Rosa Rep,dials,2026-11-16,1\n", mia)
    assert check(source).error == "Only an administrator imports this."
