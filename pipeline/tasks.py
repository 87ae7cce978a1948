"""Jobs of this app; see `config/celery.py` for when they run."""

from celery import shared_task
from django.utils import timezone

from lib.doorbell import ring
from pipeline.imports import engine
from pipeline.models import Import


@shared_task
def run_import(import_id: int) -> None:
    """Check or commit an import, whichever was asked for."""
    engine.run(import_id, timezone.now)


@shared_task
def resume_imports() -> None:
    """Ring again for imports that nobody works on."""
    for import_id in Import.objects.abandoned(timezone.now()).values_list("pk", flat=True):
        ring(run_import, import_id)
