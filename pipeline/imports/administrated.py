"""Files that only administrators import."""

from datetime import datetime

from django.core.exceptions import ValidationError

from people.models import User
from pipeline.models.imports import Import


def importer(source: Import) -> User:
    """Who set what is in the file. Raises ValidationError unless they may."""
    by = source.created_by
    if by is None or not by.is_administrator:
        raise ValidationError("Only an administrator imports this.")
    return by


def moment(source: Import) -> datetime:
    """When this run was asked for: the time of all it writes, however often it is resumed."""
    assert source.started_at is not None
    return source.started_at
