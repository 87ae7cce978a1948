"""A POST sent twice acts once: `Idempotency-Key`.

The answer is kept in the same transaction as the effect, for 24 hours. Errors are not kept: they
changed nothing, and the corrected request may use the same key.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from api.errors import Conflict
from people.models import IdempotentRequest
from people.models.idempotent_request import KEPT

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
MAX_LENGTH = 255
KEPT_HEADERS = ("ETag", "Location")

Handler = Callable[..., Response]


def once(handler: Handler, *, replayable: bool = True) -> Handler:
    """The handler of a POST, carried out once a key; unchanged for a request without one.

    Not `replayable`: the answer holds a secret that is shown once and is not kept.
    """

    def handle(request: Any, *args: Any, **kwargs: Any) -> Response:
        key = _key(request)
        if key is None:
            return handler(request, *args, **kwargs)
        with transaction.atomic():
            kept, is_new = _claim(request, key)
            if not is_new:
                return _replay(kept, replayable=replayable)
            response = handler(request, *args, **kwargs)
            _keep(kept, response, replayable=replayable)
        return response

    return handle


def _key(request: Any) -> str | None:
    key: str | None = request.headers.get(HEADER)
    if key is not None and not (0 < len(key) <= MAX_LENGTH and key.isascii() and key.isprintable()):
        raise ValidationError({HEADER: [f"1 to {MAX_LENGTH} printable ASCII characters."]})
    return key


def _claim(request: Any, key: str) -> tuple[IdempotentRequest, bool]:
    """The row of this key, and whether it is new; refused for another request and one under way."""
    now, fingerprint = timezone.now(), _fingerprint(request)
    kept = IdempotentRequest.objects.filter(user=request.user, key=key).first()
    if kept and kept.made_at < now - KEPT:
        kept.delete()
        kept = None
    if kept and kept.fingerprint != fingerprint:
        raise Conflict("This key was used for another request.", "idempotency_key_reused")
    if kept:
        return kept, False
    row = IdempotentRequest(
        user=request.user, key=key, fingerprint=fingerprint, status=0, made_at=now
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        text = "The same request is under way. Send it again to get its answer."
        raise Conflict(text, "idempotency_in_flight", wait=1) from None
    return row, True


def _keep(row: IdempotentRequest, response: Response, *, replayable: bool) -> None:
    row.status = response.status_code
    if replayable and response.data is not None:
        row.body = json.loads(JSONRenderer().render(response.data))
    row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.save(update_fields=["status", "body", "headers"])


def _replay(kept: IdempotentRequest, *, replayable: bool) -> Response:
    if not replayable:
        text = "This was done already. Its answer held a secret, which is shown only once."
        raise Conflict(text, "idempotency_shown_once")
    return Response(kept.body, kept.status, headers={**kept.headers, REPLAYED: "true"})


def _fingerprint(request: Any) -> str:
    """Of address and content; the order of names and the spaces between them do not matter."""
    content = json.dumps(request.data, sort_keys=True, default=_digest_of_upload)
    return hashlib.sha256(f"{request.get_full_path()}\n{content}".encode()).hexdigest()


def _digest_of_upload(upload: Any) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return f"{upload.name}:{digest.hexdigest()}"
