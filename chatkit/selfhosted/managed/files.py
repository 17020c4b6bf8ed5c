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
    """The newest files of a turn, kept here. One that can't be fetched, or that this site does not
    take, is left out, and so are more than MOST: all of that is logged."""
    if not context.attachments_url or not conf.get("ATTACHMENTS")["enabled"]:
        return []
    largest = conf.get("ATTACHMENTS")["max_size"]
    found: list[JsonObject] = [
        artifact
        for artifact in await sessions.artifacts(session_id)
        if events.text(artifact, "turn_id") == turn_id and events.text(artifact, "id")
    ]
    if len(found) > MOST:
        logger.warning(
            "An agent has published %s files, of which %s are looked at.", len(found), MOST
        )
    rows = []
    for artifact in found[:MOST]:
        fits = (events.number(artifact, "size_bytes") or 0) <= largest
        try:
            file_id = events.text(artifact, "id")
            data = await sessions.content(session_id, file_id, largest) if fits else None
            if data is None:
                logger.warning("A file of an agent is too large, and was left out.")
                continue
            name = events.text(artifact, "path").rpartition("/")[2] or "file"
            row = await context.database(_keep, context, name, data)
        except Exception as error:  # the others are offered all the same
            logger.warning("A file of an agent was left out: %s.", type(error).__name__)
            continue
        if row is not None:
            rows.append(row)
    if rows:
        await context.database(_attach, rows, thread_id)
    # Without its host: the site may have another one later.
    path = urlsplit(context.attachments_url).path
    return [Kept(row.name, f"{path}/{row.pk}") for row in rows]


def _keep(context: ChatContext, name: str, data: bytes) -> Attachment | None:
    """Uses the ORM and the storage. The row is of no conversation yet: where the answer ends before
    its files are offered, they go with those that nobody has sent."""
    try:
        checked = intake.check(io.BytesIO(data), name, "")
        row = Attachment(
            **context.session.owned_by,
            workflow_id=context.session.workflow_id,
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
    except Exception:  # the person is gone
        files.drop_file(row)
        raise
    return row


def _attach(rows: list[Attachment], thread_id: str) -> None:
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(thread_id=thread_id)


def listed(kept: list[Kept]) -> str:
    """The files as Markdown links. Their names are the agent's."""
    return "\n".join(f"- [{_plain(one.name)}]({one.url})" for one in kept)


def _plain(name: str) -> str:
    return MARKUP.sub(r"\\\1", name)
