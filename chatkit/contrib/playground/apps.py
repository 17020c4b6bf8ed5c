from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlaygroundConfig(AppConfig):
    name = "chatkit.contrib.playground"
    label = "chatkit_playground"
    verbose_name = _("Playground")

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers them)
