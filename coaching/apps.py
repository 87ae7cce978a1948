from django.apps import AppConfig


class CoachingConfig(AppConfig):
    name = "coaching"

    def ready(self) -> None:
        from alerts.kinds import register as register_alerts
        from coaching import coverage_figures, evidence
        from coaching.alert_kinds import kinds
        from coaching.events import SUBJECTS
        from coaching.evidence_kinds import KINDS
        from coaching.following import follow
        from lib import events

        events.register(*SUBJECTS)
        events.listen(follow)
        evidence.register(*KINDS)
        register_alerts(*kinds())
        coverage_figures.register()
