"""The OpenAPI document and the page to try it."""

from collections import Counter

from rest_framework.serializers import BaseSerializer

import api.urls  # noqa: F401 - every shape there is
from api.documents import document


def test_the_document_is_open_to_all_and_lists_every_resource(client, db: None) -> None:
    answer = client.get("/api/schema/", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")
    assert "/api/v1/call-plans/{id}/filing/" in answer.json()["paths"]


def test_every_post_documents_its_idempotency_key_and_every_guarded_write_its_if_match() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            headers = (
                {each["name"] for each in operation["parameters"]}
                if ("parameters" in operation)
                else set()
            )
            assert ("Idempotency-Key" in headers) == (method == "post"), path
            assert ("If-Match" in headers) == ("428" in operation["responses"]), path
            assert {"400", "401", "429"} <= set(operation["responses"]), path


def _shapes(of: type) -> set[type]:
    below = {each for each in of.__subclasses__() for each in _shapes(each)}
    return below | ({of} if of.__module__.startswith("api.") else set())


def test_no_two_shapes_share_a_name() -> None:
    """The document would say of both what holds for one."""
    names = Counter(shape.__name__ for shape in _shapes(BaseSerializer))
    assert [name for name, times in names.items() if times > 1] == []
