from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "chatkit.contrib.console"
    label = "chatkit_console"
    verbose_name = _("Console")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks

        if not checks.has_admin():
            return  # most of the rest can't be loaded then; E001 says what to do
        from chatkit import admission

        from . import pages, personal, receivers  # noqa: F401  (registers them)
        from .audit import receivers as audit
        from .budgets.gate import BUDGETS
        from .switch import SWITCHES

        receivers.connect()
        audit.connect()
        personal.register()
        admission.register(SWITCHES)
        admission.register(BUDGETS)
        autodiscover_modules("console_pages")
