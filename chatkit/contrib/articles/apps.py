from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """Articles in the database: a source of `chatkit.knowledge`."""

    name = "chatkit.contrib.articles"
    label = "chatkit_articles"
    verbose_name = _("Help articles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chatkit import personal_data
        from chatkit.knowledge import sources
        from chatkit.page import below

        from . import freshness, leftovers
        from .helpful import VOTES, question
        from .source import SOURCE

        sources.register(SOURCE)
        below.register(question)
        personal_data.register(VOTES)
        freshness.connect_signals()
        leftovers.connect_signals()
