"""Search over all that was said in a person's conversations, and over their titles."""

from __future__ import annotations

from typing import Any

from .. import fulltext
from ..exceptions import ApiError
from ..fields import JsonObject
from ..fulltext import Term
from ..models import Session, Thread, ThreadItem, texts_of
from . import listing
from .newest import newest_messages

PAGE = 20
TITLES = 10  # conversations that are found by their title
LOOKED_AT = 100  # messages that are looked at for one page: of a conversation the newest is shown
LONGEST = 200  # characters of a search


def page(session: Session, search: str, after: str) -> JsonObject:
    """`{"data": [{"thread", "item_id", "title", "passage"}], "has_more", "after"}`: found by title
    first, then the messages, the newest first. Five queries, and those by which `newest_messages`
    looks again."""
    if len(search) > LONGEST:
        raise ApiError("invalid_request")
    terms = fulltext.wanted(search)
    if not terms:
        return {"data": [], "has_more": False, "after": None}
    named = [] if after else _named(session, terms)
    items, last = _said(session, terms, _number(after))
    whole = ThreadItem.objects.select_related("thread").in_bulk([item["pk"] for item in items])
    found = [whole[item["pk"]] for item in items if item["pk"] in whole]
    ids = {row.thread_id for row in found}
    named = [thread for thread in named if thread.pk not in ids]
    told = listing.tell([*named, *(row.thread for row in found)])
    data = [
        {"thread": thread, "item_id": None, "title": _shown(thread["title"], terms), "passage": []}
        for thread in told[: len(named)]
    ]
    for thread, row in zip(told[len(named) :], found, strict=True):
        text = "\n".join(texts_of(row.type, row.payload))
        data.append(
            {
                "thread": thread,
                "item_id": row.item_id,
                "title": _shown(thread["title"], terms),
                "passage": _parts(fulltext.passage(text, terms)),
            }
        )
    return {"data": data, "has_more": last is not None, "after": last}


def _named(session: Session, terms: list[Term]) -> list[Thread]:
    threads = listing.mine(session).filter(title_words__having=terms)
    return list(threads.order_by("-updated_at", "-pk").only(*listing.COLUMNS)[:TITLES])


def _said(
    session: Session, terms: list[Term], before: int | None
) -> tuple[list[dict[str, Any]], str | None]:
    """The newest message of each conversation, and the number of the last one that was looked at,
    None where there are no more."""
    rows, more = newest_messages(session, terms, before, LOOKED_AT)
    newest: dict[str, dict[str, Any]] = {}
    for place, row in enumerate(rows[:LOOKED_AT]):
        if row["thread_id"] not in newest:
            if len(newest) == PAGE:
                return list(newest.values()), str(rows[place - 1]["pk"])
            newest[row["thread_id"]] = row
    if len(rows) > LOOKED_AT:
        more = rows[LOOKED_AT - 1]["pk"]
    return list(newest.values()), str(more) if more else None


def _number(after: str) -> int | None:
    if not after:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise ApiError("invalid_request")
    return int(after)


def _shown(title: str, terms: list[Term]) -> list[JsonObject]:
    return _parts(fulltext.passage(title, terms)) if title else []


def _parts(parts: list[fulltext.Part]) -> list[JsonObject]:
    return [{"text": part.text, "hit": True} if part.hit else {"text": part.text} for part in parts]
