"""What a message names: read again with the rights of who sends it, before anything is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.urls import clear_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.translation import gettext as _

from chatkit.types import StreamingReq, UserMessageItem, UserMessageTagContent

from ..entities import EntityContext, Gone, Named, look_up
from ..exceptions import ApiError
from .runs.context import ChatContext, work_of

MOST_TAGS = 50
MOST_NAMED = 20  # of this site's objects in one message
MOST_DATA = 10_000  # characters of JSON that a tag of the page's own may have
FACTS = "facts"


async def with_facts(request: StreamingReq, context: ChatContext) -> StreamingReq:
    """The request, its tags with what this site knows of them in place of what the browser said.

    ApiError `entity_gone` where one is not there or not theirs, `invalid_request` for too many.
    Tags of the page's own kinds stay as they are.
    """
    message = getattr(request.params, "input", None)
    tags = [one for one in getattr(message, "content", []) if _is_tag(one)]
    if not tags or message is None:
        return request
    if len(tags) > MOST_TAGS or any(len(json.dumps(tag.data)) > MOST_DATA for tag in tags):
        raise ApiError("invalid_request", _("That is more than one message may name."))
    ids = list(dict.fromkeys(tag.id for tag in tags))
    found = await context.database(_look_up_all, ids, context)
    gone = next((tag.text for tag in tags if tag.id in found and found[tag.id] is None), None)
    if gone is not None:
        raise ApiError("entity_gone", _gone(gone, context.language))
    known = {tag_id: named for tag_id, named in found.items() if named is not None}
    if len(known) > MOST_NAMED:
        raise ApiError("invalid_request", _("That is more than one message may name."))
    for tag in tags:
        if tag.id in known:
            _fill(tag, known[tag.id])
    run = work_of(context).run
    if run is not None:
        run.report.add(named=[{"kind": one.kind, "id": one.id} for one in known.values()])
    return request


def facts_in(message: UserMessageItem | None) -> list[tuple[str, str, dict[str, str], str]]:
    """The title, group, facts and address of each of this site's objects that a message names."""
    found = {}
    for tag in message.content if message is not None else []:
        facts = tag.data.get(FACTS) if isinstance(tag, UserMessageTagContent) else None
        if isinstance(tag, UserMessageTagContent) and isinstance(facts, dict):
            told = {str(label): str(value) for label, value in facts.items()}
            found[tag.id] = (tag.text, tag.group or "", told, str(tag.data.get("url") or ""))
    return list(found.values())


def _is_tag(part: object) -> bool:
    return isinstance(part, UserMessageTagContent)


def _look_up_all(ids: Iterable[str], context: ChatContext) -> dict[str, Named | None]:
    """By id; None for what is gone. Ids of other kinds are left out."""
    ctx = EntityContext(context.user, context.workflow_id, context.language)
    found: dict[str, Named | None] = {}
    set_script_prefix(context.script_prefix)  # for addresses
    try:
        for tag_id in ids:
            try:
                named = look_up(ctx, tag_id)
            except Gone:
                found[tag_id] = None
            else:
                if named is not None:
                    found[tag_id] = named
    finally:
        clear_script_prefix()
    return found


def _fill(tag: Any, named: Named) -> None:
    tag.text = named.title
    tag.group = named.group or None
    tag.interactive = True
    tag.data = {**named.data, FACTS: named.facts}


def _gone(title: str, language: str) -> str:
    with translation.override(language):
        words = _(
            "“%(name)s” can’t be named here: it is gone, or you may not see it. Take it out of "
            "the message and send it again."
        )
        return words % {"name": " ".join(title.split())[:120]}
