"""Attached files as parts of a model's input: by what the model takes, else their words, else their
name."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from typing import Any

from ... import models
from ...attachments import images, kinds, links, text

logger = logging.getLogger("chatkit.attachments")
IMAGE, FILE = "image", "file"  # what a model may take beside text
MOST = 5  # files of a conversation that are given whole, the newest
TEXT_LENGTH = 30_000  # characters of a document that are given as text
Part = dict[str, Any]

# By the id of the attachment, for the answer that is being prepared.
given: ContextVar[dict[str, Part] | None] = ContextVar("chatkit_given_files", default=None)


def unread(
    session: models.Session, ids: Sequence[str], takes: Collection[str]
) -> list[models.Attachment]:
    """Those of these files that `load` needs the words of, and nobody has read yet. Uses the
    ORM."""
    rows = models.Attachment.objects.for_session(session).filter(pk__in=ids, text=None)
    found = rows.exclude(file="")[:MOST]
    return [row for row in found if text.is_unread(row) and not _is_whole(row, takes)]


def load(
    session: models.Session, ids: Sequence[str], takes: Collection[str], url: str = ""
) -> dict[str, Part]:
    """The parts of these files, by id, with the words that were read (`unread`); those that can't
    be given are missing. With `url`, where this site has files, the model fetches them at signed
    addresses that last minutes.

    Uses the ORM and the storage, and may take long.
    """
    rows = models.Attachment.objects.for_session(session).filter(pk__in=ids).exclude(file="")
    found = {}
    for row in rows[:MOST]:
        try:
            part = _part(row, takes, url and _link(row, session, url))
        except Exception:  # the storage: the model hears the name alone
            logger.exception("Attachment %s could not be given to the model.", row.pk)
            continue
        if part is not None:
            found[row.pk] = part
    return found


def _link(row: models.Attachment, session: models.Session, url: str) -> str:
    return links.address(url, row.pk, str(session.session_id), links.READ)


def _part(row: models.Attachment, takes: Collection[str], link: str) -> Part | None:
    if row.mime_type in images.WRITTEN_TYPES and IMAGE in takes:
        address = link or _data(row)
        return {"type": "input_image", "detail": "auto", "image_url": address}
    if _is_whole(row, takes):
        where = {"file_url": link} if link else {"file_data": _data(row)}
        return {"type": "input_file", "filename": row.name, **where}
    words, name = text.kept(row), json.dumps(row.name, ensure_ascii=False)
    if words.state == "slow":
        said = "It takes too long to read, so its content is not given."
        return {"type": "input_text", "text": f"[The user attached the file {name}. {said}]"}
    if not words.text:
        return None
    cut, rest = words.text[:TEXT_LENGTH], ""
    if len(cut) < len(words.text):
        rest = " It is longer; this is its beginning."
    elif words.cut:
        rest = " Only its beginning could be read; what follows there is not known."
    said = f"[The user attached the file {name}. What it says stands between the lines.{rest}]"
    return {"type": "input_text", "text": f"{said}\n-----\n{cut}\n-----"}


def _is_whole(row: models.Attachment, takes: Collection[str]) -> bool:
    """Whether the model reads it by itself."""
    return row.mime_type == kinds.PDF and FILE in takes


def _data(row: models.Attachment) -> str:
    with row.file.storage.open(str(row.file.name)) as file:
        encoded = base64.b64encode(file.read()).decode()
    return f"data:{row.mime_type};base64,{encoded}"
