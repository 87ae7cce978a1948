"""The OpenAPI document says what the API does; every operation is tried with odd input."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS

from api.documents import document
from config.wsgi import application

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)

schema = schemathesis.openapi.from_dict(document()).include(path_regex="^/api/v1/")
schema.app = application


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The requests stand in the test's own transaction, so nobody closes its connection."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_odd_input_gets_a_documented_answer(case, everything: dict[str, object]) -> None:
    plain = {"Authorization": f"Token {everything['key']}", "Accept-Encoding": "identity"}
    case.headers = {**(case.headers or {}), **plain}
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"  # so that the verb itself is tried
    noun = case.path.split("/")[3]
    for name in case.path_parameters or {}:
        if name != "uid":
            case.path_parameters[name] = everything.get(name) or everything[noun]
    case.call_and_validate(checks=[CHECKS.get_one(name) for name in NAMES])
