"""The OpenAPI document and the page to try it."""

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
