from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """Articles in the database: a source of `chatkit.knowledge`."""

    name = "chatkit.contrib.articles"
    label = "chatkit_articles"
    verbose_name = _("Help articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatkit.knowledge import sources
        from chatkit.page import below

        from .freshness import connect_signals
        from .helpful import question
        from .source import SOURCE

        sources.register(SOURCE)
        below.register(question)
        connect_signals()
