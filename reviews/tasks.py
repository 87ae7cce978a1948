"""Jobs of this app; see `config/celery.py` for when they run."""

from celery import shared_task
from django.utils import timezone

from lib.calendar import local_date
from people.models import Organisation
from reviews.models import Review
from reviews.review_planning import plan_all


@shared_task
def plan_reviews() -> None:
    """Make the drafts of the 1-on-1s to come."""
    plan_all(timezone.now())


@shared_task
def record_reviews_not_held() -> None:
    """Note which were not held by the end of their month."""
    now = timezone.now()
    today = local_date(now, Organisation.current().zone)
    Review.objects.all().record_not_held(today, now)
