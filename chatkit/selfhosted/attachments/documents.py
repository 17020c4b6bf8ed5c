"""What the help desk answers from the documents of a conversation: their own words, as passages."""

from __future__ import annotations

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
from ..runs.context import ChatContext
from . import reading

MOST = 5  # documents of a conversation that are looked into, the newest
PASSAGES = 3
BEGINNING = 5  # sentences that are quoted where nothing was asked
SAMPLE = 4_000  # characters by which a document's language is told
INDEXES = 8  # that are kept


@dataclass(frozen=True)
class Document:
    """A file of a conversation; `text` is "" where its words can't be read, and `state` may say
    why. `cut`: there is more in it."""

    id: str
    name: str
    text: str
    cut: bool = False
    state: str = ""


async def read(
    context: ChatContext, thread_id: str, ids: Sequence[str] | None = None
) -> list[Document]:
    """These files of a conversation, or all of it, the newest first, with their words."""
    await reading.read(context, _unread, context.session, thread_id, ids)
    return await context.database(_load, context.session, thread_id, ids)


def _unread(session: Session, thread_id: str, ids: Sequence[str] | None) -> list[Attachment]:
    return [row for row in _rows(session, thread_id, ids) if text.is_unread(row)]


def _load(session: Session, thread_id: str, ids: Sequence[str] | None) -> list[Document]:
    found = [(row, text.kept(row)) for row in _rows(session, thread_id, ids)]
    return [Document(row.pk, row.name, words.text, words.cut, words.state) for row, words in found]


def _rows(session: Session, thread_id: str, ids: Sequence[str] | None) -> list[Attachment]:
    rows = Attachment.objects.for_session(session).filter(thread_id=thread_id).exclude(file="")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return list(rows[:MOST])


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


def quoted(matches: tuple[Match, ...], documents: Sequence[Document] = ()) -> Iterator[Piece]:
    """The passages, each under the document's name, with the document as their source; and that
    there is more in a document which was cut."""
    yield from answer_pieces(matches, source)
    named = {match.section.slug for match in matches}
    for document in documents:
        if document.cut and document.id in named:
            yield Piece(f"\n\n{is_cut(document)}")


def source(section: Section) -> URLSource:
    url = reverse("chatkit:attachment", args=[section.slug])
    return URLSource(title=section.title, url=url)


def silence(documents: Sequence[Document]) -> str:
    """That these files do not answer, and why."""
    return "\n\n".join(map(_silence, documents))


def _silence(document: Document) -> str:
    if document.text:
        words = _("“%(name)s” does not say anything about that.")
    elif document.state == "slow":
        words = _("“%(name)s” takes too long to read. Send me the part that matters.")
    elif document.state == "later":
        words = _("I could not read “%(name)s” just now. Please ask again in a moment.")
    else:
        words = _("I can’t read “%(name)s”: I read the words of documents, not pictures.")
    said = words % {"name": escape(document.name)}
    return f"{said} {is_cut(document)}" if document.cut else said


def begins(document: Document) -> str:
    said = _("This is how “%(name)s” begins. Ask me what you want to know of it.") % {
        "name": escape(document.name)
    }
    return f"{said} {is_cut(document)}" if document.cut else said


def is_cut(document: Document) -> str:
    return _("“%(name)s” is long: I have read only its beginning.") % {
        "name": escape(document.name)
    }
