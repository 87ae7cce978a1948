"""What is posted to a chat such as Slack: a sentence and a link, nothing that is private."""

from typing import Any

from django.conf import settings

ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})  # else names could be commands


def message(sentence: str, path: str) -> dict[str, Any]:
    """The body of an incoming webhook; `path` is where in Touchline the link leads."""
    return {"text": f"{sentence.translate(ESCAPED)}\n<{settings.SITE_URL}{path}|Open in Touchline>"}
