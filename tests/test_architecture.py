"""The house rules that a program can check."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, Model

ROOMS = ["lib", "people", "alerts", "pipeline", "playbook", "coaching", "metrics", "reviews"]
HOUSE = [*ROOMS, "api", "pages", "config"]
BANNED = {"utils", "helpers", "services", "selectors", "managers", "common"}
MAX_FILE, MAX_FUNCTION, MAX_VIEW, MAX_TASK = 400, 60, 20, 6
FUNCTION_90TH = 25

Function = ast.FunctionDef | ast.AsyncFunctionDef


def our_files() -> list[Path]:
    return [
        path
        for room in HOUSE
        for path in sorted((settings.BASE_DIR / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in ROOMS]


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model: type[Model]) -> None:
    here = ROOMS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey) and field.related_model._meta.app_label in ROOMS:
            assert ROOMS.index(field.related_model._meta.app_label) <= here, field


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_model_that_is_asked_for_by_people_knows_who_may_see_it(model: type[Model]) -> None:
    """Parts are read through their whole, which has the rule."""
    parts = {
        "people.Organisation", "people.Holiday", "people.IdempotentRequest",
        "pipeline.CallAttendee", "pipeline.CallReschedule",
        "pipeline.ImportProblem", "coaching.PlanContact", "coaching.PlanLine",
        "metrics.Touch", "metrics.CheckpointDay",  # notes of jobs, which nobody asks for
    }  # fmt: skip
    if model._meta.label not in parts:
        assert hasattr(model._default_manager, "visible_to")


def test_no_file_is_too_long_or_named_for_nothing() -> None:
    for path in our_files():
        assert len(path.read_text().splitlines()) <= MAX_FILE, path
        assert path.stem not in BANNED, path


def test_functions_are_short() -> None:
    lengths = sorted(length(node) for path in our_files() for node in functions(path))
    assert lengths[-1] <= MAX_FUNCTION
    assert lengths[len(lengths) * 9 // 10] <= FUNCTION_90TH


def test_views_and_tasks_are_short() -> None:
    for path in our_files():
        is_view = path.name == "views.py" or path.parent.name == "views"
        limit = MAX_VIEW if is_view else MAX_TASK if path.name == "tasks.py" else None
        if limit:
            for node in functions(path):
                assert length(node) <= limit, f"{path}: {node.name} has {length(node)} lines"


def test_nobody_catches_everything() -> None:
    for path in our_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                assert caught not in ("everything", "Exception", "BaseException"), path


def test_the_clock_is_read_at_the_edge_only() -> None:
    """Models and rules are given the time; views, tasks, commands and forms may ask for it."""
    for path in our_files():
        inner = "models" in path.parts or path.name == "models.py" or path.parts[-2] == "lib"
        if inner:
            assert "timezone.now(" not in path.read_text(), path


def test_every_script_is_small_and_no_template_has_inline_code() -> None:
    for path in (settings.BASE_DIR / "static" / "js").glob("*.js"):
        assert len(path.read_text().splitlines()) < MAX_FUNCTION, path
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        text = path.read_text()
        is_mail = path.stem == "_mail" or path.with_suffix(".subject.txt").exists()
        assert is_mail or " style=" not in text, path  # mails load no style sheet
        assert is_mail or "<style" not in text, path
        assert " onclick=" not in text, path
        assert "<script>" not in text, path
