"""From uploaded files to drafts: kept, read, and turned into an article in one transaction."""

from __future__ import annotations

import datetime
import logging
import time
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ....documents import child, writing
from ....documents.drafts import MAX_BYTES, Draft, Refused
from .. import editing
from ..editing import Content
from ..models import LONGEST_BODY, Document, DocumentPart

logger = logging.getLogger("chatkit.articles")

PART = 512 * 1024  # bytes of a row
EVERY = 0.5  # seconds between two notes of the progress
# After so long without a word, the process that was reading is gone.
SILENT = datetime.timedelta(seconds=child.SECONDS + 60)
PATIENCE = datetime.timedelta(hours=6)  # for one that waits
KEPT = 200  # documents in the list, the oldest finished ones go


def safe_name(name: str) -> str:
    """A file's name without a folder, and without what can't be seen."""
    base = writing.one_line(name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return base[-200:] or "document"


@transaction.atomic
def keep(name: str, data: bytes, language: str, user: Any) -> Document:
    """A document that waits, or one that is refused for its size, whose bytes are not kept."""
    document = Document(name=safe_name(name), language=language, user=user)
    if len(data) > MAX_BYTES:
        document.state, document.reason = Document.State.REFUSED, "too_large"
    document.save()
    if document.state == Document.State.WAITING:
        for number, start in enumerate(range(0, len(data), PART)):
            part = data[start : start + PART]
            DocumentPart.objects.create(document=document, number=number, data=part)
    return document


def read(document_id: int) -> None:
    """Read a document that waits. Whatever happens, it has an end, and its bytes are gone."""
    waiting = Document.objects.filter(pk=document_id, state=Document.State.WAITING)
    if not waiting.update(state=Document.State.READING, updated_at=timezone.now()):
        return  # another worker's, or deleted
    document = Document.objects.select_related("user").get(pk=document_id)
    try:
        data = b"".join(bytes(part.data) for part in document.parts.all())
        found = child.read(data, document.name, _noting(document_id))
        make_draft(document, found)
    except Refused as refused:
        refuse(document_id, refused.code)
    except Exception:
        logger.exception("The document %s could not be read.", document_id)
        refuse(document_id, "broken")


@transaction.atomic
def make_draft(document: Document, found: Draft) -> None:
    """The article and its text, or neither."""
    if len(found.body) > LONGEST_BODY:
        raise Refused("too_long")
    same = Document.objects.filter(pk=document.pk, state=Document.State.READING)
    if not same.update(state=Document.State.DONE, updated_at=timezone.now()):
        return  # deleted meanwhile
    stem = PurePosixPath(document.name).stem.replace("_", " ").strip()
    title = writing.one_line(found.title)[:200].strip() or writing.one_line(stem)[:200]
    if not editing.is_heading(title):
        title = _("New article")
    article = editing.create_article(title, user=document.user)
    content = Content.of(title, found.body)
    editing.create_text(article, document.language, content, document.user, note=document.name)
    same = Document.objects.filter(pk=document.pk)
    same.update(article=article)
    document.parts.all().delete()


@transaction.atomic
def refuse(document_id: int, code: str) -> None:
    Document.objects.filter(pk=document_id).exclude(state=Document.State.DONE).update(
        state=Document.State.REFUSED, reason=code, updated_at=timezone.now()
    )
    DocumentPart.objects.filter(document=document_id).delete()


def tidy() -> None:
    """Give up what nobody reads any more, and forget the oldest of what is over."""
    working = [Document.State.WAITING, Document.State.READING]
    now = timezone.now()
    lost = Q(state=Document.State.READING, updated_at__lt=now - SILENT)
    lost |= Q(state=Document.State.WAITING, updated_at__lt=now - PATIENCE)
    for pk in Document.objects.filter(lost).values_list("pk", flat=True):
        refuse(pk, "interrupted")
    over = Document.objects.exclude(state__in=working).order_by("-pk")
    old = list(over.values_list("pk", flat=True)[KEPT : KEPT + 500])
    if old:
        Document.objects.filter(pk__in=old).delete()


def _noting(document_id: int) -> Any:
    last = float("-inf")

    def note(done: int, pages: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            Document.objects.filter(pk=document_id).update(
                done=done, pages=pages, updated_at=timezone.now()
            )

    return note
