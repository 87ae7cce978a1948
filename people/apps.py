from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from lib import events
        from people.events import SUBJECTS

        events.register(*SUBJECTS)
