"""What the admin pages of articles share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import global_settings, settings
from django.contrib.admin.utils import quote
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, get_language_info

from ....admin.base import STYLES
from ....knowledge.language import primary
from ..models import Article, ArticleText

CSS = [*STYLES, "chatkit/hidden.css", "chatkit_articles/admin.css"]
EDIT = "chatkit_articles.change_article"
VIEW = "chatkit_articles.view_article"


def languages() -> dict[str, str]:
    """The site's languages, each by the code that articles have, with its own name: the site's
    default first, then the reader's, then the others as the settings have them."""
    known = [primary(code) for code, _name in settings.LANGUAGES]
    first = [primary(code) for code in (settings.LANGUAGE_CODE, get_language() or "")]
    in_turn = dict.fromkeys([*(code for code in first if code in known), *known])
    return {code: own_name(code) for code in in_turn}


def near_languages(written: Iterable[str]) -> dict[str, str]:
    """The languages that stand side by side: all that the site has chosen; where it has not, and
    so has all that Django knows, its default, the reader's, and those of articles (`written`)."""
    found = languages()
    of_django: object = global_settings.LANGUAGES
    if of_django != settings.LANGUAGES:
        return found
    readers = (settings.LANGUAGE_CODE, get_language() or "")
    near = {*(primary(code) for code in readers), *written}
    return {code: name for code, name in found.items() if code in near}


def written_languages() -> Iterable[str]:
    """Those that there are texts in; asks the database when it is iterated over."""
    return ArticleText.objects.order_by().values_list("language", flat=True).distinct()


def own_name(code: str) -> str:
    """A language as it names itself; the code where nobody knows it."""
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return code


def usual_text(texts: list[ArticleText]) -> ArticleText | None:
    """The text whose title stands for the article: in the editor's language, else the first."""
    wanted = primary(get_language() or "")
    return min(texts, key=lambda text: (text.language != wanted, text.pk), default=None)


def text_url(text: ArticleText, page: str = "change") -> str:
    return reverse(f"admin:chatkit_articles_articletext_{page}", args=[quote(text.pk)])


def article_url(article: Article) -> str:
    return reverse("admin:chatkit_articles_article_change", args=[quote(article.pk)])


def new_text_url(article: Article, language: str) -> str:
    query = urlencode({"article": str(article.pk), "language": language})
    return reverse("admin:chatkit_articles_articletext_add") + f"?{query}"


def may_edit(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.has_perm(EDIT))
