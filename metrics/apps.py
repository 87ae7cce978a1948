import logging
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate, pre_migrate

log = logging.getLogger(__name__)


class MetricsConfig(AppConfig):
    name = "metrics"

    def ready(self) -> None:
        from alerts.kinds import register as register_alerts
        from coaching import evidence
        from lib import events
        from metrics.alert_kinds import MissedPrecursor
        from metrics.events import SUBJECTS
        from metrics.evidence import MissedCheckpoints
        from metrics.imports.kinds import make_known

        make_known()
        evidence.register(MissedCheckpoints())
        register_alerts(MissedPrecursor())
        events.register(*SUBJECTS)
        pre_migrate.connect(_remove_triggers, sender=self)
        post_migrate.connect(_install_triggers, sender=self)


def _remove_triggers(using: str, **_: Any) -> None:
    from metrics import triggers

    triggers.remove(connections[using])


def _install_triggers(using: str, plan: list[Any] | None = None, **_: Any) -> None:
    """Once every migration is applied: before, tables or columns may be missing."""
    from metrics import triggers

    if plan is None or _is_up_to_date(connections[using]):
        triggers.install(connections[using])
    else:
        log.warning("Changes of what is counted are not noted until every migration is applied.")


def _is_up_to_date(connection: Any) -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
