"""No write changes a field that it does not list: every column against every write."""

import re
from typing import Any

import pytest
from django.apps import apps
from rest_framework.test import APIClient

from api.documents import document

pytestmark = [pytest.mark.once, pytest.mark.django_db]
OURS = ("people", "alerts", "pipeline", "playbook", "coaching", "metrics", "reviews")
WRITES = [
    (path, method)
    for path, operations in document()["paths"].items()
    for method in operations
    if method in ("post", "put", "patch") and (path, method) != ("/api/v1/imports/", "post")
]  # an upload is no JSON
PLACEHOLDERS = re.compile(r"\{(\w+)\}")
COLUMNS = {
    name
    for model in apps.get_models()
    if model._meta.app_label in OURS
    for field in model._meta.concrete_fields
    for name in (field.name, field.attname)
} | {"pk", "is_staff", "is_superuser", "user_permissions", "groups"}


def written(path: str, method: str) -> set[str]:
    """The names that this write's body lists."""
    content = document()["paths"][path][method].get("requestBody", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema", {})
    name = shape.get("$ref", "").rsplit("/", 1)[-1]
    schemas = document()["components"]["schemas"]
    if name and "oneOf" in schemas[name]:  # or a list of them
        name = schemas[name]["oneOf"][0]["$ref"].rsplit("/", 1)[-1]
    return set(schemas[name]["properties"]) if name else set()


def rows() -> dict[str, list[Any]]:
    """Every row of ours, but for when a token was used and what a replay needs."""
    return {
        model.__name__: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label in OURS and model.__name__ not in ("ApiToken", "IdempotentRequest")
    }


@pytest.mark.parametrize(("path", "method"), WRITES)
def test_a_write_refuses_every_column_that_it_does_not_list(
    everything: dict[str, Any], path: str, method: str
) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {everything['key']}", HTTP_IF_MATCH="*")
    noun = path.split("/")[3]
    names = COLUMNS - written(path, method)
    before = rows()
    address = PLACEHOLDERS.sub(
        lambda found: str(everything.get(found[1]) or everything[noun]), path
    )
    answer = getattr(client, method)(address, dict.fromkeys(names, 1))
    assert answer.status_code == 400, answer.data
    assert names <= {error["attr"] for error in answer.json()["errors"]}
    assert rows() == before
