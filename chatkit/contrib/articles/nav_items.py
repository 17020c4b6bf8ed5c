"""The articles' entry in the site's menu."""

from django.utils.translation import gettext_lazy as _

from chatkit import access
from chatkit.navigation import register

register(
    "chatkit-articles",
    _("Articles"),
    "admin:chatkit_articles_article_changelist",
    icon="book-open",
    order=905,
    permission="chatkit_articles.view_article",
    is_shown=lambda request: access.is_staff(request.user),
    parent=_("Administration"),
)
