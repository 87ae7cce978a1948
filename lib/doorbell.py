"""Waking a job. The queue is a doorbell; the database is the ledger."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import Task, current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)
_is_quiet: ContextVar[bool] = ContextVar("quiet doorbell", default=False)


@contextmanager
def quiet() -> Iterator[None]:
    """Nobody is woken by what is done in this block: the sweepers find it."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def ring(task: "Task[Any, Any]", *args: Any, after: float = 0) -> None:
    """Enqueue the job once the transaction is committed; ids only.

    It is done at once, or `after` some seconds: few, because a worker keeps it in mind meanwhile.
    A queue that cannot be reached is no error: what has to be done stands in the database, and a
    sweeper rings again.
    """
    if not _is_quiet.get():
        transaction.on_commit(lambda: _ring_now(task, args, after))


def ring_each(task: "Task[Any, Any]", names: Iterable[str]) -> None:
    """Enqueue the job once for each of these, as `ring` does."""
    for name in names:
        ring(task, name)


def _ring_now(task: "Task[Any, Any]", args: tuple[Any, ...], after: float) -> None:
    try:
        task.apply_async(args, countdown=after, retry=False)
    except OperationalError:
        log.warning("The queue is away: %s%s waits for the sweeper.", task.name, args)


def rung() -> int | None:
    """How many jobs wait in the queues; None when the queue is away. Takes a second at most."""
    patience = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}
    try:
        with Redis.from_url(settings.REDIS_URL, **patience) as redis, redis.pipeline() as asked:
            for queue in current_app.amqp.queues:
                asked.llen(queue)
            lengths: list[int] = asked.execute()
            return sum(lengths)
    except RedisError:
        return None
