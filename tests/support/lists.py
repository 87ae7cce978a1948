"""What the list of opportunities and its file show to somebody who is signed in."""

import csv
from typing import Any

from django.test import Client


def on_list(client: Client, query: dict[str, Any]) -> list[str]:
    page = client.get("/opportunities/", query)
    return [deal.name for deal in page.context["page"].rows]


def in_file(client: Client, query: dict[str, Any]) -> list[dict[str, str]]:
    response: Any = client.get("/opportunities/export/", query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines(keepends=True)))
