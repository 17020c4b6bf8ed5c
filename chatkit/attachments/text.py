"""What an attached document says, as Markdown: read once, and kept with its row.

Text and tables are read here; PDF, Word and HTML in a process of their own, which has little time
and memory. PDF and Word need the extra `documents`.
"""

from __future__ import annotations

import logging
import threading

from ..documents import child, kinds, plain
from ..documents.drafts import MAX_TEXT, Draft, Refused
from ..documents.writing import heading
from ..models import Attachment
from .kinds import DOCX, HTML, PDF, known

logger = logging.getLogger("chatkit.attachments")
# Refusals that are not the document's own: another time it may be read.
PASSING = {"missing", "too_slow", "interrupted"}
# Each of those processes may take a gigabyte of memory.
_turns = threading.BoundedSemaphore(2)


def is_readable(mime_type: str) -> bool:
    """Whether a file of this type may have words that can be read."""
    kind = known(mime_type)
    return kind in (PDF, DOCX, "application/json", "application/xml") or kind.startswith("text/")


def read_text(attachment: Attachment) -> str:
    """Its words, "" where it has none that can be read. Uses the ORM and the storage, and may take
    minutes; an error of the storage is raised."""
    if attachment.text is not None:
        return attachment.text
    if not attachment.file or not is_readable(attachment.mime_type):
        return ""
    with attachment.file.storage.open(str(attachment.file.name)) as file:
        data = file.read()
    try:
        draft = _read(data, attachment.mime_type, attachment.name)
    except Refused as refused:
        logger.info("The words of attachment %s: %s", attachment.pk, refused.code)
        if refused.code in PASSING:
            return ""
        draft = Draft("", "")
    title = heading(2, draft.title) if draft.title else ""
    text = "\n\n".join(filter(None, (title, draft.body)))[:MAX_TEXT]
    Attachment.objects.filter(pk=attachment.pk).update(text=text)
    attachment.text = text
    return text


def _read(data: bytes, mime_type: str, name: str) -> Draft:
    if known(mime_type) in (PDF, DOCX, HTML):
        with _turns:
            return child.read(data, name, lambda done, of: None)
    text = kinds.decoded(data)[:MAX_TEXT]
    return plain.read_csv(text) if known(mime_type) == "text/csv" else plain.read_text(text)
