"""A database that does not answer: `with connection.execute_wrapper(away):`."""

from typing import Any, Never

from django.db import OperationalError


def away(*_: Any) -> Never:
    raise OperationalError("the database is away")
