from django.apps import AppConfig


class PlaybookConfig(AppConfig):
    name = "playbook"

    def ready(self) -> None:
        from lib import events
        from playbook.events import SUBJECTS
        from playbook.imports.kinds import make_known

        make_known()
        events.register(*SUBJECTS)
