"""Search in texts of any script, alike on SQLite, PostgreSQL and MariaDB: `fold` makes letters
alike, `words` makes words of ASCII letters of them that each database's own index takes as they
are, `field` keeps those of a row beside it, `lookup` asks for them, `passage` shows where they are.

Below the models, and of no knowledge of them.
"""

from .field import WordsField
from .fold import fold
from .lookup import Having
from .passage import Part, passage
from .plain import LINE, line, plain
from .postgres import newest
from .words import Term, kept, owner, wanted

__all__ = [
    "LINE",
    "Having",
    "Part",
    "Term",
    "WordsField",
    "fold",
    "kept",
    "line",
    "newest",
    "owner",
    "passage",
    "plain",
    "wanted",
]
