"""Two people, one thing: reads carry an ETag, writes say by If-Match which version they saw."""

import re
from typing import Any

from rest_framework import exceptions, status

from lib.versions import Versioned

# Compression on the way makes a tag weak ("W/"); the version in it is still the one that was read.
TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_required"
    default_detail = "Send If-Match with the ETag that you read last."


def etag(thing: Versioned) -> str:
    """The version as an entity tag: `"3"`."""
    return f'"{thing.version}"'


def seen_version(request: Any) -> int | None:
    """The version that If-Match names; None for `*`, which overwrites whatever is there."""
    sent = request.headers.get("If-Match", "").strip()
    if not sent:
        raise PreconditionRequired
    if sent == "*":
        return None
    found = TAG.fullmatch(sent)
    if found is None:
        raise exceptions.ValidationError(
            {"If-Match": ['Send one ETag as you read it, like “"3"”.']}
        )
    return int(found[1])
