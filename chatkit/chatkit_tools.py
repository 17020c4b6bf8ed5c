"""The tools that come with the app: the help articles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .knowledge import knowledge_of
from .knowledge.citing import cited_section, section_title
from .toolbox import ToolContext, tool

PATIENCE = 10.0  # seconds that the first searches wait for the vectors of the articles


@tool(
    title=_("Search the help articles"),
    progress=_("Looking in the help articles…"),
    done=_("Searched the help articles"),
    visitors=True,
)
def search_articles(ctx: ToolContext, question: str) -> str:
    """Search this site's help articles. Use it for any question about the site or its services.

    Each passage found begins with its number, such as [1]: cite it by that number.
    """
    knowledge = knowledge_of(ctx.session.workflow_id)
    findings = knowledge.search(question, language=ctx.language, patience=PATIENCE)
    ctx.found(len(findings.matches))
    ctx.searched(question, found=bool(findings.matches), language=findings.language)
    if not findings.matches:
        topics = ", ".join(article.title for article in findings.nearest)
        near = f" Articles that may be near: {topics}." if topics else ""
        return f"No article answers that.{near}"
    passages = []
    for match in findings.matches:
        title = section_title(match.section)
        number = ctx.cite(title, **cited_section(match.section, ctx.language))
        passages.append(f"[{number}] {title}\n" + "\n".join(match.sentences))
    return "\n\n".join(passages)
