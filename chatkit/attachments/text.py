"""What an attached document says, as Markdown: read once, and kept with its row.

Text and tables are read here; PDF, Word and HTML in a process of their own, which has little time
and memory. PDF and Word need the extra `documents`. A long document is cut, and one that takes too
long is not tried again by itself: whoever asks a question waits for it.
"""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass
from importlib.util import find_spec

from django.db import DatabaseError, transaction

from ..documents import child, kinds, plain
from ..documents.drafts import MAX_TEXT, Draft, Refused
from ..documents.writing import escape, heading, one_line
from ..fields import is_unfit
from ..models import Attachment
from .kinds import DOCX, HTML, PDF, known

logger = logging.getLogger("chatkit.attachments")
SECONDS = 15.0  # for a document; what was read until then counts
WAIT_SECONDS = 10.0  # for other documents of this process
# Different ones of a document: the stem of each is looked for in the process that answers. The
# longest prose that is kept has half as many.
MAX_WORDS = 25_000
# Refusals that are not the document's own: another time it may be read.
PASSING = {"missing", "interrupted", "busy"}
# What the extra `documents` brings for each.
_READERS = {PDF: "pdfplumber", DOCX: "mammoth"}
# Behind the words of a row, and in place of them. No document says that by itself: what begins a
# tag is escaped.
CUT = "\n\n<!-- cut -->"
SLOW = "<!-- too slow -->"
_WORD = re.compile(r"[^\W_]+")
# Each of those processes may take a gigabyte of memory.
_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Words:
    """`cut`: there is more in the document. Without text, `state` may say why: "slow", or "later"
    where another time it may be read."""

    text: str
    cut: bool = False
    state: str = ""


def is_readable(mime_type: str) -> bool:
    """Whether a file of this type may have words that can be read."""
    kind = known(mime_type)
    return kind in (PDF, DOCX, "application/json", "application/xml") or kind.startswith("text/")


def is_unread(attachment: Attachment) -> bool:
    """Whether `read` would have to look into the file, and can."""
    if attachment.text is not None or not attachment.file:
        return False
    reader = _READERS.get(known(attachment.mime_type))
    return is_readable(attachment.mime_type) and (reader is None or bool(find_spec(reader)))


def kept(attachment: Attachment) -> Words:
    """What is known of its words, without a look into the file."""
    if is_unread(attachment):
        return Words("", state="later")
    text = attachment.text or ""
    if text == SLOW:
        return Words("", state="slow")
    return Words(text.removesuffix(CUT), cut=text.endswith(CUT))


def read_text(attachment: Attachment, *, again: bool = False) -> str:
    """Its words, "" where it has none that can be read. Uses the ORM and the storage, and may take
    half a minute; an error of the storage is raised. `again` tries one anew that took too long or
    was cut."""
    return read(attachment, again=again).text


def read(attachment: Attachment, *, again: bool = False) -> Words:
    """The same, with what else is known of them."""
    if again and (kept(attachment).state == "slow" or kept(attachment).cut):
        attachment.text = None
    if not is_unread(attachment):
        return kept(attachment)
    with attachment.file.storage.open(str(attachment.file.name)) as file:
        data = file.read()
    try:
        draft = _read(data, attachment.mime_type, attachment.name)
        text = _as_kept(draft)
    except Refused as refused:
        logger.info("The words of attachment %s: %s", attachment.pk, refused.code)
        if refused.code in PASSING:
            return Words("", state="later")
        text = SLOW if refused.code == "too_slow" else ""
    attachment.text = _stored(attachment, text)
    return kept(attachment)


def _stored(attachment: Attachment, text: str) -> str:
    """What the database has taken of its words: none where it refuses them. It would do so each
    time, and a process would read the document anew for each question."""
    rows = Attachment.objects.filter(pk=attachment.pk)
    try:
        with transaction.atomic():
            rows.update(text=text)
    except (DatabaseError, ValueError) as error:
        # The latter of a driver, such as for half a surrogate pair.
        if isinstance(error, DatabaseError) and not is_unfit(error):
            raise
        logger.exception("The database refuses the words of attachment %s.", attachment.pk)
        rows.update(text="")
        return ""
    return text


def _as_kept(draft: Draft) -> str:
    # A title is no Markdown: what looks like a link or a picture in it is none.
    title = heading(2, escape(one_line(draft.title)))
    text = "\n\n".join(filter(None, (title, draft.body)))
    read = _of_few_words(text[:MAX_TEXT])
    if not text or (not draft.cut and read == text):
        return text
    return f"{read.rstrip()}{CUT}"


def _of_few_words(text: str) -> str:
    """The text until it has more than MAX_WORDS different words."""
    if len(text) < 2 * MAX_WORDS:
        return text
    found = set[str]()
    for word in _WORD.finditer(text):
        found.add(word[0].lower())
        if len(found) > MAX_WORDS:
            return text[: word.start()]
    return text


def _read(data: bytes, mime_type: str, name: str) -> Draft:
    if known(mime_type) in (PDF, DOCX, HTML):
        if not _turns.acquire(timeout=WAIT_SECONDS):
            raise Refused("busy")
        try:
            return child.read(data, name, lambda done, of: None, SECONDS)
        finally:
            _turns.release()
    text = kinds.decoded(data)
    cut = text[:MAX_TEXT]
    is_csv = known(mime_type) == "text/csv"
    draft = plain.read_csv(cut, cut=True) if is_csv else plain.read_text(cut)
    return Draft(draft.title, draft.body, draft.cut or len(cut) < len(text))
