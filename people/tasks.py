"""Jobs of this app; see `config/celery.py` for when they run."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from people.models import ApiToken, IdempotentRequest


@shared_task
def forget_expired() -> None:
    """Delete tokens, kept answers and sessions whose time is over."""
    now = timezone.now()
    ApiToken.objects.all().expired(now).delete()
    IdempotentRequest.objects.expired(now).delete()
    call_command("clearsessions")
