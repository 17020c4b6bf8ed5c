"""The admin pages of articles."""

from .articles import ArticleAdmin
from .documents import DocumentAdmin
from .phrasings import PhrasingAdmin
from .texts import ArticleTextAdmin

__all__ = ["ArticleAdmin", "ArticleTextAdmin", "DocumentAdmin", "PhrasingAdmin"]
