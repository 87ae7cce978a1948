"""The cache in Redis, with a small spare for the time Redis is away."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django_redis.cache import RedisCache
from django_redis.exceptions import ConnectionInterrupted


class SpareCache(RedisCache):
    """While Redis is away, what rate limits need is kept in this process instead.

    Otherwise `add` would fail, no lock could be had, and nobody could sign in. Each process
    counts for itself then; what it counted is forgotten when Redis is back.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.spare = LocMemCache("spare", params)

    def add(self, *args: Any, **options: Any) -> Any:
        return self._try(self.client.add, self.spare.add, *args, **options)

    def set(self, *args: Any, **options: Any) -> Any:
        return self._try(self.client.set, self.spare.set, *args, **options)

    def get(self, *args: Any, **options: Any) -> Any:
        return self._try(self.client.get, self.spare.get, *args, **options)

    def delete(self, *args: Any, **options: Any) -> Any:
        return self._try(self.client.delete, self.spare.delete, *args, **options)

    @staticmethod
    def _try(
        verb: Callable[..., Any], spare: Callable[..., Any], *args: Any, **options: Any
    ) -> Any:
        try:
            return verb(*args, **options)
        except ConnectionInterrupted:
            return spare(*args, **options)
