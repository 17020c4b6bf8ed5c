from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatKitConfig(AppConfig):
    """The app. Loads no SDK: that costs seconds and is only needed to answer a message."""

    name = "chatkit"
    verbose_name = _("Chat assistant")
    default_auto_field = "django.db.models.BigAutoField"
    # The package has two folders on its path (see __init__), so say which one is the app.
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        from . import checks, navigation, sessions  # noqa: F401  (registers checks)

        navigation.autodiscover()
        sessions.connect_signals()
