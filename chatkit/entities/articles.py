"""Help articles as something to name: `register(HelpArticles)` in a site's `chatkit_entities`."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from ..knowledge import Article, knowledge_of
from ..knowledge.citing import article_url
from ..knowledge.stop_words import fold
from .registry import Entity, EntityContext, EntityKind

FOUND = 10
SECTIONS = 12  # whose beginnings are told


class HelpArticles(EntityKind):
    """The published help articles, in the language of who names them where there is one."""

    name = "article"
    title = _("Help articles")
    icon = "book-open"

    def search(self, ctx: EntityContext, words: str) -> Iterable[Entity]:
        wanted = fold(words).split()
        articles = knowledge_of(ctx.workflow_id).catalogue(ctx.language)
        fit = [one for one in articles if all(word in fold(one.title) for word in wanted)]
        return [self.entity(article) for article in fit[:FOUND]]

    def get(self, ctx: EntityContext, id: str) -> Entity | None:
        article = knowledge_of(ctx.workflow_id).article(id, ctx.language)
        return self.entity(article) if article is not None else None

    def entity(self, article: Article) -> Entity:
        facts = {
            section.heading or article.title: " ".join(section.sentences)
            for section in article.sections[:SECTIONS]
        }
        return Entity(article.slug, article.title, facts=facts, url=article_url(article))
