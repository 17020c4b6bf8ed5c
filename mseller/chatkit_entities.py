"""What can be named on the whole site."""

from chatkit.entities import register
from chatkit.entities.articles import HelpArticles

register(HelpArticles)
