"""Jobs of this app; see `config/celery.py` for when they run."""

from celery import shared_task
from django.utils import timezone

from people.models import Organisation
from playbook import onboarding


@shared_task
def assign_onboarding() -> None:
    """Give new people what their onboarding plan says."""
    now = timezone.now()
    onboarding.assign_onboarding(Organisation.current().today(now), now)
