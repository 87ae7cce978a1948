"""The playbook as files: in, in again, out and in again; what is refused."""

import csv
from typing import Any

import pytest
from django.test import Client

from people.models import User
from playbook.models import Differentiator, IcpCriterion, Priority, Question
from tests.factories import (
    NOW,
    a_criterion,
    a_differentiator,
    a_priority,
    a_product,
    a_question,
    a_stage,
)
from tests.support.imports import counts, import_text, problems

CRITERIA = (
    "name,fact,condition,texts,least,most,weight,why\n"
    "Region,location,one_of,Germany; Austria,,,8,We have people there\n"
    "Mid-sized,Employees,is between,,50,500,5,They decide fast\n"
    "Group,parent,known,,,,,They buy again\n"
)
DIFFERENTIATORS = "text,product,proof\nLive in a week,Platform,The 2026 study\nWe stay,,\n"
PRIORITIES = (
    "title,product,reason,first_day,last_day\n"
    "Renewals,Platform,They go else,2026-11-01,2026-12-31\n"
    "Hardware,,It is in stock,2026-11-01,\n"
)
QUESTIONS = "text,situation,stage\nWho signs?,plan,\nWho signs?,of the rep about a plan,Qualify\n"
FILES = {
    "icp_criteria": (CRITERIA, IcpCriterion),
    "differentiators": (DIFFERENTIATORS, Differentiator),
    "priorities": (PRIORITIES, Priority),
    "questions": (QUESTIONS, Question),
}


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    a_product()
    stage = a_stage(1)
    stage.name = "Qualify"
    stage.save()


def exported(client: Client, kind: str) -> str:
    response: Any = client.get(f"/playbook/{kind.replace('_', '-')}/export/")
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("kind", FILES)
def test_a_file_again_changes_nothing(ada: User, kind: str) -> None:
    text, model = FILES[kind]
    rows = len(text.splitlines()) - 1
    assert counts(import_text(kind, text, by=ada)) == (rows, 0, 0, 0)
    saved = list(model.objects.order_by("pk").values())
    assert counts(import_text(kind, text, by=ada)) == (0, 0, rows, 0)
    assert list(model.objects.order_by("pk").values()) == saved


@pytest.mark.parametrize("kind", FILES)
def test_what_goes_out_comes_in_as_it_was(ada: User, as_: Any, kind: str) -> None:
    text, model = FILES[kind]
    import_text(kind, text, by=ada)
    first = exported(as_.page(ada), kind)
    assert counts(import_text(kind, first, by=ada))[:2] == (0, 0)
    model.objects.all().delete()
    import_text(kind, first, by=ada)
    assert exported(as_.page(ada), kind) == first


def test_texts_that_a_spreadsheet_would_take_for_formulas_come_back(ada: User, as_: Any) -> None:
    said = ["=1+1 is what they say", "＝HYPERLINK", "-5 % cost", "'quoted'", 'a "b", c']
    for text in said:
        a_differentiator(text)
    file = exported(as_.page(ada), "differentiators")
    assert next(csv.reader(file.splitlines()[1:]))[0] == "'=1+1 is what they say"
    Differentiator.objects.all().delete()
    assert counts(import_text("differentiators", file, by=ada)) == (5, 0, 0, 0)
    assert [each.text for each in Differentiator.objects.all()] == said


def test_a_row_of_the_same_words_changes_the_rest(ada: User) -> None:
    a_differentiator("Live in a week", proof="A study")
    a_criterion("Region", fact="sector", condition="known")
    a_priority("Renewals", first_day="2026-11-01")
    for kind in ("icp_criteria", "differentiators", "priorities"):
        import_text(kind, FILES[kind][0].replace("Platform", ""), by=ada)
    assert Differentiator.objects.get(words=" live in a week ").proof == "The 2026 study"
    region = IcpCriterion.objects.get(name="Region")
    assert (region.fact, region.texts, region.version) == ("location", ["Germany", "Austria"], 2)
    assert str(Priority.objects.get(title="Renewals").last_day) == "2026-12-31"


def test_what_was_retired_stays_retired(ada: User) -> None:
    a_question().retire(by=ada, at=NOW)
    text = "text,situation\nWho signs?,plan\n"
    assert counts(import_text("questions", text, by=ada)) == (0, 0, 1, 0)
    assert not Question.objects.get().is_active


@pytest.mark.parametrize(
    ("kind", "row", "column", "value"),
    [
        ("icp_criteria", "Big,employees,one_of,a,,,5,So", "condition", "one_of"),
        ("icp_criteria", "Big,shoes,known,,,,5,So", "fact", "shoes"),
        ("icp_criteria", "Big,employees,at_least,,,,5,So", "least", ""),
        ("icp_criteria", "Big,employees,at_least,,5,,0,So", "weight", "0"),
        ("differentiators", "???x,Rocket,", "product", "Rocket"),
        ("differentiators", "!!!,,", "text", "!!!"),
        ("priorities", "Now,,So,2026-12-01,2026-11-30", "last_day", "2026-11-30"),
        ("questions", "Why?,lunch,", "situation", "lunch"),
        ("questions", "Why?,plan,Nowhere", "stage", "Nowhere"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_where_it_is_wrong(
    ada: User, kind: str, row: str, column: str, value: str
) -> None:
    header = FILES[kind][0].splitlines()[0]
    source = import_text(kind, f"{header}\n{row}\n", by=ada)
    assert problems(source) == [(2, column, value)]


def test_the_same_piece_twice_in_a_file_is_refused_but_not_for_another_stage(ada: User) -> None:
    text = QUESTIONS + "WHO SIGNS,Of the buyer in a call,\n"
    assert [line for line, _, _ in problems(import_text("questions", text, by=ada))] == [4]


def test_products_may_be_made_on_the_way(ada: User) -> None:
    choices = {"values": {"product": {"*": {"do": "create"}}}}
    text = DIFFERENTIATORS.replace("Platform", "Rocket")
    assert counts(import_text("differentiators", text, by=ada, **choices)) == (2, 0, 0, 0)
    assert str(Differentiator.objects.get(words=" live in a week ").product) == "Rocket"


def test_only_administrators_import_it(mia: User) -> None:
    source = import_text("questions", QUESTIONS, by=mia)
    assert (source.state, Question.objects.count()) == ("failed", 0)
