from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "chatkit.contrib.console"
    label = "chatkit_console"
    verbose_name = _("Console")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatkit import admission

        from . import checks, pages, personal, receivers  # noqa: F401  (registers them)
        from .audit import receivers as audit
        from .budgets.gate import BUDGETS
        from .switch import SWITCHES

        receivers.connect()
        audit.connect()
        personal.register()
        admission.register(SWITCHES)
        admission.register(BUDGETS)
        autodiscover_modules("console_pages")
