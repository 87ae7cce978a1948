"""How often one person may call: so many times a minute, all their tokens together."""

import time
from typing import Any

from django.core.cache import cache
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle


class Throttle(BaseThrottle):
    """A counter for each window, in the cache: one round trip. Without a cache nobody waits."""

    def __init__(self) -> None:
        rate = api_settings.DEFAULT_THROTTLE_RATES["user"]
        self.limit, self.window = SimpleRateThrottle.parse_rate(self, rate)  # type: ignore[arg-type]

    def allow_request(self, request: Any, view: Any) -> bool:
        if self.limit is None or self.window is None or request.user.pk is None:
            return True
        key = f"api:{request.user.pk}:{int(time.time() // self.window)}"
        try:
            count = cache.incr(key)
        except ValueError:  # the first call of this window
            count = 1 if cache.add(key, 1, timeout=self.window) else cache.incr(key)
        return count is None or count <= self.limit

    def wait(self) -> float | None:
        """Seconds until the next window."""
        return self.window - time.time() % self.window if self.window else None
