"""What the help desk answers from the documents of a conversation: their own words, as passages."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from chatkit.types import URLSource

from ...attachments import text
from ...documents.writing import escape
from ...knowledge.articles import Article, Section, parse_article
from ...knowledge.detection import detect
from ...knowledge.index import Index, Match
from ...knowledge.language import DEFAULT
from ...models import Attachment, Session
from ..replies import Piece, answer_pieces

logger = logging.getLogger("chatkit.attachments")
MOST = 5  # documents of a conversation that are looked into, the newest
PASSAGES = 3
BEGINNING = 5  # sentences that are quoted where nothing was asked
SAMPLE = 4_000  # characters by which a document's language is told
INDEXES = 8  # that are kept


@dataclass(frozen=True)
class Document:
    """A file of a conversation; `text` is "" where its words can't be read."""

    id: str
    name: str
    text: str


def load(session: Session, thread_id: str, ids: Sequence[str] | None = None) -> list[Document]:
    """These files of a conversation, or all of it, the newest first, with their words. Uses the
    ORM and the storage, and may take long."""
    rows = Attachment.objects.for_session(session).filter(thread_id=thread_id).exclude(file="")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return [Document(row.pk, row.name, _words(row)) for row in rows[:MOST]]


def _words(row: Attachment) -> str:
    try:
        return text.read_text(row)
    except Exception:  # the storage, or what reads: the question gets its answer without
        logger.exception("The words of attachment %s could not be read.", row.pk)
        return ""


def search(question: str, documents: Sequence[Document]) -> tuple[Match, ...]:
    """The passages that answer, of the first document that has any. On a thread of its own."""
    for document in documents:
        if document.text and (found := _index(document).search(question, PASSAGES).matches):
            return found
    return ()


def beginning(document: Document) -> tuple[Match, ...]:
    """How a document begins."""
    for section in _article(document).sections:
        return (Match(section, 1.0, section.sentences[:BEGINNING]),)
    return ()


@lru_cache(maxsize=INDEXES)
def _index(document: Document) -> Index:
    article = _article(document)
    return Index([article], article.language)


def _article(document: Document) -> Article:
    language = detect(document.text[:SAMPLE]) or DEFAULT
    return parse_article(f"# {escape(document.name)}\n\n{document.text}", document.id, language)


# -- what is said --------------------------------------------------------------------------


def quoted(matches: tuple[Match, ...]) -> Iterator[Piece]:
    """The passages, each under the document's name, with the document as their source."""
    return answer_pieces(matches, source)


def source(section: Section) -> URLSource:
    url = reverse("chatkit:attachment", args=[section.slug])
    return URLSource(title=section.title, url=url)


def silence(documents: Sequence[Document]) -> str:
    """That these files do not answer, and why."""
    said = []
    for document in documents:
        words = (
            _("“%(name)s” does not say anything about that.")
            if document.text
            else _("I can’t read “%(name)s”: I read the words of documents, not pictures.")
        )
        said.append(words % {"name": escape(document.name)})
    return "\n\n".join(said)


def begins(document: Document) -> str:
    return _("This is how “%(name)s” begins. Ask me what you want to know of it.") % {
        "name": escape(document.name)
    }
