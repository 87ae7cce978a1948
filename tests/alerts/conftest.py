"""Endpoints, and a receiver that answers them."""

from collections.abc import Iterator
from typing import Any

import pytest

from alerts.models import WebhookEndpoint
from people.models import User
from tests.factories import NOW
from tests.support.receiver import Receiver


def an_endpoint(
    owner: User, url: str = "https://hooks.example.com/in", **fields: Any
) -> WebhookEndpoint:
    return WebhookEndpoint.add(by=owner, at=NOW, url=url, **fields)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """A program on this machine, to which webhooks may be sent."""
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    with Receiver() as one:
        yield one
