"""The admin pages of articles."""

from .articles import ArticleAdmin
from .phrasings import PhrasingAdmin
from .texts import ArticleTextAdmin

__all__ = ["ArticleAdmin", "ArticleTextAdmin", "PhrasingAdmin"]
