"""The help articles: read from a folder (`files`, `articles`), searched (`index`, `terms`,
`spelling`, `language`) and shown (`html`). `library` joins them."""

from .articles import Article, Section, slugify
from .index import Match
from .library import Knowledge, folders, get_knowledge, knowledge_of
from .search import Findings

__all__ = [
    "Article",
    "Findings",
    "Knowledge",
    "Match",
    "Section",
    "folders",
    "get_knowledge",
    "knowledge_of",
    "slugify",
]
