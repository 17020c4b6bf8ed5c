"""Files that an agent has published, kept here like what people attach and offered as downloads."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ... import conf
from ...attachments import files, intake
from ...exceptions import ApiError
from ...fields import JsonObject
from ...models import Attachment
from ..runs.context import ChatContext
from . import events
from .client import Sessions

logger = logging.getLogger("chatkit.agents")

MOST = 5  # of one answer
MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@])")


@dataclass(frozen=True)
class Kept:
    name: str
    url: str


async def fetch(
    sessions: Sessions, session_id: str, turn_id: str, thread_id: str, context: ChatContext
) -> list[Kept]:
    """The files of a turn, kept here. One that this site does not take is left out, and logged."""
    if not context.attachments_url or not conf.get("ATTACHMENTS")["enabled"]:
        return []
    largest = conf.get("ATTACHMENTS")["max_size"]
    found: list[JsonObject] = [
        artifact
        for artifact in await sessions.artifacts(session_id)
        if events.text(artifact, "turn_id") == turn_id and events.text(artifact, "id")
    ]
    kept = []
    for artifact in found[:MOST]:
        if (events.number(artifact, "size_bytes") or 0) > largest:
            logger.warning("A file of an agent is too large, and was left out.")
            continue
        data = await sessions.content(session_id, events.text(artifact, "id"), largest)
        if data is not None:
            name = events.text(artifact, "path").rpartition("/")[2] or "file"
            row = await context.database(_keep, context, thread_id, name, data)
            if row is not None:
                # Without its host: the site may have another one later.
                path = urlsplit(context.attachments_url).path
                kept.append(Kept(row.name, f"{path}/{row.pk}"))
    return kept


def _keep(context: ChatContext, thread_id: str, name: str, data: bytes) -> Attachment | None:
    """Uses the ORM and the storage."""
    try:
        checked = intake.check(io.BytesIO(data), name, "")
        row = Attachment(
            **context.session.owned_by,
            workflow_id=context.session.workflow_id,
            thread_id=thread_id,
            name=checked.name,
            mime_type=checked.mime_type,
            size=checked.size,
        )
        files.store_file(row, checked.file)
    except ApiError as error:
        logger.warning("A file of an agent was left out: %s.", error.code)
        return None
    try:
        row.save(force_insert=True)
    except Exception:  # the conversation is gone
        files.drop_file(row)
        raise
    return row


def listed(kept: list[Kept]) -> str:
    """The files as Markdown links. Their names are the agent's."""
    return "\n".join(f"- [{_plain(one.name)}]({one.url})" for one in kept)


def _plain(name: str) -> str:
    return MARKUP.sub(r"\\\1", name)
